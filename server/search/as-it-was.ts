/**
 * Whether a version of a resource satisfies an expression, and where it stands in the order, when it is no longer the current one: its
 * index rows are made again in memory. What chains and `_has` ask of other resources is asked of their current state.
 */
import sql, { join, type Sql } from 'sql-template-tag';
import { typeNumber } from '../../resources/definition.ts';
import { parseJson } from '../../resources/json.ts';
import type { AnyResource } from '../../resources/types.ts';
import { millisecondsOf, type StoredVersion } from '../store/store.ts';
import type { Expression } from './expression.ts';
import { placesOf } from './hierarchy-sql.ts';
import { indexer } from './index-rows.ts';
import { type IndexRow, type IndexRows, referenceIndex } from './index-table.ts';
import { type Candidate, match, targetIds } from './match.ts';
import type { Cursor, SearchContext, SearchParameters } from './query.ts';
import { pointsOf } from './score.ts';
import type { KeyOrder } from './sort.ts';
import { condition, urlParameter } from './sql.ts';
import { searchTypes } from './type/index.ts';

/** A version with its index rows. */
export interface IndexedVersion {
  readonly version: StoredVersion;
  readonly rows: IndexRows;
}

const indexers = new WeakMap<SearchParameters, (resource: AnyResource) => IndexRows>();

/** @param version one with content */
export function indexed(version: StoredVersion, { parameters, baseUrl }: SearchContext): IndexedVersion {
  const indexRows = indexers.get(parameters) ?? indexer(parameters, baseUrl);
  indexers.set(parameters, indexRows);
  return { version, rows: indexRows(parseJson(version.content ?? '{}') as unknown as AnyResource) };
}

/** Whether the version satisfies the expression. */
export async function satisfies(
  found: IndexedVersion,
  expression: Expression,
  context: SearchContext,
): Promise<boolean> {
  switch (expression.kind) {
    case 'all':
    case 'nothing':
    case 'matches':
    case 'missing':
      return match(expression, candidateOf(found));
    case 'and':
      for (const term of expression.terms) if (!(await satisfies(found, term, context))) return false;
      return true;
    case 'or':
      for (const term of expression.terms) if (await satisfies(found, term, context)) return true;
      return false;
    case 'not':
      return !(await satisfies(found, expression.term, context));
    case 'chain':
      return leadsToTarget(found, expression, context);
    case 'hierarchy':
      return leadsToPlace(found, expression, context);
    case 'has':
      return ask(condition(expression, found.version.type, sql`${found.version.rid}`, context), context);
  }
}

const candidateOf = ({ version: { type, id, tx }, rows }: IndexedVersion): Candidate => ({
  type,
  id,
  lastUpdated: millisecondsOf(tx),
  rows,
});

async function leadsToTarget(
  { rows }: IndexedVersion,
  { param, target, term }: Extract<Expression, { kind: 'chain' }>,
  context: SearchContext,
): Promise<boolean> {
  const targets = (rows[referenceIndex.name] ?? []).filter(([number]) => number === param.number);
  const ids = targetIds(rows, param, target);
  const local = sql`SELECT 1 FROM resource t WHERE t.type = ${typeNumber(target)} AND t.id IN (${join(ids)})
    AND t.content IS NOT NULL AND ${condition(term, target, sql`t.rid`, context)}`;
  if (ids.length > 0 && (await ask(sql`EXISTS (${local})`, context))) return true;
  const url = urlParameter(param, target, context);
  const urls = preciseUrls(targets);
  if (!url || urls.length === 0) return false;
  const canonical = sql`SELECT 1 FROM token_index t WHERE t.param = ${url.number} AND t.code IN (${join(urls)})
    AND ${condition(term, target, sql`t.rid`, context)}`;
  return ask(sql`EXISTS (${canonical})`, context);
}

async function leadsToPlace(
  { rows }: IndexedVersion,
  places: Extract<Expression, { kind: 'hierarchy' }>,
  context: SearchContext,
): Promise<boolean> {
  const ids = targetIds(rows, places.param, places.target);
  if (ids.length === 0) return false;
  return ask(sql`EXISTS (SELECT 1 FROM (${placesOf(places, context, 0)}) t WHERE t.id IN (${join(ids)}))`, context);
}

/** Canonical URLs as they were written: without the form that has lost its version. */
export function preciseUrls(targets: readonly IndexRow[]): readonly string[] {
  const urls = targets.filter(([, , type]) => type === 0).map(([, url]) => String(url));
  return urls.filter((url) => url !== '' && !urls.some((other) => other.startsWith(`${url}|`)));
}

async function ask(question: Sql, { reader }: SearchContext): Promise<boolean> {
  return (await reader.query(sql`SELECT 1 AS yes WHERE ${question}`)).length > 0;
}

/** Where the version stands in the order. */
export const cursorOf = (found: IndexedVersion, keys: readonly KeyOrder[]): Cursor => ({
  keys: keys.map((key) => keyOf(found, key)),
  rid: found.version.rid,
});

function keyOf({ version, rows }: IndexedVersion, { place, descending }: KeyOrder): string | number | null {
  if (place.kind === 'resource') return version[place.column];
  if (place.kind === 'score') return pointsOf(rows, place.score);
  const { param, table, column } = place;
  const { test, present } = searchTypes[param.type];
  const at = table.columns.findIndex(({ name }) => name === column);
  const values = (rows[table.name] ?? [])
    .filter((row) => row[0] === param.number && test(row, present(param)))
    .map((row) => row[at] ?? '');
  return values.reduce<string | number | null>(
    (first, value) => (first === null || compareValues(value, first) < 0 !== descending ? value : first),
    null,
  );
}

/** As the databases compare: texts by code point. */
export function compareValues(a: string | number, b: string | number): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The order of pages: by the keys, missing ones last, then by rid. */
export function compareCursors(a: Cursor, b: Cursor, keys: readonly { readonly descending: boolean }[]): number {
  for (const [at, { descending }] of keys.entries()) {
    const [one, other] = [a.keys[at] ?? null, b.keys[at] ?? null];
    if (one === null && other === null) continue;
    if (one === null) return 1;
    if (other === null) return -1;
    const order = compareValues(one, other);
    if (order !== 0) return descending ? -order : order;
  }
  return a.rid - b.rid;
}
