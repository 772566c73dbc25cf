/**
 * Drivers and selections as SQL: where the candidates of a search come from. sql.ts has the conditions that filter them.
 */
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { typeNumber } from '../../resources/definition.ts';
import type { ResourceType } from '../../resources/types.ts';
import type { Driver, Selection } from './driver.ts';
import { placesOf } from './hierarchy-sql.ts';
import { rangeParts } from './range-part.ts';
import { isColumn, whereIds } from './resource-column.ts';
import {
  alias,
  always,
  combined,
  condition,
  fence,
  indexTableOf,
  refersByUrl,
  refersTo,
  rowsTable,
  type SqlContext,
  urlParameter,
  whereRow,
} from './sql.ts';

/** Where candidates come from: tables, the condition on them, and the column that numbers the resource. */
export interface From {
  readonly tables: Sql;
  readonly where: Sql;
  readonly rid: Sql;
}

/** A driver as the FROM and WHERE of a statement; a resource may occur more than once. */
export function fromDriver(type: ResourceType, driver: Driver, on: SqlContext, depth = 0): From {
  const name = alias('d', depth);
  const d = raw(name);
  const rid = sql`${d}.rid`;
  switch (driver.kind) {
    case 'type':
      return {
        tables: sql`resource ${d}`,
        where: sql`${d}.type = ${typeNumber(type)} AND ${d}.content IS NOT NULL`,
        rid,
      };
    case 'ids':
      return {
        tables: sql`resource ${d}`,
        where: sql`${whereIds(name, type, driver.ids)} AND ${d}.content IS NOT NULL`,
        rid,
      };
    case 'matches':
      return fromMatches(driver, name);
    case 'chain':
      return fromChain(driver, on, depth);
    case 'has':
      return fromHas(type, driver, on, depth);
    case 'hierarchy':
      return fromHierarchy(driver.places, on, depth);
    case 'union':
      return {
        tables: sql`(${join(
          driver.of.map((each) => ridsOf(each, on, depth + 1)),
          ' UNION ALL ',
        )}) ${d}`,
        where: always,
        rid,
      };
  }
}

/** Rows of one index; ranges that end after something are read in two parts. */
function fromMatches({ param, values }: Extract<Driver, { kind: 'matches' }>, name: string): From {
  const table = rowsTable(param, values);
  const rid = sql`${raw(name)}.rid`;
  const where = combined(
    values.map((value) => whereRow(name, param, value)),
    'AND',
  );
  if (table === 'resource')
    return { tables: raw(`${table} ${name}`), where: sql`${where} AND ${raw(name)}.content IS NOT NULL`, rid };
  const parts = rangeParts(indexTableOf(param, values), values);
  if (!parts) return { tables: raw(`${table} ${name}`), where, rid };
  const selects = parts.map(
    (part) => sql`SELECT ${rid} FROM ${raw(`${table} ${name}`)} WHERE ${where} AND ${part(name)}`,
  );
  return { tables: sql`(${join(selects, ' UNION ALL ')}) ${raw(name)}`, where: always, rid };
}

function fromChain({ param, from, by }: Extract<Driver, { kind: 'chain' }>, on: SqlContext, depth: number): From {
  const [name, link] = [alias('d', depth), raw(alias('t', depth))];
  const [d, inner] = [raw(name), raw(alias('i', depth))];
  const sources = sql`(${ridsOf(from, on, depth + 1)} ${fence(on)}) ${inner}`;
  const url = by === 'url' ? urlParameter(param, from.type, on) : undefined;
  if (url)
    return {
      tables: sql`${sources} CROSS JOIN token_index ${link} CROSS JOIN reference_index ${d}`,
      where: sql`${link}.rid = ${inner}.rid AND ${link}.param = ${url.number}
        AND ${refersByUrl(name, param)} AND ${d}.target_id = ${link}.code`,
      rid: sql`${d}.rid`,
    };
  return {
    tables: sql`${sources} CROSS JOIN resource ${link} CROSS JOIN reference_index ${d}`,
    where: sql`${link}.rid = ${inner}.rid AND ${link}.content IS NOT NULL
      AND ${refersTo(name, param, from.type)} AND ${d}.target_id = ${link}.id`,
    rid: sql`${d}.rid`,
  };
}

function fromHas(
  type: ResourceType,
  { param, from, by }: Extract<Driver, { kind: 'has' }>,
  on: SqlContext,
  depth: number,
): From {
  const link = alias('x', depth);
  const [d, x, inner] = [raw(alias('d', depth)), raw(link), raw(alias('i', depth))];
  const sources = sql`(${ridsOf(from, on, depth + 1)} ${fence(on)}) ${inner}`;
  const url = by === 'url' ? urlParameter(param, type, on) : undefined;
  if (url)
    return {
      tables: sql`${sources} CROSS JOIN reference_index ${x} CROSS JOIN token_index ${d}`,
      where: sql`${x}.rid = ${inner}.rid AND ${refersByUrl(link, param)}
        AND ${d}.param = ${url.number} AND ${d}.code = ${x}.target_id`,
      rid: sql`${d}.rid`,
    };
  return {
    tables: sql`${sources} CROSS JOIN reference_index ${x} CROSS JOIN resource ${d}`,
    where: sql`${x}.rid = ${inner}.rid AND ${refersTo(link, param, type)}
      AND ${d}.type = ${typeNumber(type)} AND ${d}.id = ${x}.target_id AND ${d}.content IS NOT NULL`,
    rid: sql`${d}.rid`,
  };
}

function fromHierarchy(places: Extract<Driver, { kind: 'hierarchy' }>['places'], on: SqlContext, depth: number): From {
  const name = alias('d', depth);
  const [d, inner] = [raw(name), raw(alias('i', depth))];
  return {
    tables: sql`(${placesOf(places, on, depth)}) ${inner} CROSS JOIN reference_index ${d}`,
    where: sql`${refersTo(name, places.param, places.target)} AND ${d}.target_id = ${inner}.id`,
    rid: sql`${d}.rid`,
  };
}

/** The rows of a driver: a statement to be counted. Deleted resources may count, which spares looking at each. */
export function rowsOfDriver(type: ResourceType, driver: Driver, on: SqlContext): Sql {
  if (driver.kind === 'matches' && isColumn(driver.param))
    return sql`SELECT d.rid FROM resource d WHERE ${combined(
      driver.values.map((value) => whereRow('d', driver.param, value)),
      'AND',
    )}`;
  const { tables, where, rid } = fromDriver(type, driver, on);
  return sql`SELECT ${rid} FROM ${tables} WHERE ${where}`;
}

/** The resources of a selection; one may occur more than once. */
export function ridsOf(selection: Selection, on: SqlContext, depth = 0): Sql {
  const { tables, where, rid } = fromDriver(selection.type, selection.driver, on, depth);
  return sql`SELECT ${rid} AS rid FROM ${tables} WHERE ${combined(
    [where, ...filtersOf(selection, rid, on, depth)],
    'AND',
  )}`;
}

export const filtersOf = ({ filters, type }: Selection, rid: Sql, on: SqlContext, depth = 0): readonly Sql[] =>
  filters.map((filter) => condition(filter, type, rid, on, depth));
