/** The least and greatest value, and the decimal places, that extensions of a question allow. https://hl7.org/fhir/R4/extension-minvalue.html */
import { fhirpathLibrary } from '../../resources/fhirpath.ts';
import type { JsonObject } from '../../resources/types.ts';
import { asObject } from '../assertion.ts';
import { shown, type Walk } from '../walk.ts';
import { extensionValues, type Value } from './item.ts';

/** `digits` are those of a decimal as it was written, where they differ from the number's own. */
export function checkLimits(
  value: Value,
  digits: string | undefined,
  question: JsonObject,
  path: string,
  walk: Walk,
): void {
  const [least] = extensionValues(question, 'minValue', 'minQuantity');
  const [most] = extensionValues(question, 'maxValue', 'maxQuantity');
  if (least !== undefined) checkLimit(value, least, 'least', path, walk);
  if (most !== undefined) checkLimit(value, most, 'most', path, walk);
  const [places] = extensionValues(question, 'maxDecimalPlaces');
  const number = value.type === 'Quantity' ? asObject(value.value)?.value : value.value;
  if (typeof places !== 'number' || typeof number !== 'number') return;
  const written = (digits ?? String(number)).split('.')[1]?.length ?? 0;
  if (written > places)
    walk.error(
      'value',
      'answer-decimal-places',
      path,
      `${digits ?? number} has ${written} decimal places, at most ${places} allowed`,
    );
}

function checkLimit(value: Value, limit: unknown, which: 'least' | 'most', path: string, walk: Walk): void {
  const order = value.type === 'Quantity' ? quantityOrder(value.value, limit) : orderOf(value.value, limit);
  if (typeof order === 'string')
    walk.error(
      'value',
      'answer-limit',
      path,
      `${textOf(value.value)} cannot be compared with the ${which} allowed, ${textOf(limit)}: ${order}`,
    );
  else if (which === 'least' ? order < 0 : order > 0)
    walk.error(
      'value',
      'answer-limit',
      path,
      `${textOf(value.value)} is ${which === 'least' ? 'less' : 'more'} than the ${which} allowed, ${textOf(limit)}`,
    );
}

/** Dates count from their first moment: 2022-06-30 is after 2022-06. */
function orderOf(value: unknown, limit: unknown): number {
  if (typeof value === 'number' && typeof limit === 'number') return value - limit;
  if (typeof value !== 'string' || typeof limit !== 'string') return 0;
  if (value.includes('T') && limit.includes('T')) return Date.parse(value) - Date.parse(limit);
  return value < limit ? -1 : value > limit ? 1 : 0;
}

/** The order, or why there is none. */
function quantityOrder(value: unknown, limit: unknown): number | string {
  const [found, allowed] = [asObject(value), asObject(limit)];
  if (typeof found?.value !== 'number' || typeof allowed?.value !== 'number') return 0;
  if (found.code === undefined || allowed.code === undefined) return 'no codes say what the units are';
  if (found.system !== allowed.system) return 'the units are of different systems';
  if (found.code === allowed.code) return found.value - allowed.value;
  const converted = convert(found.value, String(found.code), String(allowed.code));
  return converted === undefined
    ? `${String(found.code)} does not convert to ${String(allowed.code)}`
    : converted - allowed.value;
}

// What the converter is asked to read: codes of UCUM are short and without spaces.
const UNIT = /^[!-~]{1,40}$/;

function convert(amount: number, from: string, to: string): number | undefined {
  if (!UNIT.test(from) || !UNIT.test(to)) return undefined;
  const { ucumUtils } = fhirpathLibrary().library;
  const result = ucumUtils.convertUnitTo(from, amount, to) as {
    readonly status: string;
    readonly toVal: number | null;
  };
  return result.status === 'succeeded' && result.toVal !== null ? result.toVal : undefined;
}

function textOf(value: unknown): string {
  const quantity = asObject(value);
  return quantity ? `${String(quantity.value)} ${String(quantity.unit ?? quantity.code ?? '')}`.trim() : shown(value);
}
