/**
 * A GraphQL request as it came in: in the query of a GET, as application/graphql, as JSON, or as Parameters.
 * http://hl7.org/fhir/R4/graphql.html#invoking
 */
import { parseJson } from '../../../resources/json.ts';
import { nearest } from '../../../resources/nearest.ts';
import { invalid, notSupported } from '../../../resources/outcome.ts';
import type { JsonObject, Parameters } from '../../../resources/types.ts';
import type { FhirRequest } from '../../interaction/interaction.ts';

export interface GraphqlRequest {
  readonly query: string;
  readonly operationName?: string;
  readonly variables: JsonObject;
}

const NAMES = ['query', 'operationName', 'variables'] as const;
/** Sent by clients beside these, and of no consequence for the answer. */
const IGNORED: ReadonlySet<string> = new Set(['extensions']);

type Fields = Readonly<Record<string, unknown>>;

function fieldsOfDocument({ mediaType, text }: NonNullable<FhirRequest['document']>): Fields {
  if (mediaType === 'application/graphql') return { query: text };
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const fields = value as JsonObject;
    return fields.resourceType === 'Parameters' ? fieldsOfParameters(fields as unknown as Parameters) : fields;
  }
  throw invalid('The body is no GraphQL request; expected a JSON object with "query"');
}

function fieldsOfParameters({ parameter = [] }: Parameters): Fields {
  if (!Array.isArray(parameter)) throw invalid('Parameters.parameter must be an array');
  return Object.fromEntries(parameter.map(({ name, valueString }) => [String(name), valueString]));
}

function fieldsOf({ query, body, document }: FhirRequest): Fields {
  const ofBody = document
    ? fieldsOfDocument(document)
    : body?.resourceType === 'Parameters'
      ? fieldsOfParameters(body as unknown as Parameters)
      : {};
  return { ...Object.fromEntries(query), ...ofBody };
}

function variablesOf(value: unknown): JsonObject {
  const found = typeof value === 'string' && value !== '' ? parseJson(value) : (value ?? {});
  if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found as JsonObject;
  if (value === '') return {};
  throw invalid('variables must be a JSON object', { expression: 'http.variables' });
}

/** @throws FhirError 400 */
export function graphqlRequest(request: FhirRequest): GraphqlRequest {
  if (request.body && request.body.resourceType !== 'Parameters')
    throw invalid(`The body of $graphql is a ${request.body.resourceType}; expected a GraphQL request or Parameters`);
  const fields = fieldsOf(request);
  const unknown = Object.keys(fields).find((name) => !NAMES.some((each) => each === name) && !IGNORED.has(name));
  if (unknown !== undefined) {
    const near = nearest(unknown, NAMES);
    const hint = near ? `; did you mean ${near}?` : '';
    throw notSupported(`$graphql has no parameter ${unknown}: it takes ${NAMES.join(', ')}${hint}`, {}, 400);
  }
  const { query, operationName } = fields;
  if (typeof query !== 'string' || query.trim() === '')
    throw invalid('$graphql needs a query, such as { Patient(id: "1") { name { family } } }', {
      expression: 'http.query',
    });
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string')
    throw invalid('operationName must be a string', { expression: 'http.operationName' });
  return { query, ...(operationName ? { operationName } : {}), variables: variablesOf(fields.variables) };
}
