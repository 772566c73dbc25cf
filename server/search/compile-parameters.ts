/**
 * SearchParameters as published, to the parameters of each resource type: bases spelled out, aliases found, composites joined to
 * their components. https://hl7.org/fhir/R4/searchparameter.html
 */
import { hash } from 'node:crypto';
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
  /** Searches wait for a parameter that is `filling`; whatever else is done to one goes on beside them. */
  readonly status: SearchParameter['status'] | 'rebuilding' | 'dropping';
  readonly progress?: SearchParameter['progress'];
  readonly fullText?: SearchParameter['fullText'];
}

/** Gives what the store knows of a parameter; undefined when that is not what the table says: then it is not in force. */
export type RecordOf = (resource: ResourceType, code: string, url: string) => ParameterRecord | undefined;

/** Parameters that are columns of the table `resource`, and full text where it is not offered, which is published without an expression. */
const isWithoutRows = ({ code, expression }: SearchParameterTable): boolean =>
  code === '_id' || code === '_lastUpdated' || ((code === '_text' || code === '_content') && !expression);

/** What the store is told of a parameter that has rows. */
export interface Declaration {
  readonly type: ResourceType;
  readonly code: string;
  readonly url: string;
  /** Of all that decides which rows a resource has: when it changes, what is stored has to be indexed again. */
  readonly hash: string;
}

// Raised when the rows that the search types make change their form.
const ROWS_VERSION = 1;

/** The parameters of `tables` that need a number. */
export function declareParameters(tables: readonly SearchParameterTable[]): readonly Declaration[] {
  return [...tablesByType(tables)].flatMap(([type, own]) =>
    own
      .filter((table) => !isWithoutRows(table) && !aliasOf(type, table, own))
      .map((table) => ({ type, code: table.code, url: table.url, hash: hashOf(type, table) })),
  );
}

function hashOf(type: ResourceType, table: SearchParameterTable): string {
  const rows = [ROWS_VERSION, table.type, alternatives(type, table), table.component, impliedSystemOf(type, table)];
  return hash('sha256', JSON.stringify(rows), 'base64url').slice(0, 22);
}

/**
 * The registry of `tables`; of two with the same type and code the first counts. `recordOf` gives the number under which the rows of
 * a parameter are kept; it is asked only for those that have rows.
 */
