/**
 * The writer of SQLite. Transactions that arrive while another commits share the next commit, so that the wait for the disk is paid
 * once for all of them. Within a group they run one after another and see each other's writes; nobody is answered before the commit.
 *
 * When the group as a whole fails, it is rolled back and each of its transactions runs again alone, so that one cannot harm another.
 */
import { conflict, unavailable } from '../../../resources/outcome.ts';
import type { Session } from '../store.ts';
import type { UriCache } from '../uri.ts';
import type { Connection } from './connection.ts';
import type { CurrentVersions } from './current-versions.ts';
import { prepareFlush } from './flush.ts';
import { beginGroup } from './group.ts';

export interface Writer {
  transact<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Waits until everything that was begun is committed. */
  close(): Promise<void>;
}

/** A group ends after so many transactions, so much content or so much time; what waits is the next group. */
const MAXIMUM_MEMBERS = 128;
const MAXIMUM_CHARACTERS = 8_000_000;
const MAXIMUM_MS = 20;

/** A transaction asked for: how to run it and how to answer. */
interface Request {
  work(session: Session): Promise<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | undefined)?.code;

/** The failure of a statement in the words of the client. */
function failure(error: unknown): unknown {
  switch (codeOf(error)) {
    case 'SQLITE_CONSTRAINT':
      return conflict('A resource with this id was created before', { cause: error });
    case 'SQLITE_BUSY':
      return unavailable('Another process is writing to the database; try again', { cause: error });
    default:
      return error;
  }
}

export interface WriterOptions {
  readonly connection: Connection;
  readonly uris: UriCache;
  readonly current: CurrentVersions;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

export function writerOf({ connection, uris, current, clock }: WriterOptions): Writer {
  const queue: Request[] = [];
  let running: Promise<void> | undefined;
  let closed = false;
  let lastTx = 0;
  let prepared = false;

  async function prepare(): Promise<void> {
    if (!prepared) await prepareFlush(connection);
    prepared = true;
  }

  function nextTx(last: number): number {
    lastTx = Math.max(lastTx + 1, last + 1, clock() * 1000);
    return lastTx;
  }

  /** Runs requests from `waiting` in one transaction and answers them after its commit. */
  async function runGroup(waiting: Request[]): Promise<void> {
    const taken: Request[] = [];
    const answers: (() => void)[] = [];
    const started = performance.now();
    try {
      await prepare();
      const group = await beginGroup({ connection, uris, current, nextTx });
      for (let request = waiting.shift(); request; request = waiting.shift()) {
        const { work, resolve, reject } = request;
        taken.push(request);
        const result = await group.run(work);
        answers.push(() => ('value' in result ? resolve(result.value) : reject(failure(result.error))));
        if (group.isFull() || taken.length >= MAXIMUM_MEMBERS || group.characters() >= MAXIMUM_CHARACTERS) break;
        if (performance.now() - started > MAXIMUM_MS) break;
      }
      await group.commit();
    } catch (error) {
      // Nothing to roll back when it did not begin.
      await connection.run('ROLLBACK').catch(() => undefined);
      await runAlone(taken.length > 0 ? taken : waiting.splice(0, 1), error);
      return;
    }
    for (const answer of answers) answer();
  }

  /** After a group failed: one request gets the error, several run again one by one. */
  async function runAlone(requests: readonly Request[], error: unknown): Promise<void> {
    if (requests.length === 1) requests[0]?.reject(failure(error));
    else for (const request of requests) await runGroup([request]);
  }

  async function runQueue(): Promise<void> {
    while (queue.length > 0) await runGroup(queue);
    running = undefined;
  }

  return {
    transact<T>(work: (session: Session) => Promise<T>): Promise<T> {
      if (closed) return Promise.reject(unavailable('The store is closed'));
      return new Promise<T>((resolve, reject) => {
        queue.push({ work, resolve: (value) => resolve(value as T), reject });
        running ??= runQueue();
      });
    },
    async close() {
      closed = true;
      await running;
    },
  };
}
