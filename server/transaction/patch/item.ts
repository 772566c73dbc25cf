/** The elements of an object as values to compare: what `diff` looks at, element for element, and turns into parts of Parameters. */
import {
  type ElementTable,
  isPrimitive,
  knownType,
  propertyName,
  typeDefinition,
} from '../../../resources/definition.ts';
import { copy } from '../../../resources/json.ts';
import { keepNumeral, numeralOf } from '../../../resources/numeral.ts';
import type { Content } from './content.ts';
import { childTables, type MutableObject } from './element.ts';
import type { Part } from './operation.ts';

/** One element: its FHIR type (a resource by its own) and what it holds. */
export interface Item extends Content {
  readonly type: string;
}

/** The elements of that name in `object`, in order; one at most when the element does not repeat. */
export function itemsOf(object: MutableObject, table: ElementTable): readonly Item[] {
  return table.types.flatMap((type): readonly Item[] => {
    const name = propertyName(table, type);
    const [value, companion] = [object[name], isPrimitive(type) ? object[`_${name}`] : undefined];
    if (value === undefined && companion === undefined) return [];
    if (!table.many) return [itemOf(type, value, companion, numeralOf(object, name))];
    const [values, companions] = [listOf(value), listOf(companion)];
    return Array.from({ length: Math.max(values.length, companions.length) }, (_, index) =>
      itemOf(type, values[index], companions[index], numeralOf(values, index)),
    );
  });
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function itemOf(declared: string, value: unknown, companion: unknown, numeral: string | undefined): Item {
  const own = declared === 'Resource' ? (value as { resourceType?: unknown } | null)?.resourceType : undefined;
  const type = typeof own === 'string' && typeDefinition(own)?.kind === 'resource' ? own : declared;
  return { type, value: value ?? undefined, companion: (companion as MutableObject | null) ?? undefined, numeral };
}

/** A text that two items share exactly when they hold the same, digits included. */
export function fingerprint({ type, value, companion, numeral }: Item): string {
  return `${type} ${numeral ?? canonical(value)} ${canonical(companion)}`;
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  if (Array.isArray(value)) return `[${value.map((item, index) => numeralOf(value, index) ?? canonical(item)).join()}]`;
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}:${numeralOf(value, name) ?? canonical(member)}`,
  );
  return `{${members.sort().join()}}`;
}

/** The types that value[x] of a parameter has. */
const openTypes = (): readonly string[] =>
  knownType('Parameters.parameter').properties.get('valueString')?.element.types ?? [];

/** The item as the part `name`: value[x] where that has the type, a resource, or parts. https://hl7.org/fhir/R4/fhirpatch.html#anonymous */
export function partOf(name: string, { type, value, companion, numeral }: Item): Part {
  if (typeDefinition(type)?.kind === 'resource') return { name, resource: copy(value) };
  if (!isPrimitive(type) && !openTypes().includes(type)) return { name, part: partsOf(type, value as MutableObject) };
  const property = `value${openTypes().includes(type) ? type.charAt(0).toUpperCase() + type.slice(1) : 'String'}`;
  const part = {
    name,
    ...(value === undefined ? {} : { [property]: copy(value) }),
    ...(companion === undefined ? {} : { [`_${property}`]: copy(companion) }),
  };
  if (numeral !== undefined) keepNumeral(part, property, numeral);
  return part;
}

const partsOf = (type: string, object: MutableObject): readonly Part[] =>
  childTables(type).flatMap((table) => itemsOf(object, table).map((item) => partOf(table.name, item)));
