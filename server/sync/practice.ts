/** The practice's own database, opened by its address: SQLite, PostgreSQL, MySQL or MariaDB, SQL Server. Dates come as the text that is stored. */
import { existsSync } from 'node:fs';
import knex, { type Knex } from 'knex';
import pg from 'pg';

export type PracticeDialect = 'sqlite' | 'postgres' | 'mysql' | 'mssql';

export interface Practice {
  readonly knex: Knex;
  readonly dialect: PracticeDialect;
  /** The address without its password. */
  readonly name: string;
  close(): Promise<void>;
}

/** What each kind of database needs: the scheme of its address, and the package that speaks with it where it is not one of ours. */
const KINDS: readonly { readonly scheme: RegExp; readonly dialect: PracticeDialect; readonly driver?: string }[] = [
  { scheme: /^sqlite:/, dialect: 'sqlite' },
  { scheme: /^postgres(ql)?:\/\//, dialect: 'postgres' },
  { scheme: /^(mysql|mariadb):\/\//, dialect: 'mysql', driver: 'mysql2' },
  { scheme: /^(mssql|sqlserver):\/\//, dialect: 'mssql', driver: 'tedious' },
];

const FORMS =
  'sqlite:PATH, postgres://user:password@host/database, mysql://user:password@host/database or mssql://user:password@host/database';

/** Whatever goes wrong is thrown too, and said by those who catch it. */
const SILENT = { warn: () => undefined, error: () => undefined, deprecate: () => undefined, debug: () => undefined };

/** Connections to the practice: its own programs need theirs. */
const CONNECTIONS = 2;

/** @throws Error with a sentence when the address is wrong, the driver is not installed or the database does not answer */
export async function openPractice(url: string): Promise<Practice> {
  const kind = KINDS.find(({ scheme }) => scheme.test(url));
  const name = url.replace(/(:\/\/[^:@/]*):[^@/]*@/, '$1:***@');
  if (!kind) throw new Error(`${name} is no address of a practice database; expected ${FORMS}`);
  const database = withDriver(kind.driver, () => knex({ ...settingsOf(url, kind.dialect), log: SILENT }));
  try {
    await database.raw('select 1');
  } catch (cause) {
    await database.destroy();
    throw new Error(`The practice database ${name} does not answer: ${(cause as Error).message}`, { cause });
  }
  return { knex: database, dialect: kind.dialect, name, close: () => database.destroy() };
}

/** A driver that is not installed is named. */
function withDriver<T>(driver: string | undefined, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (driver === undefined || !/Cannot find module/.test(String(cause))) throw cause;
    throw new Error(`The package ${driver}, which speaks with this database, is not installed: npm install ${driver}`, {
      cause,
    });
  }
}

function settingsOf(url: string, dialect: PracticeDialect): Knex.Config {
  switch (dialect) {
    case 'sqlite':
      return sqliteSettings(url.slice('sqlite:'.length));
    case 'postgres':
      return postgresSettings(url);
    case 'mysql':
      return mysqlSettings(url);
    case 'mssql':
      return mssqlSettings(new URL(url));
  }
}

interface Runs {
  run(text: string, done: (error: Error | null) => void): void;
}

function sqliteSettings(filename: string): Knex.Config {
  if (filename === '' || !existsSync(filename))
    throw new Error(`There is no SQLite file at ${filename || '(no path)'}`);
  return {
    client: 'sqlite3',
    connection: { filename },
    useNullAsDefault: true,
    pool: {
      min: 1,
      max: 1,
      // The practice's own programs write too: wait for them.
      afterCreate: (connection: Runs, done: (error: Error | null) => void) =>
        connection.run('PRAGMA busy_timeout = 10000', done),
    },
  };
}

/** Types of dates and times, by their numbers in pg_type: they come as text, since a Date has lost digits and gained a zone. */
const TIMES: ReadonlySet<number> = new Set([1082, 1083, 1114, 1184, 1266]);

interface Queries {
  query(text: string, done: (error: Error | null) => void): void;
}

function postgresSettings(url: string): Knex.Config {
  const types = {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      TIMES.has(oid) ? (value: unknown) => value : pg.types.getTypeParser(oid, format as 'text'),
  };
  const connection = { connectionString: url, types, application_name: 'throughline sync' };
  return {
    client: 'pg',
    // The types are of pg's own settings, which knex passes on.
    connection: connection as Knex.PgConnectionConfig,
    pool: {
      min: 0,
      max: CONNECTIONS,
      afterCreate: (client: Queries, done: (error: Error | null) => void) =>
        client.query("SET TIME ZONE 'UTC'; SET DateStyle = 'ISO, YMD'", done),
    },
  };
}

function mysqlSettings(url: string): Knex.Config {
  const address = new URL(url);
  return {
    client: 'mysql2',
    connection: {
      host: address.hostname,
      port: Number(address.port || 3306),
      user: decodeURIComponent(address.username),
      password: decodeURIComponent(address.password),
      database: decodeURIComponent(address.pathname.slice(1)),
      charset: 'utf8mb4',
      dateStrings: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
    },
    pool: {
      min: 0,
      max: CONNECTIONS,
      afterCreate: (client: Queries, done: (error: Error | null) => void) =>
        client.query("SET time_zone = '+00:00'", done),
    },
  };
}

function mssqlSettings(address: URL): Knex.Config {
  const { searchParams } = address;
  return {
    client: 'mssql',
    connection: {
      server: address.hostname,
      port: Number(address.port || 1433),
      userName: decodeURIComponent(address.username),
      password: decodeURIComponent(address.password),
      database: decodeURIComponent(address.pathname.slice(1)),
      options: {
        encrypt: searchParams.get('encrypt') !== 'false',
        trustServerCertificate: searchParams.get('trustServerCertificate') === 'true',
        useUTC: true,
      },
    } as Knex.MsSqlConnectionConfig,
    pool: { min: 0, max: CONNECTIONS },
  };
}
