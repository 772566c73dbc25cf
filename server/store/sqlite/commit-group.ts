/**
 * The writer of SQLite. Transactions that arrive while another commits share the next commit, so that the wait for the disk is paid
 * once for all of them. Within a group they run one after another and see each other's writes; nobody is answered before the commit.
 *
 * When the group as a whole fails, it is rolled back and each of its transactions runs again alone, so that one cannot harm another.
 */
import { conflict, unavailable } from '../../../resources/outcome.ts';
import { keyOf, type Session, type StoredVersion } from '../store.ts';
import type { UriCache } from '../uri.ts';
import type { Connection } from './connection.ts';
import { flush, type Numbered } from './flush.ts';
import { memberOf } from './session.ts';

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

const COUNTERS =
  'SELECT coalesce((SELECT max(rid) FROM resource), 0) AS rid, coalesce((SELECT max(tx) FROM transaction_log), 0) AS tx';

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

/** The failure of a statement in the words of the client. */
function failure(error: unknown): unknown {
  switch (codeOf(error)) {
    case 'SQLITE_CONSTRAINT':
      return conflict('A resource with this id was created at the same time', { cause: error });
    case 'SQLITE_BUSY':
      return unavailable('Another process is writing to the database; try again', { cause: error });
    default:
      return error;
  }
}

export function writerOf(connection: Connection, uris: UriCache, clock: () => number): Writer {
  const queue: Request[] = [];
  let running: Promise<void> | undefined;
  let closed = false;
  let lastTx = 0;

  /** Runs the requests that `next` gives in one transaction. */
  async function runGroup(next: () => Request | undefined): Promise<void> {
    const taken: Request[] = [];
    const answers: (() => void)[] = [];
    const learned = new Map<string, number>();
    const unflushed = new Map<string, StoredVersion>();
    let ownUris = new Map<string, number>();
    let pending: Numbered[] = [];
    let characters = 0;
    /** Why the group as a whole cannot be committed. */
    let broken: { readonly error: unknown } | undefined;

    async function flushPending(): Promise<void> {
      if (pending.length === 0) return;
      const writes = pending;
      pending = [];
      unflushed.clear();
      try {
        for (const [uri, number] of await flush(connection, writes, uris)) learned.set(uri, number);
      } catch (error) {
        broken = { error };
        throw error;
      }
    }

    async function keep(writes: readonly Numbered[]): Promise<void> {
      if (writes.some(({ write }) => unflushed.has(keyOf(write)))) await flushPending();
      for (const numbered of writes) {
        const { write, rid, tx } = numbered;
        const { type, id, version, method, content } = write;
        unflushed.set(keyOf(write), { rid, type, id, version, tx, method, content });
        characters += content?.length ?? 0;
        pending.push(numbered);
      }
    }

    async function runMember(request: Request, counters: { rid: number }): Promise<void> {
      ownUris = new Map();
      const member = memberOf({
        connection,
        nextTx: () => {
          lastTx = Math.max(lastTx + 1, clock() * 1000);
          return lastTx;
        },
        nextRid: () => ++counters.rid,
        unflushed: (key) => unflushed.get(key),
        flushEarlier: flushPending,
        async flushOwn(writes) {
          for (const [uri, number] of await flush(connection, writes, uris)) ownUris.set(uri, number);
        },
      });
      try {
        const value = await request.work(member.session);
        const writes = await member.end();
        if (member.hasSavepoint()) await connection.run('RELEASE member');
        for (const [uri, number] of ownUris) learned.set(uri, number);
        await keep(writes);
        answers.push(() => request.resolve(value));
      } catch (error) {
        await member.end();
        if (broken) return;
        if (member.hasSavepoint()) {
          await connection.run('ROLLBACK TO member');
          await connection.run('RELEASE member');
        }
        answers.push(() => request.reject(failure(error)));
      }
    }

    const started = performance.now();
    try {
      await connection.run('BEGIN IMMEDIATE');
      const [last] = await connection.all<{ rid: number; tx: number }>(COUNTERS, []);
      const counters = { rid: last?.rid ?? 0 };
      lastTx = Math.max(lastTx, last?.tx ?? 0);
      for (let request = next(); request; request = next()) {
        taken.push(request);
        await runMember(request, counters);
        if (broken || taken.length >= MAXIMUM_MEMBERS || characters >= MAXIMUM_CHARACTERS) break;
        if (performance.now() - started > MAXIMUM_MS) break;
      }
      await flushPending();
      await connection.run('COMMIT');
    } catch (error) {
      await connection.run('ROLLBACK').catch(() => undefined);
      await runAlone(taken, next, broken?.error ?? error);
      return;
    }
    uris.add(learned);
    for (const answer of answers) answer();
  }

  /** After a group failed: its only request gets the error, several run again one by one. */
  async function runAlone(taken: readonly Request[], next: () => Request | undefined, error: unknown): Promise<void> {
    const [first = next(), ...rest] = taken;
    if (rest.length === 0) {
      first?.reject(failure(error));
      return;
    }
    for (const request of taken) {
      const single = [request];
      await runGroup(() => single.shift());
    }
  }

  async function runQueue(): Promise<void> {
    while (queue.length > 0) await runGroup(() => queue.shift());
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
