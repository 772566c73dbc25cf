/** Writes an invented practice database: tables, then client after client, the same for the same seed. */
import type { Knex } from 'knex';
import { clientStory } from '../population.ts';
import { type Flaw, withFlaws } from './flaws.ts';
import { type Keys, type Row, rowsOf } from './rows.ts';
import { createLegacyTables, dropLegacyTables, type LegacyTable, legacyTableNames } from './tables.ts';

export interface PracticeDatabaseOptions {
  readonly clients: number;
  /** 0 to 4294967295. */
  readonly seed: number;
  /** The day on which the database is as it is: YYYY-MM-DD. */
  readonly until: string;
}

export interface PracticeDatabase {
  readonly rows: Readonly<Record<LegacyTable, number>>;
  /** Values that a sync cannot read. */
  readonly unreadable: readonly Flaw[];
  /** PHQ-9 scores that are not the sum of their answers. */
  readonly wrongSums: readonly Flaw[];
}

/** SQLite takes so many rows in one statement of knex. */
const ROWS_AT_ONCE = 100;

const zeros = (): Record<LegacyTable, number> =>
  Object.fromEntries(legacyTableNames.map((name) => [name, 0])) as Record<LegacyTable, number>;

/** The rows of every client in order, with what is wrong in them. @throws RangeError when an option is out of range */
export function* legacyClients({
  clients,
  seed,
  until,
}: PracticeDatabaseOptions): Generator<ReturnType<typeof withFlaws>> {
  const keys: Keys = { ...zeros() };
  for (const name of legacyTableNames) keys[name] = 1;
  for (let index = 1; index <= clients; index++)
    yield withFlaws(rowsOf(clientStory({ seed, until }, index), keys), index);
}

/**
 * Fills an empty database. `report` hears how many clients and rows there are so far. What is stopped or fails leaves nothing behind.
 * @throws Error when a table is there already
 */
export async function writePracticeDatabase(
  database: Knex,
  options: PracticeDatabaseOptions,
  report: (clients: number, rows: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<PracticeDatabase> {
  await createLegacyTables(database);
  try {
    return await filled(database, options, report, signal);
  } catch (error) {
    await dropLegacyTables(database);
    throw error;
  }
}

/** One transaction: all rows, or none. */
async function filled(
  database: Knex,
  options: PracticeDatabaseOptions,
  report: (clients: number, rows: number) => void,
  signal: AbortSignal | undefined,
): Promise<PracticeDatabase> {
  const counts = zeros();
  const [unreadable, wrongSums]: [Flaw[], Flaw[]] = [[], []];
  await database.transaction(async (transaction) => {
    const waiting = new Map<LegacyTable, Row[]>(legacyTableNames.map((name) => [name, []]));
    const write = async (name: LegacyTable, most: number): Promise<void> => {
      const rows = waiting.get(name) ?? [];
      while (rows.length > most) await transaction(name).insert(rows.splice(0, ROWS_AT_ONCE));
    };
    let clients = 0;
    for (const client of legacyClients(options)) {
      signal?.throwIfAborted();
      for (const name of legacyTableNames) {
        waiting.get(name)?.push(...client.rows[name]);
        counts[name] += client.rows[name].length;
        await write(name, ROWS_AT_ONCE);
      }
      unreadable.push(...client.unreadable);
      wrongSums.push(...client.wrongSums);
      clients += 1;
      report(
        clients,
        Object.values(counts).reduce((sum, count) => sum + count, 0),
      );
    }
    for (const name of legacyTableNames) await write(name, 0);
  });
  return { rows: counts, unreadable, wrongSums };
}
