/** A row of a file as a row of the table that the binding knows: cells under the names of columns, days in the form that the column has. */
import { type ColumnBinding, type ColumnSpec, columnsOf } from '../binding.ts';
import { dateFormat, isoFormat } from '../date-format.ts';
import type { Lens } from '../lens.ts';
import type { Row } from '../slot.ts';
import type { FileRow } from './file-table.ts';
import type { Headers } from './header.ts';

/** What a row says, of the table itself and of the client whose row it is. */
export interface BoundRow {
  readonly row: Row;
  readonly ofClient: Row;
}

const specOf = (column: ColumnBinding): ColumnSpec => (typeof column === 'string' ? { to: column } : column);

/** How the columns with a form of dates of their own write a day that comes in ISO form, as spreadsheets and careful people have it. */
function dayWriters({ table }: Lens): ReadonlyMap<string, (text: string) => string> {
  return new Map(
    Object.entries(table.columns).flatMap(([column, binding]) => {
      const { format } = specOf(binding);
      if (format === undefined) return [];
      const form = dateFormat(format);
      const write = (text: string): string => {
        const read = isoFormat.read(text);
        return read && !form.read(text) ? form.write(read) : text;
      };
      return [[column, write] as const];
    }),
  );
}

/** Gives the reader of the rows of a file. */
export function rowReader(headers: Headers, lens: Lens, clients: Lens | undefined): (row: FileRow) => BoundRow {
  const writers = [dayWriters(lens), clients ? dayWriters(clients) : new Map()];
  return ({ cells }) => {
    const own: Record<string, unknown> = {};
    const ofClient: Record<string, unknown> = {};
    headers.columns.forEach(({ column, ofClient: isOfClient }, at) => {
      if (column === undefined) return;
      const cell = cells[at] ?? null;
      const write = writers[isOfClient ? 1 : 0]?.get(column);
      (isOfClient ? ofClient : own)[column] = write && typeof cell === 'string' ? write(cell) : cell;
    });
    return { row: own, ofClient };
  };
}

/** The text of the key, where the file has all its columns and the row all their values. */
export function keyIn(row: Row, lens: Lens): string | undefined {
  const whole = columnsOf(lens.table.key).every((column) => row[column] !== null && row[column] !== undefined);
  return whole ? lens.keyOf(row) : undefined;
}
