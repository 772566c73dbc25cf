/** Failures as problem+json, in which each error names the field of the model. https://www.rfc-editor.org/rfc/rfc9457 */
import { STATUS_CODES } from 'node:http';
import { fieldOf } from '../../mappings/field.ts';
import type { Mapping } from '../../mappings/mapping.ts';
import type { FieldError } from '../../mappings/schema.ts';
import { FhirError, issue } from '../../resources/outcome.ts';
import type { AnyResource } from '../../resources/types.ts';
import type { CareResponse } from './message.ts';

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors: readonly ProblemError[];
}

export interface ProblemError {
  /** The field of the model: `targets[0].due`. Absent where none is to blame. */
  readonly field?: string;
  /** The parameter or header. */
  readonly parameter?: string;
  /** FHIRPath of the element that the field stands in. */
  readonly element?: string;
  readonly detail: string;
}

/** A failure with what it was about, so that its elements can be told as fields. */
export class CareError extends FhirError {
  readonly about: { readonly mapping: Mapping; readonly resource: AnyResource };
  constructor(error: FhirError, about: CareError['about']) {
    super(error.status, error.issues, { cause: error, headers: error.headers });
    this.about = about;
  }
}

/** 422: the model breaks its schema. */
export const breaksSchema = (errors: readonly FieldError[]): FhirError =>
  new FhirError(
    422,
    errors.map(({ field, detail }) =>
      issue('value', field === '' ? detail : `${field}: ${detail}`, { expression: `field.${field}` }),
    ),
  );

/** More errors than this help nobody. */
const MOST_ERRORS = 100;

const TYPE = 'https://throughline.dev/problem';

export function problemOf(error: FhirError): Problem {
  const bad = error.issues.filter(({ severity }) => severity === 'error' || severity === 'fatal');
  const told = (bad.length > 0 ? bad : error.issues).slice(0, MOST_ERRORS);
  return {
    type: `${TYPE}/${told[0]?.code ?? 'exception'}`,
    title: STATUS_CODES[error.status] ?? 'Error',
    status: error.status,
    detail: told.map(({ diagnostics }) => diagnostics).join('; '),
    errors: told.map(({ diagnostics, expression: [expression] = [] }) => ({
      ...placeOf(error, expression),
      detail: diagnostics,
    })),
  };
}

function placeOf(error: FhirError, expression: string | undefined): Omit<ProblemError, 'detail'> {
  if (expression === undefined) return {};
  if (expression.startsWith('field.'))
    return expression === 'field.' ? {} : { field: expression.slice('field.'.length) };
  if (expression.startsWith('http.')) return { parameter: expression.slice('http.'.length) };
  if (!(error instanceof CareError)) return { element: expression };
  const field = fieldOf(error.about.mapping, error.about.resource, expression);
  return { ...(field === undefined ? {} : { field }), element: expression };
}

export const problemResponse = (error: FhirError): CareResponse => ({
  status: error.status,
  headers: { ...error.headers, 'Content-Type': 'application/problem+json; charset=utf-8' },
  body: JSON.stringify(problemOf(error)),
});
