/** For commands that only read: opening a SQLite database makes its file when it is missing, which would hide a wrong path. */
import { stat } from 'node:fs/promises';
import { sqliteFile } from '../store/inspection.ts';

/** @throws Error with a sentence when `url` names a file that is not there */
export async function requireDatabase(url: string): Promise<void> {
  const file = sqliteFile(url);
  if (file === undefined) return;
  await stat(file).catch((cause) => {
    throw new Error(`There is no database at ${file}; name one with --database or DATABASE_URL`, { cause });
  });
}
