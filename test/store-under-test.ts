/**
 * The databases that tests run against: SQLite always, PostgreSQL when TEST_POSTGRES_URL names one (each store in a schema of its own).
 * Each opening is a new, empty store, of which nothing remains after `close`.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { openStore, type StoreOptions } from '../server/store/open.ts';
import type { Store } from '../server/store/store.ts';

type Options = Omit<StoreOptions, 'url'>;

export interface StoreUnderTest {
  readonly name: string;
  open(options?: Options): Promise<Store>;
}

const sqlite: StoreUnderTest = {
  name: 'SQLite',
  open: (options) => openStore({ ...options, url: 'sqlite::memory:' }),
};

/** Where PostgreSQL is, with `schema` as the schema of the store. */
export function postgresUrl(server: string, schema: string): string {
  const url = new URL(server);
  url.searchParams.set('schema', schema);
  return url.href;
}

export const newSchema = (): string => `test_${randomBytes(6).toString('hex')}`;

export async function dropSchema(server: string, schema: string): Promise<void> {
  const client = new pg.Client(server);
  await client.connect();
  await client.query('SET client_min_messages = warning');
  await client.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
  await client.end();
}

const postgres = (server: string): StoreUnderTest => ({
  name: 'PostgreSQL',
  async open(options) {
    const schema = newSchema();
    const store = await openStore({ ...options, url: postgresUrl(server, schema) });
    const close = async () => {
      await store.close();
      await dropSchema(server, schema);
    };
    return { ...store, close };
  },
});

/** The server that TEST_POSTGRES_URL names; undefined when tests run without PostgreSQL. */
export const postgresServer: string | undefined = process.env.TEST_POSTGRES_URL;

if (!postgresServer) process.stderr.write('TEST_POSTGRES_URL is not set: PostgreSQL is not tested.\n');

export const storesUnderTest = (): readonly StoreUnderTest[] =>
  postgresServer ? [sqlite, postgres(postgresServer)] : [sqlite];
