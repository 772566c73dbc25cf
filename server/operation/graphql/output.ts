/**
 * An object of the answer while it is being made. The children of a flattened field stand in it beside its own fields, several values under
 * one name among them. http://hl7.org/fhir/R4/graphql.html#flattening
 */
import { keepNumeral } from '../../../resources/json.ts';
import { badValue } from '../../../resources/outcome.ts';

/** A value with the digits it was written with, and its FHIR type where it has one. */
export interface Value {
  readonly value: unknown;
  readonly numeral?: string | undefined;
  readonly type: string;
}

interface Slot {
  readonly values: Value[];
  readonly isList: boolean;
  readonly type: string;
}

export class Output {
  readonly #slots = new Map<string, Slot>();

  /** Adds values under a name. @throws FhirError 400, when they cannot stand there together */
  add(key: string, values: readonly Value[], isList: boolean): void {
    for (const value of values) {
      const slot = this.#slots.get(key) ?? { values: [], isList, type: value.type };
      if (slot.type !== value.type)
        throw badValue(
          `${key} would hold a ${slot.type} and a ${value.type}: what is flattened into one list must be of one type`,
        );
      if (slot.values.length > 0 && !(slot.isList && isList))
        throw badValue(
          `${key} has more than one value, but is to be no list (@singleton, or an element that does not repeat)`,
        );
      slot.values.push(value);
      this.#slots.set(key, slot);
    }
  }

  object(): Readonly<Record<string, unknown>> {
    const result: Record<string, unknown> = {};
    for (const [key, { values, isList }] of this.#slots) {
      if (isList) result[key] = listOf(values);
      else {
        result[key] = values[0]?.value;
        const numeral = values[0]?.numeral;
        if (numeral !== undefined) keepNumeral(result, key, numeral);
      }
    }
    return result;
  }
}

function listOf(values: readonly Value[]): readonly unknown[] {
  const list = values.map(({ value }) => value);
  for (const [index, { numeral }] of values.entries()) if (numeral !== undefined) keepNumeral(list, index, numeral);
  return list;
}
