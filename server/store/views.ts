/**
 * Views over the tables, for reports. They hold nothing of their own, so they are no migration: where a database has others than this version would
 * make, they are dropped and made anew in one transaction, and those who could read them can read them still.
 */

import { sqliteFile } from './inspection.ts';
import { postgresAddress } from './open.ts';
import { grantPostgresViews, keepPostgresViews } from './postgres/views.ts';
import { settingOf } from './setting.ts';
import { hasSqliteViews, keepSqliteViews } from './sqlite/views.ts';
import type { Reader } from './store.ts';

export interface ViewSet {
  /** Names, in the order in which they are made. */
  readonly views: readonly string[];
  /** Names of the functions that the views call. */
  readonly functions: readonly string[];
  readonly statements: readonly string[];
  /** Of the statements. */
  readonly hash: string;
}

/** The setting that says which views are there. */
export const VIEWS = 'report-views';

/** What the setting holds. */
export type ViewsThere = Pick<ViewSet, 'views' | 'functions' | 'hash'>;

/** The views that a database has; undefined when there are none. */
export async function viewsThere(reader: Pick<Reader, 'query'>): Promise<ViewsThere | undefined> {
  const said = await settingOf(reader, VIEWS);
  return said === undefined ? undefined : (JSON.parse(said) as ViewsThere);
}

/** Whether the views were there as they are to be, or had to be made; or that there are none. */
export type Kept = 'same' | 'made' | 'none';

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

export interface Granted {
  /** Whether the role was made for it. */
  readonly isNew: boolean;
  /** Whether it may read the tables as well, by rights that it has from elsewhere. */
  readonly readsTables: boolean;
}

/** Lets a role of PostgreSQL read the views, and makes it where it is missing. @throws Error with what a superuser has to do */
export const grantViews = (url: string, set: ViewSet, role: string): Promise<Granted> =>
  grantPostgresViews(postgresAddress(url), set, role);
