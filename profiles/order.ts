/** The order of two values of an ordered type: numbers, dates and times, quantities of one unit. */
import { asObject } from './assertion.ts';

/** Less than, equal to or more than 0; undefined when the values have no order (dates of different precision that overlap, units that differ). */
export function compareValues(a: unknown, b: unknown, type: string): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string')
    return type === 'date' || type === 'dateTime' || type === 'instant'
      ? compareDates(a, b)
      : a < b
        ? -1
        : a > b
          ? 1
          : 0;
  const [left, right] = [asObject(a), asObject(b)];
  if (left && right && left.code === right.code && left.system === right.system)
    return compareValues(left.value, right.value, 'decimal');
  return undefined;
}

function compareDates(a: string, b: string): number | undefined {
  if (a.includes('T') && b.includes('T')) return Date.parse(a) - Date.parse(b);
  const length = Math.min(a.indexOf('T') < 0 ? a.length : 10, b.indexOf('T') < 0 ? b.length : 10);
  const [left, right] = [a.slice(0, length), b.slice(0, length)];
  if (left !== right) return left < right ? -1 : 1;
  return a.length === b.length ? 0 : undefined;
}
