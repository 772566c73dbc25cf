/**
 * The headers of a file and the columns of a binding: matched without case, spaces and punctuation. Columns of the clients' table count too where
 * the rows belong to clients, so that a list of visits can say by record number, or by name and birth date, whose they are.
 */
import { nearest } from '../../../resources/nearest.ts';
import { wordsOf } from '../../search/type/fold.ts';
import type { Lens } from '../lens.ts';
import type { Slot } from '../slot.ts';

/** Where a column of the file goes. */
export interface HeaderColumn {
  readonly header: string;
  /** The column of the binding; undefined where there is none and the column is passed over. */
  readonly column?: string;
  /** Whether it is a column of the clients' table, which says whose row it is. */
  readonly ofClient?: boolean;
  /** What was probably meant. */
  readonly hint?: string;
}

export interface Headers {
  readonly columns: readonly HeaderColumn[];
  /** The columns of the table that the file has. */
  readonly own: ReadonlySet<string>;
  /** The columns of the clients' table that the file has. */
  readonly ofClient: ReadonlySet<string>;
}

const normal = (name: string): string => wordsOf(name).replaceAll(' ', '');

/** The fields that say who a client is. */
const SAYS_WHO = /^(recordNumber|legalName\.|preferredName\.|bornOn|identifiers\[)/;

export const saysWho = ({ paths }: Slot): boolean => paths.every(({ text }) => SAYS_WHO.test(text));

/** The columns of a table that can stand in a file: those of its own, not of tables that are joined or hold its lists. */
function columnsIn({ keyColumns, slots, table }: Lens): readonly string[] {
  const flag = typeof table.deleted === 'object' ? [table.deleted.column] : [];
  const change = typeof table.changed === 'object' ? [table.changed.column] : [];
  return [
    ...new Set([
      ...keyColumns,
      ...slots.flatMap(({ columns }) => columns),
      ...flag,
      ...change,
      ...Object.keys(table.where ?? {}),
    ]),
  ];
}

/** @throws Error with a sentence when two headers are the same column */
export function headersFor(headers: readonly string[], lens: Lens, clients: Lens | undefined): Headers {
  const own = new Map(columnsIn(lens).map((column) => [normal(column), column]));
  const whoColumns = clients
    ? [...clients.keyColumns, ...clients.slots.filter(saysWho).flatMap(({ columns }) => columns)]
    : [];
  const ofClient = new Map(whoColumns.map((column) => [normal(column), column]));
  const columns = headers.map((header): HeaderColumn => {
    const name = normal(header);
    const [ours, theirs] = [own.get(name), ofClient.get(name)];
    if (ours !== undefined) return { header, column: ours };
    if (theirs !== undefined) return { header, column: theirs, ofClient: true };
    const near = nearest(name, [...own.keys(), ...ofClient.keys()]);
    const hint = near === undefined ? undefined : (own.get(near) ?? ofClient.get(near));
    return { header, ...(hint === undefined ? {} : { hint }) };
  });
  const seen = new Map<string, string>();
  for (const { header, column } of columns) {
    const before = column === undefined ? undefined : seen.get(column);
    if (before !== undefined)
      throw new Error(`The headers "${before}" and "${header}" are both the column ${column}; take one of them out`);
    if (column !== undefined) seen.set(column, header);
  }
  const found = (isOfClient: boolean): ReadonlySet<string> =>
    new Set(
      columns.flatMap(({ column, ofClient }) =>
        column !== undefined && (ofClient ?? false) === isOfClient ? [column] : [],
      ),
    );
  return { columns, own: found(false), ofClient: found(true) };
}

/** The slots whose columns the file has, all of them. */
export const slotsIn = (slots: readonly Slot[], columns: ReadonlySet<string>): readonly Slot[] =>
  slots.filter((slot) => slot.columns.every((column) => columns.has(column)));

/** The column of a table that says whose row it is: a reference to the table of the clients. */
export function clientSlot(
  lens: Lens,
  lenses: readonly Lens[],
): { readonly slot: Slot; readonly clients: Lens } | undefined {
  for (const slot of lens.slots) {
    const clients = lenses.find(({ name }) => name === slot.ref);
    if (clients?.mapping.name === 'Client' && slot.paths[0]?.text === 'clientId') return { slot, clients };
  }
  return undefined;
}

/**
 * What the file lacks, in sentences: columns of fields that every record has, and anything that says who a client is.
 * Headers that nobody knows are named beside it, because one of them may be meant.
 */
export function missingIn({ own, ofClient, columns }: Headers, lens: Lens, lenses: readonly Lens[]): readonly string[] {
  const owner = clientSlot(lens, lenses);
  const constants = Object.keys(lens.table.constants ?? {});
  const has = slotsIn(lens.slots, own);
  const needed = (lens.mapping.schema.required ?? []).flatMap((field) => {
    if (constants.includes(field) || owner?.slot.paths[0]?.text === field) return [];
    const slots = lens.slots.filter(({ paths }) => paths.some(({ text }) => text === field));
    if (slots.length === 0 || slots.some((slot) => has.includes(slot))) return [];
    return [`there is no column ${slots[0]?.columns.join(', ')} (${field})`];
  });
  const unknown = columns.filter(({ column }) => column === undefined).map(({ header }) => `"${header}"`);
  const also = unknown.length === 0 ? '' : `; the file has ${unknown.join(', ')}, which the binding does not know`;
  const whose = owner
    ? own.has(owner.slot.name) || knowsClient(slotsIn(owner.clients.slots, ofClient))
    : lens.mapping.name !== 'Client' || knowsClient(has) || lens.keyColumns.every((column) => own.has(column));
  const who = whose ? [] : [`nothing says who the client is: ${whoSentence(owner?.clients ?? lens, owner?.slot.name)}`];
  return [...needed, ...who].map((each) => each + also);
}

/** Whether the columns can tell one client from another. */
function knowsClient(slots: readonly Slot[]): boolean {
  const fields = slots.flatMap(({ paths }) => paths.map(({ text }) => text));
  const has = (pattern: RegExp): boolean => fields.some((field) => pattern.test(field));
  return has(/^(recordNumber$|identifiers\[)/) || (has(/\.family$/) && has(/\.given/) && has(/^bornOn$/));
}

function whoSentence(clients: Lens, reference: string | undefined): string {
  const columnOf = (pattern: RegExp): string | undefined =>
    clients.slots.find(({ paths }) => paths.some(({ text }) => pattern.test(text)))?.columns.join(', ');
  const number = columnOf(/^recordNumber$/);
  const [name, born] = [columnOf(/^legalName\.family$/), columnOf(/^bornOn$/)];
  const ways = [
    reference ?? clients.keyColumns.join(', '),
    number,
    name !== undefined && born !== undefined ? `${name} and ${born}` : undefined,
  ];
  return `expected ${ways.filter((way) => way !== undefined).join(', or ')}`;
}
