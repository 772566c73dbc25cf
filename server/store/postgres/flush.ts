/**
 * Everything that waits, as one statement: a chain of WITH parts that insert, update and delete from arrays (unnest). The text
 * depends only on which parts are there, so it is prepared a few times and then used again.
 */
import { typeNumber } from '../../../resources/definition.ts';
import { type IndexColumn, type IndexRow, type IndexTable, indexTables } from '../../search/index-table.ts';
import { difference, type TableChange } from '../difference.ts';
import type { Pending, PendingVersion } from '../pending.ts';
import { urisIn, withNumbers } from '../uri.ts';
import { methodNumber } from '../version.ts';
import type { Numbers } from './numbers.ts';

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Collects parameters while a text is written. */
interface Parameters {
  /** `$3::text[]` for a value that it takes. */
  of(value: unknown, type: string): string;
  readonly values: readonly unknown[];
}

function parameters(): Parameters {
  const values: unknown[] = [];
  return { values, of: (value, type) => `$${values.push(value)}::${type}` };
}

type Value = string | number | null;

const quoted = (text: string): string => `"${/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`;

/** The array literal of a column of rows: what the driver would make, without asking the type of each value. */
function arrayOf<Row>(rows: readonly Row[], cell: (row: Row) => Value): string {
  const items = rows.map((row) => {
    const value = cell(row);
    return value === null ? 'NULL' : typeof value === 'number' ? String(value) : quoted(value);
  });
  return `{${items.join(',')}}`;
}

const columnTypes = { integer: 'bigint', real: 'double precision', text: 'text', uri: 'integer' };

const arrayType = ({ name, kind }: IndexColumn): string => `${name === 'param' ? 'smallint' : columnTypes[kind]}[]`;

/** `unnest(...)` of index rows, a column for each of the table's and rid. */
function unnested({ columns }: IndexTable, rows: readonly (readonly (string | number)[])[], given: Parameters): string {
  const arrays = [...columns.map(arrayType), 'bigint[]'].map((type, place) =>
    given.of(
      arrayOf(rows, (row) => row[place] ?? 0),
      type,
    ),
  );
  return `unnest(${arrays.join(', ')})`;
}

function indexParts(
  table: IndexTable,
  { inserted, deleted }: TableChange,
  numberOf: (uri: string) => number,
  given: Parameters,
): string[] {
  const { name, columns, key } = table;
  const names = [...columns.map((column) => column.name), 'rid'];
  const parts: string[] = [];
  if (deleted.length > 0) {
    const rows = unnested(table, withNumbers(name, deleted, numberOf), given);
    const same = key.map((column) => `t.${column} = d.${column}`).join(' AND ');
    parts.push(`${name}_deleted AS (DELETE FROM ${name} t USING ${rows} AS d(${names.join(', ')}) WHERE ${same})`);
  }
  if (inserted.length > 0) {
    const rows = unnested(table, withNumbers(name, inserted, numberOf), given);
    parts.push(
      `${name}_inserted AS (INSERT INTO ${name} (${names.join(', ')}) SELECT * FROM ${rows} ON CONFLICT DO NOTHING)`,
    );
  }
  return parts;
}

/** Rows are [param, words, rid]. A row that is deleted and inserted is replaced: one statement sees the table as it was at its start. */
function wordParts({ name }: IndexTable, { inserted, deleted }: TableChange, given: Parameters): string[] {
  const columnOf = (rows: readonly IndexRow[], place: number, type: string): string =>
    given.of(
      arrayOf(rows, (row) => row[place] ?? 0),
      type,
    );
  const keyOf = (row: IndexRow): string => `${row[0]} ${row[2]}`;
  const replaced = new Set(inserted.map(keyOf));
  const gone = deleted.filter((row) => !replaced.has(keyOf(row)));
  const parts: string[] = [];
  if (gone.length > 0) {
    const rows = `unnest(${columnOf(gone, 0, 'smallint[]')}, ${columnOf(gone, 2, 'bigint[]')}) AS d(param, rid)`;
    parts.push(`${name}_deleted AS (DELETE FROM ${name} t USING ${rows} WHERE t.param = d.param AND t.rid = d.rid)`);
  }
  if (inserted.length > 0) {
    const params = columnOf(inserted, 0, 'smallint[]');
    const rids = columnOf(inserted, 2, 'bigint[]');
    const words = columnOf(inserted, 1, 'text[]');
    parts.push(
      `${name}_inserted AS (INSERT INTO ${name} AS t (param, rid, words)
        SELECT i.param, i.rid, to_tsvector('simple', i.words) FROM unnest(${params}, ${rids}, ${words}) AS i(param, rid, words)
        ON CONFLICT (param, rid) DO UPDATE SET words = excluded.words)`,
    );
  }
  return parts;
}

