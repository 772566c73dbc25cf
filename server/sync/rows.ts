/** Rows of the practice, read in pages by key with what belongs to them in other tables. Memory holds a page, however many rows there are. */
import type { Knex } from 'knex';
import type { ListBinding, Where } from './binding.ts';
import type { Lens, Source } from './lens.ts';
import { keyTextOf } from './list-slot.ts';
import type { Practice } from './practice.ts';
import type { Row } from './slot.ts';

/** The values of a key, as the driver gave them. */
export type KeyValues = readonly unknown[];

/** The highest values of the change columns, by `row` and the names of joins and lists. */
export type Mark = Readonly<Record<string, unknown>>;

interface Placed {
  readonly table: string;
  readonly schema?: string;
}

/** A value that can be kept as JSON: what a driver gives beside text, numbers and booleans becomes text. */
export function plain(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString().slice(0, -1);
  if (Buffer.isBuffer(value)) return value.toString('hex');
  return typeof value === 'bigint' || typeof value === 'object' ? String(value) : value;
}

const plainRow = (row: Record<string, unknown>): Row =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));

export const from = (knex: Knex | Knex.Transaction, { table, schema }: Placed): Knex.QueryBuilder =>
  schema === undefined ? knex(table) : knex(table).withSchema(schema);

/** Rows that meet a condition. */
export function meeting(query: Knex.QueryBuilder, where: Where = {}): Knex.QueryBuilder {
  return Object.entries(where).reduce((narrowed, [column, value]) => {
    if (value === null) return narrowed.whereNull(column);
    return typeof value === 'object' ? narrowed.whereIn(column, [...value]) : narrowed.where(column, value);
  }, query);
}

/** The tables that belong to the rows of a lens, under the names by which marks and sources have them. */
const besides = (
  lens: Lens,
): readonly (Pick<ListBinding, 'table' | 'on'> &
  Placed & { readonly name: string; readonly where?: Where; readonly changed?: string })[] => [
  ...lens.joins.map(({ name, binding }) => ({ ...binding, name })),
  ...lens.lists.map(({ name, binding }) => ({ ...binding, name })),
];

/** What the change columns hold at most; undefined where the table goes by none. */
export async function markOf({ knex }: Practice, lens: Lens): Promise<Mark | undefined> {
  const { changed } = lens.table;
  if (typeof changed !== 'object') return undefined;
  const highest = async (place: Placed, column: string): Promise<unknown> => {
    const [found] = (await from(knex, place).max({ highest: column })) as { highest: unknown }[];
    return plain(found?.highest);
  };
  const mark: Record<string, unknown> = { row: await highest(lens.table, changed.column) };
  for (const each of besides(lens)) if (each.changed !== undefined) mark[each.name] = await highest(each, each.changed);
  return mark;
}

/** Rows whose change column is at the mark or behind it, or says nothing. */
function changedSince(query: Knex.QueryBuilder, lens: Lens, mark: Mark, { knex }: Practice): Knex.QueryBuilder {
  const { changed } = lens.table;
  if (typeof changed !== 'object') return query;
  return query.where((any) => {
    const reached = (one: Knex.QueryBuilder, column: string, value: unknown): Knex.QueryBuilder =>
      value === null ? one : one.where(column, '>=', value as Knex.Value).orWhereNull(column);
    any.where((own) => void reached(own, changed.column, mark.row ?? null));
    for (const each of besides(lens)) {
      const [pair] = Object.entries(each.on);
      if (each.changed === undefined || !pair) continue;
      const { changed: column } = each;
      const [there, here] = pair;
      const rows = from(knex, each)
        .select(there)
        .where((one) => void reached(one, column, mark[each.name] ?? null));
      any.orWhereIn(here, rows);
    }
  });
}

/** Keys after the one at which a page ended; each column counts only where those before it are equal. */
function after(query: Knex.QueryBuilder, columns: readonly string[], values: KeyValues): Knex.QueryBuilder {
  return query.where((any) => {
    columns.forEach((column, at) => {
      any.orWhere((all) => {
        columns.slice(0, at).forEach((equal, before) => void all.where(equal, values[before] as Knex.Value));
        all.where(column, '>', values[at] as Knex.Value);
      });
    });
  });
}

export interface PageOptions {
  readonly size: number;
  /** The key of the last row that was read before. */
  readonly position?: KeyValues | undefined;
  /** Only rows that changed since. */
  readonly mark?: Mark | undefined;
}

/** Rows in the order of their keys, a page at a time. */
export async function* pages(
  practice: Practice,
  lens: Lens,
  { size, position, mark }: PageOptions,
): AsyncGenerator<readonly Source[]> {
  let last = position;
  for (;;) {
    const all = meeting(from(practice.knex, lens.table), lens.table.where).whereNotNull(lens.keyColumns[0] ?? '');
    const narrowed = mark ? changedSince(all, lens, mark, practice) : all;
    const query = last ? after(narrowed, lens.keyColumns, last) : narrowed;
    const found = (await query
      .select([...lens.columns])
      .orderBy(lens.keyColumns.map((column) => ({ column })))
      .limit(size)) as Record<string, unknown>[];
    if (found.length > 0) yield await completed(practice, lens, found.map(plainRow));
    const end = found.at(-1);
    if (!end || found.length < size) return;
    last = lens.keyColumns.map((column) => plain(end[column]));
  }
}

