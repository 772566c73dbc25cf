/**
 * What the index of SQLite's write-ahead log says of the last commit. Its header changes with every commit of any process, which is how SQLite itself
 * notices them, so that reading 96 bytes tells whether what was read before still holds. https://www.sqlite.org/walformat.html#the_wal_index_file_format
 *
 * A process that closes any descriptor of the file loses all its locks on it (POSIX), those of SQLite too. So there is one descriptor for a path, and it
 * is closed after the last connection to it.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { endianness } from 'node:os';
import { resolve } from 'node:path';

/** A state of the database: the same `header` is the same content. `change` goes up by one with each commit, modulo 2^32. */
export interface CommitMark {
  readonly header: string;
  readonly change: number;
}

export interface WalIndex {
  /** Undefined where it cannot be told: while the header is written, or where there is no write-ahead log. */
  lastCommit(): CommitMark | undefined;
  /** To be called once the connection is closed. */
  release(): void;
}

/** The header stands twice; a reader that finds two different ones came while it was written. */
const HEADER_BYTES = 48;
const FORMAT = 3_007_000;
const CHANGE_AT = 8;
const IS_INITIALISED_AT = 12;

interface Shared {
  users: number;
  descriptor?: number;
}

const byPath = new Map<string, Shared>();
const bytes = Buffer.alloc(2 * HEADER_BYTES);
const isLittle = endianness() === 'LE';
const uint32 = (at: number): number => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));

function descriptorOf(shared: Shared, path: string): number | undefined {
  if (shared.descriptor !== undefined) return shared.descriptor;
  try {
    shared.descriptor = openSync(`${path}-shm`, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return shared.descriptor;
}

function markIn(descriptor: number): CommitMark | undefined {
  if (readSync(descriptor, bytes, 0, bytes.length, 0) < bytes.length) return undefined;
  if (uint32(0) !== FORMAT || bytes[IS_INITIALISED_AT] === 0) return undefined;
  const header = bytes.toString('latin1', 0, HEADER_BYTES);
  return header === bytes.toString('latin1', HEADER_BYTES) ? { header, change: uint32(CHANGE_AT) } : undefined;
}

/** To be called before a connection to the file at `path` is opened. */
export function walIndexOf(path: string): WalIndex {
  const key = resolve(path);
  const shared = byPath.get(key) ?? { users: 0 };
  byPath.set(key, shared);
  shared.users += 1;
  return {
    lastCommit() {
      const descriptor = descriptorOf(shared, key);
      return descriptor === undefined ? undefined : markIn(descriptor);
    },
    release() {
      shared.users -= 1;
      if (shared.users > 0) return;
      byPath.delete(key);
      if (shared.descriptor !== undefined) closeSync(shared.descriptor);
    },
  };
}
