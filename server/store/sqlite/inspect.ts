/** A SQLite database looked at without changing it. */
import { open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Inspectable } from '../inspection.ts';
import { connect } from './connection.ts';

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0;

/** A page written to the disk of `folder` and waited for: what a commit waits for. The file is gone afterwards. */
export async function writeTo(folder: string): Promise<void> {
  const path = join(folder, `.throughline-doctor-${process.pid}`);
  const file = await open(path, 'wx', 0o600);
  try {
    await file.write(Buffer.alloc(4096));
    await file.datasync();
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}

/** @throws Error when the file is not there or is no database */
export async function inspectSqlite(path: string): Promise<Inspectable> {
  await stat(path);
  const connection = await connect(path, ['busy_timeout = 2000', 'query_only = ON']);
  try {
    const [version] = await connection.all<{ version: string }>('SELECT sqlite_version() AS version', []);
    // Reads the file, which fails when it is something else.
    await connection.all('SELECT count(*) AS count FROM sqlite_master', []);
    return {
      product: `SQLite ${version?.version ?? ''}`,
      bytes: await sizeOf(path),
      walBytes: await sizeOf(`${path}-wal`),
      query: (statement) => connection.all(statement.sql, statement.values),
      write: () => writeTo(dirname(path)),
      close: () => connection.close(),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}
