/**
 * Reads by id that are asked for together go to the database together. A statement costs far more than a row of it: with 32 clients
 * reading, one statement for all that came in one turn of the event loop halves the processor time of a read on SQLite and on PostgreSQL.
 */
import { type Identity, keyOf, type Reader, type StoredVersion } from './store.ts';
import { type VersionRow, versionOf } from './version.ts';

/** The rows of those that exist, in any order. */
export type Find = (identities: readonly Identity[]) => Promise<readonly VersionRow[]>;

/** What is known at one moment without asking the database. */
export interface Known {
  get(key: string): StoredVersion | undefined;
  /** Keeps versions that were read since; in vain when something was committed in between. */
  keep(versions: Iterable<StoredVersion>): void;
}

/** What was read before and is still current; undefined when that cannot be told. */
export type Recall = () => Known | undefined;

/** Bounds what one answer of the database holds in memory. */
const MAXIMUM_READS = 100;

interface Waiting {
  readonly identity: Identity;
  resolve(version: StoredVersion | undefined): void;
  reject(error: unknown): void;
}

/** A `read` over `find`, with at most `statements` of them under way. Each sees what was committed when it was asked for. */
export function readTogether(find: Find, statements: number, recall?: Recall): Reader['read'] {
  let waiting: Waiting[] = [];
  let running = 0;
  let planned = false;

  async function run(reads: readonly Waiting[]): Promise<void> {
    running += 1;
    const known = recall?.();
    try {
      const rows = await find(reads.map(({ identity }) => identity));
      const found = new Map(rows.map(versionOf).map((version) => [keyOf(version), version]));
      known?.keep(found.values());
      for (const { identity, resolve } of reads) resolve(found.get(keyOf(identity)));
    } catch (error) {
      for (const { reject } of reads) reject(error);
    } finally {
      running -= 1;
    }
    start();
  }

  function answerKnown(): void {
    const known = recall?.();
    if (!known) return;
    waiting = waiting.filter(({ identity, resolve }) => {
      const version = known.get(keyOf(identity));
      if (version) resolve(version);
      return !version;
    });
  }

  function start(): void {
    if (waiting.length > 0) answerKnown();
    while (waiting.length > 0 && running < statements) {
      const reads = waiting.slice(0, MAXIMUM_READS);
      waiting = waiting.slice(MAXIMUM_READS);
      void run(reads);
    }
  }

  return (type, id) =>
    new Promise((resolve, reject) => {
      waiting.push({ identity: { type, id }, resolve, reject });
      if (planned) return;
      planned = true;
      // After what the event loop has read from sockets in this turn, which asks for more.
      setImmediate(() => {
        planned = false;
        start();
      });
    });
}
