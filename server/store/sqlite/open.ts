/**
 * The store on SQLite: a write-ahead log, one writer connection, and readers that see the last commit. A commit is on the disk before it is
 * answered (`synchronous = FULL`) unless asked otherwise.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import knex from 'knex';
import { sqliteDialect } from '../dialect.ts';
import { migrate, sqliteLock } from '../migrate.ts';
import { migrations } from '../migrations/index.ts';
import { readTogether } from '../read-together.ts';
import { type Database, readerOf } from '../reader.ts';
import type { Store } from '../store.ts';
import { uriCache } from '../uri.ts';
import type { VersionRow } from '../version.ts';
import { writerOf } from './commit-group.ts';
import { type Connection, connect } from './connection.ts';
import { currentVersions } from './current-versions.ts';
import { type Readers, readersOf } from './readers.ts';
import { CURRENT, currentValues } from './session.ts';

export interface SqliteOptions {
  /** Undefined: a private file in the directory for temporary files, deleted on close, that does without waiting for the disk. */
  readonly path: string | undefined;
  readonly synchronous: 'off' | 'normal' | 'full';
  /** Read connections. Each may keep a thread of libuv busy (UV_THREADPOOL_SIZE, 4 unless set). */
  readonly connections: number;
  readonly readOnly: boolean;
  readonly searchLimitMs: number | undefined;
  /** Characters of current versions that are kept in memory. */
  readonly cacheCharacters: number;
  readonly clock: () => number;
}

/** Statements of reads by id that are under way at once; the other connections are left to searches. */
const READ_STATEMENTS = 2;

/** Waited for a lock of another process, such as an import, before giving up. */
const BUSY_MS = 10_000;

const pragmasOf = (synchronous: string): readonly string[] => [
  `busy_timeout = ${BUSY_MS}`,
  `synchronous = ${synchronous}`,
  'temp_store = MEMORY',
  'cache_size = -65536',
];

/** Switching a new file to the write-ahead log fails at once, whatever the busy timeout, while another process does the same. */
async function whenFree<T>(work: () => Promise<T>): Promise<T> {
  const end = performance.now() + BUSY_MS;
  for (;;)
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'SQLITE_BUSY' || performance.now() > end) throw error;
      await sleep(20);
    }
}

async function migrateFile(path: string, synchronous: string, readOnly: boolean): Promise<void> {
  const database = knex({
    client: 'sqlite3',
    connection: { filename: path },
    useNullAsDefault: true,
    // What fails is thrown as well.
    log: { warn: () => undefined },
    pool: {
      min: 1,
      max: 1,
      afterCreate(connection: { exec(text: string, done: (error: Error | null) => void): void }, done: () => void) {
        connection.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA synchronous = ${synchronous}`, done);
      },
    },
  });
  try {
    await migrate(database, sqliteDialect, sqliteLock, migrations, readOnly);
  } finally {
    await database.destroy();
  }
}

const refuse = (): Promise<never> => Promise.reject(new Error('The store was opened for reading only'));

export async function openSqlite(options: SqliteOptions): Promise<Store> {
  const temporary = options.path === undefined ? await mkdtemp(join(tmpdir(), 'throughline-')) : undefined;
  const path = options.path ?? join(temporary ?? '', 'memory.db');
  const removeTemporary = async () => {
    if (temporary) await rm(temporary, { recursive: true, force: true });
  };
  const { synchronous, readOnly, searchLimitMs } = options;
  const opened: Connection[] = [];
  const open = async (pragma: string) => {
    const connection = await whenFree(() =>
      connect(path, [...pragmasOf(synchronous), pragma], { isNew: !readOnly, searchLimitMs }),
    );
    opened.push(connection);
    return connection;
  };
  try {
    if (!readOnly) await mkdir(dirname(path), { recursive: true });
    const first = await open(readOnly ? 'query_only = ON' : 'journal_mode = WAL');
    await migrateFile(path, synchronous, readOnly);
    const others = await Promise.all(Array.from({ length: options.connections }, () => open('query_only = ON')));
    return storeOf(first, readersOf(others), options, removeTemporary);
  } catch (error) {
    await Promise.all(opened.map((connection) => connection.close()));
    await removeTemporary();
    throw error;
  }
}

function storeOf(
  connection: Connection,
  readers: Readers,
  options: SqliteOptions,
  removeTemporary: () => Promise<void>,
): Store {
  const current = currentVersions(connection.lastCommit, options.cacheCharacters);
  const writer = writerOf({ connection, uris: uriCache(), current, clock: options.clock });
  const database: Database = {
    all: (text, values) => readers.use((reader) => reader.all(text, values)),
    query: (statement) => readers.use((reader) => reader.search(statement.sql, statement.values)),
    horizon: async () => undefined,
  };
  return {
    ...readerOf(database),
    read: readTogether(
      (wanted) => database.all<VersionRow>(CURRENT, currentValues(wanted)),
      READ_STATEMENTS,
      current.known,
    ),
    dialect: 'sqlite',
    transact: options.readOnly ? refuse : (work) => writer.transact(work),
    // A transaction begins when the one before it has ended, and learns the revision then.
    othersEnded: async () => undefined,
    async ping() {
      await database.all('SELECT 1 AS one', []);
    },
    async close() {
      await writer.close();
      await readers.close();
      await connection.close();
      await removeTemporary();
    },
  };
}
