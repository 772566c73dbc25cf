/** How versions of resources stand in the database, and the way back. What search may know of the table `resource`. */
import sql, { type Sql } from 'sql-template-tag';
import { typeOfNumber } from '../../resources/definition.ts';
import type { Method, StoredVersion } from './store.ts';

const methods: readonly Method[] = ['POST', 'PUT', 'PATCH', 'DELETE'];

/** From 1; the numbers are in databases, so the order is fixed. */
export const methodNumber = (method: Method): number => methods.indexOf(method) + 1;

/** A version as every statement of the store selects it. */
export interface VersionRow {
  readonly rid: number;
  readonly type: number;
  readonly id: string;
  readonly version: number;
  readonly tx: number;
  readonly method: number;
  readonly content: string | null;
}

export function versionOf({ rid, type, id, version, tx, method, content }: VersionRow): StoredVersion {
  return { rid, type: typeOfNumber(type), id, version, tx, method: methods[method - 1] ?? 'PUT', content };
}

/** The numbers of the types that were ever stored, by one seek each. */
export const typesPresent: Sql = sql`
  WITH RECURSIVE present(type) AS (
    SELECT min(type) FROM resource
    UNION ALL SELECT (SELECT min(type) FROM resource WHERE type > present.type) FROM present WHERE type IS NOT NULL)
  SELECT type FROM present WHERE type IS NOT NULL`;
