/**
 * What has changed since a walk over pages began, as it was then: the part of a page that the indexes, which know the present only, cannot
 * tell. Deleted resources are left out, and what the caller may no longer see.
 */
import sql, { join, type Sql } from 'sql-template-tag';
import { typeNumber } from '../../resources/definition.ts';
import type { StoredVersion } from '../store/store.ts';
import { MAX_CHANGED } from './limits.ts';
import { placesThen, versionsThen } from './place-then.ts';
import type { Plan } from './plan.ts';
import type { Cursor, Page, SearchContext } from './query.ts';
import type { Restricted, RestrictedQuery } from './restrict.ts';
import { condition } from './sql.ts';
import { isLater } from './walk-state.ts';

/** A match and its place in the order. */
export interface Placed {
  readonly version: StoredVersion;
  readonly cursor: Cursor;
}

/** The part of the order that a page shows. */
export interface Stretch {
  contains(place: Cursor): boolean;
  compare(one: Cursor, other: Cursor): number;
  /** So many matches are enough, from the beginning. */
  readonly count: number;
}

/**
 * The matches of the walk's transaction on a stretch of it that have another version now, as they were; undefined when more than
 * `maxChanged` resources would have to be looked at.
 */
export async function changedSince(
  query: Restricted<RestrictedQuery>,
  plan: Plan,
  page: Page,
  { contains, compare, count }: Stretch,
  context: SearchContext,
): Promise<readonly Placed[] | undefined> {
  if (plan.types.length === 0) return [];
  const { maxChanged = MAX_CHANGED } = context;
  const statement = sql`SELECT r.rid FROM resource r WHERE ${changed(query, plan, page)} LIMIT ${maxChanged + 1}`;
  const rids = (await context.reader.query<{ rid: number }>(statement)).map(({ rid }) => rid);
  if (rids.length > maxChanged) return undefined;
  const places = (await placesThen(rids, query, plan, page, context)).filter(contains).sort(compare);
  const ordered = places.map(({ rid }) => rid);
  const cursors = new Map(places.map((cursor) => [cursor.rid, cursor]));
  const placed: Placed[] = [];
  for await (const versions of versionsThen(ordered, page, context)) {
    for (const version of versions) {
      const cursor = cursors.get(version.rid);
      if (cursor && (await isVisible(version, query, context))) placed.push({ version, cursor });
    }
    if (placed.length >= count) break;
  }
  return placed;
}

/** The condition on the resources `r` that the statement of the page left out, as far as they were there before. */
function changed(query: Restricted<RestrictedQuery>, plan: Plan, page: Page): Sql {
  const { cursor, direction } = page;
  const types = plan.types.map(({ type }) => typeNumber(type));
  const since = sql`r.type IN (${join(types)}) AND ${isLater(sql`r.tx`, page)} AND r.version > 1 AND r.content IS NOT NULL`;
  // In the order of rid the cursor tells which of them can be on this page; a sort key is only known when the version is read.
  if (query.sort.length > 0 || !cursor) return since;
  return direction === 'backward' ? sql`${since} AND r.rid < ${cursor.rid}` : sql`${since} AND r.rid > ${cursor.rid}`;
}

/** What the caller may not see any more is not shown as it was. */
async function isVisible(
  { type, rid }: StoredVersion,
  { scope }: Restricted<RestrictedQuery>,
  { reader, ...on }: SearchContext,
): Promise<boolean> {
  const visible = scope(type, 'search-type');
  if (visible.kind === 'all') return true;
  const rows = await reader.query(sql`SELECT 1 AS yes WHERE ${condition(visible, type, sql`${rid}`, on)}`);
  return rows.length > 0;
}
