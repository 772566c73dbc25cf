/**
 * What is wrong in the data, on purpose: each kind of flaw sits at known clients, so that a sync can be held to finding these and no other. A flaw
 * changes rows that are otherwise right.
 */
import type { Row, RowsOfClient } from './rows.ts';
import type { LegacyTable } from './tables.ts';

export interface Flaw {
  readonly table: LegacyTable;
  /** The key of the row. */
  readonly key: number;
  readonly column: string;
  /** What stands there. */
  readonly value: string | number;
}

interface Plant {
  readonly table: LegacyTable;
  readonly column: string;
  readonly value: (before: Row) => string | number;
  /** Every so many clients, beginning with the client of this number. */
  readonly every: number;
  readonly from: number;
  /** Of the rows of the client, counted from 0. */
  readonly row: number;
}

const plants: readonly Plant[] = [
  // A day that no calendar has.
  { table: 'clients', column: 'dob', value: () => '02/30/1961', every: 211, from: 17, row: 0 },
  // An answer that the PHQ-9 does not have.
  { table: 'phq9_screens', column: 'q3', value: () => 7, every: 97, from: 13, row: 0 },
  // A day that somebody typed by hand.
  { table: 'phq9_screens', column: 'screened_at', value: () => 'last Tuesday', every: 173, from: 11, row: 1 },
  // A letter that nobody remembers.
  { table: 'visits', column: 'status', value: () => 'Z', every: 131, from: 19, row: 0 },
];

/** A sum that the tablet got wrong. The answers are right, and the score follows from them. */
const wrongSum: Plant = {
  table: 'phq9_screens',
  column: 'score',
  value: ({ score }) => (Number(score) + 10) % 28,
  every: 53,
  from: 7,
  row: 2,
};

/** A client that was entered twice; one of the two is deleted. */
const twice = { every: 61, from: 5 };

const isAt = ({ every, from }: Pick<Plant, 'every' | 'from'>, index: number): boolean =>
  index % every === from % every && index >= from;

export interface Flawed {
  readonly rows: RowsOfClient;
  /** What a sync cannot read. */
  readonly unreadable: readonly Flaw[];
  /** Scores that are not the sum of their answers. */
  readonly wrongSums: readonly Flaw[];
}

const keyColumn: Readonly<Partial<Record<LegacyTable, string>>> = {
  clients: 'client_id',
  phq9_screens: 'screen_id',
  visits: 'visit_id',
};

function plant(
  rows: RowsOfClient,
  { table, column, value, row: place }: Plant,
): readonly [RowsOfClient, Flaw | undefined] {
  const before = rows[table][place];
  if (!before) return [rows, undefined];
  const changed = value(before);
  const list = rows[table].with(place, { ...before, [column]: changed });
  return [
    { ...rows, [table]: list },
    { table, key: Number(before[keyColumn[table] ?? '']), column, value: changed },
  ];
}

/** The rows of client `index` (from 1) with the flaws that are planted there. */
export function withFlaws(clean: RowsOfClient, index: number): Flawed {
  let rows = clean;
  const found = (list: readonly Plant[]): Flaw[] =>
    list
      .filter((each) => isAt(each, index))
      .flatMap((each) => {
        const [next, flaw] = plant(rows, each);
        rows = next;
        return flaw ?? [];
      });
  const unreadable = found(plants);
  const wrongSums = found([wrongSum]);
  return { rows: isAt(twice, index) ? withDuplicate(rows, index) : rows, unreadable, wrongSums };
}

/** Above all other numbers of clients. */
const DUPLICATES_FROM = 900_000_000;

function withDuplicate(rows: RowsOfClient, index: number): RowsOfClient {
  const [client] = rows.clients;
  if (!client) return rows;
  const copy = {
    ...client,
    client_id: DUPLICATES_FROM + index,
    chart_no: `DUP${index}`,
    deleted: 1,
    front_desk_note: `same as ${client.chart_no}`,
  };
  return { ...rows, clients: [client, copy] };
}
