/** What a transaction has taken and not yet written, the same on both databases; and the rules of taking. */
import { conflict } from '../../resources/outcome.ts';
import type { RowChange } from './difference.ts';
import { type IndexAddition, keyOf, type StoredVersion, type Write } from './store.ts';

/** What waits to be written. No resource has two versions in it. */
export interface Pending {
  readonly versions: readonly PendingVersion[];
  readonly rows: readonly RowChange[];
}

export interface PendingVersion extends StoredVersion {
  /** Whether the resource has a row already, whose state goes to the history. */
  readonly replaces: boolean;
}

export interface PendingWrites {
  /** Remembers what `lock` found. */
  locked(key: string, version: StoredVersion | undefined): void;
  /** The version that this transaction wrote, whether or not it has reached the database. */
  written(key: string): StoredVersion | undefined;
  /** @throws Error when a resource is replaced unlocked or written twice; FhirError conflict when it exists and should not */
  write(writes: readonly Write[]): void;
  index(additions: readonly IndexAddition[]): void;
  isEmpty(): boolean;
  /** Hands everything over; nothing waits any more. */
  take(): Pending;
}

const NO_ROWS = {};

/** Writes of the transaction `tx`; `nextRid` numbers resources that are new. */
export function pendingWrites(tx: number, nextRid: () => number): PendingWrites {
  const lockedVersions = new Map<string, StoredVersion | undefined>();
  const writtenVersions = new Map<string, StoredVersion>();
  let versions: PendingVersion[] = [];
  let rows: RowChange[] = [];

  function requireWritable(key: string, { before }: Write): void {
    if (writtenVersions.has(key)) throw new Error(`${key} is written twice in one transaction`);
    const current = lockedVersions.get(key);
    if (before && current?.version !== before.version) throw new Error(`${key} is replaced without having been locked`);
    if (!before && current) throw conflict(`${key} exists already`);
  }

  return {
    locked: (key, version) => void lockedVersions.set(key, version),
    written: (key) => writtenVersions.get(key),
    write(writes) {
      for (const write of writes) {
        const key = keyOf(write);
        requireWritable(key, write);
        const { before, type, id, version, method, content, rowsBefore, rowsAfter } = write;
        const rid = before?.rid ?? nextRid();
        const stored = { rid, type, id, version, tx, method, content, replaces: before !== undefined };
        writtenVersions.set(key, stored);
        versions.push(stored);
        rows.push({ rid, before: rowsBefore, after: rowsAfter });
      }
    },
    index(additions) {
      for (const { rid, rows: after, before = NO_ROWS } of additions) rows.push({ rid, before, after });
    },
    isEmpty: () => versions.length === 0 && rows.length === 0,
    take() {
      const taken = { versions, rows };
      versions = [];
      rows = [];
      return taken;
    },
  };
}
