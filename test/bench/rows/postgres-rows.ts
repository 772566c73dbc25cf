/** Rows in and out of a schema of PostgreSQL by the driver alone: one statement of arrays a table, a wait for the disk at each commit. */
import pg from 'pg';
import type { RowAccess, TransactionRows } from './transaction-rows.ts';

const COLUMNS = `SELECT c.relname AS table, array_agg(a.attname::text ORDER BY a.attnum) AS names,
    array_agg(format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum) AS types
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped GROUP BY c.relname`;

/** `url`: with the parameter `schema`, as the server takes it. */
export async function postgresRows(url: string): Promise<RowAccess> {
  const address = new URL(url);
  const schema = address.searchParams.get('schema') ?? 'public';
  address.searchParams.delete('schema');
  const client = new pg.Client({ connectionString: address.href });
  await client.connect();
  await client.query(`SET search_path = ${pg.escapeIdentifier(schema)}`);
  const { rows: tables } = await client.query<{ table: string; names: string[]; types: string[] }>(COLUMNS, [schema]);
  const inserts = new Map(
    tables.map(({ table, types }) => [
      table,
      `INSERT INTO ${table} SELECT * FROM unnest(${types.map((type, place) => `$${place + 1}::${type}[]`).join(', ')})`,
    ]),
  );

  return {
    tables: async () => tables.map(({ table, names }) => ({ name: table, columns: names })),
    async rows(table, columns) {
      const { rows } = await client.query({ text: `SELECT ${columns.join(', ')} FROM ${table}`, rowMode: 'array' });
      return rows as unknown as readonly (readonly unknown[])[];
    },
    async write(transaction: TransactionRows) {
      await client.query('BEGIN');
      for (const { table, rows } of transaction) {
        const columns = (rows[0] ?? []).map((_, place) => rows.map((row) => row[place]));
        await client.query({ name: table, text: inserts.get(table) ?? '', values: columns });
      }
      await client.query('COMMIT');
    },
    close: () => client.end(),
  };
}
