/**
 * The only form of failure: Issues, carried by a FhirError with an HTTP status. Constructors say what happened in the
 * specification's terms; the status follows. https://hl7.org/fhir/R4/operationoutcome.html
 */
import { BASE } from './publication.ts';
import type { AnyResource, OperationOutcomeIssue } from './types.ts';

export type IssueSeverity = OperationOutcomeIssue['severity'];
/** A code of https://hl7.org/fhir/R4/valueset-issue-type.html */
export type IssueCode = OperationOutcomeIssue['code'];

export interface Issue {
  readonly severity: IssueSeverity;
  readonly code: IssueCode;
  /** What was found and what was expected, for the person who has to mend it. */
  readonly diagnostics: string;
  /** FHIRPath of the element (`Patient.name[0].given`), or `http.<name>` for a parameter or header. */
  readonly expression?: readonly string[];
  /** Where in the text that was sent, counted from 1. */
  readonly location?: { readonly line: number; readonly column: number };
  /** A stable name of the rule or message, for tests and programs. */
  readonly rule?: string;
}

/** A failure that the client can understand. `status` is the HTTP status of the answer. */
export class FhirError extends Error {
  readonly status: number;
  readonly issues: readonly Issue[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    issues: readonly Issue[],
    options: { readonly cause?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(issues.map(({ diagnostics }) => diagnostics).join('; '), { cause: options.cause });
    this.name = 'FhirError';
    this.status = status;
    this.issues = issues;
    this.headers = options.headers ?? {};
  }
}

/** Where an issue lies; what the constructors below take beside the sentence. */
export interface IssueDetails {
  /** FHIRPath of the element, or `http.<name>` for a parameter or header. */
  readonly expression?: string | readonly string[];
  readonly location?: Issue['location'];
  readonly rule?: string;
  readonly cause?: unknown;
}

/** An Issue of severity `error` unless said otherwise. */
export function issue(
  code: IssueCode,
  diagnostics: string,
  details: IssueDetails & { readonly severity?: IssueSeverity } = {},
): Issue {
  const { expression, location, rule, severity = 'error' } = details;
  return {
    severity,
    code,
    diagnostics,
    ...(expression === undefined ? {} : { expression: typeof expression === 'string' ? [expression] : expression }),
    ...(location ? { location } : {}),
    ...(rule ? { rule } : {}),
  };
}

const failure =
  (status: number, code: IssueCode) =>
  (diagnostics: string, details: IssueDetails = {}): FhirError =>
    new FhirError(status, [issue(code, diagnostics, details)], { cause: details.cause });

/** 400: the request cannot be understood: syntax, an unknown element, a malformed parameter. */
export const invalid = failure(400, 'invalid');
/** 400: the content breaks the structure of its type: unknown or repeated elements, wrong JSON types. */
export const badStructure = failure(400, 'structure');
/** 400: an element or parameter has a value that is not allowed. */
export const badValue = failure(400, 'value');
/** 404: nothing is known at this address. */
export const notFound = failure(404, 'not-found');
/** 410: it was there and has been deleted. */
export const gone = failure(410, 'deleted');
/** 404 or 400: the server has no such type, interaction, parameter or operation. */
export const notSupported = (diagnostics: string, details: IssueDetails = {}, status = 404): FhirError =>
  failure(status, 'not-supported')(diagnostics, details);
/** 405: the address exists, the method does not; `allow` lists those that do. */
export const methodNotAllowed = (diagnostics: string, allow: readonly string[]): FhirError =>
  new FhirError(405, [issue('not-supported', diagnostics)], { headers: { Allow: allow.join(', ') } });
/** 406: none of the media types that the client accepts can be served. */
export const notAcceptable = failure(406, 'not-supported');
/** 409: a concurrent change, or a reference that holds the resource in place. */
export const conflict = failure(409, 'conflict');
/** 412: a precondition (`If-Match`, several matches of a conditional interaction) does not hold. */
export const preconditionFailed = failure(412, 'conflict');
/** 412: conditional criteria match more than one resource. */
export const multipleMatches = failure(412, 'multiple-matches');
/** 413: larger than a limit of this server, which the sentence names. */
export const tooLarge = failure(413, 'too-long');
/** 415: the content is in a format that is not understood. */
export const unsupportedMediaType = failure(415, 'not-supported');
/** 422: well formed, and against a rule of the resource, a profile or the server. */
export const unprocessable = failure(422, 'processing');
/** 403: understood and refused. */
export const forbidden = failure(403, 'forbidden');
/** 503: not now; try again. */
export const unavailable = failure(503, 'transient');

/** FHIRPath of an issue seen from around the resource: `Patient.name[0]` under `Bundle.entry[3]` is `Bundle.entry[3].resource.name[0]`. */
const nested = (expression: string, entry: string): string =>
  expression.startsWith('http.')
    ? `${entry}.request`
    : `${entry}.resource${expression.includes('.') ? expression.slice(expression.indexOf('.')) : ''}`;

/** The same failure, told as that of a Bundle entry (`Bundle.entry[3]`). */
export function atEntry(error: FhirError, entry: string): FhirError {
  const issues = error.issues.map((each) => ({
    ...each,
    diagnostics: `${entry}: ${each.diagnostics}`,
    expression: each.expression?.map((expression) => nested(expression, entry)) ?? [entry],
  }));
  return new FhirError(error.status, issues, { cause: error });
}

const LINE = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line';
const COLUMN = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col';

function wireIssue({ severity, code, diagnostics, expression, location, rule }: Issue): OperationOutcomeIssue {
  return {
    ...(location
      ? {
          extension: [
            { url: LINE, valueInteger: location.line },
            { url: COLUMN, valueInteger: location.column },
          ],
        }
      : {}),
    severity,
    code,
    ...(rule ? { details: { coding: [{ system: RULE_SYSTEM, code: rule }] } } : {}),
    diagnostics,
    ...(expression ? { expression: [...expression] } : {}),
  };
}

/** The code system of `Issue.rule`. */
export const RULE_SYSTEM = `${BASE}/CodeSystem/issue-rule`;

/** The resource form. With no issues: one of severity `information` that says all is well. */
export function operationOutcome(issues: readonly Issue[]): AnyResource {
  const wire = issues.length > 0 ? issues : [issue('informational', 'No issues', { severity: 'information' })];
  return { resourceType: 'OperationOutcome', issue: wire.map(wireIssue) };
}
