/**
 * `_sort`: where the sort key of a resource stands, and the order of pages. Of several values the one that comes first in the order
 * counts; resources without a value come last in both directions; among equals the older resource comes first.
 * https://hl7.org/fhir/R4/search.html#sort
 */
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { dateIndex, type IndexTable, quantityIndex, referenceIndex, stringIndex, tokenIndex } from './index-table.ts';
import type { Cursor } from './query.ts';
import type { Score } from './score.ts';
import type { SearchParameter } from './search-parameter.ts';
import { isSingleValued } from './single-valued.ts';
import { always, fence, rowsOfResource, type SqlContext } from './sql.ts';
import { searchTypes } from './type/index.ts';

/** The place of a key: a column of an index table, or of `resource` for `_id` and `_lastUpdated`; `score` is counted (score-sql.ts). */
export type KeyPlace =
  | { readonly kind: 'index'; readonly param: SearchParameter; readonly table: IndexTable; readonly column: string }
  | { readonly kind: 'resource'; readonly column: 'id' | 'tx' }
  | { readonly kind: 'score'; readonly score: Score };

/** One key of the order of a type. */
export interface KeyOrder {
  readonly place: KeyPlace;
  readonly descending: boolean;
}

const places: Partial<Record<SearchParameter['type'], readonly [IndexTable, string]>> = {
  string: [stringIndex, 'value'],
  token: [tokenIndex, 'code'],
  uri: [tokenIndex, 'code'],
  date: [dateIndex, 'low'],
  number: [quantityIndex, 'low'],
  quantity: [quantityIndex, 'low'],
  reference: [referenceIndex, 'target_id'],
};

/** Composites and special parameters have no order. */
export const isSortable = ({ type }: SearchParameter): boolean => places[type] !== undefined;

/** @throws Error when the parameter is not sortable, which the parser has made sure of */
export function keyPlace(param: SearchParameter): KeyPlace {
  if (param.code === '_id') return { kind: 'resource', column: 'id' };
  if (param.code === '_lastUpdated') return { kind: 'resource', column: 'tx' };
  const place = places[param.type];
  if (!place) throw new Error(`${param.resource}.${param.code} has no order`);
  return { kind: 'index', param, table: place[0], column: place[1] };
}

/** The rows of an index table that hold keys: those that say that the resource has a value. */
export function keyRows(alias: string, { param }: Extract<KeyPlace, { kind: 'index' }>): Sql {
  const type = searchTypes[param.type];
  return type.where(alias, type.present(param), param);
}

/** The key of the resource `rid`, as a scalar; NULL when it has no value. The points of a score stand beside the candidates `c`. */
export function keyOfResource({ place, descending }: KeyOrder, rid: Sql, alias: string, on: SqlContext): Sql {
  if (place.kind === 'score') return raw('c.points');
  if (place.kind === 'resource')
    return sql`(SELECT ${raw(`${alias}.${place.column}`)} FROM resource ${raw(alias)} WHERE ${raw(alias)}.rid = ${rid})`;
  const extreme = raw(descending ? 'max' : 'min');
  return sql`(SELECT ${extreme}(${raw(`${alias}.${place.column}`)}) FROM ${rowsOfResource(place.table.name, alias, on)}
    WHERE ${raw(alias)}.rid = ${rid} AND ${keyRows(alias, place)})`;
}

/** A row is the one that counts among those of its resource: none comes before it in the order. */
export function isFirstOfResource({ place, descending }: KeyOrder, row: string, alias: string, on: SqlContext): Sql {
  if (place.kind !== 'index' || isSingleValued(place.param)) return always;
  const columns = [place.column, ...place.table.columns.map(({ name }) => name)].filter(
    (name, at, names) => name !== 'param' && names.indexOf(name) === at,
  );
  const tuple = (of: string): Sql => raw(`(${columns.map((name) => `${of}.${name}`).join(', ')})`);
  return sql`NOT EXISTS (SELECT 1 FROM ${rowsOfResource(place.table.name, alias, on)} WHERE ${raw(alias)}.rid = ${raw(row)}.rid
    AND ${keyRows(alias, place)} AND ${tuple(alias)} ${raw(descending ? '>' : '<')} ${tuple(row)} ${fence(on)})`;
}

export type Direction = 'forward' | 'backward';

/** What to order by: the keys, then rid. Keys that may be NULL come last, or first when the walk goes backward. */
export function orderBy(
  keys: readonly { readonly column: Sql; readonly descending: boolean; readonly nullable: boolean }[],
  rid: Sql,
  direction: Direction,
): Sql {
  const backward = direction === 'backward';
  const terms = keys.map(({ column, descending, nullable }) => {
    const down = descending !== backward;
    const nulls = nullable ? ` NULLS ${backward ? 'FIRST' : 'LAST'}` : '';
    return sql`${column} ${raw(`${down ? 'DESC' : 'ASC'}${nulls}`)}`;
  });
  return join([...terms, sql`${rid} ${raw(backward ? 'DESC' : 'ASC')}`], ', ');
}

/** The row lies beyond the cursor in the direction of the walk. `keys` are the row's, in the order of the cursor's. */
export function beyond(
  keys: readonly { readonly column: Sql; readonly descending: boolean; readonly nullable: boolean }[],
  rid: Sql,
  cursor: Cursor,
  direction: Direction,
): Sql {
  const backward = direction === 'backward';
  const last = sql`${rid} ${raw(backward ? '<' : '>')} ${cursor.rid}`;
  return keys.reduceRight((rest, { column, descending, nullable }, at) => {
    const value = cursor.keys[at] ?? null;
    if (value === null)
      return backward ? sql`(${column} IS NOT NULL OR ${rest})` : sql`(${column} IS NULL AND ${rest})`;
    const operator = descending !== backward ? '<' : '>';
    const further = sql`${column} ${raw(operator)} ${value}`;
    const same = sql`(${column} = ${value} AND ${rest})`;
    return backward || !nullable ? sql`(${further} OR ${same})` : sql`(${further} OR ${same} OR ${column} IS NULL)`;
  }, last);
}
