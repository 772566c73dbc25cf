/** Questions about the schema: `__schema` and `__type`, answered by the reference implementation. https://spec.graphql.org/October2021/#sec-Introspection */
import { executeSync, type GraphQLError, Kind, type SelectionSetNode, validate, visit } from 'graphql';
import { badValue, FhirError, issue } from '../../../resources/outcome.ts';
import type { SearchParameters } from '../../search/query.ts';
import type { Document } from './document.ts';
import { issueAt, tooCostly } from './error.ts';
import { schemaOf } from './schema.ts';

const ABOUT_SCHEMA: ReadonlySet<string> = new Set(['__schema', '__type']);

const rootNames = ({ selections }: SelectionSetNode): readonly string[] =>
  selections.flatMap((each) => (each.kind === Kind.FIELD ? [each.name.value] : []));

/** Whether a document asks about the schema. */
export const isIntrospection = ({ operation }: Document): boolean =>
  rootNames(operation.selectionSet).some((name) => ABOUT_SCHEMA.has(name));

/** Far more than any tool sends; the check for conflicts between fields takes time by the square of their number. */
const MAX_QUESTION = 5_000;

/** The whole schema is 9 MB of JSON and takes a quarter of a second; tools ask for it in the same words each time. */
const REMEMBERED = 4;
let answers: { readonly parameters: SearchParameters; readonly data: Map<string, object> } | undefined;

/** @throws FhirError 400 */
export function introspect(document: Document, query: string, parameters: SearchParameters): object {
  if (query.length > MAX_QUESTION)
    throw tooCostly(`a question about the schema has at most ${MAX_QUESTION} characters; this one has ${query.length}`);
  requirePlain(document);
  if (answers?.parameters !== parameters) answers = { parameters, data: new Map() };
  const { data } = answers;
  const { operation, variables } = document;
  const key = JSON.stringify([query, operation.name?.value, [...variables]]);
  const known = data.get(key) ?? answerOf(document, parameters);
  if (data.size >= REMEMBERED && !data.has(key)) data.clear();
  data.set(key, known);
  return known;
}

/** Nothing but the schema is asked for, and nothing twice under several names, which would multiply the answer. */
function requirePlain({ operation, source }: Document): void {
  const other = rootNames(operation.selectionSet).find((name) => !ABOUT_SCHEMA.has(name) && name !== '__typename');
  if (other !== undefined) throw badValue(`__schema and __type stand in a query of their own, without ${other}`);
  visit(source, {
    Field(node) {
      if (node.alias)
        throw new FhirError(400, [
          issueAt(node, 'invalid', 'A question about the schema has no other names for its fields'),
        ]);
    },
  });
}

const failureOf = (errors: readonly GraphQLError[]): FhirError =>
  new FhirError(
    400,
    errors.map(({ message, locations }) => {
      const [location] = locations ?? [];
      return issue('invalid', message, { rule: 'graphql', ...(location ? { location } : {}) });
    }),
  );

function answerOf({ source, operation, variables }: Document, parameters: SearchParameters): object {
  const schema = schemaOf(parameters);
  const mistakes = validate(schema, source);
  if (mistakes.length > 0) throw failureOf(mistakes);
  const { data, errors } = executeSync({
    schema,
    document: source,
    operationName: operation.name?.value,
    variableValues: Object.fromEntries(variables),
  });
  if (errors) throw failureOf(errors);
  return data ?? {};
}