export function compileParameters(tables: readonly SearchParameterTable[], recordOf: RecordOf): CompiledParameters {
  const byType = new Map<ResourceType, ReadonlyMap<string, SearchParameter>>();
  const byNumber = new Map<number, SearchParameter>();
  for (const [type, own] of tablesByType(tables)) {
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

/** The same parameters, as if no index were still being filled: for what is matched in memory. */
export function allActive(parameters: SearchParameters): SearchParameters {
  const active = (param: SearchParameter): SearchParameter => ({ ...param, status: 'active' });
  return {
    get(type, code) {
      const param = parameters.get(type, code);
      return param && active(param);
    },
    of: (type) => parameters.of(type).map(active),
  };
}

/** The parameters of each type in alphabetical order of their codes, one for each code. */
function tablesByType(
  tables: readonly SearchParameterTable[],
): ReadonlyMap<ResourceType, readonly SearchParameterTable[]> {
  const byType = new Map(resourceTypes().map((type) => [type, new Map<string, SearchParameterTable>()]));
  for (const table of tables.map(corrected).filter((each) => each !== undefined))
    for (const type of table.base.flatMap(typesOf)) {
      const own = byType.get(type);
      if (!own?.has(table.code)) own?.set(table.code, table);
    }
  const sorted = [...byType].map(
    ([type, own]) => [type, [...own.values()].sort((a, b) => (a.code < b.code ? -1 : 1))] as const,
  );
  return new Map(sorted);
}

/** The types that have a base: `Resource` stands for all, `DomainResource` for nearly all. */
export function typesOf(base: string): readonly ResourceType[] {
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
  recordOf: RecordOf,
): ReadonlyMap<string, SearchParameter> {
  const aliases = new Map(tables.map((table) => [table, aliasOf(type, table, tables)]));
  const owners = new Map<string, SearchParameter>();
  for (const table of tables) {
    if (aliases.get(table) || table.component) continue;
    const record = isWithoutRows(table)
      ? { number: 0, status: 'active' as const }
      : recordOf(type, table.code, table.url);
    if (record) owners.set(table.url, parameterOf(type, table, record));
  }
  const found = tables.map((table): SearchParameter | undefined => {
    const alias = aliases.get(table);
    if (alias) return aliasParameter(type, table, alias, owners);
    if (!table.component) return owners.get(table.url);
    const components = componentsOf(table, owners);
    const record = components && recordOf(type, table.code, table.url);
    return record && { ...parameterOf(type, table, record), components };
  });
  return new Map(found.filter((param) => param !== undefined).map((param) => [param.code, param]));
}

function parameterOf(
  resource: ResourceType,
  table: SearchParameterTable,
  { number, status, progress, fullText }: ParameterRecord,
): SearchParameter {
  const { code, type, url, description } = table;
  const expression = isWithoutRows(table) || !table.expression ? undefined : alternatives(resource, table).join(' | ');
  let valueTypes: readonly string[] | undefined;
  let isCompiled = expression === undefined;
  const impliedSystem = type === 'token' ? impliedSystemOf(resource, table) : undefined;
  return {
    number,
    resource,
    code,
    type,
    url,
    description,
    ...(expression === undefined ? {} : { expression }),
    // Compiled when somebody asks: a server that starts lists its parameters and searches by few.
    get valueTypes() {
      if (!isCompiled && expression !== undefined) valueTypes = compile(expression, resource).types;
      isCompiled = true;
      return valueTypes;
    },
    ...(impliedSystem ? { impliedSystem } : {}),
    targets: type === 'reference' ? targetsOf(table) : [],
    status: status === 'filling' ? 'filling' : 'active',
    ...(progress ? { progress } : {}),
    ...(fullText ? { fullText } : {}),
  };
}

/** `Patient.gender`: names from the type on, and nothing else. */
const PATH = /^[A-Z]\w*(?:\.[a-z]\w*)+$/;

/** The system of the codes that a parameter selects, when all its alternatives are plain paths to elements of one system. */
function impliedSystemOf(type: ResourceType, table: SearchParameterTable): string | undefined {
  const systems = new Set(
    alternatives(type, table).map((path) => (PATH.test(path) ? systemAt(type, path) : undefined)),
  );
  const [only] = systems;
  return systems.size === 1 ? only : undefined;
}

function systemAt(type: ResourceType, path: string): string | undefined {
  let at: string = type;
  let system: string | undefined;
  for (const name of path.split('.').slice(1)) {
    const property = typeDefinition(at)?.properties.get(name);
    if (!property) return undefined;
    at = property.type;
    system = property.element.system;
  }
  return system;
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
export const alternatives = (type: ResourceType, { expression = '' }: SearchParameterTable): readonly string[] =>
  splitUnion(expression).filter((each) => descendsFrom(type, /^\(?([A-Z]\w*)/.exec(each)?.[1] ?? type));

/** Expressions of common parameters come again for each type. */
const unions = new Map<string, readonly string[]>();

/** The operands of a union, without splitting what stands in brackets or quotes. */
function splitUnion(expression: string): readonly string[] {
  const known = unions.get(expression);
  if (known) return known;
  const parts = operandsOf(expression);
  unions.set(expression, parts);
  return parts;
}

function operandsOf(expression: string): readonly string[] {
  const parts: string[] = [];
  let [depth, quoted, start] = [0, false, 0];
  for (let at = 0; at < expression.length; at += 1) {
    const character = expression[at];
    if (character === '\\') at += 1;
    else if (character === "'") quoted = !quoted;
    else if (quoted) continue;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === '|' && depth === 0) {
      parts.push(expression.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, expression.slice(start)].map((part) => part.trim());
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
  const { number, status, progress, expression } = owner;
  const alias = {
    number,
    status,
    progress,
    resource,
    code,
    type: 'reference',
    url,
    description,
    targets: [target],
  } as const;
  return {
    ...alias,
    ...(expression ? { expression } : {}),
    get valueTypes() {
      return owner.valueTypes;
    },
    alias: owner,
  };
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
