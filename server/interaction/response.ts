/** From stored versions and outcomes of changes to FhirResponses. https://hl7.org/fhir/R4/http.html#versions */
import { type Issue, operationOutcome } from '../../resources/outcome.ts';
import type { OperationOutcomeIssue } from '../../resources/types.ts';
import { millisecondsOf, type StoredVersion } from '../store/store.ts';
import type { Outcome } from '../transaction/change.ts';
import { type FhirRequest, type FhirResponse, isStoredJson } from './interaction.ts';

/** What a response says of the version that it is about. */
export const versionHeaders = ({ version, tx }: StoredVersion) => ({
  versionId: String(version),
  lastModified: millisecondsOf(tx),
});

/** The address of a version, relative to the base. */
export const locationOf = ({ type, id, version }: StoredVersion): string => `${type}/${id}/_history/${version}`;

/** The body that `Prefer: return` asks for after a write. https://hl7.org/fhir/R4/http.html#ops */
function bodyAfterWrite(request: FhirRequest, version: StoredVersion, sentence: string): Pick<FhirResponse, 'body'> {
  switch (request.prefer.return ?? (request.entry ? 'minimal' : 'representation')) {
    case 'minimal':
      return {};
    case 'OperationOutcome':
      return {
        body: operationOutcome([{ severity: 'information', code: 'informational', diagnostics: sentence }]),
      };
    case 'representation':
      return version.content === null ? {} : { body: { json: version.content } };
  }
}

/** The answer to a conditional create that found what it would have made. https://hl7.org/fhir/R4/http.html#ccreate */
export function existingResponse(request: FhirRequest, version: StoredVersion): FhirResponse {
  const body = bodyAfterWrite(
    request,
    version,
    `${version.type}/${version.id} matches the criteria; nothing was created`,
  );
  return { status: 200, ...versionHeaders(version), location: locationOf(version), ...body };
}

/** The answer to a conditional delete. */
export function deletedResponse(request: FhirRequest, outcomes: readonly Outcome[]): FhirResponse {
  if (request.prefer.return !== 'OperationOutcome') return { status: 204 };
  const diagnostics = `${outcomes.length} resources match the criteria and are deleted`;
  return { status: 200, body: operationOutcome([{ severity: 'information', code: 'informational', diagnostics }]) };
}

/** The answer to a create, update, patch or delete. */
export function writeResponse(request: FhirRequest, outcome: Outcome): FhirResponse {
  return withRemarks(plainResponse(request, outcome), outcome.issues ?? []);
}

function plainResponse(request: FhirRequest, outcome: Outcome): FhirResponse {
  const { kind, version } = outcome;
  if (!version) return { status: 204 };
  const address = `${version.type}/${version.id}`;
  const body = bodyAfterWrite(request, version, `${address} ${kind}, version ${version.version}`);
  if (kind === 'deleted' || kind === 'unchanged') {
    const status = request.prefer.return === 'OperationOutcome' ? 200 : 204;
    return { status, ...versionHeaders(version), ...(status === 200 ? body : {}) };
  }
  const status = kind === 'created' ? 201 : 200;
  return { status, ...versionHeaders(version), location: locationOf(version), ...body };
}

/** The answer with what validation remarked: in the OperationOutcome, where that is the body. */
export function withRemarks(response: FhirResponse, issues: readonly Issue[]): FhirResponse {
  const { body } = response;
  if (issues.length === 0) return response;
  const all = [...(response.issues ?? []), ...issues];
  if (!body || isStoredJson(body) || body.resourceType !== 'OperationOutcome') return { ...response, issues: all };
  const told = [body, operationOutcome(issues)].flatMap(({ issue }) => issue as readonly OperationOutcomeIssue[]);
  return { ...response, issues: all, body: { ...body, issue: told } };
}
