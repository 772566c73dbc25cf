/**
 * What has changed since a walk over pages began, as it was then: the part of a page that the indexes, which know the present only, cannot
 * tell. Deleted resources are left out, and what the caller may no longer see.
 */
import sql, { join, type Sql } from 'sql-template-tag';
import { typeNumber } from '../../resources/definition.ts';
import type { StoredVersion } from '../store/store.ts';
import { type VersionRow, versionOf } from '../store/version.ts';
import { cursorOf, indexed, satisfies } from './as-it-was.ts';
import { MAX_CHANGED } from './limits.ts';
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

/**
 * The matches of the walk's transaction that have another version now, as they were; undefined when more than MAX_CHANGED resources
 * would have to be looked at.
 */
export async function changedSince(
  query: Restricted<RestrictedQuery>,
  plan: Plan,
  page: Page,
  context: SearchContext,
): Promise<readonly Placed[] | undefined> {
  if (plan.types.length === 0) return [];
  const where = changed(query, plan, page);
  const { reader } = context;
  const counted = await reader.query(sql`SELECT 1 AS one FROM resource r WHERE ${where} LIMIT ${MAX_CHANGED + 1}`);
  if (counted.length > MAX_CHANGED) return undefined;
  if (counted.length === 0) return [];
  const rows = await reader.query<VersionRow>(sql`
    SELECT h.rid, h.type, r.id, h.version, h.tx, h.method, h.content
    FROM resource r CROSS JOIN resource_history h
    WHERE ${where} AND h.rid = r.rid AND NOT ${isLater(sql`h.tx`, page)} AND ${isLater(sql`h.ended`, page)} AND h.content IS NOT NULL`);
  const placed: Placed[] = [];
  for (const version of rows.map(versionOf)) {
    const asked = query.types.find(({ type }) => type === version.type);
    const keys = plan.types.find(({ type }) => type === version.type)?.keys ?? [];
    const found = indexed(version, context);
    if (!asked || !(await satisfies(found, asked.expression, context))) continue;
    if (await isVisible(version, query, context)) placed.push({ version, cursor: cursorOf(found, keys) });
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
