/** A database looked at from outside, changing nothing: not even its schema. For `throughline doctor`. */
import sql from 'sql-template-tag';
import type { ResourceType } from '../../resources/types.ts';
import { type Dialect, postgresDialect, sqliteDialect } from './dialect.ts';
import { checksumOf, type Migration } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { postgresAddress } from './open.ts';
import { type StoredParameter, storedParameters } from './parameters.ts';
import { inspectPostgres } from './postgres/inspect.ts';
import { countsByType } from './snapshot.ts';
import { inspectSqlite } from './sqlite/inspect.ts';
import type { Reader } from './store.ts';

/** What differs between the databases. */
export interface Inspectable extends Pick<Reader, 'query'> {
  /** `PostgreSQL 15.18` */
  readonly product: string;
  /** Of tables and indexes. */
  readonly bytes: number;
  /** The write-ahead log of SQLite. */
  readonly walBytes?: number;
  /** Milliseconds since the epoch by the clock of a database on another machine. */
  readonly now?: number;
  /** Makes the database, or its disk, acknowledge a write that leaves nothing behind. @throws Error when it takes none */
  write(): Promise<void>;
  close(): Promise<void>;
}

export type SchemaState =
  | { readonly kind: 'absent' | 'same' }
  | { readonly kind: 'older'; readonly missing: readonly string[] }
  | { readonly kind: 'newer' | 'different'; readonly migration: string };

export interface Contents {
  readonly counts: ReadonlyMap<ResourceType, number>;
  readonly parameters: readonly StoredParameter[];
  /** 0 when nothing was ever written. */
  readonly lastTx: number;
}

/** The path of a SQLite database; undefined for others, and for `sqlite::memory:`. */
export function sqliteFile(url: string): string | undefined {
  if (!url.startsWith('sqlite:') || url === 'sqlite::memory:') return undefined;
  const [path = ''] = url.slice('sqlite:'.length).split('?', 1);
  return path.replace(/^\/\/(?=\/)/, '');
}

/** Connects to a database that is there. @throws Error when it cannot be reached */
export function inspect(url: string): Promise<Inspectable> {
  const file = sqliteFile(url);
  return file === undefined ? inspectPostgres(postgresAddress(url)) : inspectSqlite(file);
}

interface Applied {
  readonly name: string;
  readonly checksum: string;
}

const dialectOf = ({ product }: Inspectable): Dialect =>
  product.startsWith('SQLite') ? sqliteDialect : postgresDialect;

/** The schema of the database against that of this program. */
export async function schemaState(
  database: Inspectable,
  known: readonly Migration[] = migrations,
): Promise<SchemaState> {
  let applied: readonly Applied[];
  try {
    applied = await database.query<Applied>(sql`SELECT name, checksum FROM migration ORDER BY name`);
  } catch {
    return { kind: 'absent' };
  }
  const dialect = dialectOf(database);
  for (const [index, { name, checksum }] of applied.entries()) {
    const migration = known[index];
    if (!migration) return { kind: 'newer', migration: name };
    if (migration.name !== name || checksumOf(migration, dialect) !== checksum)
      return { kind: 'different', migration: name };
  }
  const missing = known.slice(applied.length).map(({ name }) => name);
  return missing.length > 0 ? { kind: 'older', missing } : { kind: 'same' };
}

export async function contentsOf(database: Inspectable): Promise<Contents> {
  const [row] = await database.query<{ tx: number | null }>(sql`SELECT max(tx) AS tx FROM transaction_log`);
  return {
    counts: await countsByType(database),
    parameters: await storedParameters(database),
    lastTx: row?.tx ?? 0,
  };
}

/** Milliseconds of the read of one resource, the middle one of ten. */
export async function readMs(database: Inspectable): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < 10; turn += 1) {
    const started = performance.now();
    await database.query(sql`SELECT content FROM resource ORDER BY rid DESC LIMIT 1`);
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[5] ?? 0;
}

/** Milliseconds until a small write is durable, the middle one of five. @throws Error when nothing can be written */
export async function writeMs({ write }: Pick<Inspectable, 'write'>): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const started = performance.now();
    await write();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[2] ?? 0;
}
