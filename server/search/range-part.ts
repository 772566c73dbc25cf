/**
 * Ranges that end after something, read by their beginnings: nearly all rows are short, so they begin shortly before it at the earliest;
 * the few that are longer have an index of their own. Two parts, which together are all the rows.
 */
import sql, { raw, type Sql } from 'sql-template-tag';
import type { IndexTable } from './index-table.ts';
import type { DateValue } from './type/date.ts';
import type { RangeTest } from './type/range.ts';
import type { SearchValue } from './type/search-type.ts';

/** A condition on the rows of `alias`, beside that of the values. */
export type RangePart = (alias: string) => Sql;

/**
 * The parts in which rows that satisfy all values are read; undefined when the values do not ask for an end after something, or say
 * themselves where the rows begin.
 */
export function rangeParts(table: IndexTable, values: readonly SearchValue[]): readonly RangePart[] | undefined {
  if (!table.spans) return undefined;
  const { usual, longer } = table.spans;
  const ends = Math.max(...values.map((value) => lowerBound(value, 'high')));
  const begins = Math.max(...values.map((value) => lowerBound(value, 'low')));
  const start = ends - usual;
  if (ends === Number.NEGATIVE_INFINITY || begins >= start) return undefined;
  return [
    (alias) => sql`${raw(alias)}.low >= ${start}`,
    (alias) =>
      sql`${raw(alias)}.low < ${start} AND ${raw(longer.replaceAll(/low|high/g, (name) => `${alias}.${name}`))}`,
  ];
}

/** What a bound of the row has to exceed at least. */
function lowerBound(value: SearchValue, bound: 'low' | 'high'): number {
  const range = (value as SearchValue & { readonly range?: RangeTest }).range as DateValue['range'] | undefined;
  if (!range || range.negated) return Number.NEGATIVE_INFINITY;
  const limits = range.comparisons.filter((each) => each.bound === bound && each.operator.startsWith('>'));
  return Math.max(Number.NEGATIVE_INFINITY, ...limits.map((each) => each.value));
}
