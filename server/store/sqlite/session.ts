/**
 * One member of a commit group: a Session on the writer connection. Its writes stay in memory until something must read them from
 * the database; only then is a savepoint needed to be able to take them back.
 */
import type { Sql } from 'sql-template-tag';
import { typeNumber } from '../../../resources/definition.ts';
import { conflict } from '../../../resources/outcome.ts';
import { readerOf } from '../reader.ts';
import { type Identity, keyOf, type Session, type StoredVersion, type Write } from '../store.ts';
import { type VersionRow, versionOf } from '../version.ts';
import type { Connection } from './connection.ts';
import type { Numbered } from './flush.ts';

/** What the members of a group share. */
export interface Group {
  readonly connection: Connection;
  nextTx(): number;
  nextRid(): number;
  /** Versions of earlier members that are not in the database yet. */
  unflushed(key: string): StoredVersion | undefined;
  /** Brings the writes of earlier members to the database. */
  flushEarlier(): Promise<void>;
  /** Brings writes of the running member to the database; gives what to tell the group if it succeeds. */
  flushOwn(writes: readonly Numbered[]): Promise<void>;
}

export interface Member {
  readonly session: Session;
  /** Ends the use of the session and waits for statements under way. Gives the writes that are still in memory. */
  end(): Promise<readonly Numbered[]>;
  /** Whether the savepoint `member` is open. */
  hasSavepoint(): boolean;
}

const LOCK = `SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content
  FROM json_each($1) CROSS JOIN resource r ON r.type = json_extract(value, '$[0]') AND r.id = json_extract(value, '$[1]')`;

export function memberOf(group: Group): Member {
  const { connection } = group;
  const tx = group.nextTx();
  /** Every version that this transaction wrote, by key; `waiting` are those still in memory. */
  const own = new Map<string, StoredVersion>();
  const locked = new Map<string, StoredVersion | undefined>();
  let waiting: Numbered[] = [];
  let savepoint = false;
  let ended = false;
  let last: Promise<unknown> = Promise.resolve();

  /** One statement at a time, whatever the caller awaits. */
  function inTurn<T>(operation: () => Promise<T>): Promise<T> {
    if (ended) return Promise.reject(new Error('the transaction has ended'));
    const result = last.then(operation);
    last = result.catch(() => undefined);
    return result;
  }

  async function flushAll(): Promise<void> {
    await group.flushEarlier();
    if (waiting.length === 0) return;
    if (!savepoint) await connection.run('SAVEPOINT member');
    savepoint = true;
    const writes = waiting;
    waiting = [];
    await group.flushOwn(writes);
  }

  const flushed = <Row>(text: string, values: readonly unknown[]) =>
    inTurn(async () => {
      await flushAll();
      return connection.all<Row>(text, values);
    });

  const known = (key: string): StoredVersion | undefined => own.get(key) ?? group.unflushed(key);

  async function stored(identities: readonly Identity[]): Promise<readonly StoredVersion[]> {
    if (identities.length === 0) return [];
    const keys = JSON.stringify(identities.map(({ type, id }) => [typeNumber(type), id]));
    return (await connection.all<VersionRow>(LOCK, [keys])).map(versionOf);
  }

  function add(write: Write): void {
    const key = keyOf(write);
    if (own.has(key)) throw new Error(`${key} is written twice in one transaction`);
    if (write.before && locked.get(key)?.version !== write.before.version)
      throw new Error(`${key} is replaced without having been locked`);
    if (!write.before && (locked.get(key) ?? group.unflushed(key))) throw conflict(`${key} exists already`);
    const rid = write.before?.rid ?? group.nextRid();
    const { type, id, version, method, content } = write;
    own.set(key, { rid, type, id, version, tx, method, content });
    waiting.push({ write, rid, tx });
  }

  const reader = readerOf({
    all: flushed,
    query: (statement: Sql) => flushed(statement.sql, statement.values),
    horizon: async () => undefined,
  });

  const session: Session = {
    ...reader,
    tx,

    read: (type, id) =>
      inTurn(async () => {
        const [version] = known(keyOf({ type, id })) ? [known(keyOf({ type, id }))] : await stored([{ type, id }]);
        return version;
      }),

    lock: (identities) =>
      inTurn(async () => {
        const found = new Map<string, StoredVersion>();
        const absent = identities.filter((identity) => !known(keyOf(identity)));
        for (const version of await stored(absent)) found.set(keyOf(version), version);
        for (const identity of identities) {
          const key = keyOf(identity);
          const version = known(key) ?? found.get(key);
          if (version) found.set(key, version);
          locked.set(key, version);
        }
        return found;
      }),

    // Members run one after another, and a group has the database to itself.
    serialize: async () => undefined,

    write(writes) {
      if (ended) throw new Error('the transaction has ended');
      for (const write of writes) add(write);
    },
  };

  return {
    session,
    hasSavepoint: () => savepoint,
    async end() {
      ended = true;
      await last;
      return waiting;
    },
  };
}
