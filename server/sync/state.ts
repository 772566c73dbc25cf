/** What is remembered of rows and of how far a sync is, in tables of the store; written in the transaction of the resources. */
import sql, { join, type Sql } from 'sql-template-tag';
import { typeNumber } from '../../resources/definition.ts';
import type { ResourceType } from '../../resources/types.ts';
import type { Reader, Session } from '../store/store.ts';

/** A row and the resource that it is. */
export interface SyncRow {
  readonly key: string;
  readonly type: ResourceType;
  readonly id: string;
  /** Of the resource, when both were last in step. */
  readonly version: number;
  /** What the row held then, as `snapshotText` gives it; null when it was not there. */
  readonly row: string | null;
  /** JSON of a Conflict. */
  readonly conflict: string | null;
}

export interface Progress {
  readonly spec: string;
  /** Where a pull is that is not finished, as JSON; pull.ts knows its form. */
  readonly position: string | null;
  /** JSON of a Mark. */
  readonly mark: string | null;
  /** The place in the history of the resources up to which they were looked at. */
  readonly pushed: number;
  readonly pushedRid: number;
}

/** A table of a binding. */
export interface Entry {
  readonly binding: string;
  readonly entry: string;
}

interface StoredRow {
  readonly row_key: string;
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly row_text: string | null;
  readonly conflict: string | null;
}

const COLUMNS = sql`row_key, type, id, version, row_text, conflict`;

const syncRow = ({ row_key, type, id, version, row_text, conflict }: StoredRow): SyncRow => ({
  key: row_key,
  type: type as ResourceType,
  id,
  version,
  row: row_text,
  conflict,
});

const of = ({ binding, entry }: Entry): Sql => sql`binding = ${binding} AND entry = ${entry}`;

/** The rows that are known of these keys. */
export async function rowsByKey(
  reader: Pick<Reader, 'query'>,
  entry: Entry,
  keys: readonly string[],
): Promise<ReadonlyMap<string, SyncRow>> {
  if (keys.length === 0) return new Map();
  const found = await reader.query<StoredRow>(
    sql`SELECT ${COLUMNS} FROM sync_row WHERE ${of(entry)} AND row_key IN (${join([...new Set(keys)])})`,
  );
  return new Map(found.map((row) => [row.row_key, syncRow(row)]));
}

/** The ids of resources by the keys of their rows, and the keys by the ids. */
export async function idsByKey(
  reader: Pick<Reader, 'query'>,
  entry: Entry,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (keys.length === 0) return new Map();
  const found = await reader.query<{ row_key: string; id: string }>(
    sql`SELECT row_key, id FROM sync_row WHERE ${of(entry)} AND row_text IS NOT NULL AND row_key IN (${join([...new Set(keys)])})`,
  );
  return new Map(found.map((row) => [row.row_key, row.id]));
}

export async function keysById(
  reader: Pick<Reader, 'query'>,
  entry: Entry,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const found = await reader.query<{ row_key: string; id: string }>(
    sql`SELECT row_key, id FROM sync_row WHERE ${of(entry)} AND row_text IS NOT NULL AND id IN (${join([...new Set(ids)])})`,
  );
  return new Map(found.map((row) => [row.id, row.row_key]));
}

/** Known rows in the order of their keys, a page at a time. */
export async function pageOfRows(
  reader: Pick<Reader, 'query'>,
  entry: Entry,
  after: string | undefined,
  size: number,
): Promise<readonly SyncRow[]> {
  const behind = after === undefined ? sql`` : sql`AND row_key > ${after}`;
  const found = await reader.query<StoredRow>(
    sql`SELECT ${COLUMNS} FROM sync_row WHERE ${of(entry)} ${behind} ORDER BY row_key LIMIT ${size}`,
  );
  return found.map(syncRow);
}

export async function rowsInConflict(reader: Pick<Reader, 'query'>, entry: Entry): Promise<readonly SyncRow[]> {
  const found = await reader.query<StoredRow>(
    sql`SELECT ${COLUMNS} FROM sync_row WHERE ${of(entry)} AND conflict IS NOT NULL ORDER BY row_key`,
  );
  return found.map(syncRow);
}

/** So many rows in a statement: eight parameters each, within the bounds of both databases. */
const ROWS_A_STATEMENT = 1000;

