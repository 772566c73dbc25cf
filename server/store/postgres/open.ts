/** The store on PostgreSQL. Any number of processes may share one database; each has a pool and a control connection. */
import { setTimeout as sleep } from 'node:timers/promises';
import knex from 'knex';
import type pg from 'pg';
import type { Sql } from 'sql-template-tag';
import { postgresDialect } from '../dialect.ts';
import { migrate, postgresLock } from '../migrate.ts';
import { migrations } from '../migrations/index.ts';
import { readTogether } from '../read-together.ts';
import { type Database, readerOf } from '../reader.ts';
import type { Store } from '../store.ts';
import type { VersionRow } from '../version.ts';
import { clientConfig, type PostgresAddress, poolOf, rowsOf } from './connection.ts';
import { controlOf } from './control.ts';
import { limitedBy } from './limited.ts';
import { numbersOf } from './numbers.ts';
import { CURRENT, currentValues } from './session.ts';
import { keepStatistics } from './statistics.ts';
import { ticketsOf } from './tickets.ts';
import { failure, transact } from './transact.ts';

export interface PostgresOptions extends PostgresAddress {
  readonly connections: number;
  readonly readOnly: boolean;
  readonly searchLimitMs: number | undefined;
  readonly clock: () => number;
}

/** Statements of reads by id that are under way at once; the other connections are left to writes and searches. */
const READ_STATEMENTS = 3;

/** Between two looks at the horizon while waiting for transactions to end. */
const HORIZON_MS = 20;

async function migrateDatabase({ schema, readOnly, ...address }: PostgresOptions): Promise<void> {
  const database = knex({
    client: 'pg',
    connection: { ...clientConfig({ ...address, schema }) } as object,
    pool: { min: 1, max: 1 },
    // What fails is thrown as well.
    log: { warn: () => undefined },
  });
  try {
    await migrate(database, postgresDialect, postgresLock(schema), migrations, readOnly);
  } finally {
    await database.destroy();
  }
}

/** After a crash the sequence may be behind what was committed; it is never set back. */
const RAISE_TX = 'SELECT take_tx(0, (SELECT coalesce(max(tx), 0) + 1 FROM transaction_log))';

export async function openPostgres(options: PostgresOptions): Promise<Store> {
  await migrateDatabase(options);
  const pool = poolOf(options, options);
  const control = controlOf(options);
  const tickets = ticketsOf(control, options.clock);
  const limited = limitedBy(options.searchLimitMs, control);
  const session = { pool, tickets, numbers: numbersOf(control), schema: options.schema, limited };
  if (!options.readOnly)
    await control.all(RAISE_TX, []).catch(async (error: unknown) => {
      await control.close();
      throw error;
    });
  const statistics = options.readOnly ? undefined : keepStatistics(pool);

  const all = async <Row>(text: string, values: readonly unknown[]) => {
    try {
      return await rowsOf<Row>(pool, text, values);
    } catch (error) {
      throw failure(error);
    }
  };
  const query: Database['query'] = async <Row>(statement: Sql) => {
    let client: pg.PoolClient | undefined;
    let failed: boolean = true;
    try {
      client = await pool.connect();
      const rows = await limited<Row>(client, statement.text, statement.values);
      failed = false;
      return rows;
    } catch (error) {
      throw failure(error);
    } finally {
      client?.release(failed);
    }
  };
  const database: Database = {
    all,
    query,
    horizon: async () => ({ below: await tickets.horizon(), own: 0 }),
  };
  return {
    ...readerOf(database),
    read: readTogether((wanted) => all<VersionRow>(CURRENT, currentValues(wanted)), READ_STATEMENTS),
    dialect: 'postgres',
    transact: (work) =>
      options.readOnly ? Promise.reject(new Error('The store was opened for reading only')) : transact(session, work),
    async othersEnded() {
      const { tx, leave } = await tickets.enter();
      leave();
      while ((await tickets.horizon()) <= tx) await sleep(HORIZON_MS);
    },
    async ping() {
      await database.all('SELECT 1 AS one', []);
    },
    async close() {
      await statistics?.stop();
      await pool.end();
      await control.close();
    },
  };
}
