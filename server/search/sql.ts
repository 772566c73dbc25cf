/**
 * Expressions as SQL conditions, the same text for SQLite and PostgreSQL but for one fence. Whatever a request sent is
 * bound as a parameter; only names of our own tables and numbers of our own are in the text. ARCHITECTURE, "Query form".
 *
 * `CROSS JOIN` keeps SQLite to the order that is written; `OFFSET 0` keeps PostgreSQL from pulling a subquery up into a join whose order
 * it then gets wrong (measured: 4.7 against 201 ms for a chain behind a common code; 3 against 40 ms for a sorted page with a filter).
 */
import sql, { empty, raw, type Sql } from 'sql-template-tag';
import { typeNumber } from '../../resources/definition.ts';
import type { ResourceType } from '../../resources/types.ts';
import type { Expression } from './expression.ts';
import { placesOf } from './hierarchy-sql.ts';
import type { IndexTable } from './index-table.ts';
import type { SearchContext } from './query.ts';
import { idOf, isColumn, whereIds, whereLastUpdated } from './resource-column.ts';
import type { SearchParameter } from './search-parameter.ts';
import { searchTypes } from './type/index.ts';
import type { SearchValue } from './type/search-type.ts';

/** What the text of a statement depends on. */
export type SqlContext = Pick<SearchContext, 'dialect' | 'parameters'>;

/** Names of subqueries inside each other; a name repeats only where the other is out of reach. */
export const alias = (letter: string, depth: number): string => `${letter}${depth}`;

export const fence = ({ dialect }: SqlContext): Sql => (dialect === 'postgres' ? sql`OFFSET 0` : empty);

/**
 * An index table of which the rows of one resource are asked. SQLite, which knows nothing of the values, would at times take the index
 * by value and read thousands of rows for each resource (measured: 70 against 2 ms).
 */
export const rowsOfResource = (table: string, name: string, { dialect }: SqlContext): Sql =>
  raw(
    dialect === 'sqlite' && table !== 'resource'
      ? `${table} ${name} INDEXED BY ${table}_by_resource`
      : `${table} ${name}`,
  );

/** What drops out of a conjunction. */
export const always: Sql = sql`1 = 1`;

/** `a AND (b AND c)`, balanced, so that hundreds of terms stay within SQLite's limit on the depth of an expression. */
export function combined(all: readonly Sql[], operator: 'AND' | 'OR'): Sql {
  const terms = operator === 'AND' ? all.filter((term) => term !== always) : all;
  const [first] = terms;
  if (terms.length === 0) return operator === 'AND' ? always : sql`1 = 0`;
  if (terms.length === 1 && first) return first;
  const middle = terms.length >> 1;
  return sql`(${combined(terms.slice(0, middle), operator)} ${raw(operator)} ${combined(terms.slice(middle), operator)})`;
}

/** The condition that the resource `rid`, of `type`, satisfies `expression`. */
export function condition(expression: Expression, type: ResourceType, rid: Sql, on: SqlContext, depth = 0): Sql {
  const inner = (term: Expression): Sql => condition(term, type, rid, on, depth);
  switch (expression.kind) {
    case 'all':
      return sql`1 = 1`;
    case 'nothing':
      return sql`1 = 0`;
    case 'and':
      return combined(expression.terms.map(inner), 'AND');
    case 'or':
      return combined(
        [...matchesByTable(expression.terms, rid, on, depth), ...others(expression.terms).map(inner)],
        'OR',
      );
    case 'not':
      return sql`NOT ${inner(expression.term)}`;
    case 'matches':
      return existsRow(expression.param, [expression.value], rid, on, depth);
    case 'missing': {
      const { param } = expression;
      if (isColumn(param)) return sql`1 = 0`;
      return sql`NOT ${existsRow(param, [searchTypes[param.type].present(param)], rid, on, depth)}`;
    }
    case 'chain':
      return existsTarget(expression, rid, on, depth);
    case 'has':
      return existsSource(expression, type, rid, on, depth);
    case 'hierarchy':
      return existsPlace(expression, rid, on, depth);
  }
}

type Matches = Extract<Expression, { kind: 'matches' }>;

const others = (terms: readonly Expression[]): readonly Expression[] => terms.filter(({ kind }) => kind !== 'matches');

/** Values of one parameter in one table become one EXISTS. */
function matchesByTable(terms: readonly Expression[], rid: Sql, on: SqlContext, depth: number): readonly Sql[] {
  const groups = new Map<string, Matches[]>();
  for (const term of terms) {
    if (term.kind !== 'matches') continue;
    const key = `${term.param.number} ${term.param.code} ${searchTypes[term.param.type].table(term.value).name}`;
    groups.set(key, [...(groups.get(key) ?? []), term]);
  }
  return [...groups.values()].map(([first, ...more]) =>
    first ? existsRow(first.param, [first.value, ...more.map(({ value }) => value)], rid, on, depth) : sql`1 = 0`,
  );
}

/** The resource has a row that satisfies one of the values, which are about one table. */
function existsRow(
  param: SearchParameter,
  values: readonly SearchValue[],
  rid: Sql,
  on: SqlContext,
  depth: number,
): Sql {
  const name = alias('v', depth);
  const where =
    param.code === '_id'
      ? whereIds(name, param.resource, values.map(idOf))
      : combined(
          values.map((value) => whereRow(name, param, value)),
          'OR',
        );
  return sql`EXISTS (SELECT 1 FROM ${rowsOfResource(rowsTable(param, values), name, on)} WHERE ${raw(name)}.rid = ${rid} AND ${where} ${fence(on)})`;
}

