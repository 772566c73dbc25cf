/** The resources of a type as they were at one transaction, however long it takes to read them all: for export. */
import sql from 'sql-template-tag';
import { typeNumber, typeOfNumber } from '../../resources/definition.ts';
import type { ResourceType } from '../../resources/types.ts';
import type { Reader, StoredVersion } from './store.ts';
import { typesPresent, type VersionRow, versionOf } from './version.ts';

/** How many resources of each type exist. */
export async function countsByType(reader: Pick<Reader, 'query'>): Promise<ReadonlyMap<ResourceType, number>> {
  const rows = await reader.query<{ type: number; count: number }>(
    sql`SELECT type, count(*) AS count FROM resource WHERE content IS NOT NULL GROUP BY type`,
  );
  return new Map(rows.map(({ type, count }) => [typeOfNumber(type), count]));
}

/** The types of which there is or was a resource. */
export const storedTypes = async (reader: Pick<Reader, 'query'>): Promise<readonly ResourceType[]> =>
  (await reader.query<{ type: number }>(typesPresent)).map(({ type }) => typeOfNumber(type));

/** The resources of a type that exist, by rid ascending from above `after`, at most `count` a batch. Each batch is a read of its own. */
export async function* resourcesOf(
  reader: Pick<Reader, 'query'>,
  type: ResourceType,
  { after = 0, count = 500 }: { readonly after?: number; readonly count?: number } = {},
): AsyncGenerator<readonly StoredVersion[]> {
  for (let rid = after; ; ) {
    const rows = await reader.query<VersionRow>(
      sql`SELECT rid, type, id, version, tx, method, content FROM resource
        WHERE type = ${typeNumber(type)} AND content IS NOT NULL AND rid > ${rid} ORDER BY rid LIMIT ${count}`,
    );
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map(versionOf);
    rid = last.rid;
  }
}

/** Rows read at once. */
const PAGE = 200;

const LAST_RID = Number.MAX_SAFE_INTEGER;

/**
 * One page in one statement, so that it is one state of the database: resources above `after` that exist, and among them (up to the last of
 * the page) those that were deleted after `tx`.
 */
const pageStatement = (type: number, after: number, tx: number) => sql`
  WITH page AS (
    SELECT rid FROM resource WHERE type = ${type} AND rid > ${after} AND content IS NOT NULL ORDER BY rid LIMIT ${PAGE}),
  last AS (SELECT CASE WHEN count(*) < ${PAGE} THEN ${LAST_RID} ELSE max(rid) END AS rid FROM page)
  SELECT rid, type, id, version, tx, method, content FROM resource WHERE rid IN (SELECT rid FROM page)
  UNION ALL
  SELECT rid, type, id, version, tx, method, content FROM resource
  WHERE type = ${type} AND tx > ${tx} AND content IS NULL AND rid > ${after} AND rid <= (SELECT rid FROM last)
  ORDER BY rid`;

/** The version of `tx`: what was written later is looked up in the history. */
async function versionAt(reader: Reader, version: StoredVersion, tx: number): Promise<StoredVersion | undefined> {
  return version.tx <= tx ? version : reader.readAt(version.type, version.id, tx);
}

/**
 * Pages of versions with content, by rid ascending: those that were current at `tx`, which must be settled (`Reader.settled`), and, with
 * `since`, that were written at or after that tx. Memory is that of a page.
 */
export async function* resourcesAt(
  reader: Reader,
  type: ResourceType,
  { tx, since = 0 }: { readonly tx: number; readonly since?: number },
): AsyncGenerator<readonly StoredVersion[]> {
  for (let after = 0; ; ) {
    const rows = await reader.query<VersionRow>(pageStatement(typeNumber(type), after, tx));
    const versions: StoredVersion[] = [];
    for (const row of rows) {
      const version = await versionAt(reader, versionOf(row), tx);
      if (version && version.content !== null && version.tx >= since) versions.push(version);
    }
    yield versions;
    const present = rows.filter(({ content }) => content !== null);
    const last = present.at(-1);
    if (!last || present.length < PAGE) return;
    after = last.rid;
  }
}
