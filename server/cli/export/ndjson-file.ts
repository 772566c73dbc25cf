/** An NDJSON file being written: lines in, with back pressure, compressed if wished. Resources are about people: nobody else may read it. */
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export interface NdjsonFile {
  /** Resolves when there is room for more. */
  write(lines: readonly string[]): Promise<void>;
  /** Resolves when everything is in the file. */
  end(): Promise<void>;
}

/** @throws Error of the file system, from whichever call comes next */
export function ndjsonFile(path: string, gzip: boolean): NdjsonFile {
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  const input = gzip ? createGzip() : file;
  if (input !== file) input.pipe(file);
  const done = finished(file);
  // A failure is met where the next write or the end is awaited.
  done.catch(() => undefined);
  const room = (): Promise<void> => new Promise((resolve) => input.once('drain', resolve));
  return {
    async write(lines) {
      if (lines.length === 0) return;
      const hasRoom = input.write(lines.map((line) => `${line}\n`).join(''));
      if (!hasRoom || file.errored) await Promise.race([room(), done]);
    },
    async end() {
      input.end();
      await done;
    },
  };
}
