/** Answers compared: with an enableWhen, an answer option, a limit. */
import { fhirpathLibrary } from '../../resources/fhirpath.ts';
import { asObject } from '../assertion.ts';
import type { TypedValue } from './form.ts';

/**
 * Less than, equal to or more than 0. Codings are equal when code and system are (an option without system takes any), references when
 * what they refer to is. Undefined when the two have no order and are not equal.
 */
export function compareAnswers(answer: TypedValue, other: TypedValue): number | undefined {
  const [a, b] = [answer.value, other.value];
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b, answer.type);
  const [left, right] = [asObject(a), asObject(b)];
  if (!left || !right) return undefined;
  if (answer.type === 'Quantity') return compareQuantities(left, right);
  if (answer.type === 'Reference') return left.reference === right.reference ? 0 : undefined;
  const sameSystem = right.system === undefined || left.system === right.system;
  return left.code !== undefined && left.code === right.code && sameSystem ? 0 : undefined;
}

/** A date stands for its first moment: a day in June is later than the month June, as HL7's validator has it. */
function compareTexts(a: string, b: string, type: string): number {
  if (type === 'DateTime' && a.includes('T') && b.includes('T')) {
    const difference = Date.parse(a) - Date.parse(b);
    if (!Number.isNaN(difference)) return difference;
  }
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Quantities of one system, converted by UCUM when their codes differ; undefined when a code is missing or there is no conversion. */
function compareQuantities(
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
): number | undefined {
  if (typeof a.value !== 'number' || typeof b.value !== 'number') return undefined;
  if (typeof a.code !== 'string' || typeof b.code !== 'string' || a.system !== b.system) return undefined;
  if (a.code === b.code) return a.value - b.value;
  const converted = a.system === UCUM ? convertUnit(a.value, a.code, b.code) : undefined;
  return converted === undefined ? undefined : converted - b.value;
}

const UCUM = 'http://unitsofmeasure.org';
// What the converter is asked to read: codes of UCUM are short and without spaces.
const UNIT = /^[!-~]{1,40}$/;

/** An amount in another unit of UCUM; undefined when there is no conversion. */
export function convertUnit(amount: number, from: string, to: string): number | undefined {
  if (!UNIT.test(from) || !UNIT.test(to)) return undefined;
  const { ucumUtils } = fhirpathLibrary().library;
  const result = ucumUtils.convertUnitTo(from, amount, to) as {
    readonly status: string;
    readonly toVal: number | null;
  };
  return result.status === 'succeeded' && result.toVal !== null ? result.toVal : undefined;
}
