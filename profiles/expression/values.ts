/** Collections as the closures of FHIRPath hold them, and the rules by which one becomes a single value or a boolean. https://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections */

export type Collection = readonly unknown[];
export const NOTHING: Collection = [];
export const TRUE: Collection = [true];
export const FALSE: Collection = [false];

/** A primitive that has an extension and no value: it exists, and equals nothing. */
export class Valueless {}
export const VALUELESS = new Valueless();

export const truth = (value: boolean): Collection => (value ? TRUE : FALSE);

/** @throws when there are several */
export function single(collection: Collection): unknown {
  if (collection.length > 1) throw new Error(`one value expected, ${collection.length} found`);
  return collection[0];
}

/** True, false, or undefined for empty. A single value that is no boolean is true. */
export function booleanOf(collection: Collection): boolean | undefined {
  const value = single(collection);
  if (value === undefined) return undefined;
  return typeof value === 'boolean' ? value : true;
}

/** A single string, or undefined. @throws for a value of another type */
export function stringOf(collection: Collection): string | undefined {
  const value = single(collection);
  if (value === undefined || value instanceof Valueless) return undefined;
  if (typeof value !== 'string') throw new Error('a string expected');
  return value;
}

/** Equality of values; objects by content, in any order of their members. */
export function equals(a: unknown, b: unknown): boolean {
  if (a === b) return !(a instanceof Valueless);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, at) => equals(item, b[at]));
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => name in right && equals(left[name], right[name]))
  );
}

/** The collection without repetitions. */
export function distinct(collection: Collection): Collection {
  if (collection.length < 2) return collection;
  if (collection.every((item) => typeof item === 'string')) return [...new Set(collection)];
  const found: unknown[] = [];
  for (const item of collection) if (!found.some((one) => equals(one, item))) found.push(item);
  return found;
}
