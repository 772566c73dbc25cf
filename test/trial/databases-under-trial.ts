/** The databases of a trial: files of SQLite, and schemas of the PostgreSQL of TEST_POSTGRES_URL. */
import { type Databases, databasesAt } from '../databases.ts';

const { TEST_POSTGRES_URL } = process.env;

export const onSqlite: Databases = databasesAt('sqlite');

/** Undefined without TEST_POSTGRES_URL. */
export const onPostgres: Databases | undefined = TEST_POSTGRES_URL ? databasesAt(TEST_POSTGRES_URL) : undefined;

export const databasesUnderTrial: readonly Databases[] = onPostgres ? [onSqlite, onPostgres] : [onSqlite];
