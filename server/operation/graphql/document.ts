/** The document of a request: parsed, with the operation that is meant, its fragments, and the values of its variables. */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  parse,
  type TypeNode,
  type VariableDefinitionNode,
} from 'graphql';
import { nearest } from '../../../resources/nearest.ts';
import { FhirError, type Issue, invalid, issue, notSupported } from '../../../resources/outcome.ts';
import type { JsonObject } from '../../../resources/types.ts';
import { plainValue } from './argument.ts';
import { issueAt, tooCostly } from './error.ts';
import { MAX_DOCUMENT, MAX_TOKENS } from './limits.ts';
import type { GraphqlRequest } from './request.ts';

export interface Document {
  /** All of it. */
  readonly source: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** By name; a variable that has neither value nor default is absent. */
  readonly variables: ReadonlyMap<string, unknown>;
  /** Of all variables that the operation declares. */
  readonly declared: ReadonlySet<string>;
}

function parsed(query: string): DocumentNode {
  if (query.length > MAX_DOCUMENT)
    throw tooCostly(`the document has ${query.length} characters; at most ${MAX_DOCUMENT} are taken`);
  try {
    return parse(query, { maxTokens: MAX_TOKENS });
  } catch (error) {
    if (error instanceof RangeError) throw tooCostly('the document is nested too deeply to be read');
    if (!(error instanceof GraphQLError)) throw error;
    const [location] = error.locations ?? [];
    throw new FhirError(400, [
      issue('invalid', error.message, { rule: 'graphql-syntax', ...(location ? { location } : {}) }),
    ]);
  }
}

function operationOf({ definitions }: DocumentNode, name: string | undefined): OperationDefinitionNode {
  const operations = definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
  const names = operations.flatMap((each) => each.name?.value ?? []);
  const [only] = operations;
  if (!only) throw invalid('The document has no query');
  if (name === undefined && operations.length > 1)
    throw invalid(
      `The document has ${operations.length} operations (${names.join(', ')}); operationName must name one`,
    );
  const found = name === undefined ? only : operations.find((each) => each.name?.value === name);
  if (found) return found;
  const near = nearest(name ?? '', names);
  throw invalid(
    `The document has no operation ${name}; it has ${names.join(', ') || 'one without a name'}${near ? `; did you mean ${near}?` : ''}`,
  );
}

const isList = (type: TypeNode): boolean =>
  type.kind === Kind.LIST_TYPE || (type.kind === Kind.NON_NULL_TYPE && isList(type.type));

const nameOf = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type));

/** The types of GraphQL itself; any other stands for a code or a text of FHIR. */
function fits(value: unknown, type: string): boolean {
  switch (type) {
    case 'Boolean':
      return typeof value === 'boolean';
    case 'Int':
      return Number.isInteger(value);
    case 'Float':
      return typeof value === 'number';
    default:
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  }
}

function variable(definition: VariableDefinitionNode, given: JsonObject): { value?: unknown; issue?: Issue } {
  const { name } = definition.variable;
  const { type } = definition;
  const mistake = (text: string) => ({ issue: issueAt(definition, 'value', text) });
  const value = Object.hasOwn(given, name.value)
    ? given[name.value]
    : definition.defaultValue && plainValue(definition.defaultValue, new Map());
  if (value === undefined || value === null)
    return type.kind === Kind.NON_NULL_TYPE
      ? mistake(`The variable $${name.value} has no value, and it must have one`)
      : {};
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const expected = nameOf(type);
  if ((Array.isArray(value) && !isList(type)) || !items.every((item) => fits(item, expected)))
    return mistake(
      `The variable $${name.value} is ${JSON.stringify(value)?.slice(0, 80)}; expected ${isList(type) ? `a list of ${expected}` : expected}`,
    );
  return { value };
}

/** @throws FhirError 400, with the place of each mistake */
export function documentOf({ query, operationName, variables: given }: GraphqlRequest): Document {
  const document = parsed(query);
  const operation = operationOf(document, operationName);
  if (operation.operation !== 'query')
    throw notSupported(
      `${operation.operation} is not offered: GraphQL reads here; write by create, update, patch and delete`,
      {},
      400,
    );
  const fragments = document.definitions.flatMap((each) =>
    each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [],
  );
  const definitions = operation.variableDefinitions ?? [];
  const found = definitions.map((each) => [each.variable.name.value, variable(each, given)] as const);
  const issues = found.flatMap(([, { issue: mistake }]) => mistake ?? []);
  if (issues.length > 0) throw new FhirError(400, issues);
  return {
    source: document,
    operation,
    fragments: new Map(fragments),
    variables: new Map(found.flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value] as const]))),
    declared: new Set(found.map(([name]) => name)),
  };
}
