/**
 * The elements of a resource as FHIRPath sees them, with the place in the JSON where each stands: `Observation.value` is the property
 * `valueQuantity`, and an extension of `Patient.birthDate` stands in `_birthDate`. https://hl7.org/fhir/R4/json.html#primitive
 */
import {
  type ElementTable,
  isPrimitive,
  knownType,
  propertyName,
  typeDefinition,
} from '../../../resources/definition.ts';
import { nearest } from '../../../resources/nearest.ts';
import { unprocessable } from '../../../resources/outcome.ts';
import type { AnyResource } from '../../../resources/types.ts';
import { shown } from './run.ts';

export type MutableObject = Record<string, unknown>;

/** Where an element stands: `container[name]` and, for a primitive, `container[_name]`; `index` when the element repeats. */
export interface Place {
  readonly parent: Element;
  readonly container: MutableObject;
  readonly table: ElementTable;
  readonly name: string;
  readonly index?: number;
}

export interface Element {
  /** Name of the FHIR type, or path of the backbone (`Patient.contact`). */
  readonly type: string;
  /** FHIRPath with all indexes: `Patient.contact[0].name`. */
  readonly path: string;
  /** Absent for the resource itself. */
  readonly place?: Place;
  /** The JSON object of its children; undefined for a primitive that has neither id nor extension. */
  readonly object?: MutableObject;
}

export const rootElement = (resource: AnyResource): Element => ({
  type: resource.resourceType,
  path: resource.resourceType,
  object: resource as unknown as MutableObject,
});

/** The definition of the child `name` of a type. @throws FhirError unprocessable when the type has no such element */
export function childTable(type: string, name: string): ElementTable {
  const table = childTables(type).find((each) => each.name === name);
  if (table) return table;
  throw unprocessable(`${type} has no element ${shown(name)}${hint(type, name)}`);
}

function hint(type: string, name: string): string {
  const chosen = isPrimitive(type) ? undefined : knownType(type).properties.get(name)?.element.name;
  if (chosen) return `; FHIRPath calls ${name} ${chosen}`;
  const meant = nearest(
    name,
    childTables(type).map((table) => table.name),
  );
  return meant ? `; did you mean ${meant}?` : '';
}

/** The elements that an element of this type may have. The value of a primitive is the primitive itself, no element of it. */
export const childTables = (type: string): readonly ElementTable[] =>
  isPrimitive(type) ? knownType(type).elements.filter(({ name }) => name !== 'value') : knownType(type).elements;

/** The children of that name, in order. With an index, that one only. */
export function children(parent: Element, childName: string, index?: number): readonly Element[] {
  const table = childTable(parent.type, childName);
  const container = parent.object;
  if (!container) return [];
  return table.types.flatMap((type): readonly Element[] => {
    const name = propertyName(table, type);
    const [value, companion] = [container[name], container[`_${name}`]];
    if (value === undefined && companion === undefined) return [];
    const at = (place?: number) => elementAt({ parent, container, table, name, index: place }, type);
    if (!table.many) return (index ?? 0) === 0 ? [at()] : [];
    const length = Math.max(lengthOf(value), lengthOf(companion));
    if (index !== undefined) return index < length ? [at(index)] : [];
    return Array.from({ length }, (_, place) => at(place));
  });
}

function elementAt(place: Place, declared: string): Element {
  const { parent, container, table, name, index } = place;
  const content = container[isPrimitive(declared) ? `_${name}` : name];
  const object = asObject(index === undefined ? content : Array.isArray(content) ? content[index] : undefined);
  const path = `${parent.path}.${table.name}${index === undefined ? '' : `[${index}]`}`;
  return { type: declared === 'Resource' ? resourceTypeOf(object) : declared, path, place, object };
}

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

const asObject = (value: unknown): MutableObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as MutableObject) : undefined;

function resourceTypeOf(object: MutableObject | undefined): string {
  const type = object?.resourceType;
  return typeof type === 'string' && typeDefinition(type)?.kind === 'resource' ? type : 'Resource';
}
