/** Opens the store that a URL names. The one place that knows both databases. */
import type { PostgresAddress } from './postgres/connection.ts';
import { openPostgres, type PostgresOptions } from './postgres/open.ts';
import { openSqlite, type SqliteOptions } from './sqlite/open.ts';
import type { Store } from './store.ts';

export interface StoreOptions {
  /**
   * - `sqlite:PATH`: a file, made when missing. `?synchronous=normal` or `off` gives up durability of the last commits for speed.
   * - `sqlite::memory:`: a private temporary file without waits for the disk, deleted on close: the same code path as a file.
   * - `postgres://user:password@host:port/database`: `?schema=NAME` keeps the tables in a schema of that name.
   */
  readonly url: string;
  /** Connections: for reading on SQLite (4), for everything on PostgreSQL (10). */
  readonly connections?: number;
  /** Refuses `transact` and never changes the schema: for further processes that serve reads. */
  readonly readOnly?: boolean;
  /** Milliseconds that one statement of a search may take; without limit when undefined. */
  readonly searchLimitMs?: number;
  /** On SQLite: characters of resources read by id that are kept in memory while they are current; 32 million unless said. */
  readonly cacheCharacters?: number;
  /** Milliseconds since the epoch; from it come tx and `meta.lastUpdated`. Fixed by tests. */
  readonly clock?: () => number;
}

const CACHE_CHARACTERS = 32_000_000;

function sqliteOptions(options: StoreOptions): SqliteOptions {
  const common = {
    connections: options.connections ?? 4,
    readOnly: options.readOnly ?? false,
    searchLimitMs: options.searchLimitMs,
    cacheCharacters: options.cacheCharacters ?? CACHE_CHARACTERS,
    clock: options.clock ?? Date.now,
  };
  if (options.url === 'sqlite::memory:') return { ...common, path: undefined, synchronous: 'off' };
  const [path = '', query = ''] = options.url.slice('sqlite:'.length).split('?', 2);
  if (path === '')
    throw new Error(`${options.url} names no file; expected sqlite:PATH, such as sqlite:data/throughline.db`);
  const parameters = new URLSearchParams(query);
  const synchronous = parameters.get('synchronous') ?? 'full';
  const unknown = [...parameters.keys()].find((name) => name !== 'synchronous');
  if (unknown) throw new Error(`${options.url} has the parameter ${unknown}; a SQLite address knows only synchronous`);
  if (synchronous !== 'off' && synchronous !== 'normal' && synchronous !== 'full')
    throw new Error(`synchronous=${synchronous} in ${options.url} is not one of off, normal, full`);
  return { ...common, path: path.replace(/^\/\/(?=\/)/, ''), synchronous };
}

/** @throws Error with a sentence when the name of the schema is none */
export function postgresAddress(url: string): PostgresAddress {
  const address = new URL(url);
  const schema = address.searchParams.get('schema') ?? undefined;
  if (schema !== undefined && !/^[a-z_][a-z0-9_]{0,62}$/.test(schema))
    throw new Error(`schema=${schema} is no name of a schema; expected lower case letters, digits and _`);
  address.searchParams.delete('schema');
  return { connectionString: address.href, schema };
}

function postgresOptions(options: StoreOptions): PostgresOptions {
  return {
    ...postgresAddress(options.url),
    connections: options.connections ?? 10,
    readOnly: options.readOnly ?? false,
    searchLimitMs: options.searchLimitMs,
    clock: options.clock ?? Date.now,
  };
}

/** @throws Error with a sentence when the URL is wrong, the database cannot be reached or its schema is not of this version */
export async function openStore(options: StoreOptions): Promise<Store> {
  if (options.url.startsWith('sqlite:')) return openSqlite(sqliteOptions(options));
  if (/^postgres(ql)?:\/\//.test(options.url) && URL.canParse(options.url))
    return openPostgres(postgresOptions(options));
  const shown = options.url.replace(/:[^:@/]*@/, ':***@');
  throw new Error(`${shown} is no address of a database; expected sqlite:PATH or postgres://...`);
}
