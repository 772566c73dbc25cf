/** The tables in which `throughline sync` remembers what it has seen of a practice's own database. */
import type { Column, Table } from './schema.ts';

const integer = (name: string): Column => ({ name, kind: 'integer' });
const big = (name: string): Column => ({ name, kind: 'big' });
const text = (name: string): Column => ({ name, kind: 'text' });
const nullable = (column: Column): Column => ({ ...column, nullable: true });

const syncRow: Table = {
  name: 'sync_row',
  // entry: the name of the table in the binding. version: of the resource, when both were last in step. row_text: what the row held then.
  columns: [
    text('binding'),
    text('entry'),
    text('row_key'),
    text('type'),
    text('id'),
    integer('version'),
    nullable(text('row_text')),
    nullable(text('conflict')),
  ],
  primaryKey: ['binding', 'entry', 'row_key'],
  indexes: [
    {
      name: 'sync_row_by_id',
      columns: ['binding', 'entry', 'id'],
      unique: true,
      purpose: 'which row is this resource',
    },
    {
      name: 'sync_row_in_conflict',
      columns: ['binding', 'entry', 'row_key'],
      where: 'conflict IS NOT NULL',
      purpose: 'which rows wait for a decision',
    },
  ],
  purpose:
    'rows of a practice database and the resources that they are; conflict is what the two sides say when both have changed',
};

const syncProgress: Table = {
  name: 'sync_progress',
  // position: key of the last row of a pull that was interrupted. mark: the highest value of the change columns. pushed: tx that was seen last.
  columns: [
    text('binding'),
    text('entry'),
    text('spec'),
    nullable(text('position')),
    nullable(text('mark')),
    big('pushed'),
    big('pushed_rid'),
  ],
  primaryKey: ['binding', 'entry'],
  indexes: [],
  purpose:
    'how far each table of a binding is; spec is the hash of its binding, of which a change has every row looked at',
};

/** In the order in which they are made. */
export const syncTables: readonly Table[] = [syncRow, syncProgress];
