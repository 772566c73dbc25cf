/**
 * Prefixes on ranges: what `eq`, `ge`, `sa` and the others ask of the `low` and `high` of an index row, as comparisons that are
 * evaluated in memory or written as SQL. https://hl7.org/fhir/R4/search.html#prefix
 */
import sql, { raw, type Sql } from 'sql-template-tag';
import type { Decimal, Interval } from '../../../resources/primitive.ts';
import { allOf, column } from './condition.ts';

export const prefixes = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'] as const;
export type Prefix = (typeof prefixes)[number];

/** `ge2024` is `ge` and `2024`; without a prefix it is `eq`. */
export function splitPrefix(text: string): { readonly prefix: Prefix; readonly rest: string } {
  const prefix = prefixes.find((each) => text.startsWith(each));
  return prefix ? { prefix, rest: text.slice(2) } : { prefix: 'eq', rest: text };
}

interface Comparison {
  readonly bound: 'low' | 'high';
  readonly operator: '<' | '<=' | '>' | '>=';
  readonly value: number;
}

/** All comparisons hold; or, negated, at least one does not. */
export interface RangeTest {
  readonly negated: boolean;
  readonly comparisons: readonly Comparison[];
}

const all = (...comparisons: readonly Comparison[]): RangeTest => ({ negated: false, comparisons });
const not = ({ comparisons }: RangeTest): RangeTest => ({ negated: true, comparisons });
const compare = (bound: Comparison['bound'], operator: Comparison['operator'], value: number): Comparison => ({
  bound,
  operator,
  value,
});

/** Every row. */
export const anyRange: RangeTest = all();

// A tenth of the time between now and the date, as the specification recommends for `ap`.
const APPROXIMATELY = 0.1;

/**
 * A date against rows [low, high). `ge` and `le` are also satisfied where the ranges overlap, `gt` and `lt` need a part beyond the
 * value. Comparisons that follow from others (low < high) are added where they let an index stop.
 */
export function dateTest(prefix: Prefix, { low, high }: Interval, now: number): RangeTest {
  switch (prefix) {
    case 'eq':
      return all(compare('low', '>=', low), compare('low', '<', high), compare('high', '<=', high));
    case 'ne':
      return not(dateTest('eq', { low, high }, now));
    case 'gt':
      return all(compare('high', '>', high));
    case 'lt':
      return all(compare('low', '<', low));
    case 'ge':
      return all(compare('high', '>', low));
    case 'le':
      return all(compare('low', '<', high));
    case 'sa':
      return all(compare('low', '>=', high));
    case 'eb':
      return all(compare('low', '<', low), compare('high', '<=', low));
    case 'ap': {
      const margin = Math.round(Math.abs(now - low) * APPROXIMATELY);
      return all(compare('low', '<', high + margin), compare('high', '>', low - margin));
    }
  }
}

/**
 * A number against rows [low, high], where low = high for a single value. The implied range counts for `eq` and `ne`; the other
 * prefixes take the number as exact.
 */
export function numberTest(prefix: Prefix, { value, low, high }: Decimal): RangeTest {
  switch (prefix) {
    case 'eq':
      return all(compare('low', '>=', low), compare('low', '<', high), compare('high', '<', high));
    case 'ne':
      return not(numberTest('eq', { value, low, high }));
    case 'gt':
      return all(compare('high', '>', value));
    case 'lt':
      return all(compare('low', '<', value));
    case 'ge':
      return all(compare('high', '>=', value));
    case 'le':
      return all(compare('low', '<=', value));
    case 'sa':
      return all(compare('low', '>', value));
    case 'eb':
      return all(compare('low', '<', value), compare('high', '<', value));
    case 'ap': {
      const margin = Math.abs(value) * APPROXIMATELY;
      return all(
        compare('low', '<=', Math.max(high, value + margin)),
        compare('high', '>=', Math.min(low, value - margin)),
      );
    }
  }
}

export const testRange = ({ negated, comparisons }: RangeTest, low: number, high: number): boolean =>
  comparisons.every((comparison) => holds(comparison, comparison.bound === 'low' ? low : high)) !== negated;

function holds({ operator, value }: Comparison, found: number): boolean {
  switch (operator) {
    case '<':
      return found < value;
    case '<=':
      return found <= value;
    case '>':
      return found > value;
    case '>=':
      return found >= value;
  }
}

/** The test on the columns `low` and `high` of `alias`, or on those named. */
export function whereRange(
  alias: string,
  { negated, comparisons }: RangeTest,
  names: Readonly<Record<'low' | 'high', string>> = { low: 'low', high: 'high' },
): Sql {
  const conditions = comparisons.map(
    ({ bound, operator, value }) => sql`${column(alias, names[bound])} ${raw(operator)} ${value}`,
  );
  return negated ? sql`NOT (${allOf(conditions)})` : allOf(conditions);
}
