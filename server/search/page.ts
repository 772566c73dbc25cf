/**
 * One page of a walk. A walk is over the state of one transaction, that of its first page: the statement passes over what has changed
 * since, and those resources are put in as they were then, where they stood then. So nothing is seen twice and nothing is lost, also
 * when the walk is sorted by what changes. A resource that is deleted meanwhile is left out.
 */
import sql, { join } from 'sql-template-tag';
import { typeNumber } from '../../resources/definition.ts';
import type { StoredVersion } from '../store/store.ts';
import { type VersionRow, versionOf } from '../store/version.ts';
import { compareCursors, cursorOf, indexed, satisfies } from './as-it-was.ts';
import { type Phase, pageStatement } from './page-sql.ts';
import type { Plan } from './plan.ts';
import type { Cursor, Page, SearchContext } from './query.ts';
import type { Restricted, RestrictedQuery } from './restrict.ts';
import type { KeyOrder } from './sort.ts';
import { condition } from './sql.ts';

/** A match and its place in the order. */
export interface Placed {
  readonly version: StoredVersion;
  readonly cursor: Cursor;
}

export interface PageOfMatches {
  /** In the order of the search, at most `count`. */
  readonly matches: readonly Placed[];
  /** There are matches behind the last one, in the direction of the walk. */
  readonly more: boolean;
  readonly total?: number;
}

type PageRow = VersionRow & { readonly total?: number; readonly changed: number } & Readonly<
    Record<string, string | number | null | undefined>
  >;

/** The page of `query.count` matches; `counted` asks for the total too. */
export async function pageOfMatches(
  query: Restricted<RestrictedQuery>,
  plan: Plan,
  page: Page,
  counted: boolean,
  context: SearchContext,
): Promise<PageOfMatches> {
  const keys = plan.types[0]?.keys ?? [];
  const { rows, total, unchanged } = await rowsOf(plan, page, query.count + 1, counted, context);
  const placed = rows.map((row) => ({ version: versionOf(row), cursor: cursorOfRow(row, keys) }));
  const end = placed.length > query.count ? placed.at(-1)?.cursor : undefined;
  const seen = new Set(placed.map(({ version }) => version.rid));
  const changed = (unchanged ? [] : await changedSince(query, plan, page, context)).filter(
    ({ version, cursor }) => !seen.has(version.rid) && isWithin(cursor, page, end, keys),
  );
  const back = page.direction === 'backward';
  const all = changed.length === 0 ? placed : [...placed, ...changed].sort((a, b) => order(a, b, keys, back));
  const matches = all.slice(0, query.count);
  return {
    matches: back ? matches.reverse() : matches,
    more: all.length > query.count,
    ...(total === undefined ? {} : { total }),
  };
}

const order = (a: Placed, b: Placed, keys: readonly KeyOrder[], back: boolean): number =>
  compareCursors(a.cursor, b.cursor, keys) * (back ? -1 : 1);

/** Between the cursor of the page and the first row of the next one. */
function isWithin(
  place: Cursor,
  { cursor, direction }: Page,
  end: Cursor | undefined,
  keys: readonly KeyOrder[],
): boolean {
  const sign = direction === 'backward' ? -1 : 1;
  return (
    (!cursor || compareCursors(place, cursor, keys) * sign > 0) && (!end || compareCursors(place, end, keys) * sign < 0)
  );
}

const cursorOfRow = (row: PageRow, keys: readonly KeyOrder[]): Cursor => ({
  keys: keys.map((_, at) => row[`k${at}`] ?? null),
  rid: row.rid,
});

/** The phases that a page may have to read, in the direction of the walk. */
function phasesOf(plan: Plan, { direction, cursor }: Page): readonly Phase[] {
  if (!plan.types.some(({ order: kind }) => kind === 'walk')) return ['all'];
  const start = cursor?.keys[0];
  const back = direction === 'backward';
  if (start === undefined) return back ? ['absent', 'present'] : ['present', 'absent'];
  if (start === null) return back ? ['absent', 'present'] : ['absent'];
  return back ? ['present'] : ['present', 'absent'];
}

async function rowsOf(
  plan: Plan,
  { cursor, direction, tx }: Page,
  limit: number,
  counted: boolean,
  context: SearchContext,
): Promise<{ rows: readonly PageRow[]; total?: number; unchanged: boolean }> {
  if (plan.types.length === 0) return { rows: [], ...(counted ? { total: 0 } : {}), unchanged: true };
  const rows: PageRow[] = [];
  let total: number | undefined;
  let unchanged = true;
  for (const [at, phase] of phasesOf(plan, { cursor, direction, tx }).entries()) {
    const request = { phase, direction, cursor, tx, limit: limit - rows.length, counted: counted && at === 0 };
    const found = await context.reader.query<PageRow>(pageStatement(plan, request, context));
    rows.push(...found);
    // A statement that finds nothing cannot say whether something was left out.
    if (found[0]?.changed !== 0) unchanged = false;
    if (at === 0) total = found[0]?.total === undefined ? undefined : Number(found[0].total);
    if (rows.length >= limit) break;
  }
  return { rows, ...(counted ? { total: total ?? rows.length } : {}), unchanged };
}

/** The matches of the walk's transaction that have another version now, as they were. */
async function changedSince(
  query: Restricted<RestrictedQuery>,
  plan: Plan,
  page: Page,
  context: SearchContext,
): Promise<readonly Placed[]> {
  const types = plan.types.map(({ type }) => typeNumber(type));
  if (types.length === 0) return [];
  // In the order of rid the cursor tells which of them can be on this page; a sort key is only known when the version is read.
  const beyondCursor =
    query.sort.length === 0 && page.cursor
      ? page.direction === 'backward'
        ? sql`AND r.rid < ${page.cursor.rid}`
        : sql`AND r.rid > ${page.cursor.rid}`
      : sql``;
  const rows = await context.reader.query<VersionRow>(sql`
    SELECT h.rid, h.type, r.id, h.version, h.tx, h.method, h.content
    FROM resource r CROSS JOIN resource_history h
    WHERE r.type IN (${join(types)}) AND r.tx > ${page.tx} AND r.version > 1 AND r.content IS NOT NULL ${beyondCursor}
    AND h.rid = r.rid AND h.tx <= ${page.tx} AND h.ended > ${page.tx} AND h.content IS NOT NULL`);
  const placed: Placed[] = [];
  for (const version of rows.map(versionOf)) {
    const typePlan = query.types.find(({ type }) => type === version.type);
    const keys = plan.types.find(({ type }) => type === version.type)?.keys ?? [];
    const found = indexed(version, context);
    if (!typePlan || !(await satisfies(found, typePlan.expression, context))) continue;
    if (await isVisible(version, query, context)) placed.push({ version, cursor: cursorOf(found, keys) });
  }
  return placed;
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
