/**
 * Primitive values: what a date, an instant or a decimal stands for. A partial date is an interval of time, a decimal an interval of
 * numbers, by the precision with which it is written. https://hl7.org/fhir/R4/datatypes.html#primitive and search.html#prefix
 */

import { invalid } from './outcome.ts';

/** Half-open: [low, high). Milliseconds since the epoch, UTC, for dates; plain numbers for decimals. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Before and after every date that FHIR can write: the missing ends of a Period. */
export const DISTANT_PAST = -8_640_000_000_000_000;
export const DISTANT_FUTURE = 8_640_000_000_000_000;

const MINUTE = 60_000;

// Groups: year, month, day, hour, minute, second, fraction, zone. A space stands for the plus of a zone that was not percent-encoded.
const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+\- ]\d\d:\d\d)?)?)?)?$/;

/**
 * The time that a date, dateTime or instant stands for: `2024-05` is [2024-05-01, 2024-06-01), a time without seconds is a minute, one
 * without a fraction a second, and the finest interval is a millisecond. Without a zone it is read as UTC; a leap second is read as
 * the first second of the next minute, which has the same number in UTC milliseconds.
 * @throws FhirError invalid, when `text` is no such date
 */
export function interval(text: string): Interval {
  const found = intervalOf(text);
  if (found) return found;
  throw invalid(`'${text}' is not a date, dateTime or instant such as 2024, 2024-05-01 or 2024-05-01T10:00:00Z`);
}

/** As `interval`; undefined when `text` is no date. */
export function intervalOf(text: string): Interval | undefined {
  const match = DATE.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  if (month === undefined) return between(utc(Number(year), 1, 1), utc(Number(year) + 1, 1, 1), Number(year) > 0);
  const [y, m] = [Number(year), Number(month)];
  if (y < 1 || m < 1 || m > 12) return undefined;
  if (day === undefined) return between(utc(y, m, 1), utc(y, m + 1, 1), true);
  const d = Number(day);
  const midnight = utc(y, m, d);
  // Date.UTC rolls 31 April over into May.
  if (d < 1 || d > 31 || new Date(midnight).getUTCDate() !== d) return undefined;
  if (hour === undefined) return { low: midnight, high: midnight + 24 * 60 * MINUTE };
  const offset = zoneOffset(zone);
  const [h, min, s] = [Number(hour), Number(minute), Number(second ?? 0)];
  if (offset === undefined || h > 23 || min > 59 || s > 60) return undefined;
  const low = midnight + (h * 60 + min - offset) * MINUTE + s * 1000;
  if (second === undefined) return { low, high: low + MINUTE };
  if (fraction === undefined) return { low, high: low + 1000 };
  const digits = Math.min(fraction.length, 3);
  const width = 10 ** (3 - digits);
  const start = low + Number(fraction.slice(0, digits)) * width;
  return { low: start, high: start + width };
}

function between(low: number, high: number, valid: boolean): Interval | undefined {
  return valid ? { low, high } : undefined;
}

/** Milliseconds of a midnight. Date.UTC reads the years 0 to 99 as of the twentieth century. */
function utc(year: number, month: number, day: number): number {
  if (year > 99) return Date.UTC(year, month - 1, day);
  return new Date(0).setUTCFullYear(year, month - 1, day);
}

/** Minutes east of Greenwich; undefined when it is no zone (up to 14:00 either way). */
function zoneOffset(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4, 6))];
  if (hours > 14 || minutes > 59 || (hours === 14 && minutes > 0)) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/** A decimal as written: its value, and the interval of the values that would be rounded to it. */
export interface Decimal extends Interval {
  readonly value: number;
}

// Longer numbers than this are no measurements, and would cost time to expand.
const MAX_DIGITS = 64;
const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * A decimal with the range that its digits imply: 100 is [99.5, 100.5), 100.00 is [99.995, 100.005), 5.40e-3 is [0.005395, 0.005405).
 * A whole number with a positive exponent gets one digit more, as the specification has it: 1e2 is [95, 105).
 * The bounds are exact decimals, rounded once. Undefined when `text` is no decimal or exceeds a double.
 * https://hl7.org/fhir/R4/search.html#number
 */
export function decimal(text: string): Decimal | undefined {
  const match = text.length <= MAX_DIGITS ? DECIMAL.exec(text) : null;
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match;
  const exponent = Number(exponentText);
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  const finer = fraction === '' && exponent > 0 ? 1 : 0;
  // The value in tenths of its last digit, so that half of that digit is 5.
  const inTenths = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}${'0'.repeat(finer)}0`);
  const scale = exponent - fraction.length - finer - 1;
  const bound = (tenths: bigint): number => Number(`${tenths}e${scale}`);
  return { value, low: bound(inTenths - 5n), high: bound(inTenths + 5n) };
}

/** https://hl7.org/fhir/R4/datatypes.html#id */
export const isId = (text: string): boolean => /^[A-Za-z0-9\-.]{1,64}$/.test(text);

/** https://hl7.org/fhir/R4/datatypes.html#uri : no white space. */
export const isUri = (text: string): boolean => /^\S+$/.test(text);

/** https://hl7.org/fhir/R4/datatypes.html#code : single spaces inside at most. */
export const isCode = (text: string): boolean => /^[^\s]+( [^\s]+)*$/.test(text);
