/** Databases to measure on: new files of SQLite, new schemas of a PostgreSQL. Nothing of them remains. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

export interface Database {
  /** As DATABASE_URL takes it. */
  readonly url: string;
  drop(): Promise<void>;
}

export interface Databases {
  readonly name: 'SQLite' | 'PostgreSQL';
  create(): Promise<Database>;
}

const sqlite: Databases = {
  name: 'SQLite',
  async create() {
    const folder = await mkdtemp(join(tmpdir(), 'throughline-bench-'));
    return {
      url: `sqlite:${join(folder, 'bench.sqlite')}`,
      drop: () => rm(folder, { recursive: true, force: true }),
    };
  },
};

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

let schemas = 0;

const postgres = (server: string): Databases => ({
  name: 'PostgreSQL',
  async create() {
    schemas += 1;
    const schema = `bench_${process.pid}_${schemas}`;
    await execute(server, `CREATE SCHEMA ${schema}`);
    const url = new URL(server);
    url.searchParams.set('schema', schema);
    return { url: url.href, drop: () => execute(server, `DROP SCHEMA ${schema} CASCADE`) };
  },
});

/** `sqlite`: files in the directory for temporary files. `postgres://...`: schemas in that database. */
export function databasesAt(url: string): Databases {
  if (url === 'sqlite') return sqlite;
  if (/^postgres(ql)?:\/\//.test(url)) return postgres(url);
  throw new Error(`--database is ${url}; expected sqlite or postgres://user@host:port/database`);
}

/** Runs `use` with the address of a new database, which is dropped afterwards, whatever happens. */
export async function withDatabase<T>(databases: Databases, use: (url: string) => Promise<T>): Promise<T> {
  const { url, drop } = await databases.create();
  try {
    return await use(url);
  } finally {
    await drop();
  }
}