/** Takes rows into the transaction, in place of what was known of them. */
export async function putRows(session: Session, { binding, entry }: Entry, rows: readonly SyncRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
    const values = rows
      .slice(start, start + ROWS_A_STATEMENT)
      .map(
        ({ key, type, id, version, row, conflict }) =>
          sql`(${binding}, ${entry}, ${key}, ${type}, ${id}, ${version}, ${row}, ${conflict})`,
      );
    await session.execute(sql`INSERT INTO sync_row (binding, entry, row_key, type, id, version, row_text, conflict)
      VALUES ${join(values)}
      ON CONFLICT (binding, entry, row_key) DO UPDATE SET
        type = excluded.type, id = excluded.id, version = excluded.version, row_text = excluded.row_text, conflict = excluded.conflict`);
  }
}

export async function forgetRows(session: Session, entry: Entry, keys: readonly string[]): Promise<void> {
  if (keys.length > 0)
    await session.execute(sql`DELETE FROM sync_row WHERE ${of(entry)} AND row_key IN (${join([...keys])})`);
}

export async function progressOf(reader: Pick<Reader, 'query'>, entry: Entry): Promise<Progress | undefined> {
  const [found] = await reader.query<{
    spec: string;
    position: string | null;
    mark: string | null;
    pushed: number;
    pushed_rid: number;
  }>(sql`SELECT spec, position, mark, pushed, pushed_rid FROM sync_progress WHERE ${of(entry)}`);
  return (
    found && {
      spec: found.spec,
      position: found.position,
      mark: found.mark,
      pushed: found.pushed,
      pushedRid: found.pushed_rid,
    }
  );
}

/** Notes how far a pull is; null when it is through. */
export async function putPosition(
  session: Session,
  { binding, entry }: Entry,
  spec: string,
  position: string | null,
): Promise<void> {
  await session.execute(sql`INSERT INTO sync_progress (binding, entry, spec, position, mark, pushed, pushed_rid)
    VALUES (${binding}, ${entry}, ${spec}, ${position}, ${null}, 0, 0)
    ON CONFLICT (binding, entry) DO UPDATE SET spec = excluded.spec, position = excluded.position`);
}

/** Notes that a pull is through, and where the next one begins. */
export async function putMark(
  session: Session,
  { binding, entry }: Entry,
  spec: string,
  mark: string | null,
): Promise<void> {
  await session.execute(sql`INSERT INTO sync_progress (binding, entry, spec, position, mark, pushed, pushed_rid)
    VALUES (${binding}, ${entry}, ${spec}, ${null}, ${mark}, 0, 0)
    ON CONFLICT (binding, entry) DO UPDATE SET spec = excluded.spec, position = NULL, mark = excluded.mark`);
}

/** Notes up to where the resources were looked at. A table that was never pulled has no spec yet. */
export async function putPushed(session: Session, { binding, entry }: Entry, tx: number, rid: number): Promise<void> {
  await session.execute(sql`INSERT INTO sync_progress (binding, entry, spec, position, mark, pushed, pushed_rid)
    VALUES (${binding}, ${entry}, '', ${null}, ${null}, ${tx}, ${rid})
    ON CONFLICT (binding, entry) DO UPDATE SET pushed = excluded.pushed, pushed_rid = excluded.pushed_rid`);
}

/** A resource whose version is not the one that was last in step. */
export interface ChangedResource {
  readonly rid: number;
  readonly tx: number;
  readonly id: string;
  readonly version: number;
  readonly content: string | null;
  /** The row that it is, where it is one. */
  readonly key: string | null;
}

/** Resources of a type that have changed behind a place, in the order of their change, up to `settled`. */
export function changedResources(
  reader: Pick<Reader, 'query'>,
  { binding, entry }: Entry,
  type: ResourceType,
  {
    tx,
    rid,
    settled,
    size,
  }: { readonly tx: number; readonly rid: number; readonly settled: number; readonly size: number },
): Promise<readonly ChangedResource[]> {
  return reader.query<ChangedResource>(sql`SELECT r.rid, r.tx, r.id, r.version, r.content, s.row_key AS key
    FROM resource r LEFT JOIN sync_row s ON s.binding = ${binding} AND s.entry = ${entry} AND s.id = r.id
    WHERE r.type = ${typeNumber(type)} AND r.tx >= ${tx} AND r.tx <= ${settled} AND (r.tx > ${tx} OR r.rid > ${rid})
      AND (s.version IS NULL OR s.version <> r.version)
    ORDER BY r.tx, r.rid LIMIT ${size}`);
}
