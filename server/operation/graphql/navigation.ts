/** Arguments of an element: which of its values are meant. http://hl7.org/fhir/R4/graphql.html#list */
import { isPrimitive, typeDefinition } from '../../../resources/definition.ts';
import { nearest } from '../../../resources/nearest.ts';
import { badValue } from '../../../resources/outcome.ts';
import type { AnyResource } from '../../../resources/types.ts';
import { textOf } from './argument.ts';
import { holds, pathOn } from './path.ts';

/** The filter first, then offset and count. */
export interface Navigation {
  /** Names of elements below, and the text that one of their values must have. */
  readonly fields: readonly (readonly [name: string, text: string])[];
  readonly fhirpath?: string;
  readonly offset: number;
  readonly count: number;
}

export const EVERYTHING: Navigation = { fields: [], offset: 0, count: Number.POSITIVE_INFINITY };

function whole(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw badValue(`${name} is ${JSON.stringify(value)}; expected a whole number from 0`);
}

const primitivesOf = (type: string): readonly string[] =>
  [...(typeDefinition(type)?.properties ?? [])].flatMap(([name, property]) =>
    isPrimitive(property.type) ? [name] : [],
  );

/** The arguments of an element whose values are of one of `types`. @throws FhirError 400 */
export function navigationOf(given: ReadonlyMap<string, unknown>, types: readonly string[]): Navigation {
  let navigation = EVERYTHING;
  for (const [name, value] of given) {
    if (name === '_offset') navigation = { ...navigation, offset: whole(name, value) };
    else if (name === '_count') navigation = { ...navigation, count: whole(name, value) };
    else if (name === 'fhirpath') navigation = { ...navigation, fhirpath: criterion(value, types) };
    else navigation = { ...navigation, fields: [...navigation.fields, [name, fieldText(name, value, types)]] };
  }
  return navigation;
}

function criterion(value: unknown, types: readonly string[]): string {
  if (typeof value !== 'string') throw badValue(`fhirpath is ${JSON.stringify(value)}; expected a text`);
  for (const type of types) pathOn(value, type);
  return value;
}

function fieldText(name: string, value: unknown, types: readonly string[]): string {
  const known = types.flatMap(primitivesOf);
  if (!known.includes(name)) {
    const near = nearest(name, [...known, '_offset', '_count', 'fhirpath']);
    throw badValue(
      `${types.slice(0, 3).join(' or ')} has no value ${name} to choose by${near ? `; did you mean ${near}?` : `; there are ${[...new Set(known)].join(', ')}, and _offset, _count, fhirpath`}`,
    );
  }
  const text = textOf(value);
  if (text !== undefined) return text;
  throw badValue(`${name} is ${JSON.stringify(value)}; expected one value`);
}

const has = (item: unknown, name: string, text: string): boolean => {
  const value = (item as Readonly<Record<string, unknown>>)[name];
  return Array.isArray(value) ? value.some((each) => textOf(each) === text) : textOf(value) === text;
};

/** The indexes of the values that are meant. */
export function navigate(
  items: readonly unknown[],
  type: string,
  resource: AnyResource,
  { fields, fhirpath, offset, count }: Navigation,
): readonly number[] {
  const isMeant = (item: unknown): boolean =>
    fields.every(([name, text]) => has(item, name, text)) &&
    (fhirpath === undefined || holds(fhirpath, item, type, resource));
  const meant = items.flatMap((item, index) =>
    (fields.length === 0 && fhirpath === undefined) || (typeof item === 'object' && item !== null && isMeant(item))
      ? [index]
      : [],
  );
  return offset === 0 && count === Number.POSITIVE_INFINITY ? meant : meant.slice(offset, offset + count);
}
