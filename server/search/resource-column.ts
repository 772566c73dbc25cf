/**
 * The parameters that are columns of `resource` and have no index rows: `_id`, and `_lastUpdated`, which is the time of `tx`.
 * https://hl7.org/fhir/R4/search.html#id https://hl7.org/fhir/R4/search.html#lastUpdated
 */
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { typeNumber } from '../../resources/definition.ts';
import type { ResourceType } from '../../resources/types.ts';
import type { SearchParameter } from './search-parameter.ts';
import type { DateValue } from './type/date.ts';
import type { SearchValue } from './type/search-type.ts';
import type { TokenValue } from './type/token.ts';

/** A place in `tx` for each millisecond. */
const PER_MILLISECOND = 1000;

/** Every resource has a value of these. */
export const isColumn = ({ code }: SearchParameter): boolean => code === '_id' || code === '_lastUpdated';

/** The id that a value of `_id` asks for: the parser takes ids only. */
export function idOf(value: SearchValue): string {
  const token = value as TokenValue;
  return token.kind === 'code' ? (token.code ?? '') : '';
}

/** The resources of `type` with one of the ids. */
export function whereIds(alias: string, type: ResourceType, ids: readonly string[]): Sql {
  const a = raw(alias);
  return sql`${a}.type = ${typeNumber(type)} AND ${ids.length === 1 ? sql`${a}.id = ${ids[0]}` : sql`${a}.id IN (${join(ids)})`}`;
}

/** A resource was updated in the millisecond [m, m + 1) of its tx; comparisons with both ends become comparisons of tx. */
export function whereLastUpdated(alias: string, type: ResourceType, value: SearchValue): Sql {
  const { range } = value as DateValue;
  const tx = raw(`${alias}.tx`);
  const comparisons = range.comparisons.map(({ bound, operator, value: limit }) => {
    const millisecond = bound === 'low' ? limit : limit - 1;
    const after = operator === '>' || operator === '<=' ? millisecond + 1 : millisecond;
    return operator === '<' || operator === '<='
      ? sql`${tx} < ${after * PER_MILLISECOND}`
      : sql`${tx} >= ${after * PER_MILLISECOND}`;
  });
  const all = comparisons.length === 0 ? sql`1 = 1` : sql`(${join(comparisons, ' AND ')})`;
  return sql`${raw(alias)}.type = ${typeNumber(type)} AND ${range.negated ? sql`NOT ${all}` : all}`;
}
