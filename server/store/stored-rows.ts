/** The index rows that resources have, as they were written: what a new walk over resources compares with what they should be. */
import sql, { join, raw } from 'sql-template-tag';
import { type IndexRow, type IndexRows, type IndexTable, indexTables } from '../search/index-table.ts';
import type { Reader } from './store.ts';

type Row = Readonly<Record<string, string | number>>;

/** The rows of `parameters` (numbers) that each of `rids` has; URIs are text again. */
export async function storedRows(
  reader: Reader,
  rids: readonly number[],
  parameters: readonly number[],
): Promise<ReadonlyMap<number, IndexRows>> {
  const found = new Map<number, Record<string, IndexRow[]>>();
  if (rids.length === 0 || parameters.length === 0) return found;
  for (const table of indexTables) {
    const names = table.columns.map(({ name }) => name);
    for (const row of await rowsIn(reader, table, rids, parameters)) {
      const rows = found.get(Number(row.rid)) ?? {};
      found.set(Number(row.rid), rows);
      rows[table.name] ??= [];
      // The words themselves cannot be read back; that there are some is enough to have them replaced.
      rows[table.name]?.push([...names.map((name) => row[name] ?? ''), ...(table.words ? [''] : [])]);
    }
  }
  return found;
}

function rowsIn(
  reader: Reader,
  { name, columns }: IndexTable,
  rids: readonly number[],
  parameters: readonly number[],
): Promise<readonly Row[]> {
  const selected = columns.map((column) =>
    column.kind === 'uri'
      ? `(SELECT value FROM uri WHERE number = t.${column.name}) AS ${column.name}`
      : `t.${column.name}`,
  );
  return reader.query<Row>(
    sql`SELECT t.rid, ${raw(selected.join(', '))} FROM ${raw(name)} t
      WHERE t.rid IN (${join([...rids])}) AND t.param IN (${join([...parameters])})`,
  );
}
