/** Rows in and out of a file of SQLite by the driver alone: WAL, a wait for the disk at each commit, as the server has it. */
import { promisify } from 'node:util';
import sqlite3 from 'sqlite3';
import type { RowAccess, TransactionRows } from './transaction-rows.ts';

type Parameters = readonly unknown[];

export async function sqliteRows(path: string): Promise<RowAccess> {
  const database = new sqlite3.Database(path);
  const exec = promisify(database.exec.bind(database)) as (text: string) => Promise<void>;
  const all = promisify(database.all.bind(database)) as (text: string) => Promise<readonly Record<string, unknown>[]>;
  await exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');

  const prepared = new Map<string, (parameters: Parameters) => Promise<void>>();
  function statement(text: string): (parameters: Parameters) => Promise<void> {
    const known = prepared.get(text);
    if (known) return known;
    const fresh = database.prepare(text);
    const run = (parameters: Parameters) =>
      new Promise<void>((resolve, reject) => {
        fresh.run(parameters, (error: Error | null) => (error ? reject(error) : resolve()));
      });
    prepared.set(text, run);
    return run;
  }

  const columnsOf = new Map<string, number>();
  const insert = (table: string): string => {
    const values = Array.from(
      { length: columnsOf.get(table) ?? 0 },
      (_, place) => `json_extract(value, '$[${place}]')`,
    );
    return `INSERT INTO ${table} SELECT ${values.join(', ')} FROM json_each(?)`;
  };

  return {
    async tables() {
      const names = await all("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
      return Promise.all(
        names.map(async ({ name }) => {
          const columns = (await all(`SELECT name FROM pragma_table_info('${name}')`)).map((each) => String(each.name));
          columnsOf.set(String(name), columns.length);
          return { name: String(name), columns };
        }),
      );
    },
    async rows(table, columns) {
      return (await all(`SELECT ${columns.join(', ')} FROM ${table}`)).map((row) => columns.map((name) => row[name]));
    },
    async write(transaction: TransactionRows) {
      await statement('BEGIN IMMEDIATE')([]);
      for (const { table, rows } of transaction) await statement(insert(table))([JSON.stringify(rows)]);
      await statement('COMMIT')([]);
    },
    close: () =>
      new Promise((resolve, reject) => {
        // Finalizes what was prepared with it.
        database.exec('SELECT 1', () => database.close((error) => (error ? reject(error) : resolve())));
      }),
  };
}
