/** What a field reads where it stands, and what stands below it. http://hl7.org/fhir/R4/graphql.html#fields */
import { type FieldNode, Kind, type SelectionNode, type SelectionSetNode } from 'graphql';
import { isResourceType, resourceTypes } from '../../../resources/definition.ts';
import { nearest } from '../../../resources/nearest.ts';
import { badValue } from '../../../resources/outcome.ts';
import type { ResourceType } from '../../../resources/types.ts';
import type { SearchParameters } from '../../search/query.ts';
import { argumentsOf, textOf } from './argument.ts';
import type { Document } from './document.ts';
import { EVERYTHING, navigationOf } from './navigation.ts';
import { searchArguments } from './search-arguments.ts';
import type { Use } from './selection.ts';
import {
  type ElementField,
  elementField,
  isResource,
  membersOf,
  SCALAR,
  type Static,
  searchName,
  staticOf,
  unknownField,
} from './type.ts';

export interface FieldUse {
  readonly use: Use;
  readonly below: Static;
}

type Given = ReadonlyMap<string, unknown>;

/** @throws FhirError 400, for a field or argument that is not there */
export function useOf(node: FieldNode, on: Static, document: Document, parameters: SearchParameters): FieldUse {
  const name = node.name.value;
  const given = argumentsOf(node, document.variables);
  const search = () => searchUse(node, name, given, on, document, parameters);
  if (name === '__typename') return memberUse(given, name, SCALAR);
  switch (on.kind) {
    case 'query':
      return isResourceType(name) ? readUse(name, given) : search();
    case 'object':
      return objectUse(name, given, on, search);
    case 'connection':
    case 'edge': {
      if (!membersOf(on.kind).includes(name)) throw badValue(unknownField(on, name));
      if (name === 'edges') return memberUse(given, name, { kind: 'edge', type: on.type });
      return memberUse(given, name, name === 'resource' ? { kind: 'object', types: [on.type] } : SCALAR);
    }
    case 'scalar':
      throw badValue(unknownField(on, name));
  }
}

function memberUse(given: Given, name: string, below: Static): FieldUse {
  if (given.size > 0) throw badValue(`${name} takes no arguments`);
  return { use: { kind: 'member' }, below };
}

function readUse(type: ResourceType, given: Given): FieldUse {
  const id = textOf(given.get('id') ?? given.get('_id'));
  const other = [...given.keys()].find((each) => each !== 'id' && each !== '_id');
  if (other !== undefined) throw badValue(`${type} has no argument ${other}; it takes id. ${type}List searches`);
  if (id === undefined) throw badValue(`${type} needs the argument id; ${type}List searches`);
  return { use: { kind: 'read', type, id }, below: { kind: 'object', types: [type] } };
}

function searchUse(
  node: FieldNode,
  name: string,
  given: Given,
  on: Static,
  document: Document,
  parameters: SearchParameters,
): FieldUse {
  const search = searchName(name);
  if (!search) throw badValue(unknownField(on, name));
  const around = on.kind === 'object' ? ({ kind: 'resource', types: on.types } as const) : ({ kind: 'root' } as const);
  const below: Static =
    search.form === 'list' ? { kind: 'object', types: [search.type] } : { kind: 'connection', type: search.type };
  const wantsTotal = search.form === 'connection' && selects(node.selectionSet, 'count', document);
  return {
    use: { kind: 'search', search: searchArguments(search, given, around, parameters), wantsTotal },
    below,
  };
}

function objectUse(
  name: string,
  given: Given,
  on: Extract<Static, { kind: 'object' }>,
  search: () => FieldUse,
): FieldUse {
  if (name === 'resourceType' && isResource(on.types)) return memberUse(given, name, SCALAR);
  if (name === 'resource' && on.types.includes('Reference')) return referenceUse(given, on.targets ?? resourceTypes());
  const fields = on.types.flatMap((type) => elementField(type, name) ?? []);
  if (fields.length === 0) {
    if (isResource(on.types) && searchName(name)) return search();
    throw badValue(unknownField(on, name));
  }
  const below = joined(fields, name);
  if (below.kind === 'scalar') return { ...memberUse(given, name, below), use: PLAIN };
  return { use: { kind: 'element', navigation: navigationOf(given, below.types) }, below };
}

const PLAIN: Use = { kind: 'element', navigation: EVERYTHING };

function referenceUse(given: Given, targets: readonly string[]): FieldUse {
  const other = [...given.keys()].find((name) => name !== 'optional' && name !== 'type');
  if (other !== undefined) throw badValue(`resource has no argument ${other}; it takes optional and type`);
  const optional = given.get('optional') ?? false;
  if (typeof optional !== 'boolean') throw badValue(`optional is ${JSON.stringify(optional)}; expected true or false`);
  const value = given.get('type');
  const names: readonly unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value];
  const types = names.map((name) => {
    if (isResourceType(name) && targets.includes(name)) return name;
    const near = nearest(String(name), targets);
    throw badValue(
      `type: ${String(name)} is nothing that may be referred to here; ${near ? `did you mean ${near}?` : `expected ${targets.length > 8 ? 'a resource type' : targets.join(', ')}`}`,
    );
  });
  const below: Static = { kind: 'object', types: types.length > 0 ? types : targets };
  return {
    use: { kind: 'reference', optional, ...(types.length > 0 ? { types: new Set<string>(types) } : {}) },
    below,
  };
}

/** What stands below an element that several types have. */
function joined(
  fields: readonly ElementField[],
  name: string,
): Extract<Static, { kind: 'object' } | { kind: 'scalar' }> {
  const all = fields.map(staticOf);
  const objects = all.filter((each) => each.kind === 'object');
  if (objects.length === 0) return SCALAR;
  if (objects.length < all.length)
    throw badValue(
      `${name} is a value of some of the types that may stand here and an object of others; say of which, as in ... on Patient { ${name} }`,
    );
  const targets = new Set(objects.flatMap((each) => each.targets ?? []));
  return {
    kind: 'object',
    types: [...new Set(objects.flatMap(({ types }) => types))],
    ...(targets.size > 0 ? { targets: [...targets] } : {}),
  };
}

/** Whether a selection set has the field, in a fragment too; each fragment is looked at once. */
function selects(
  set: SelectionSetNode | undefined,
  name: string,
  document: Document,
  seen: Set<string> = new Set(),
): boolean {
  const selected = (each: SelectionNode): boolean => {
    switch (each.kind) {
      case Kind.FIELD:
        return each.name.value === name;
      case Kind.INLINE_FRAGMENT:
        return selects(each.selectionSet, name, document, seen);
      case Kind.FRAGMENT_SPREAD: {
        const fragment = each.name.value;
        if (seen.has(fragment)) return false;
        seen.add(fragment);
        return selects(document.fragments.get(fragment)?.selectionSet, name, document, seen);
      }
    }
  };
  return (set?.selections ?? []).some(selected);
}
