/** A PostgreSQL database looked at without changing it. */
import pg from 'pg';
import type { Inspectable } from '../inspection.ts';
import { clientConfig, type PostgresAddress } from './connection.ts';

const TIMEOUT_MS = 5000;

const FACTS = `SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes,
  (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now`;

/** A message in the log that no one decodes: its commit waits for the disk as any does, and no table changes. */
const WRITE = "SELECT pg_logical_emit_message(true, 'throughline-doctor', '')";

/** @throws Error when the server does not answer within five seconds or refuses */
export async function inspectPostgres(address: PostgresAddress): Promise<Inspectable> {
  const client = new pg.Client({
    ...clientConfig(address),
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: 10 * TIMEOUT_MS,
  });
  // A connection that breaks is met at the next query.
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ version: string; bytes: number; now: number }>(FACTS);
  const [{ version, bytes, now } = { version: '', bytes: 0, now: Date.now() }] = rows;
  return {
    product: `PostgreSQL ${version.split(' ')[0]}`,
    bytes,
    now,
    query: async <Row>(statement: { readonly text: string; readonly values: readonly unknown[] }) =>
      (await client.query(statement.text, [...statement.values])).rows as Row[],
    async write() {
      await client.query(WRITE);
    },
    close: () => client.end(),
  };
}