function versionParts(versions: readonly PendingVersion[], tx: string, given: Parameters): string[] {
  const created = versions.filter(({ replaces }) => !replaces);
  const replaced = versions.filter(({ replaces }) => replaces);
  const arrays = (rows: readonly PendingVersion[]) =>
    [
      given.of(
        arrayOf(rows, ({ rid }) => rid),
        'bigint[]',
      ),
      given.of(
        arrayOf(rows, ({ version }) => version),
        'integer[]',
      ),
      given.of(
        arrayOf(rows, ({ method }) => methodNumber(method)),
        'smallint[]',
      ),
      given.of(
        arrayOf(rows, ({ content }) => content),
        'text[]',
      ),
    ].join(', ');
  const parts: string[] = [];
  if (created.length > 0) {
    const rest = [
      given.of(
        arrayOf(created, ({ type }) => typeNumber(type)),
        'smallint[]',
      ),
      given.of(
        arrayOf(created, ({ id }) => id),
        'text[]',
      ),
    ].join(', ');
    parts.push(`created AS (INSERT INTO resource (rid, version, method, content, type, id, tx)
      SELECT *, ${tx} FROM unnest(${arrays(created)}, ${rest}))`);
  }
  if (replaced.length > 0) {
    parts.push(
      `c AS (SELECT * FROM unnest(${arrays(replaced)}) AS c(rid, version, method, content))`,
      `kept AS (INSERT INTO resource_history (rid, version, tx, ended, type, method, content)
        SELECT r.rid, r.version, r.tx, ${tx}, r.type, r.method, r.content FROM c JOIN resource r ON r.rid = c.rid)`,
      `replaced AS (UPDATE resource r SET version = c.version, tx = ${tx}, method = c.method, content = c.content
        FROM c WHERE r.rid = c.rid)`,
    );
  }
  return parts;
}

/** `pending` with real numbers for new resources, which have negative ones until here. */
function withRids({ versions, rows }: Pending, rids: readonly number[]): Pending {
  const created = versions.filter(({ replaces }) => !replaces);
  const real = new Map(created.map(({ rid }, place) => [rid, rids[place] ?? rid]));
  const numbered = <T extends { readonly rid: number }>(item: T): T =>
    item.rid < 0 ? { ...item, rid: real.get(item.rid) ?? item.rid } : item;
  return { versions: versions.map(numbered), rows: rows.map(numbered) };
}

/** The statement that writes `pending` in the transaction `tx`. */
export async function flushStatement(pending: Pending, tx: number, numbers: Numbers): Promise<Statement> {
  const rids = await numbers.rids(pending.versions.filter(({ replaces }) => !replaces).length);
  const numbered = withRids(pending, rids);
  const changes = difference(numbered.rows);
  const numberOf = await numbers.uris(urisIn(changes));
  const given = parameters();
  const txParameter = given.of(tx, 'bigint');
  const parts = [
    ...versionParts(numbered.versions, txParameter, given),
    ...indexTables.flatMap((table) => {
      const change = changes.get(table.name);
      if (!change) return [];
      return table.words ? wordParts(table, change, given) : indexParts(table, change, numberOf, given);
    }),
  ];
  const log = `INSERT INTO transaction_log AS l (tx, versions) VALUES (${txParameter}, ${given.of(numbered.versions.length, 'integer')})
    ON CONFLICT (tx) DO UPDATE SET versions = l.versions + excluded.versions`;
  return { text: parts.length > 0 ? `WITH ${parts.join(',\n')}\n${log}` : log, values: given.values };
}
