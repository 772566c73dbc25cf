/** The items of a Questionnaire and of a response, read from JSON that may be wrong. https://hl7.org/fhir/R4/questionnaire.html */
import type { JsonObject } from '../../resources/types.ts';
import { asObject } from '../assertion.ts';

/** The objects of a list, each with its place in it. */
export function objectsIn(value: unknown): readonly { readonly object: JsonObject; readonly at: number }[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).flatMap((item, at) => {
    const object = asObject(item);
    return object ? [{ object, at }] : [];
  });
}

/** The items directly inside a Questionnaire or one of its items. */
export const itemsOf = (parent: JsonObject): readonly JsonObject[] =>
  objectsIn(parent.item).map(({ object }) => object);

/** All items of a Questionnaire, at any depth. */
export function allItems(questionnaire: JsonObject): readonly JsonObject[] {
  const items = [...itemsOf(questionnaire)];
  for (let at = 0; at < items.length; at++) items.push(...itemsOf(items[at] ?? {}));
  return items;
}

const BASE = 'http://hl7.org/fhir/StructureDefinition/';
const SDC = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-';

/** The values of the extensions of an item with one of these short names, of HL7's core or of SDC. */
export function extensionValues(item: JsonObject, ...names: readonly string[]): readonly unknown[] {
  const urls = names.flatMap((name) => [BASE + name, SDC + name]);
  return objectsIn(item.extension)
    .filter(({ object }) => urls.includes(String(object.url)))
    .map(({ object }) => answerValue(object)?.value);
}

export interface Value {
  /** The JSON name: `valueCoding`. */
  readonly property: string;
  /** The FHIR type by that name: `Coding`. */
  readonly type: string;
  readonly value: unknown;
}

/** The `value[x]` of an answer, option or extension. */
export function answerValue(owner: JsonObject): Value | undefined {
  const property = Object.keys(owner).find((key) => /^value[A-Z]/.test(key));
  if (property === undefined) return undefined;
  const suffix = property.slice('value'.length);
  const isComplex = /^(?:Attachment|Coding|Quantity|Reference)$/.test(suffix);
  return {
    property,
    type: isComplex ? suffix : suffix.charAt(0).toLowerCase() + suffix.slice(1),
    value: owner[property],
  };
}

/** Whether a coding is the one expected: the code, and the system where both have one. */
export function isSameCoding(found: unknown, expected: unknown): boolean {
  const [a, b] = [asObject(found), asObject(expected)];
  if (!a || !b) return false;
  return a.code === b.code && (a.system === undefined || b.system === undefined || a.system === b.system);
}
