/**
 * What a write changes in the index tables. Rows of an update that were there before and are there after are left alone, so an
 * update of one element touches the rows of that element only.
 */
import { type IndexRow, type IndexRows, indexTables } from '../search/index-table.ts';

/** The index rows of one resource, before and after. */
export interface RowChange {
  readonly rid: number;
  readonly before: IndexRows;
  readonly after: IndexRows;
}

/** Index rows of one table to delete and to insert, each with the rid at its end. URIs are still text. */
export interface TableChange {
  readonly inserted: IndexRow[];
  readonly deleted: IndexRow[];
}

/**
 * Text in an index table is kept up to this many UTF-16 units: PostgreSQL refuses index entries of more than 2,704 bytes, a unit
 * takes at most 3 bytes of UTF-8, and a key holds at most two texts. Searches must cut in the same way: `indexedText`.
 */
export const MAXIMUM_TEXT = 400;

/** `value` as an index table holds it: cut to MAXIMUM_TEXT, without NUL, which PostgreSQL cannot hold. */
export function indexedText(value: string): string {
  const cut = value.length > MAXIMUM_TEXT ? value.slice(0, MAXIMUM_TEXT) : value;
  return cut.includes('\0') ? cut.replaceAll('\0', '\ufffd') : cut;
}

/** JSON, which carries rows to SQLite, has no infinities. */
const finite = (value: number): number =>
  Number.isFinite(value) ? value : value > 0 ? Number.MAX_VALUE : -Number.MAX_VALUE;

const indexedValue = (value: string | number): string | number =>
  typeof value === 'string' ? indexedText(value) : finite(value);

/** Words for the full text engine are no key, so they are not cut. */
const asItIs = (value: string | number): string | number => value;
const wordTables = new Set(indexTables.filter(({ words }) => words).map(({ name }) => name));

const none: readonly IndexRow[] = [];

function addTable(
  change: TableChange,
  before: readonly IndexRow[],
  after: readonly IndexRow[],
  rid: number,
  indexed: (value: string | number) => string | number,
): void {
  const stored = (row: IndexRow): IndexRow => [...row.map(indexed), rid];
  if (before.length === 0) {
    for (const row of after) change.inserted.push(stored(row));
    return;
  }
  const gone = new Map(before.map(stored).map((row) => [JSON.stringify(row), row]));
  for (const row of after.map(stored)) if (!gone.delete(JSON.stringify(row))) change.inserted.push(row);
  change.deleted.push(...gone.values());
}

/** Changes of all tables, by table name. A row may be inserted twice. */
export type TableChanges = ReadonlyMap<string, TableChange>;

/** What `changes` come to in each table. */
export function difference(changes: readonly RowChange[]): TableChanges {
  const tables = new Map<string, TableChange>(indexTables.map(({ name }) => [name, { inserted: [], deleted: [] }]));
  for (const { rid, before, after } of changes)
    for (const [name, table] of tables) {
      const indexed = wordTables.has(name) ? asItIs : indexedValue;
      addTable(table, before[name] ?? none, after[name] ?? none, rid, indexed);
    }
  return tables;
}
