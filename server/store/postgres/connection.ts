/** Connections to PostgreSQL: a pool, statements that are prepared once on each connection, and types as JavaScript has them. */
import { createHash } from 'node:crypto';
import pg from 'pg';

/** Something that runs statements: the pool, or one connection of it. */
export interface Runner {
  query(config: pg.QueryConfig): Promise<pg.QueryResult>;
}

const INT8 = 20;

// Counts and numbers of this store are safe integers.
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

export interface PostgresAddress {
  readonly connectionString: string;
  /** The schema that holds the tables; the database's default when undefined. */
  readonly schema: string | undefined;
}

export function clientConfig({ connectionString, schema }: PostgresAddress): pg.ClientConfig {
  return {
    connectionString,
    types,
    application_name: 'throughline',
    ...(schema ? { options: `-c search_path=${schema}` } : {}),
  };
}

export function poolOf(
  address: PostgresAddress,
  { connections, readOnly }: { readonly connections: number; readonly readOnly: boolean },
): pg.Pool {
  const config = clientConfig(address);
  const options = [config.options, readOnly ? '-c default_transaction_read_only=on' : undefined];
  const pool = new pg.Pool({ ...config, options: options.filter(Boolean).join(' ') || undefined, max: connections });
  // An idle connection that the server ends is replaced at the next use, where a failure can be told to somebody.
  pool.on('error', () => undefined);
  // One that breaks while it is in use fails the statement; without a listener it would end the process as well.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Prepared statements stay for the life of a connection, so only so many texts get a name. */
const MAXIMUM_NAMES = 500;
const names = new Map<string, string>();

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known || names.size >= MAXIMUM_NAMES) return known;
  const name = `t${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
  names.set(text, name);
  return name;
}

/** PostgreSQL's text cannot hold NUL. Index rows have the same replacement, so a search for it still finds. */
const allowed = (value: unknown): unknown =>
  typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;

export async function rowsOf<Row>(runner: Runner, text: string, values: readonly unknown[]): Promise<readonly Row[]> {
  const name = nameOf(text);
  const result = await runner.query({ text, values: values.map(allowed), ...(name ? { name } : {}) });
  return result.rows as Row[];
}
