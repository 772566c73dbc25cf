/**
 * SearchParameters as published, to the parameters of each resource type: bases spelled out, aliases found, composites joined to
 * their components. https://hl7.org/fhir/R4/searchparameter.html
 */
import {
  isResourceType,
  resourceTypes,
  type SearchParameterTable,
  typeDefinition,
} from '../../resources/definition.ts';
import { compile } from '../../resources/fhirpath.ts';
import type { ResourceType } from '../../resources/types.ts';
import { corrected } from './parameter-errata.ts';
import type { SearchParameters } from './query.ts';
import type { SearchParameter } from './search-parameter.ts';

/** The registry: what `query.ts` asks, and the way back from a number. */
export interface CompiledParameters extends SearchParameters {
  /** The parameter that owns the rows of a number. */
  byNumber(number: number): SearchParameter | undefined;
}

/** What the store knows of a parameter. */
export interface ParameterRecord {
  readonly number: number;
  readonly status: SearchParameter['status'];
}

/** Parameters that are asked of the table `resource` or of the full text, and have no rows. */
const withoutRows = new Set(['_id', '_lastUpdated', '_text', '_content']);

/**
 * The registry of `tables`; of two with the same type and code the first counts. `recordOf` gives the number under which the rows of
 * a parameter are kept; it is asked only for those that have rows.
 */
export function compileParameters(
  tables: readonly SearchParameterTable[],
  recordOf: (resource: ResourceType, code: string, url: string) => ParameterRecord,
): CompiledParameters {
  const byType = new Map<ResourceType, ReadonlyMap<string, SearchParameter>>();
  const byNumber = new Map<number, SearchParameter>();
  const known = tables.map(corrected).filter((table) => table !== undefined);
  const spelled = new Map(resourceTypes().map((type) => [type, [] as SearchParameterTable[]]));
  for (const table of known) for (const type of table.base.flatMap(typesOf)) spelled.get(type)?.push(table);
  for (const [type, own] of spelled) {
    const parameters = parametersOf(type, own, recordOf);
    byType.set(type, parameters);
    for (const param of parameters.values()) if (!param.alias && param.number > 0) byNumber.set(param.number, param);
  }
  const listed = new Map([...byType].map(([type, parameters]) => [type, [...parameters.values()]]));
  return {
    get: (type, code) => byType.get(type)?.get(code),
    of: (type) => listed.get(type) ?? [],
    byNumber: (number) => byNumber.get(number),
  };
}

/** The types that have a base: `Resource` stands for all, `DomainResource` for nearly all. */
function typesOf(base: string): readonly ResourceType[] {
  if (isResourceType(base)) return [base];
  return resourceTypes().filter((type) => descendsFrom(type, base));
}

function descendsFrom(type: string | undefined, ancestor: string): boolean {
  for (let each = type; each !== undefined; each = typeDefinition(each)?.base) if (each === ancestor) return true;
  return false;
}

/** The parameters of one type by code, in alphabetical order. */
function parametersOf(
  type: ResourceType,
  tables: readonly SearchParameterTable[],
  recordOf: (resource: ResourceType, code: string, url: string) => ParameterRecord,
): ReadonlyMap<string, SearchParameter> {
  const first = new Map<string, SearchParameterTable>();
  for (const table of tables) if (!first.has(table.code)) first.set(table.code, table);
  const unique = [...first.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
  const aliases = new Map(unique.map((table) => [table, aliasOf(type, table, unique)]));
  const owners = new Map<string, SearchParameter>();
  for (const table of unique) {
    if (aliases.get(table) || table.component) continue;
    const record = withoutRows.has(table.code)
      ? { number: 0, status: 'active' as const }
      : recordOf(type, table.code, table.url);
    owners.set(table.url, parameterOf(type, table, record));
  }
  const found = unique.map((table): SearchParameter | undefined => {
    const alias = aliases.get(table);
    if (alias) return aliasParameter(type, table, alias, owners);
    if (!table.component) return owners.get(table.url);
    const components = componentsOf(table, owners);
    return components && { ...parameterOf(type, table, recordOf(type, table.code, table.url)), components };
  });
  return new Map(found.filter((param) => param !== undefined).map((param) => [param.code, param]));
}

function parameterOf(
  resource: ResourceType,
  table: SearchParameterTable,
  { number, status }: ParameterRecord,
): SearchParameter {
  const { code, type, url, description } = table;
  const expression = withoutRows.has(code) ? undefined : table.expression;
  const valueTypes = expression === undefined ? undefined : compile(expression, resource).types;
  return {
    number,
    resource,
    code,
    type,
    url,
    description,
    ...(expression === undefined ? {} : { expression }),
    ...(valueTypes ? { valueTypes } : {}),
    targets: type === 'reference' ? targetsOf(table) : [],
    status,
  };
}

/** Those that are published; all, when none are. */
function targetsOf({ target = [] }: SearchParameterTable): readonly ResourceType[] {
  const targets = target.filter(isResourceType);
  return targets.length > 0 ? targets : resourceTypes();
}

/** `Account.subject.where(resolve() is Patient)`: the path, and the type to which it is narrowed. */
const NARROWED = /^(.+)\.where\(resolve\(\) is ([A-Za-z]+)\)$/;

interface Alias {
  readonly of: SearchParameterTable;
  readonly target: ResourceType;
}

/** The parameter whose values `table` narrows to one target type, on `type`; undefined when it has values of its own. */
function aliasOf(
  type: ResourceType,
  table: SearchParameterTable,
  tables: readonly SearchParameterTable[],
): Alias | undefined {
  const matches = alternatives(type, table).map((each) => NARROWED.exec(each));
  const [target] = matches.map((match) => match?.[2]);
  if (!isResourceType(target) || !matches.every((match) => match?.[2] === target)) return undefined;
  const paths = matches.map((match) => match?.[1] ?? '').sort();
  const of = tables.find(
    (other) =>
      other !== table &&
      other.type === 'reference' &&
      sameList(alternatives(type, other).map(withoutBrackets).sort(), paths),
  );
  return of && { of, target };
}

/** The alternatives of an expression that are about `type`. */
function alternatives(type: ResourceType, { expression = '' }: SearchParameterTable): readonly string[] {
  return expression
    .split('|')
    .map((each) => each.trim())
    .filter((each) => descendsFrom(type, /^\(?([A-Z]\w*)/.exec(each)?.[1] ?? type));
}

const withoutBrackets = (expression: string): string => /^\(([^()]*)\)$/.exec(expression)?.[1] ?? expression;
const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((each, index) => each === b[index]);

function aliasParameter(
  resource: ResourceType,
  table: SearchParameterTable,
  { of, target }: Alias,
  owners: ReadonlyMap<string, SearchParameter>,
): SearchParameter | undefined {
  const owner = owners.get(of.url);
  if (!owner) return undefined;
  const { code, url, description } = table;
  const { number, status, expression, valueTypes } = owner;
  const alias = { number, status, resource, code, type: 'reference', url, description, targets: [target] } as const;
  return { ...alias, ...(expression ? { expression } : {}), ...(valueTypes ? { valueTypes } : {}), alias: owner };
}

function componentsOf(
  { component = [] }: SearchParameterTable,
  owners: ReadonlyMap<string, SearchParameter>,
): SearchParameter['components'] | undefined {
  const components = component.map(({ definition, expression }) => ({ param: owners.get(definition), expression }));
  const found = components.filter(
    (each): each is { param: SearchParameter; expression: string } => each.param !== undefined,
  );
  return found.length === component.length ? found : undefined;
}
