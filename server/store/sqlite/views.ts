/** The report views in a SQLite file. */
import { type Kept, VIEWS, type ViewSet, type ViewsThere } from '../view-set.ts';
import { connect } from './connection.ts';

const READ = `SELECT value FROM setting WHERE name = '${VIEWS}'`;
const WRITE = `INSERT INTO setting (name, value) VALUES ('${VIEWS}', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`;

/** @throws Error when the file has no tables yet */
export async function hasSqliteViews(file: string): Promise<boolean> {
  const connection = await connect(file, ['busy_timeout = 10000', 'query_only = ON']);
  try {
    return (await connection.all(READ, [])).length > 0;
  } finally {
    await connection.close();
  }
}

/** @throws Error when the file has no tables yet, or is locked for longer than ten seconds */
export async function keepSqliteViews(file: string, set: ViewSet): Promise<Kept> {
  const connection = await connect(file, ['busy_timeout = 10000', 'synchronous = FULL']);
  const there = async (): Promise<ViewsThere | undefined> => {
    const [row] = await connection.all<{ value: string }>(READ, []);
    return row && (JSON.parse(row.value) as ViewsThere);
  };
  try {
    if ((await there())?.hash === set.hash) return 'same';
    await connection.run('BEGIN IMMEDIATE');
    try {
      for (const name of (await there())?.views ?? []) await connection.run(`DROP VIEW IF EXISTS ${name}`);
      for (const statement of set.statements) await connection.run(statement);
      const { views, functions, hash } = set;
      await connection.run(WRITE, [JSON.stringify({ views, functions, hash })]);
      await connection.run('COMMIT');
    } catch (error) {
      await connection.run('ROLLBACK');
      throw error;
    }
    return 'made';
  } finally {
    await connection.close();
  }
}
