/**
 * One member of a commit group: a Session on the writer connection. Its writes stay in memory until something must read them from
 * the database; only then is a savepoint needed to be able to take them back.
 */
import { typeNumber } from '../../../resources/definition.ts';
import { conflict } from '../../../resources/outcome.ts';
import { type Pending, pendingWrites } from '../pending.ts';
import { readerOf } from '../reader.ts';
import { RAISE_REVISION } from '../setting.ts';
import { type Identity, keyOf, type Session, type StoredVersion } from '../store.ts';
import { turns } from '../turns.ts';
import { type VersionRow, versionOf } from '../version.ts';
import type { Connection } from './connection.ts';

/** What the members of a group share. */
export interface Group {
  readonly connection: Connection;
  /** Of the search parameters, when the group began. */
  readonly revision: number;
  /** Lets no member follow the running one. */
  endAfterMember(): void;
  nextTx(): number;
  nextRid(): number;
  /** Versions of earlier members that are not in the database yet. */
  unflushed(key: string): StoredVersion | undefined;
  /** Brings the writes of earlier members to the database. */
  flushEarlier(): Promise<void>;
  /** Brings writes of the running member to the database. */
  flushOwn(pending: Pending): Promise<void>;
}

export interface Member {
  readonly session: Session;
  /** Ends the use of the session and waits for statements under way. Gives the writes that are still in memory. */
  end(): Promise<Pending>;
  /** Whether the savepoint `member` is open. */
  hasSavepoint(): boolean;
}

/** The current versions of the identities in `currentValues`. */
export const CURRENT = `SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content
  FROM json_each($1) CROSS JOIN resource r ON r.type = json_extract(value, '$[0]') AND r.id = json_extract(value, '$[1]')`;

export const currentValues = (identities: readonly Identity[]): readonly unknown[] => [
  JSON.stringify(identities.map(({ type, id }) => [typeNumber(type), id])),
];

export function memberOf(group: Group): Member {
  const { connection } = group;
  const tx = group.nextTx();
  const pending = pendingWrites(tx, group.nextRid);
  let savepoint = false;
  const { inTurn, requireOpen, end } = turns();

  async function openSavepoint(): Promise<void> {
    if (!savepoint) await connection.run('SAVEPOINT member');
    savepoint = true;
  }

  async function flushAll(): Promise<void> {
    await group.flushEarlier();
    if (pending.isEmpty()) return;
    await openSavepoint();
    await group.flushOwn(pending.take());
  }

  const flushed = <Row>(kind: 'all' | 'search', text: string, values: readonly unknown[]) =>
    inTurn(async () => {
      await flushAll();
      return connection[kind]<Row>(text, values);
    });

  const inMemory = (key: string): StoredVersion | undefined => pending.written(key) ?? group.unflushed(key);

  /** Current versions by key, from memory or the database. */
  async function current(identities: readonly Identity[]): Promise<Map<string, StoredVersion>> {
    const found = new Map<string, StoredVersion>();
    const others: Identity[] = [];
    for (const identity of identities) {
      const version = inMemory(keyOf(identity));
      if (version) found.set(keyOf(identity), version);
      else others.push(identity);
    }
    if (others.length === 0) return found;
    const rows = await connection.all<VersionRow>(CURRENT, currentValues(others));
    for (const version of rows.map(versionOf)) found.set(keyOf(version), version);
    return found;
  }

  const session: Session = {
    ...readerOf({
      all: (text, values) => flushed('all', text, values),
      query: (statement) => flushed('search', statement.sql, statement.values),
      horizon: async () => undefined,
    }),
    tx,
    revision: group.revision,
    read: (type, id) => inTurn(async () => (await current([{ type, id }])).get(keyOf({ type, id }))),
    readAll: (identities) => inTurn(() => current(identities)),
    lock: (identities) =>
      inTurn(async () => {
        const found = await current(identities);
        for (const key of identities.map(keyOf)) pending.locked(key, found.get(key));
        return found;
      }),
    // Members run one after another, and a group has the database to itself.
    serialize: async () => undefined,
    write(writes) {
      requireOpen();
      const taken = writes.find((write) => !write.before && group.unflushed(keyOf(write)));
      if (taken) throw conflict(`${keyOf(taken)} exists already`);
      pending.write(writes);
    },
    index(additions) {
      requireOpen();
      pending.index(additions);
    },
    async raiseRevision() {
      await session.execute(RAISE_REVISION);
      group.endAfterMember();
    },
    execute: (statement) =>
      inTurn(async () => {
        await flushAll();
        await openSavepoint();
        await connection.run(statement.sql, statement.values);
      }),
  };

  return {
    session,
    hasSavepoint: () => savepoint,
    async end() {
      await end();
      return pending.take();
    },
  };
}
