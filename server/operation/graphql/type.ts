/**
 * What fields the types of FHIR have in GraphQL, from the definitions: elements by their JSON names, `_birthDate` for the extensions of a
 * primitive, `resource` of a Reference, and searches. http://hl7.org/fhir/R4/graphql.html#fields
 */
import {
  isPrimitive,
  isResourceType,
  type Property,
  resourceTypes,
  typeDefinition,
} from '../../../resources/definition.ts';
import { nearest } from '../../../resources/nearest.ts';
import type { ResourceType } from '../../../resources/types.ts';

/** What a selection set stands on. */
export type Static =
  | { readonly kind: 'query' }
  /** An object of one of these types; `targets` of a Reference: what it may refer to. */
  | { readonly kind: 'object'; readonly types: readonly string[]; readonly targets?: readonly string[] }
  | { readonly kind: 'connection' | 'edge'; readonly type: ResourceType }
  | { readonly kind: 'scalar' };

export const SCALAR = { kind: 'scalar' } as const;

export interface ElementField {
  readonly property: Property;
  /** The name in JSON. */
  readonly json: string;
  /** `_birthDate`: id and extensions of a primitive. */
  readonly isCompanion: boolean;
}

/** The element that `name` stands for in objects of `type`. */
export function elementField(type: string, name: string): ElementField | undefined {
  const properties = typeDefinition(type)?.properties;
  const own = properties?.get(name);
  if (own) return { property: own, json: name, isCompanion: false };
  const primitive = name.startsWith('_') ? properties?.get(name.slice(1)) : undefined;
  return primitive && isPrimitive(primitive.type) ? { property: primitive, json: name, isCompanion: true } : undefined;
}

/** What stands below an element. */
export function staticOf({
  property,
  isCompanion,
}: ElementField): Extract<Static, { kind: 'object' } | { kind: 'scalar' }> {
  const { element, type } = property;
  if (isCompanion) return { kind: 'object', types: ['Element'] };
  if (isPrimitive(type)) return SCALAR;
  if (type === 'Resource') return { kind: 'object', types: resourceTypes() };
  return { kind: 'object', types: [type], ...(type === 'Reference' ? { targets: targetsOf(element.targets) } : {}) };
}

const targetsOf = (targets: readonly string[] | undefined): readonly string[] =>
  targets && targets.length > 0 ? targets : resourceTypes();

export interface SearchName {
  readonly form: 'list' | 'connection';
  readonly type: ResourceType;
}

/** `PatientList`, `PatientConnection`. */
export function searchName(name: string): SearchName | undefined {
  const [, type, suffix] = /^([A-Za-z]+?)(List|Connection)$/.exec(name) ?? [];
  return isResourceType(type) ? { form: suffix === 'List' ? 'list' : 'connection', type } : undefined;
}

/** `Patient.contact` is called PatientContact where a name may have no dot. */
export const typeName = (type: string): string =>
  type
    .split('.')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');

/** Whether an object of `type` is one of `condition`: itself, or a type that it is derived from. */
export function isA(type: string, condition: string): boolean {
  for (let at: string | undefined = type; at !== undefined; at = typeDefinition(at)?.base)
    if (typeName(at) === condition) return true;
  const kind = typeDefinition(type)?.kind;
  return kind === 'backbone' && (condition === 'BackboneElement' || condition === 'Element');
}

export const isResource = (types: readonly string[]): boolean => types.every(isResourceType);

const CONNECTION = ['count', 'offset', 'pagesize', 'pageSize', 'edges', 'first', 'previous', 'next', 'last'] as const;
const EDGE = ['mode', 'score', 'resource'] as const;

export const membersOf = (kind: 'connection' | 'edge'): readonly string[] =>
  kind === 'connection' ? CONNECTION : EDGE;

function namesOf(on: Static): readonly string[] {
  switch (on.kind) {
    case 'query':
      return resourceTypes().flatMap((type) => [type, `${type}List`, `${type}Connection`]);
    case 'object':
      return [
        ...new Set(on.types.flatMap((type) => [...(typeDefinition(type)?.properties.keys() ?? [])])),
        ...(on.types.includes('Reference') ? ['resource'] : []),
        ...(isResource(on.types) ? resourceTypes().flatMap((type) => [`${type}List`, `${type}Connection`]) : []),
      ];
    case 'connection':
    case 'edge':
      return membersOf(on.kind);
    case 'scalar':
      return [];
  }
}

const titleOf = (on: Static): string => {
  switch (on.kind) {
    case 'query':
      return 'The query';
    case 'object':
      return on.types.length > 3 ? 'None of the types that may stand here' : on.types.join(' or ');
    case 'connection':
      return `${on.type}Connection`;
    case 'edge':
      return `An edge of ${on.type}Connection`;
    case 'scalar':
      return 'A value';
  }
};

/** The sentence about a field that is not there. */
export function unknownField(on: Static, name: string): string {
  const names = namesOf(on);
  const near = nearest(name, names);
  const element = on.kind === 'object' ? choiceOf(on.types, name) : undefined;
  const hint =
    element ??
    (near ? `; did you mean ${near}?` : names.length > 0 && names.length < 40 ? `; it has ${names.join(', ')}` : '');
  const has = on.kind === 'object' && on.types.length > 3 ? 'has' : 'has no';
  return `${titleOf(on)} ${has} ${has === 'has' ? 'a' : ''}${has === 'has' ? ' ' : ''}field ${name}${hint}`;
}

/** `value` of Observation: an element with a type in its name. */
function choiceOf(types: readonly string[], name: string): string | undefined {
  const names = types.flatMap((type) =>
    [...(typeDefinition(type)?.properties ?? [])].flatMap(([json, { element }]) =>
      element.choice && element.name === name ? [json] : [],
    ),
  );
  return names.length > 0 ? `; it is named with its type: ${[...new Set(names)].join(', ')}` : undefined;
}
