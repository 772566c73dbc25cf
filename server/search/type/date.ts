/**
 * Date search. A date stands for an interval at its precision, a Period and a Timing for what lies between their outer limits.
 * https://hl7.org/fhir/R4/search.html#date
 */
import sql, { type Sql } from 'sql-template-tag';
import { DISTANT_FUTURE, DISTANT_PAST, type Interval, intervalOf } from '../../../resources/primitive.ts';
import type { Period, Timing } from '../../../resources/types.ts';
import { dateIndex } from '../index-table.ts';
import { column } from './condition.ts';
import { anyRange, dateTest, prefixes, type RangeTest, splitPrefix, testRange, whereRange } from './range.ts';
import type { SearchType, SearchValue, TypedValue } from './search-type.ts';
import { badSearchValue } from './value-error.ts';

export interface DateValue extends SearchValue {
  readonly type: 'date';
  /** On [low, high) in milliseconds since the epoch. */
  readonly range: RangeTest;
}

export const date: SearchType<DateValue> = {
  parse(text, _modifier, param, { now = Date.now() }) {
    const { prefix, rest } = splitPrefix(text);
    const interval = intervalOf(rest);
    if (!interval)
      throw badSearchValue(
        param,
        text,
        `is no date; a date is yyyy, yyyy-mm, yyyy-mm-dd or yyyy-mm-ddThh:mm[:ss[.fff]] with Z or +hh:mm, after one of the prefixes ${prefixes.join(', ')} or none`,
      );
    return { type: 'date', range: dateTest(prefix, interval, now) };
  },
  modifiers: () => [],
  rows(value, { number }) {
    const interval = intervalOfValue(value);
    return interval ? [{ table: dateIndex, row: [number, interval.low, interval.high] }] : [];
  },
  present: () => ({ type: 'date', range: anyRange }),
  table: () => dateIndex,
  test: ([, low, high], { range }) => testRange(range, Number(low), Number(high)),
  where: (alias, { range }, { number }): Sql =>
    sql`${column(alias, 'param')} = ${number} AND ${whereRange(alias, range)}`,
};

/** The time that an element of any type stands for; undefined when it names none. */
export function intervalOfValue({ value, type }: TypedValue): Interval | undefined {
  switch (type) {
    case 'Period':
      return intervalOfPeriod(value as Period);
    case 'Timing':
      return intervalOfTiming(value as Timing);
    default:
      return typeof value === 'string' ? intervalOf(value) : undefined;
  }
}

/** A missing end is before or after every date; an end with a partial date includes all of it. */
function intervalOfPeriod({ start, end }: Period): Interval | undefined {
  const [from, to] = [textInterval(start), textInterval(end)];
  if (!from && !to) return undefined;
  const [low, high] = [from?.low ?? DISTANT_PAST, to?.high ?? DISTANT_FUTURE];
  return low < high ? { low, high } : undefined;
}

const textInterval = (text: unknown): Interval | undefined => (typeof text === 'string' ? intervalOf(text) : undefined);

/** The outer limits of the events and of the bounds; what happens between them is not looked at. */
function intervalOfTiming({ event, repeat }: Timing): Interval | undefined {
  const events = (Array.isArray(event) ? event : []).map(textInterval);
  const bounds = repeat?.boundsPeriod && intervalOfPeriod(repeat.boundsPeriod);
  const known = [...events, bounds].filter((each) => each !== undefined);
  if (known.length === 0) return undefined;
  return { low: Math.min(...known.map(({ low }) => low)), high: Math.max(...known.map(({ high }) => high)) };
}
