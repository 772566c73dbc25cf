/** JSON values as mappings handle them: compared, matched against a pattern, and asked for digits. */
import { numeralOf } from '../resources/json.ts';

export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether two values are the same JSON, the digits of their numbers included; the order of properties says nothing. */
export function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [left, right] = [one as Json, other as Json];
  const names = namesOf(left);
  return (
    names.length === namesOf(right).length &&
    names.every(
      (name) =>
        Object.hasOwn(right, name) && same(left[name], right[name]) && numeralOf(one, name) === numeralOf(other, name),
    )
  );
}

/** One text for all values that are `same`. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const textOf = (name: string): string => numeralOf(value, name) ?? canonical((value as Json)[name]);
  if (Array.isArray(value)) return `[${Object.keys(value).map(textOf).join()}]`;
  const names = namesOf(value as Json).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${textOf(name)}`).join()}}`;
}

/** The properties that have a value. */
const namesOf = (value: Json): string[] => Object.keys(value).filter((name) => value[name] !== undefined);

/** Whether `value` has all that `pattern` has: an item of a pattern's list may stand anywhere in the list of the value. */
export function fits(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern))
    return Array.isArray(value) && pattern.every((each) => value.some((item) => fits(each, item)));
  if (isObject(pattern))
    return isObject(value) && Object.entries(pattern).every(([name, each]) => fits(each, value[name]));
  return pattern === value;
}
