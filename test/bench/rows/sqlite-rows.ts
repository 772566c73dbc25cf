/** Rows in and out of a file of SQLite by the driver alone: WAL, a wait for the disk at each commit, as the server has it. */
import { promisify } from 'node:util';
import sqlite3 from 'sqlite3';
import type { RowAccess, TransactionRows } from './transaction-rows.ts';

export async function sqliteRows(path: string): Promise<RowAccess> {
  const database = new sqlite3.Database(path);
  const exec = promisify(database.exec.bind(database)) as (text: string) => Promise<void>;
  const all = promisify(database.all.bind(database)) as (text: string) => Promise<readonly Record<string, unknown>[]>;
  await exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');

  const prepared = new Map<string, sqlite3.Statement>();
  function run(text: string, parameters: readonly unknown[] = []): Promise<void> {
    const statement = prepared.get(text) ?? database.prepare(text);
    prepared.set(text, statement);
    return new Promise((resolve, reject) => {
      statement.run(parameters, (error: Error | null) => (error ? reject(error) : resolve()));
    });
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
      await run('BEGIN IMMEDIATE');
      for (const { table, rows } of transaction) await run(insert(table), [JSON.stringify(rows)]);
      await run('COMMIT');
    },
    async close() {
      for (const statement of prepared.values())
        await new Promise<void>((resolve) => statement.finalize(() => resolve()));
      await (promisify(database.close.bind(database)) as () => Promise<void>)();
    },
  };
}
