/**
 * Brings buffered writes to SQLite: one statement a table for everything pending, its rows as one JSON parameter, so the text is
 * constant and there is no limit of parameters.
 */
import { typeNumber } from '../../../resources/definition.ts';
import { type IndexTable, indexTables, wordsTable } from '../../search/index-table.ts';
import { difference } from '../difference.ts';
import type { Pending, PendingVersion } from '../pending.ts';
import { type UriCache, urisIn, withNumbers } from '../uri.ts';
import { methodNumber } from '../version.ts';
import type { Connection } from './connection.ts';

/** `json_extract(value, '$[0]') , ...`: the elements of a JSON row as columns. */
const elements = (count: number): string =>
  Array.from({ length: count }, (_, place) => `json_extract(value, '$[${place}]')`).join(', ');

const insertRows = ({ name, columns }: IndexTable): string =>
  `INSERT OR IGNORE INTO ${name} (${[...columns.map((column) => column.name), 'rid'].join(', ')})
   SELECT ${elements(columns.length + 1)} FROM json_each(?)`;

function deleteRows({ name, columns, key }: IndexTable): string {
  const names = [...columns.map((column) => column.name), 'rid'];
  const values = key.map((column) => `json_extract(value, '$[${names.indexOf(column)}]')`);
  return `DELETE FROM ${name} WHERE (${key.join(', ')}) IN (SELECT ${values.join(', ')} FROM json_each(?))`;
}

/** Rows of a table with words are [param, words, rid]; a trigger takes the words away with the row. */
const insertParam = ({ name }: IndexTable): string =>
  `INSERT OR IGNORE INTO ${name} (param, rid) SELECT json_extract(value, '$[0]'), json_extract(value, '$[2]') FROM json_each(?)`;

const insertWords = (table: IndexTable): string =>
  `INSERT OR REPLACE INTO ${wordsTable(table)} (rowid, words)
   SELECT json_extract(value, '$[2]'), json_extract(value, '$[1]') FROM json_each(?)`;

const deleteParam = ({ name }: IndexTable): string =>
  `DELETE FROM ${name} WHERE (param, rid) IN (SELECT json_extract(value, '$[0]'), json_extract(value, '$[2]') FROM json_each(?))`;

const indexStatements = indexTables.map((table) => ({
  name: table.name,
  insert: table.words ? [insertParam(table), insertWords(table)] : [insertRows(table)],
  delete: [table.words ? deleteParam(table) : deleteRows(table)],
}));

const INSERT_RESOURCE = `INSERT INTO resource (rid, version, tx, method, content, type, id)
  SELECT ${elements(7)} FROM json_each(?)`;

const KEEP_REPLACED = `INSERT INTO resource_history (rid, version, tx, ended, type, method, content)
  SELECT r.rid, r.version, r.tx, json_extract(value, '$[2]'), r.type, r.method, r.content
  FROM json_each(?) JOIN resource r ON r.rid = json_extract(value, '$[0]')`;

const UPDATE_RESOURCE = `UPDATE resource SET version = c.version, tx = c.tx, method = c.method, content = c.content
  FROM (SELECT json_extract(value, '$[0]') AS rid, json_extract(value, '$[1]') AS version, json_extract(value, '$[2]') AS tx,
    json_extract(value, '$[3]') AS method, json_extract(value, '$[4]') AS content FROM json_each(?)) c
  WHERE resource.rid = c.rid`;

const INSERT_LOG = `INSERT INTO transaction_log (tx, versions) SELECT ${elements(2)} FROM json_each(?) WHERE true
  ON CONFLICT (tx) DO UPDATE SET versions = versions + excluded.versions`;

const FIND_URIS = 'SELECT number, value FROM uri WHERE value IN (SELECT value FROM json_each(?))';
const LAST_URI = 'SELECT max(number) AS last FROM uri';
const INSERT_URIS = `INSERT INTO uri (number, value) SELECT ${elements(2)} FROM json_each(?)`;

const versionRow = ({ rid, version, tx, method, content, type, id }: PendingVersion) => [
  rid,
  version,
  tx,
  methodNumber(method),
  content,
  typeNumber(type),
  id,
];

/** Numbers of `wanted`, made when new. They are certain only after the commit, so they are not remembered here. */
async function numbersOf(
  connection: Connection,
  wanted: Iterable<string>,
  cache: UriCache,
): Promise<ReadonlyMap<string, number>> {
  const missing = [...wanted].filter((uri) => cache.get(uri) === undefined);
  if (missing.length === 0) return new Map();
  const found = await connection.all<{ number: number; value: string }>(FIND_URIS, [JSON.stringify(missing)]);
  const numbers = new Map(found.map(({ number, value }) => [value, number]));
  const fresh = missing.filter((uri) => !numbers.has(uri));
  if (fresh.length > 0) {
    const [row] = await connection.all<{ last: number }>(LAST_URI, []);
    const made = fresh.map((uri, index) => [(row?.last ?? 0) + index + 1, uri] as const);
    await connection.run(INSERT_URIS, [JSON.stringify(made)]);
    for (const [number, uri] of made) numbers.set(uri, number);
  }
  return numbers;
}

/** The versions: new rows, and rows replaced whose former state goes to the history. */
async function flushVersions(connection: Connection, versions: readonly PendingVersion[]): Promise<void> {
  const created = versions.filter(({ replaces }) => !replaces).map(versionRow);
  const replaced = versions.filter(({ replaces }) => replaces).map(versionRow);
  if (created.length > 0) await connection.run(INSERT_RESOURCE, [JSON.stringify(created)]);
  if (replaced.length > 0) {
    const rows = JSON.stringify(replaced);
    await connection.run(KEEP_REPLACED, [rows]);
    await connection.run(UPDATE_RESOURCE, [rows]);
  }
  const sizes = new Map<number, number>();
  for (const { tx } of versions) sizes.set(tx, (sizes.get(tx) ?? 0) + 1);
  await connection.run(INSERT_LOG, [JSON.stringify([...sizes])]);
}

/** Brings `pending` to the database. Gives the URIs that were looked up or made, to be remembered after the commit. */
export async function flush(
  connection: Connection,
  pending: Pending,
  cache: UriCache,
): Promise<ReadonlyMap<string, number>> {
  const changes = difference(pending.rows);
  const numbers = await numbersOf(connection, urisIn(changes), cache);
  const numberOf = (uri: string): number => numbers.get(uri) ?? cache.get(uri) ?? 0;
  if (pending.versions.length > 0) await flushVersions(connection, pending.versions);
  for (const { name, ...statement } of indexStatements) {
    const change = changes.get(name);
    for (const kind of ['delete', 'insert'] as const) {
      const rows = (kind === 'delete' ? change?.deleted : change?.inserted) ?? [];
      if (rows.length === 0) continue;
      const parameter = JSON.stringify(withNumbers(name, rows, numberOf));
      for (const text of statement[kind]) await connection.run(text, [parameter]);
    }
  }
  return numbers;
}
