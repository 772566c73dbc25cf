/** The rows of a database by its URL, through the driver alone. */
import { postgresRows } from './postgres-rows.ts';
import { sqliteRows } from './sqlite-rows.ts';
import type { RowAccess } from './transaction-rows.ts';

export const openRows = (url: string): Promise<RowAccess> =>
  url.startsWith('sqlite:') ? sqliteRows(url.slice('sqlite:'.length)) : postgresRows(url);