export const positionOf = (lens: Lens, { row }: Source): KeyValues => lens.keyColumns.map((column) => row[column]);

/** Rows with what belongs to them. */
async function completed(practice: Practice, lens: Lens, rows: readonly Row[]): Promise<readonly Source[]> {
  const joined = await Promise.all(
    lens.joins.map(
      async (join) => [join.name, await belonging(practice, join.binding, join.columns, [], rows)] as const,
    ),
  );
  const lists = await Promise.all(
    lens.lists.map(async (list) => {
      const order = list.binding.orderBy === undefined ? list.keyColumns : [list.binding.orderBy, ...list.keyColumns];
      return [list.name, await belonging(practice, list.binding, list.columns, order, rows)] as const;
    }),
  );
  return rows.map((row) => ({
    row,
    joined: Object.fromEntries(joined.map(([name, of]) => [name, of(row)[0]])),
    lists: Object.fromEntries(lists.map(([name, of]) => [name, of(row)])),
  }));
}

/** The rows of another table by the row that they belong to. */
async function belonging(
  { knex }: Practice,
  binding: Placed & { readonly on: Readonly<Record<string, string>>; readonly where?: Where },
  columns: readonly string[],
  order: readonly string[],
  rows: readonly Row[],
): Promise<(row: Row) => readonly Row[]> {
  const pairs = Object.entries(binding.on);
  const [first] = pairs;
  if (!first) throw new Error(`the binding of ${binding.table} has nothing under "on"`);
  const keys = [...new Set(rows.map((row) => row[first[1]]).filter((value) => value !== null))] as Knex.Value[];
  const query = meeting(from(knex, binding), binding.where)
    .whereIn(first[0], keys)
    .select([...columns]);
  const found = (await (order.length === 0 ? query : query.orderBy(order.map((column) => ({ column }))))) as Record<
    string,
    unknown
  >[];
  const by = new Map<string, Row[]>();
  const [there, here] = [pairs.map(([name]) => name), pairs.map(([, name]) => name)];
  for (const row of found.map(plainRow)) {
    const key = keyTextOf(there, row);
    const list = by.get(key);
    if (list) list.push(row);
    else by.set(key, [row]);
  }
  return (row) => by.get(keyTextOf(here, row)) ?? [];
}

/** The values of a key by its text. SQLite compares a number with text only when the column says so. */
export function keyValues(lens: Lens, key: string, { dialect }: Practice): KeyValues {
  const parts = lens.keyColumns.length === 1 ? [key] : key.split('/');
  return parts.map((part) => (dialect === 'sqlite' && /^(0|-?[1-9]\d{0,14})$/.test(part) ? Number(part) : part));
}

/** The row of a key, and nothing else. */
export const atKey = (query: Knex.QueryBuilder, columns: readonly string[], values: KeyValues): Knex.QueryBuilder =>
  columns.reduce((narrowed, column, at) => narrowed.where(column, values[at] as Knex.Value), query);

function atKeys(query: Knex.QueryBuilder, lens: Lens, keys: readonly string[], practice: Practice): Knex.QueryBuilder {
  const [column, ...others] = lens.keyColumns;
  const values = keys.map((key) => keyValues(lens, key, practice));
  if (column !== undefined && others.length === 0)
    return query.whereIn(
      column,
      values.map(([value]) => value as Knex.Value),
    );
  return query.where((any) => {
    for (const each of values) any.orWhere((one) => void atKey(one, lens.keyColumns, each));
  });
}

/** The rows of these keys that are there and meet the condition of the table, by the text of the key. */
export async function byKeys(
  practice: Practice,
  lens: Lens,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Source>> {
  if (keys.length === 0) return new Map();
  const query = atKeys(meeting(from(practice.knex, lens.table), lens.table.where), lens, keys, practice);
  const found = (await query.select([...lens.columns])) as Record<string, unknown>[];
  const sources = await completed(practice, lens, found.map(plainRow));
  return new Map(sources.map((source) => [lens.keyOf(source.row), source]));
}

/** Of these keys those that are there. */
export async function presentKeys(
  practice: Practice,
  lens: Lens,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const query = atKeys(meeting(from(practice.knex, lens.table), lens.table.where), lens, keys, practice);
  const found = (await query.select([...lens.keyColumns])) as Record<string, unknown>[];
  return new Set(found.map((row) => lens.keyOf(plainRow(row))));
}

/** How many rows a pull will read. */
export async function countOf(practice: Practice, lens: Lens, mark: Mark | undefined): Promise<number> {
  const all = meeting(from(practice.knex, lens.table), lens.table.where);
  const [found] = (await (mark ? changedSince(all, lens, mark, practice) : all).count({ rows: '*' })) as {
    rows: unknown;
  }[];
  return Number(found?.rows ?? 0);
}
