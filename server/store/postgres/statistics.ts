/**
 * PostgreSQL chooses indexes by what ANALYZE has seen of a table. Where nobody lets it see (autovacuum turned off) or not yet (a large import
 * minutes ago) it takes ranges for small ones, and a search that takes milliseconds takes a minute. So the server looks too.
 */
import type pg from 'pg';

/** Tables of the schema of which more has changed since the last ANALYZE than autovacuum would let pass. */
const GROWN = `SELECT quote_ident(schemaname) || '.' || quote_ident(relname) AS name FROM pg_stat_user_tables
  WHERE schemaname = current_schema() AND n_mod_since_analyze > $1 + n_live_tup / 5
  AND has_table_privilege(relid, 'INSERT')`;

/** ANALYZE for each table of which more than `changes` rows and a fifth have changed. One that another process is at is left to it. */
export async function analyzeGrown(pool: pg.Pool, changes: number): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(GROWN, [changes]);
  for (const { name } of rows) await pool.query(`ANALYZE (SKIP_LOCKED) ${name}`);
}

export interface Statistics {
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

/** Smaller tables are searched well without. */
const CHANGES = 5000;
const EVERY_MS = 15_000;

/** Looks from time to time, until it is stopped. A look that fails is made again: what is broken shows in the requests. */
export function keepStatistics(pool: pg.Pool): Statistics {
  let underWay: Promise<void> = Promise.resolve();
  let isUnderWay = false;
  const timer = setInterval(() => {
    if (isUnderWay) return;
    isUnderWay = true;
    underWay = analyzeGrown(pool, CHANGES)
      .catch(() => undefined)
      .finally(() => {
        isUnderWay = false;
      });
  }, EVERY_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
