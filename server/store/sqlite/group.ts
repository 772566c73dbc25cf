/**
 * One commit group under way: an open transaction in which members run one after another. What they write gathers in memory and
 * goes to the database in one statement a table, at the commit or when a later member has to read it from there.
 */

import type { Pending } from '../pending.ts';
import { PARAMETERS_REVISION } from '../setting.ts';
import { keyOf, type Session, type StoredVersion } from '../store.ts';
import type { UriCache } from '../uri.ts';
import type { Connection } from './connection.ts';
import type { CurrentVersions } from './current-versions.ts';
import { flush } from './flush.ts';
import { type Member, memberOf } from './session.ts';

/** What the work of a member came to. */
export type Result = { readonly value: unknown } | { readonly error: unknown };

export interface OpenGroup {
  /** Runs `work`; when it throws, nothing of it remains in the group. @throws when the group as a whole cannot go on */
  run(work: (session: Session) => Promise<unknown>): Promise<Result>;
  /** Characters of content taken so far. */
  characters(): number;
  /** Whether no further member may run in it. */
  isFull(): boolean;
  commit(): Promise<void>;
}

export interface GroupOptions {
  readonly connection: Connection;
  readonly uris: UriCache;
  readonly current: CurrentVersions;
  /** A tx above `last`, the highest in the database. */
  nextTx(last: number): number;
}

const COUNTERS = `SELECT coalesce((SELECT max(rid) FROM resource), 0) AS rid, coalesce((SELECT max(tx) FROM transaction_log), 0) AS tx,
  (SELECT CAST(value AS integer) FROM setting WHERE name = '${PARAMETERS_REVISION}') AS revision`;

/** Begins a transaction. The counters are read in it, so that other processes may write between groups. */
export async function beginGroup({ connection, uris, current, nextTx }: GroupOptions): Promise<OpenGroup> {
  await connection.run('BEGIN IMMEDIATE');
  const [counters] = await connection.all<{ rid: number; tx: number; revision: number }>(COUNTERS, []);
  let rid = counters?.rid ?? 0;
  const learned = new Map<string, number>();
  const unflushed = new Map<string, StoredVersion>();
  const written = new Set<string>();
  let versions: Pending['versions'][number][] = [];
  let rows: Pending['rows'][number][] = [];
  let characters = 0;
  let full = false;
  let broken: { readonly error: unknown } | undefined;

  const flushTo = async (pending: Pending, numbers: Map<string, number>): Promise<void> => {
    for (const version of pending.versions) written.add(keyOf(version));
    for (const [uri, number] of await flush(connection, pending, uris)) numbers.set(uri, number);
  };

  async function flushGathered(): Promise<void> {
    if (versions.length === 0 && rows.length === 0) return;
    const gathered = { versions, rows };
    versions = [];
    rows = [];
    unflushed.clear();
    try {
      await flushTo(gathered, learned);
    } catch (error) {
      broken = { error };
      throw error;
    }
  }

  async function gather(pending: Pending): Promise<void> {
    if (pending.versions.some((version) => unflushed.has(keyOf(version)))) await flushGathered();
    for (const version of pending.versions) {
      unflushed.set(keyOf(version), version);
      characters += version.content?.length ?? 0;
      versions.push(version);
    }
    for (const change of pending.rows) rows.push(change);
  }

  async function succeed(member: Member, ownUris: ReadonlyMap<string, number>): Promise<void> {
    const pending = await member.end();
    if (member.hasSavepoint()) await connection.run('RELEASE member');
    for (const [uri, number] of ownUris) learned.set(uri, number);
    await gather(pending);
  }

  async function takeBack(member: Member): Promise<void> {
    await member.end();
    if (broken) throw broken.error;
    if (!member.hasSavepoint()) return;
    await connection.run('ROLLBACK TO member');
    await connection.run('RELEASE member');
  }

  return {
    async run(work) {
      // Known to others only when the member succeeds: a savepoint that is rolled back takes its URIs with it.
      const ownUris = new Map<string, number>();
      const member = memberOf({
        connection,
        revision: counters?.revision ?? 0,
        endAfterMember: () => {
          full = true;
        },
        nextTx: () => nextTx(counters?.tx ?? 0),
        nextRid: () => ++rid,
        unflushed: (key) => unflushed.get(key),
        flushEarlier: flushGathered,
        flushOwn: (pending) => flushTo(pending, ownUris),
      });
      let value: unknown;
      try {
        value = await work(member.session);
      } catch (error) {
        await takeBack(member);
        return { error };
      }
      await succeed(member, ownUris);
      return { value };
    },
    characters: () => characters,
    isFull: () => full,
    async commit() {
      await flushGathered();
      current.committing(written);
      await connection.run('COMMIT').finally(current.ended);
      uris.add(learned);
    },
  };
}
