/**
 * A Session on PostgreSQL. It takes a connection when it first needs one and begins a transaction when it first locks or writes
 * with more to come; a transaction that only writes is one statement, which commits by itself.
 */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { typeNumber } from '../../../resources/definition.ts';
import { pendingWrites } from '../pending.ts';
import { readerOf } from '../reader.ts';
import { RAISE_REVISION } from '../setting.ts';
import { type Identity, keyOf, type Session } from '../store.ts';
import { turns } from '../turns.ts';
import { type VersionRow, versionOf } from '../version.ts';
import { rowsOf } from './connection.ts';
import { flushStatement } from './flush.ts';
import type { Limited } from './limited.ts';
import type { Numbers } from './numbers.ts';
import type { Ticket, Tickets } from './tickets.ts';

export interface SessionOptions {
  readonly pool: pg.Pool;
  readonly tickets: Tickets;
  readonly numbers: Numbers;
  /** Keeps the keys of `serialize` apart from those of other schemas of the database. */
  readonly schema: string | undefined;
  /** Runs statements of searches. */
  readonly limited: Limited;
}

export interface OpenSession {
  readonly session: Session;
  /** What the work locked: to be locked ahead when it runs again. */
  held(): Held;
  /** Writes what waits and commits. @throws what failed in the transaction before, even if the work let it pass */
  commit(): Promise<void>;
  /** Takes everything back. */
  rollback(): Promise<void>;
}

/** The tx cannot be used any more; the work must run again with another. */
export class StaleTransaction extends Error {}

/** The current versions of the identities in `currentValues`. */
export const CURRENT = `SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content
  FROM unnest($1::smallint[], $2::text[]) AS wanted(type, id) JOIN resource r ON r.type = wanted.type AND r.id = wanted.id`;

// Sorted, so that two transactions that lock the same resources do not wait for each other in a circle.
const LOCK = `${CURRENT}
  ORDER BY r.type, r.id FOR UPDATE OF r`;

const SERIALIZE = 'SELECT pg_advisory_xact_lock($1)';

/** What transactions keep each other from: resources, and what `serialize` names, as the hashes of its keys. */
export interface Held {
  readonly identities: readonly Identity[];
  readonly hashes: readonly string[];
}

/**
 * Begins a transaction that holds what it will need, so that a tx taken after it is above those of the versions. Keys come first: whoever has one
 * goes on to lock the resources that it is about, and would wait for us while we wait for the key.
 */
export async function lockAhead(pool: pg.Pool, { identities, hashes }: Held): Promise<pg.PoolClient> {
  const client = await pool.connect();
  try {
    await rowsOf(client, 'BEGIN', []);
    for (const hash of [...new Set(hashes)].sort()) await rowsOf(client, SERIALIZE, [hash]);
    await rowsOf(client, LOCK, currentValues(identities));
    return client;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

export const currentValues = (identities: readonly Identity[]): readonly unknown[] => [
  identities.map(({ type }) => typeNumber(type)),
  identities.map(({ id }) => id),
];

/** A session with the tx of `ticket`, in the transaction that `begunOn` is in, or in one of its own. */
export function openSession(options: SessionOptions, ticket: Ticket, begunOn?: pg.PoolClient): OpenSession {
  const { pool, tickets, numbers, schema, limited } = options;
  const { tx } = ticket;
  let provisional = 0;
  const pending = pendingWrites(tx, () => --provisional);
  const identitiesLocked: Identity[] = [];
  const hashesLocked: string[] = [];
  let client = begunOn;
  let begun = begunOn !== undefined;
  let failed: { readonly error: unknown } | undefined;
  const { inTurn, requireOpen, end } = turns();

  async function run<Row>(text: string, values: readonly unknown[], by: Limited = rowsOf): Promise<readonly Row[]> {
    try {
      client ??= await pool.connect();
      return await by<Row>(client, text, values);
    } catch (error) {
      failed ??= { error };
      throw error;
    }
  }

  async function begin(): Promise<void> {
    if (begun) return;
    await run('BEGIN', []);
    begun = true;
  }

  async function flush(): Promise<void> {
    const { text, values } = await flushStatement(pending.take(), tx, numbers);
    if (ticket.isLost()) throw stale('the connection that held the lock of this tx was lost');
    await run(text, values);
  }

  function stale(reason: string): unknown {
    const error = new StaleTransaction(reason);
    failed ??= { error };
    return error;
  }

  async function flushBeforeReading(): Promise<void> {
    if (pending.isEmpty()) return;
    await begin();
    await flush();
  }

  const flushed = <Row>(text: string, values: readonly unknown[], by?: Limited) =>
    inTurn(async () => {
      await flushBeforeReading();
      return run<Row>(text, values, by);
    });

  const reader = readerOf({
    all: (text, values) => flushed(text, values),
    query: (statement) => flushed(statement.text, statement.values, limited),
    horizon: async () => ({ below: await tickets.horizon(), own: tx }),
  });

  const session: Session = {
    ...reader,
    tx,
    revision: ticket.revision,
    async readAll(identities) {
      const rows = await flushed<VersionRow>(CURRENT, currentValues(identities));
      return new Map(rows.map(versionOf).map((version) => [keyOf(version), version]));
    },
    lock: (identities) =>
      inTurn(async () => {
        if (identities.length === 0) return new Map();
        if (identities.some((identity) => pending.written(keyOf(identity)))) await flushBeforeReading();
        await begin();
        identitiesLocked.push(...identities);
        const versions = (await run<VersionRow>(LOCK, currentValues(identities))).map(versionOf);
        if (versions.some((version) => version.tx > tx)) throw stale('a transaction that began later was faster');
        const found = new Map(versions.map((version) => [keyOf(version), version]));
        for (const key of identities.map(keyOf)) pending.locked(key, found.get(key));
        return found;
      }),
    serialize: (keys) =>
      inTurn(async () => {
        await begin();
        const hashes = keys.map((key) => hashOf(`${schema ?? ''} ${key}`));
        hashesLocked.push(...hashes);
        for (const hash of [...new Set(hashes)].sort()) await run(SERIALIZE, [hash]);
      }),
    write(writes) {
      requireOpen();
      pending.write(writes);
    },
    index(additions) {
      requireOpen();
      pending.index(additions);
    },
    raiseRevision: () => session.execute(RAISE_REVISION),
    execute: (statement) =>
      inTurn(async () => {
        await begin();
        await flushBeforeReading();
        await run(statement.text, statement.values);
      }),
  };

  function release(broken: boolean): void {
    client?.release(broken);
    client = undefined;
  }

  return {
    session,
    held: () => ({ identities: identitiesLocked, hashes: hashesLocked }),
    async commit() {
      await end();
      if (failed) throw failed.error;
      if (!pending.isEmpty()) await flush();
      if (begun) await run('COMMIT', []);
      release(false);
    },
    async rollback() {
      await end();
      let broken = false;
      if (begun)
        await run('ROLLBACK', []).catch(() => {
          broken = true;
        });
      release(broken);
    },
  };
}

/** 64 bits of a hash, as PostgreSQL's advisory locks take them. */
const hashOf = (key: string): string => createHash('sha256').update(key).digest().readBigInt64BE(0).toString();
