/** Reading, the same on both databases, over a function that runs a statement. */
import type { Sql } from 'sql-template-tag';
import { typeNumber } from '../../resources/definition.ts';
import { type Horizon, historyStatement, historyTotalStatement } from './history.ts';
import type { Reader } from './store.ts';
import { typesPresent, type VersionRow, versionOf } from './version.ts';

/** A connection, or a pool of them, as the statements see it. */
export interface Database {
  /** Runs a constant text with `$1`, `$2` ..., which must appear first in that order: SQLite numbers them by appearance. */
  all<Row>(text: string, values: readonly unknown[]): Promise<readonly Row[]>;
  query<Row>(statement: Sql): Promise<readonly Row[]>;
  /** What of the history may be shown; all of it when undefined. */
  horizon(): Promise<Horizon | undefined>;
}

const READ = 'SELECT rid, type, id, version, tx, method, content FROM resource WHERE type = $1 AND id = $2';

const PAST = `SELECT h.rid, h.type, r.id, h.version, h.tx, h.method, h.content
  FROM resource r JOIN resource_history h ON h.rid = r.rid WHERE r.type = $1 AND r.id = $2`;

const VREAD = `${READ} AND version = $3 UNION ALL ${PAST} AND h.version = $3`;

const READ_AT = `${READ} AND tx <= $3 UNION ALL ${PAST} AND h.tx <= $3 AND h.ended > $3`;

/** A Reader over `database`. */
export function readerOf(database: Database): Reader {
  const one = async (text: string, values: readonly unknown[]) => {
    const [row] = await database.all<VersionRow>(text, values);
    return row && versionOf(row);
  };
  return {
    read: (type, id) => one(READ, [typeNumber(type), id]),
    vread: (type, id, version) => one(VREAD, [typeNumber(type), id, version]),
    readAt: (type, id, tx) => one(READ_AT, [typeNumber(type), id, tx]),

    async history(scope, window) {
      const horizon = await database.horizon();
      const types =
        scope.type === undefined ? (await database.query<{ type: number }>(typesPresent)).map(({ type }) => type) : [];
      if (scope.type === undefined && types.length === 0) return [];
      const rows = await database.query<VersionRow>(historyStatement(scope, window, types, horizon));
      return rows.map(versionOf);
    },

    async historyTotal(scope) {
      const [row] = await database.query<{ total: number }>(historyTotalStatement(scope));
      return row?.total ?? 0;
    },

    async settled() {
      // In this order: what was taken before the maximum and is still under way afterwards shows in the horizon.
      const [row] = await database.all<{ tx: number | null }>('SELECT max(tx) AS tx FROM transaction_log', []);
      const horizon = await database.horizon();
      return Math.min(row?.tx ?? 0, horizon ? horizon.below - 1 : Number.MAX_SAFE_INTEGER);
    },

    query: (statement) => database.query(statement),
  };
}
