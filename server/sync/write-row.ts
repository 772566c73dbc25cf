/** Writes changes of a resource to the row and what belongs to it, in one transaction of the practice, unless somebody has changed them since. */
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Create, ListBinding } from './binding.ts';
import type { Encoded, Lens, Source } from './lens.ts';
import type { ListEdit } from './list-slot.ts';
import type { Practice } from './practice.ts';
import { atKey, from, type KeyValues, meeting, plain } from './rows.ts';
import type { Row } from './slot.ts';

/** The row is not as it was when it was read. */
export class RowChanged extends Error {}

/** Carries out what `encode` has found. @throws RowChanged, and then nothing is written */
export async function writeRow(
  { knex }: Practice,
  lens: Lens,
  source: Source,
  encoded: Encoded,
  instant: number,
): Promise<void> {
  await knex.transaction(async (transaction) => {
    const stamp = lens.stampAt(instant);
    const columns = { ...encoded.columns, ...stamp };
    if (Object.keys(columns).length > 0)
      await updateOne(
        atKey(from(transaction, lens.table), lens.keyColumns, keyOf(lens, source)),
        source.row,
        columns,
        Object.keys(stamp),
      );
    for (const { name, binding } of lens.joins) {
      const columns = encoded.joined[name];
      if (!columns) continue;
      const present = source.joined?.[name];
      const fixed = onValues(binding.on, source.row);
      if (present)
        await updateOne(matching(meeting(from(transaction, binding), binding.where), fixed), present, columns);
      else await from(transaction, binding).insert({ ...whereValues(binding.where), ...fixed, ...columns });
    }
    for (const { name, binding, keyColumns } of lens.lists)
      for (const edit of encoded.lists[name] ?? []) await carryOut(transaction, binding, keyColumns, source.row, edit);
  });
}

const keyOf = (lens: Lens, { row }: Source): KeyValues => lens.keyColumns.map((column) => row[column]);

const onValues = (on: Readonly<Record<string, string>>, row: Row): Record<string, unknown> =>
  Object.fromEntries(Object.entries(on).map(([there, here]) => [there, row[here]]));

const whereValues = (where: ListBinding['where'] = {}): Record<string, unknown> =>
  Object.fromEntries(Object.entries(where).filter(([, value]) => value === null || typeof value !== 'object'));

/** `null` equals null here. */
function matching(query: Knex.QueryBuilder, values: Readonly<Record<string, unknown>>): Knex.QueryBuilder {
  return Object.entries(values).reduce(
    (narrowed, [column, value]) =>
      value === null || value === undefined ? narrowed.whereNull(column) : narrowed.where(column, value as Knex.Value),
    query,
  );
}

/** Columns of one row, as long as they hold what was read; `unread` are written whatever they hold. */
async function updateOne(
  query: Knex.QueryBuilder,
  before: Row,
  columns: Row,
  unread: readonly string[] = [],
): Promise<void> {
  const read = Object.keys(columns).filter((column) => !unread.includes(column));
  const held = Object.fromEntries(read.map((column) => [column, before[column]]));
  const count: unknown = await matching(query, held).update(columns);
  if (count !== 1) throw new RowChanged('it was changed while it was written');
}

async function carryOut(
  transaction: Knex.Transaction,
  binding: ListBinding,
  keyColumns: readonly string[],
  owner: Row,
  edit: ListEdit,
): Promise<void> {
  if (edit.kind === 'insert') {
    const { create } = binding;
    if (!create) throw new Error(`rows of ${binding.table} are not made: create is not set`);
    await insert(transaction, binding, keyColumns, create, { ...onValues(binding.on, owner), ...edit.columns });
    return;
  }
  const at = atKey(
    from(transaction, binding),
    keyColumns,
    keyColumns.map((column) => edit.row[column]),
  );
  if (edit.kind === 'update') return updateOne(at, edit.row, edit.columns);
  const { remove } = binding;
  if (typeof remove === 'object') return updateOne(at, {}, { [remove.column]: remove.value }, [remove.column]);
  if ((await at.delete()) !== 1) throw new RowChanged('it was changed while it was written');
}

/** Makes a row; gives the values of its key. */
async function insert(
  transaction: Knex.Transaction,
  place: { readonly table: string; readonly schema?: string },
  keyColumns: readonly string[],
  create: Create,
  columns: Row,
): Promise<KeyValues> {
  const [column] = keyColumns;
  const open = keyColumns.filter((each) => columns[each] === undefined || columns[each] === null);
  const values: Row = { ...create.values, ...columns };
  if (column === undefined || open.length === 0) {
    await from(transaction, place).insert(values);
    return keyColumns.map((each) => values[each]);
  }
  if (open.length > 1)
    throw new Error(`${open.join(' and ')} of ${place.table} have no value; only one column of a key can be made`);
  const made = open[0] ?? column;
  if (create.key === 'database') {
    const [returned] = (await from(transaction, place).insert(values, [made])) as unknown[];
    const value =
      typeof returned === 'object' && returned !== null ? (returned as Record<string, unknown>)[made] : returned;
    return keyColumns.map((each) => (each === made ? plain(value) : values[each]));
  }
  const value = create.key === 'uuid' ? randomUUID() : await nextOf(transaction, place, made);
  await from(transaction, place).insert({ ...values, [made]: value });
  return keyColumns.map((each) => (each === made ? value : values[each]));
}

async function nextOf(
  transaction: Knex.Transaction,
  place: { readonly table: string; readonly schema?: string },
  column: string,
): Promise<number> {
  const [found] = (await from(transaction, place).max({ highest: column })) as { highest: unknown }[];
  return Number(found?.highest ?? 0) + 1;
}

/** Makes the row of a resource that FHIR has made; gives the text of its key. */
export async function createRow(
  { knex }: Practice,
  lens: Lens,
  encoded: Encoded,
  create: Create,
  instant: number,
): Promise<string> {
  return knex.transaction(async (transaction) => {
    const key = await insert(transaction, lens.table, lens.keyColumns, create, {
      ...whereValues(lens.table.where),
      ...encoded.columns,
      ...lens.stampAt(instant),
    });
    const row: Row = {
      ...encoded.columns,
      ...Object.fromEntries(lens.keyColumns.map((column, at) => [column, key[at]])),
    };
    for (const { name, binding } of lens.joins) {
      const columns = encoded.joined[name];
      if (columns)
        await from(transaction, binding).insert({
          ...whereValues(binding.where),
          ...onValues(binding.on, row),
          ...columns,
        });
    }
    for (const { name, binding, keyColumns } of lens.lists)
      for (const edit of encoded.lists[name] ?? []) await carryOut(transaction, binding, keyColumns, row, edit);
    return lens.keyOf(row);
  });
}

/** Deletes the row, or says in it that it is deleted, unless it has changed. @throws RowChanged */
export async function deleteRow({ knex }: Practice, lens: Lens, source: Source, instant: number): Promise<void> {
  const at = atKey(from(knex, lens.table), lens.keyColumns, keyOf(lens, source));
  const { deleted } = lens.table;
  if (typeof deleted === 'object') {
    const stamp = lens.stampAt(instant);
    await updateOne(at, source.row, { [deleted.column]: deleted.value, ...stamp }, Object.keys(stamp));
    return;
  }
  if ((await at.delete()) !== 1) throw new RowChanged('it was changed while it was deleted');
}
