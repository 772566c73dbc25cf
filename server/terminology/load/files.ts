/** The files of a release: a ZIP archive, a folder, or a single file. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { type ZipEntry, zipEntries } from '../../zip.ts';

export type ReleaseFile = ZipEntry;

/** @throws Error with a sentence when there is nothing at the path */
export async function releaseFiles(path: string): Promise<readonly ReleaseFile[]> {
  const found = await stat(path).catch((cause) => {
    throw new Error(`There is nothing at ${path}`, { cause });
  });
  if (found.isDirectory()) {
    const entries = await readdir(path, { withFileTypes: true, recursive: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => ({ name: relative(path, file), read: () => createReadStream(file) as AsyncIterable<Buffer> }));
  }
  if (/\.zip$/i.test(path)) return zipEntries(path);
  return [{ name: basename(path), read: () => createReadStream(path) as AsyncIterable<Buffer> }];
}

/** The file whose name matches. @throws Error that names what was expected */
export function requireFile(files: readonly ReleaseFile[], pattern: RegExp, expected: string): ReleaseFile {
  const found = findFile(files, pattern);
  if (!found) throw new Error(`There is no ${expected} among the ${files.length} files of the release`);
  return found;
}

export const findFile = (files: readonly ReleaseFile[], pattern: RegExp): ReleaseFile | undefined =>
  files.find(({ name }) => pattern.test(name));
