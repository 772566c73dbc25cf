/** Rows of a view, with the values of both databases in one form. */
import { raw } from 'sql-template-tag';
import type { Store } from '../../../server/store/store.ts';
import type { Column, View } from '../../../server/view/view.ts';
import type { Cell } from './said.ts';

/** Dates as text and numbers as numbers: the driver of PostgreSQL makes other things of them. */
const selected = (store: Store, { name, type }: Column): string => {
  if (type === 'date') return `CAST(${name} AS text) AS ${name}`;
  return type === 'numeric' && store.dialect === 'postgres' ? `CAST(${name} AS double precision) AS ${name}` : name;
};

function cell(value: unknown, { type }: Column): Cell {
  if (value === null) return null;
  if (value instanceof Date) return value.toISOString();
  return type === 'boolean' ? Boolean(value) : (value as Cell);
}

export type Row = Readonly<Record<string, Cell>>;

/** The rows of each record by its id, in the order of its lists; keys of items are left out. */
export async function rowsOf(
  store: Store,
  { name, keys, columns }: View,
): Promise<ReadonlyMap<string, readonly Row[]>> {
  const [id = 'id'] = keys;
  const list = columns.map((column) => selected(store, column)).join(', ');
  const rows = await store.query<Record<string, unknown>>(
    raw(`SELECT ${id} AS record, ${list} FROM ${name} ORDER BY ${keys.join(', ')}`),
  );
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const cells = Object.fromEntries(columns.map((column) => [column.name, cell(row[column.name], column)]));
    const record = String(row.record);
    found.set(record, [...(found.get(record) ?? []), cells]);
  }
  return found;
}
