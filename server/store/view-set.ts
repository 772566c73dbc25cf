/** What views for reports there are to be, and what a database says that it has. */
import { settingOf } from './setting.ts';
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

export interface Granted {
  /** Whether the role was made for it. */
  readonly isNew: boolean;
  /** Whether it may read the tables as well, by rights that it has from elsewhere. */
  readonly readsTables: boolean;
}
