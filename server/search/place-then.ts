/**
 * Where resources that have changed since a walk began stood in it then. That is the same for all its pages, and to find it a former version is
 * read and indexed again, so it is remembered for a while: with 10,000 changes a sorted page takes 30 ms instead of 450. What chains and `_has`
 * ask of other resources is asked when a page first needs it.
 */
import { createHash } from 'node:crypto';
import sql, { join } from 'sql-template-tag';
import type { Reader, StoredVersion } from '../store/store.ts';
import { type VersionRow, versionOf } from '../store/version.ts';
import { cursorOf, indexed, satisfies } from './as-it-was.ts';
import { expressionText } from './describe.ts';
import type { Plan } from './plan.ts';
import type { Cursor, Page, Query, SearchContext, SearchParameters } from './query.ts';
import { isLater } from './walk-state.ts';

/** Versions read at once. */
const TOGETHER = 200;
/** Walks of which places are remembered; each has at most MAX_CHANGED of them. */
const MAX_WALKS = 20;

interface Walk {
  readonly parameters: SearchParameters;
  /** By rid; null for what was no match then. */
  readonly places: Map<number, Cursor | null>;
}

const walks = new WeakMap<Reader, Map<string, Walk>>();

/** The places of those that were matches when the walk began. */
export async function placesThen(
  rids: readonly number[],
  query: Query,
  plan: Plan,
  page: Page,
  context: SearchContext,
): Promise<readonly Cursor[]> {
  const { places } = walkOf(query, page, context);
  const unknown = rids.filter((rid) => !places.has(rid));
  for await (const versions of versionsThen(unknown, page, context))
    for (const version of versions) {
      const asked = query.types.find(({ type }) => type === version.type);
      const keys = plan.types.find(({ type }) => type === version.type)?.keys ?? [];
      const found = indexed(version, context);
      const isMatch = asked !== undefined && (await satisfies(found, asked.expression, context));
      places.set(version.rid, isMatch ? cursorOf(found, keys) : null);
    }
  for (const rid of unknown) if (!places.has(rid)) places.set(rid, null);
  return rids.flatMap((rid) => places.get(rid) ?? []);
}

function walkOf(query: Query, page: Page, { reader, parameters }: SearchContext): Walk {
  const known = walks.get(reader) ?? new Map<string, Walk>();
  walks.set(reader, known);
  const key = keyOf(query, page);
  const former = known.get(key);
  const walk = former?.parameters === parameters ? former : { parameters, places: new Map() };
  known.delete(key);
  known.set(key, walk);
  const [oldest] = known.keys();
  if (known.size > MAX_WALKS && oldest !== undefined) known.delete(oldest);
  return walk;
}

/** The same for all pages of a walk; the expression holds what the caller may see. */
function keyOf({ sort, types }: Query, { tx, beyond }: Page): string {
  const asked = types.map(({ type, expression }) => [type, expressionText(expression)]);
  return createHash('sha256')
    .update(JSON.stringify([tx, beyond, sort, asked]))
    .digest('base64');
}

/** The versions that resources had then, those that existed, in portions. */
export async function* versionsThen(
  rids: readonly number[],
  page: Page,
  { reader }: SearchContext,
): AsyncGenerator<readonly StoredVersion[]> {
  for (let at = 0; at < rids.length; at += TOGETHER) {
    const some = rids.slice(at, at + TOGETHER);
    // Filled up, so that there is one text of the statement.
    const filled = Array.from({ length: TOGETHER }, (_, place) => some[Math.min(place, some.length - 1)]);
    const rows = await reader.query<VersionRow>(sql`
      SELECT h.rid, h.type, r.id, h.version, h.tx, h.method, h.content
      FROM resource r CROSS JOIN resource_history h
      WHERE r.rid IN (${join(filled)}) AND h.rid = r.rid
      AND NOT ${isLater(sql`h.tx`, page)} AND ${isLater(sql`h.ended`, page)} AND h.content IS NOT NULL`);
    yield rows.map(versionOf);
  }
}
