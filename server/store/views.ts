/**
 * Views over the tables, for reports. They hold nothing of their own, so they are no migration: where a database has others than this version would
 * make, they are dropped and made anew in one transaction, and those who could read them can read them still.
 */

import { sqliteFile } from './inspection.ts';
import { postgresAddress } from './open.ts';
import { grantPostgresViews, keepPostgresViews } from './postgres/views.ts';
import { hasSqliteViews, keepSqliteViews } from './sqlite/views.ts';
import type { Granted, Kept, ViewSet } from './view-set.ts';

/**
 * Brings the views of a database that has its tables to those of `set`. On `sqlite::memory:` nobody else could read them, and nothing is done.
 * @throws Error when it may not, or when something of somebody else's stands on a view that is to be replaced; the views stay as they were
 */
export async function keepViews(url: string, set: ViewSet): Promise<Kept> {
  if (url === 'sqlite::memory:') return 'none';
  const file = sqliteFile(url);
  return file === undefined ? keepPostgresViews(postgresAddress(url), set) : keepSqliteViews(file, set);
}

/**
 * What the start of a server does about them. On SQLite every connection reads the text of all views when it opens the file, for ever after: there they
 * are kept where somebody has asked for them (`throughline views`), and not made.
 * @throws Error as `keepViews`
 */
export async function followViews(url: string, set: () => ViewSet): Promise<Kept> {
  const file = sqliteFile(url);
  return file !== undefined && !(await hasSqliteViews(file)) ? 'none' : keepViews(url, set());
}

/** Lets a role of PostgreSQL read the views, and makes it where it is missing. @throws Error with what a superuser has to do */
export const grantViews = (url: string, set: ViewSet, role: string): Promise<Granted> =>
  grantPostgresViews(postgresAddress(url), set, role);
