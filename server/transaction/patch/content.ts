/**
 * Writing elements into JSON: a primitive has its value under `name` and its id and extensions under `_name`, in lists at the same
 * index of both, with null where one has nothing. https://hl7.org/fhir/R4/json.html#primitive
 */
import { numeralOf } from '../../../resources/numeral.ts';
import type { Element, MutableObject, Place } from './element.ts';
import { putNumeral, shiftNumerals } from './numerals.ts';

/** What one element holds in JSON; the two parts of a primitive, or the object of a complex element as `value`. */
export interface Content {
  readonly value?: unknown;
  readonly numeral?: string;
  readonly companion?: MutableObject;
}

/** The element `container[name]`, which does not repeat, gets this content in place of any other. */
export function writeSingle(container: MutableObject, name: string, { value, numeral, companion }: Content): void {
  write(container, name, value);
  write(container, `_${name}`, companion);
  putNumeral(container, name, numeral);
}

const write = (container: MutableObject, name: string, value: unknown): void => {
  if (value === undefined) delete container[name];
  else container[name] = value;
};

/** The number of items of the list `container[name]`. */
export const lengthOfList = (container: MutableObject, name: string): number =>
  Math.max(items(container[name]).length, items(container[`_${name}`]).length);

/** Puts an item in the list `container[name]`, which may not be there yet, before the item at `index`. */
export function insertItem(container: MutableObject, name: string, index: number, content: Content): void {
  const [values, companions] = aligned(container, name, content.companion !== undefined);
  values.splice(index, 0, content.value ?? null);
  companions?.splice(index, 0, content.companion ?? null);
  shiftNumerals(values, index, 1);
  putNumeral(values, index, content.numeral);
  settle(container, name, values, companions);
}

/** Takes an item out of the list `container[name]`, and the list away with the last one. */
export function removeItem(container: MutableObject, name: string, index: number): Content {
  const [values, companions] = aligned(container, name, false);
  const numeral = numeralOf(values, index);
  const [value] = values.splice(index, 1);
  const [companion] = (companions?.splice(index, 1) ?? []) as (MutableObject | null)[];
  shiftNumerals(values, index, -1);
  settle(container, name, values, companions);
  return { value: value ?? undefined, companion: companion ?? undefined, numeral };
}

/** Removes the element, and the elements around it that have nothing left: FHIR knows no empty ones. */
export function removeElement({ place }: Element): void {
  if (!place) return;
  if (place.index === undefined) writeSingle(place.container, place.name, {});
  else removeItem(place.container, place.name, place.index);
  removeIfEmpty(place.parent);
}

function removeIfEmpty(element: Element): void {
  const { object, place } = element;
  if (!place || !object || Object.keys(object).length > 0) return;
  if (hasValue(place, object)) dropCompanion(place);
  else removeElement(element);
}

/** True for a primitive with a value, whose `object` is the companion. */
function hasValue({ container, name, index }: Place, object: MutableObject): boolean {
  const value = index === undefined ? container[name] : items(container[name])[index];
  return value !== undefined && value !== null && value !== object;
}

function dropCompanion({ container, name, index }: Place): void {
  if (index === undefined) {
    delete container[`_${name}`];
    return;
  }
  const [values, companions = []] = aligned(container, name, true);
  companions[index] = null;
  settle(container, name, values, companions);
}

/** The object of the element's children, made where a primitive has none yet. */
export function objectOf({ object, place }: Element): MutableObject {
  if (object) return object;
  const made: MutableObject = {};
  if (place?.index === undefined) write(place?.container ?? {}, `_${place?.name}`, made);
  else {
    const [values, companions = []] = aligned(place.container, place.name, true);
    companions[place.index] = made;
    settle(place.container, place.name, values, companions);
  }
  return made;
}

/** The arrays of values and, where there are any or they are needed, of companions; of one length, and those of the container. */
function aligned(container: MutableObject, name: string, needed: boolean): [unknown[], unknown[] | undefined] {
  const length = lengthOfList(container, name);
  const companions = container[`_${name}`];
  const values = padded(items(container[name]), length);
  return [values, needed || companions !== undefined ? padded(items(companions), length) : undefined];
}

function padded(list: unknown[], length: number): unknown[] {
  while (list.length < length) list.push(null);
  return list;
}

function settle(container: MutableObject, name: string, values: unknown[], companions?: unknown[]): void {
  write(container, name, values.some(isPresent) ? values : undefined);
  write(container, `_${name}`, companions?.some(isPresent) ? companions : undefined);
}

const isPresent = (value: unknown): boolean => value !== null;
const items = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
