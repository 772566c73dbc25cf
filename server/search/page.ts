/**
 * One page of a walk. A walk is over the state of one transaction, that of its first page: the statement passes over what has changed
 * since, and those resources are put in as they were then, where they stood then (changed.ts). So nothing is seen twice and nothing is lost, also
 * when the walk is sorted by what changes. A resource that is deleted meanwhile is left out.
 */
import { type VersionRow, versionOf } from '../store/version.ts';
import { compareCursors } from './as-it-was.ts';
import { changedSince, type Placed, type Stretch } from './changed.ts';
import { type Phase, pageStatement } from './page-sql.ts';
import type { Plan } from './plan.ts';
import type { Cursor, Page, SearchContext } from './query.ts';
import type { Restricted, RestrictedQuery } from './restrict.ts';
import type { KeyOrder } from './sort.ts';
import { present } from './walk-state.ts';

export interface PageOfMatches {
  /** In the order of the search, at most `count`. */
  readonly matches: readonly Placed[];
  /** There are matches behind the last one, in the direction of the walk. */
  readonly more: boolean;
  readonly total?: number;
  /** The page shows the state in which the walk began; false where more changed since than can be put back. */
  readonly isOfThen: boolean;
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
  const read = await rowsOf(plan, page, query.count + 1, counted, context);
  const { total } = read;
  const seen = new Set(read.rows.map(({ rid }) => rid));
  const last = read.rows.length > query.count ? read.rows.at(-1) : undefined;
  const end = last && cursorOfRow(last, keys);
  const back = page.direction === 'backward';
  const stretch: Stretch = {
    contains: (place) => !seen.has(place.rid) && isWithin(place, page, end, keys),
    compare: (a, b) => compareCursors(a, b, keys) * (back ? -1 : 1),
    count: query.count + 1,
  };
  // Nothing can have changed since now.
  const changed =
    read.unchanged || page.tx === present.tx ? [] : await changedSince(query, plan, page, stretch, context);
  // Where too much changed, this page is of the present: what was left out comes back as it is.
  const { rows } = changed
    ? read
    : await rowsOf(plan, { ...page, ...present, beyond: undefined }, query.count + 1, false, context);
  const placed = rows.map((row) => ({ version: versionOf(row), cursor: cursorOfRow(row, keys) }));
  const all = changed?.length ? [...placed, ...changed].sort((a, b) => stretch.compare(a.cursor, b.cursor)) : placed;
  const matches = all.slice(0, query.count);
  return {
    matches: back ? matches.reverse() : matches,
    more: all.length > query.count,
    ...(total === undefined ? {} : { total }),
    isOfThen: changed !== undefined,
  };
}

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
  page: Page,
  limit: number,
  counted: boolean,
  context: SearchContext,
): Promise<{ rows: readonly PageRow[]; total?: number; unchanged: boolean }> {
  if (plan.types.length === 0) return { rows: [], ...(counted ? { total: 0 } : {}), unchanged: true };
  const rows: PageRow[] = [];
  let total: number | undefined;
  let unchanged = true;
  const { cursor, direction } = page;
  for (const phase of phasesOf(plan, page)) {
    const request = {
      phase,
      direction,
      cursor,
      state: page,
      limit: limit - rows.length,
      counted: counted && total === undefined,
    };
    const found = await context.reader.query<PageRow>(pageStatement(plan, request, context));
    rows.push(...found);
    // A statement that finds nothing cannot say whether something was left out.
    if (found[0]?.changed !== 0) unchanged = false;
    if (found[0]?.total !== undefined) total = Number(found[0].total);
    if (rows.length >= limit) break;
  }
  return { rows, ...(counted ? { total: total ?? rows.length } : {}), unchanged };
}