/** The table that holds what values of `param` are about. */
export const rowsTable = (param: SearchParameter, values: readonly SearchValue[]): string =>
  isColumn(param) ? 'resource' : indexTableOf(param, values).name;

export function indexTableOf(param: SearchParameter, [value]: readonly SearchValue[]): IndexTable {
  const type = searchTypes[param.type];
  return type.table(value ?? type.present(param));
}

/** The condition on a row of `rowsTable`. */
export function whereRow(name: string, param: SearchParameter, value: SearchValue): Sql {
  if (param.code === '_id') return whereIds(name, param.resource, [idOf(value)]);
  if (param.code === '_lastUpdated') return whereLastUpdated(name, param.resource, value);
  return searchTypes[param.type].where(name, value, param);
}

/** Rows of `reference_index` by which a parameter leads to resources of one type. */
export const refersTo = (name: string, param: SearchParameter, target: ResourceType): Sql =>
  sql`${raw(name)}.param = ${param.number} AND ${raw(name)}.target_type = ${typeNumber(target)}`;

/**
 * The parameter `url` of `target`, when `param` may hold canonical URLs. The rows of `url` are there with and without the version, as are
 * those of a canonical reference, so that equal texts meet.
 */
export function urlParameter(
  param: SearchParameter,
  target: ResourceType,
  on: SqlContext,
): SearchParameter | undefined {
  const holdsUrls = !param.valueTypes || param.valueTypes.some((type) => type === 'canonical' || type === 'uri');
  const url = holdsUrls ? on.parameters.get(target, 'url') : undefined;
  return url?.type === 'uri' ? url : undefined;
}

/** Rows of `reference_index` with the most precise form of a canonical URL: with its version when it has one. */
export const refersByUrl = (name: string, param: SearchParameter): Sql => {
  const x = raw(name);
  const y = raw(`${name}y`);
  return sql`${x}.param = ${param.number} AND ${x}.target_type = 0 AND NOT EXISTS (
    SELECT 1 FROM reference_index ${y} WHERE ${y}.rid = ${x}.rid AND ${y}.param = ${x}.param AND ${y}.target_type = 0
    AND ${y}.target_id > ${x}.target_id || '|' AND ${y}.target_id < ${x}.target_id || '}')`;
};

/** The resource refers by `param` to a `target` that satisfies `term`. */
function existsTarget(
  { param, target, term }: Extract<Expression, { kind: 'chain' }>,
  rid: Sql,
  on: SqlContext,
  depth: number,
): Sql {
  const [link, found] = [alias('x', depth), alias('t', depth)];
  const [x, t] = [raw(link), raw(found)];
  const local = sql`EXISTS (SELECT 1 FROM ${rowsOfResource('reference_index', link, on)} CROSS JOIN resource ${t}
    WHERE ${x}.rid = ${rid} AND ${refersTo(link, param, target)}
    AND ${t}.type = ${typeNumber(target)} AND ${t}.id = ${x}.target_id AND ${t}.content IS NOT NULL
    AND ${condition(term, target, sql`${t}.rid`, on, depth + 1)} ${fence(on)})`;
  const url = urlParameter(param, target, on);
  if (!url) return local;
  const canonical = sql`EXISTS (SELECT 1 FROM ${rowsOfResource('reference_index', link, on)} CROSS JOIN token_index ${t}
    WHERE ${x}.rid = ${rid} AND ${refersByUrl(link, param)} AND ${t}.param = ${url.number} AND ${t}.code = ${x}.target_id
    AND ${condition(term, target, sql`${t}.rid`, on, depth + 1)} ${fence(on)})`;
  return combined([local, canonical], 'OR');
}

/** A `source` that satisfies `term` refers by `param` to the resource. */
function existsSource(
  { param, source, term }: Extract<Expression, { kind: 'has' }>,
  type: ResourceType,
  rid: Sql,
  on: SqlContext,
  depth: number,
): Sql {
  const [own, link] = [alias('o', depth), alias('x', depth)];
  const [o, x] = [raw(own), raw(link)];
  const local = sql`EXISTS (SELECT 1 FROM resource ${o} CROSS JOIN reference_index ${x}
    WHERE ${o}.rid = ${rid} AND ${refersTo(link, param, type)} AND ${x}.target_id = ${o}.id
    AND ${condition(term, source, sql`${x}.rid`, on, depth + 1)} ${fence(on)})`;
  const url = urlParameter(param, type, on);
  if (!url) return local;
  const canonical = sql`EXISTS (SELECT 1 FROM token_index ${o} CROSS JOIN reference_index ${x}
    WHERE ${o}.rid = ${rid} AND ${o}.param = ${url.number} AND ${refersByUrl(link, param)} AND ${x}.target_id = ${o}.code
    AND ${condition(term, source, sql`${x}.rid`, on, depth + 1)} ${fence(on)})`;
  return combined([local, canonical], 'OR');
}

/** The resource refers by `param` to a place of the hierarchy. */
function existsPlace(
  expression: Extract<Expression, { kind: 'hierarchy' }>,
  rid: Sql,
  on: SqlContext,
  depth: number,
): Sql {
  const { param, target } = expression;
  const link = alias('x', depth);
  const x = raw(link);
  return sql`EXISTS (SELECT 1 FROM ${rowsOfResource('reference_index', link, on)} WHERE ${x}.rid = ${rid}
    AND ${refersTo(link, param, target)} AND ${x}.target_id IN (${placesOf(expression, on, depth)}) ${fence(on)})`;
}
