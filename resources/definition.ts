/**
 * The R4 definitions as the build compiled them (compile-definitions.ts): types with their elements, search parameters and
 * compartments. Loaded once, at first use; immutable after that.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ResourceType, SearchParameter } from './types.ts';

/** One element of a type as compiled: `name` without `[x]`, `types` by FHIR name or, for backbones, by path (`Patient.contact`). */
export interface ElementTable {
  readonly name: string;
  readonly types: readonly string[];
  readonly min: number;
  readonly many?: boolean;
  readonly choice?: boolean;
  /** In the summary view: ElementDefinition.isSummary. */
  readonly summary?: boolean;
  /** Written as an attribute in XML: `id`, `url` of Extension. */
  readonly attribute?: boolean;
  /** Resource types a Reference or canonical may point to; absent when any. */
  readonly targets?: readonly string[];
  /** Of a `code`: the code system that its required binding draws on, when it is one. */
  readonly system?: string;
}

export interface TypeTable {
  readonly name: string;
  readonly kind: 'resource' | 'complex' | 'primitive' | 'backbone';
  readonly base?: string;
  readonly abstract?: boolean;
  /** The specification's regular expression for the value of a primitive. */
  readonly regex?: string;
  readonly elements: readonly ElementTable[];
}

export interface SearchParameterTable {
  readonly url: string;
  readonly code: string;
  readonly type: SearchParameter['type'];
  readonly base: readonly string[];
  readonly description: string;
  readonly expression?: string;
  readonly target?: readonly string[];
  readonly component?: readonly { readonly definition: string; readonly expression: string }[];
}

export interface CompartmentTable {
  readonly code: string;
  readonly url: string;
  /** The inclusion criteria of each member type: search parameter codes, `{def}` for the type of the compartment itself. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
}

/** A property of a JSON object: the element it belongs to and, where the element is a choice, the type its name chose. */
export interface Property {
  readonly element: ElementTable;
  readonly type: string;
}

export interface TypeDefinition extends TypeTable {
  /** By JSON name: `valueQuantity` of Observation is the element `value` with type `Quantity`. Without `_birthDate` forms. */
  readonly properties: ReadonlyMap<string, Property>;
}

// Not import.meta.resolve: the test runner loads TypeScript through require(), where that is not a function.
const { resolve } = createRequire(import.meta.url);

function load<T>(name: string): T {
  return JSON.parse(readFileSync(resolve(`#definitions/${name}`), 'utf8')) as T;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The JSON name of an element for one of its types: `value` and `Quantity` give `valueQuantity`. */
export function propertyName(element: ElementTable, type: string): string {
  return element.choice ? element.name + type.charAt(0).toUpperCase() + type.slice(1) : element.name;
}

function typeDefinitionOf(table: TypeTable): TypeDefinition {
  const properties = table.elements.flatMap((element) =>
    element.types.map((type) => [propertyName(element, type), { element, type }] as const),
  );
  return { ...table, properties: new Map(properties) };
}

const tables = once(() => new Map(load<TypeTable[]>('types.json').map((table) => [table.name, table])));
const compiled = new Map<string, TypeDefinition>();

/** The definition of a resource type, data type, primitive or backbone (`Patient.contact`); undefined when R4 has none of that name. */
export function typeDefinition(name: string): TypeDefinition | undefined {
  const known = compiled.get(name);
  if (known) return known;
  const table = tables().get(name);
  if (!table) return undefined;
  const definition = typeDefinitionOf(table);
  compiled.set(name, definition);
  return definition;
}

/** As `typeDefinition`, for names that come from the definitions themselves. */
export function knownType(name: string): TypeDefinition {
  const definition = typeDefinition(name);
  if (!definition) throw new Error(`the R4 definitions have no type ${name}`);
  return definition;
}

export function isPrimitive(type: string): boolean {
  return tables().get(type)?.kind === 'primitive';
}

const concrete = once(() =>
  [...tables().values()]
    .filter(({ kind, abstract }) => kind === 'resource' && !abstract)
    .map(({ name }) => name as ResourceType)
    .sort(),
);
const concreteNames = once(() => new Set<string>(concrete()));

/** The names of all concrete resource types of R4, in alphabetical order. */
export const resourceTypes = (): readonly ResourceType[] => concrete();

const numbers = once(() => new Map(concrete().map((type, index) => [type, index + 1])));

/** The number of a resource type in the database: its place in the alphabetical list of R4, from 1. R4 is closed, so it is stable. */
export function typeNumber(type: ResourceType): number {
  return numbers().get(type) ?? 0;
}

/** The resource type of a number that `typeNumber` gave. */
export function typeOfNumber(number: number): ResourceType {
  const type = concrete()[number - 1];
  if (!type) throw new Error(`no resource type has the number ${number}`);
  return type;
}

export const isResourceType = (name: unknown): name is ResourceType =>
  typeof name === 'string' && concreteNames().has(name);

/** The search parameters of R4, as published. */
export const searchParameterTables = once(() => load<readonly SearchParameterTable[]>('search-parameters.json'));

/** Our own search parameters: profiles/throughline/search-parameters. */
export const ownSearchParameterTables = once(() => load<readonly SearchParameterTable[]>('own-search-parameters.json'));

/** The five compartments of R4. */
export const compartmentTables = once(() => load<readonly CompartmentTable[]>('compartments.json'));
