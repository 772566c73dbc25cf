/** The rows that transactions left in a database, transaction by transaction, and a loop that writes the same rows straight. */

/** Rows of one table, in the order of its columns. */
export interface TableRows {
  readonly table: string;
  readonly rows: readonly (readonly unknown[])[];
}

/** Everything that one transaction wrote. */
export type TransactionRows = readonly TableRows[];

/** How a database gives and takes rows. Columns are those of the table, in its order. */
export interface RowAccess {
  tables(): Promise<readonly { readonly name: string; readonly columns: readonly string[] }[]>;
  rows(table: string, columns: readonly string[]): Promise<readonly (readonly unknown[])[]>;
  /** One durable commit, one statement a table. */
  write(transaction: TransactionRows): Promise<void>;
  close(): Promise<void>;
}

/**
 * All rows of the resources that transactions of at least `entries` resources made: by the tx of `resource`, to which the rows of index
 * tables belong by rid. URIs, which many share, are left out.
 */
export async function transactionsOf(access: RowAccess, entries: number): Promise<readonly TransactionRows[]> {
  const tables = await access.tables();
  const resource = tables.find(({ name }) => name === 'resource');
  if (!resource) throw new Error('the database has no table "resource"');
  const rid = resource.columns.indexOf('rid');
  const tx = resource.columns.indexOf('tx');
  const txOfRid = new Map<unknown, unknown>();
  const sizes = new Map<unknown, number>();
  for (const row of await access.rows('resource', resource.columns)) {
    txOfRid.set(row[rid], row[tx]);
    sizes.set(row[tx], (sizes.get(row[tx]) ?? 0) + 1);
  }
  const found = new Map<unknown, Map<string, (readonly unknown[])[]>>();
  for (const { name, columns } of tables) {
    const byTx = columns.indexOf('tx');
    const byRid = columns.indexOf('rid');
    if (name === 'resource_history' || (byTx < 0 && byRid < 0)) continue;
    for (const row of await access.rows(name, columns)) {
      const transaction = byTx < 0 ? txOfRid.get(row[byRid]) : row[byTx];
      if ((sizes.get(transaction) ?? 0) < entries) continue;
      const group = found.get(transaction) ?? new Map<string, (readonly unknown[])[]>();
      found.set(transaction, group);
      const rows = group.get(name) ?? [];
      group.set(name, rows);
      rows.push(row);
    }
  }
  return [...found]
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, group]) => [...group].map(([table, rows]) => ({ table, rows })));
}
