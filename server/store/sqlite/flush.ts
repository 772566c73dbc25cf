/**
 * Brings buffered writes to SQLite in one statement: an insertion into a view whose trigger spreads it over the tables. Each column of the view holds
 * the rows of one table as JSON, so the text is constant and there is no limit of parameters. One statement, because between two of them the
 * thread of the database waits until the event loop, busy with other requests, comes round to the next.
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

/** A column of the view, and what is done with its rows. */
interface Part {
  readonly column: string;
  readonly statements: readonly string[];
}

const insertRows = ({ name, columns }: IndexTable, rows: string): string =>
  `INSERT OR IGNORE INTO ${name} (${[...columns.map((column) => column.name), 'rid'].join(', ')})
   SELECT ${elements(columns.length + 1)} FROM ${rows}`;

function deleteRows({ name, columns, key }: IndexTable, rows: string): string {
  const names = [...columns.map((column) => column.name), 'rid'];
  const values = key.map((column) => `json_extract(value, '$[${names.indexOf(column)}]')`);
  return `DELETE FROM ${name} WHERE (${key.join(', ')}) IN (SELECT ${values.join(', ')} FROM ${rows})`;
}

/** Rows of a table with words are [param, words, rid]; a trigger takes the words away with the row. */
const insertParam = ({ name }: IndexTable, rows: string): string =>
  `INSERT OR IGNORE INTO ${name} (param, rid) SELECT json_extract(value, '$[0]'), json_extract(value, '$[2]') FROM ${rows}`;

const insertWords = (table: IndexTable, rows: string): string =>
  `INSERT OR REPLACE INTO ${wordsTable(table)} (rowid, words)
   SELECT json_extract(value, '$[2]'), json_extract(value, '$[1]') FROM ${rows}`;

const deleteParam = ({ name }: IndexTable, rows: string): string =>
  `DELETE FROM ${name} WHERE (param, rid) IN (SELECT json_extract(value, '$[0]'), json_extract(value, '$[2]') FROM ${rows})`;

const insertResource = (rows: string): string => `INSERT INTO resource (rid, version, tx, method, content, type, id)
  SELECT ${elements(7)} FROM ${rows}`;

const keepReplaced = (rows: string): string =>
  `INSERT INTO resource_history (rid, version, tx, ended, type, method, content)
  SELECT r.rid, r.version, r.tx, json_extract(value, '$[2]'), r.type, r.method, r.content
  FROM ${rows} JOIN resource r ON r.rid = json_extract(value, '$[0]')`;

const updateResource = (
  rows: string,
): string => `UPDATE resource SET version = c.version, tx = c.tx, method = c.method, content = c.content
  FROM (SELECT json_extract(value, '$[0]') AS rid, json_extract(value, '$[1]') AS version, json_extract(value, '$[2]') AS tx,
    json_extract(value, '$[3]') AS method, json_extract(value, '$[4]') AS content FROM ${rows}) c
  WHERE resource.rid = c.rid`;

const insertLog = (
  rows: string,
): string => `INSERT INTO transaction_log (tx, versions) SELECT ${elements(2)} FROM ${rows} WHERE true
  ON CONFLICT (tx) DO UPDATE SET versions = versions + excluded.versions`;

const part = (column: string, ...statements: readonly ((rows: string) => string)[]): Part => ({
  column,
  statements: statements.map((statement) => statement(`json_each(NEW.${column})`)),
});

const deleted = ({ name }: IndexTable): string => `${name}_deleted`;
const inserted = ({ name }: IndexTable): string => `${name}_inserted`;

/** In the order in which they are carried out. */
const parts: readonly Part[] = [
  part('replaced', keepReplaced, updateResource),
  part('created', insertResource),
  part('log', insertLog),
  ...indexTables.flatMap((table) => [
    part(deleted(table), (rows) => (table.words ? deleteParam(table, rows) : deleteRows(table, rows))),
    table.words
      ? part(
          inserted(table),
          (rows) => insertParam(table, rows),
          (rows) => insertWords(table, rows),
        )
      : part(inserted(table), (rows) => insertRows(table, rows)),
  ]),
];

const VIEW = `CREATE TEMP VIEW IF NOT EXISTS flush AS SELECT ${parts.map(({ column }) => `NULL AS ${column}`).join(', ')}`;
const TRIGGER = `CREATE TEMP TRIGGER IF NOT EXISTS flushed INSTEAD OF INSERT ON flush BEGIN
${parts.flatMap(({ statements }) => statements).join(';\n')};
END`;
const FLUSH = `INSERT INTO flush VALUES (${parts.map(() => '?').join(', ')})`;

/** Gives a connection what `flush` needs; once, outside of transactions. */
export async function prepareFlush(connection: Connection): Promise<void> {
  await connection.run(VIEW);
  await connection.run(TRIGGER);
}

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

type Rows = readonly (readonly (string | number | null)[])[];

/** The versions, by column: new rows, and rows replaced whose former state goes to the history. */
function versionRows(versions: readonly PendingVersion[]): readonly (readonly [column: string, rows: Rows])[] {
  const sizes = new Map<number, number>();
  for (const { tx } of versions) sizes.set(tx, (sizes.get(tx) ?? 0) + 1);
  return [
    ['created', versions.filter(({ replaces }) => !replaces).map(versionRow)],
    ['replaced', versions.filter(({ replaces }) => replaces).map(versionRow)],
    ['log', [...sizes]],
  ];
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
  const rows = new Map<string, Rows>(versionRows(pending.versions));
  for (const table of indexTables) {
    const change = changes.get(table.name);
    rows.set(deleted(table), withNumbers(table.name, change?.deleted ?? [], numberOf));
    rows.set(inserted(table), withNumbers(table.name, change?.inserted ?? [], numberOf));
  }
  const json = (given: Rows = []): string | null => (given.length === 0 ? null : JSON.stringify(given));
  await connection.run(
    FLUSH,
    parts.map(({ column }) => json(rows.get(column))),
  );
  return numbers;
}
