/** Number search: the implied range of the digits for equality, exact comparison otherwise. https://hl7.org/fhir/R4/search.html#number */
import sql, { type Sql } from 'sql-template-tag';
import { decimal } from '../../../resources/primitive.ts';
import type { Range } from '../../../resources/types.ts';
import { quantityIndex } from '../index-table.ts';
import { column } from './condition.ts';
import { anyRange, numberTest, prefixes, type RangeTest, splitPrefix, testRange, whereRange } from './range.ts';
import type { SearchType, SearchValue, TypedValue } from './search-type.ts';
import { badSearchValue } from './value-error.ts';

export interface NumberValue extends SearchValue {
  readonly type: 'number';
  readonly range: RangeTest;
}

/** Stands for infinity, which JSON lacks: the open end of a Range. */
export const UNBOUNDED = Number.MAX_VALUE;

export const number: SearchType<NumberValue> = {
  parse(text, _modifier, param) {
    const { prefix, rest } = splitPrefix(text);
    const found = decimal(rest);
    if (!found)
      throw badSearchValue(
        param,
        text,
        `is no number; a number is like 100, 5.40 or 1e-3, after one of the prefixes ${prefixes.join(', ')} or none`,
      );
    return { type: 'number', range: numberTest(prefix, found) };
  },
  modifiers: () => [],
  rows(value, param) {
    const bounds = boundsOf(value);
    return bounds ? [{ table: quantityIndex, row: [param.number, ...bounds, '', 0] }] : [];
  },
  present: () => ({ type: 'number', range: anyRange }),
  table: () => quantityIndex,
  test: ([, low, high], { range }) => testRange(range, Number(low), Number(high)),
  where: (alias, { range }, param): Sql =>
    sql`${column(alias, 'param')} = ${param.number} AND ${whereRange(alias, range)}`,
};

/** [low, high] of a number or a Range; undefined for anything else. */
export function boundsOf({ value, type }: TypedValue): readonly [number, number] | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? [value, value] : undefined;
  if (type !== 'Range') return undefined;
  const { low, high } = value as Range;
  const bounds = [low?.value ?? -UNBOUNDED, high?.value ?? UNBOUNDED] as const;
  return (low ?? high) && typeof bounds[0] === 'number' && bounds[0] <= bounds[1] ? bounds : undefined;
}
