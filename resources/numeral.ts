/**
 * The digits of decimals. `1.00` is not `1.0`: the precision of a decimal is part of its value, and a JavaScript number does not keep
 * it. So a number whose text is not `String(number)` has its text on the object that contains it, under the symbol NUMERALS: spread
 * and Object.assign carry it along, Object.keys and JSON.stringify pass it over. https://hl7.org/fhir/R4/datatypes.html#decimal
 */

/** The texts of the numbers of one object by property name, or of one array by index. */
export type Numerals = { [name: string | number]: string };

export const NUMERALS: unique symbol = Symbol('numerals');

/** What may carry numerals: any object or array of a parsed resource. */
export interface Numbered {
  [NUMERALS]?: Numerals;
}

/** The text of the number `container[name]` where it is not `String(number)`; undefined also when the number has changed since. */
export function numeralOf(container: object, name: string | number): string | undefined {
  const numerals = (container as Numbered)[NUMERALS];
  if (numerals === undefined || !Object.hasOwn(numerals, name)) return undefined;
  const text = numerals[name];
  return Number(text) === (container as Record<string | number, unknown>)[name] ? text : undefined;
}

/** Records `text` as the digits of `container[name]`, in place: for containers that the caller has made. */
export function keepNumeral(container: object, name: string | number, text: string): void {
  const numbered = container as Numbered;
  numbered[NUMERALS] = { ...numbered[NUMERALS], [name]: text };
}
