/**
 * The port between the interactions and the database. Two drivers stand behind it, SQLite and PostgreSQL, with the same meaning.
 *
 * A transaction number `tx` is its instant: milliseconds since the epoch times 1000, plus a sequence within the millisecond. So one
 * number orders history, gives `meta.lastUpdated` and answers `_since`, `_at` and `_lastUpdated`. DECISIONS 4.
 */
import type { Sql } from 'sql-template-tag';
import { parseJson } from '../../resources/json.ts';
import type { AnyResource, ResourceType } from '../../resources/types.ts';
import type { IndexRows } from '../search/index-table.ts';

/** The HTTP verb that made a version; `Bundle.entry.request.method` of history. */
export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One version of one resource as stored. */
export interface StoredVersion {
  /** Surrogate number of the resource, the same for all its versions. */
  readonly rid: number;
  readonly type: ResourceType;
  readonly id: string;
  /** 1, 2, 3 ...: `meta.versionId`. */
  readonly version: number;
  readonly tx: number;
  readonly method: Method;
  /** JSON as served, `meta` included; null when this version is a deletion. */
  readonly content: string | null;
}

/** The resource of a stored version, as a value that may be changed; undefined of a deletion, and where there is none. */
export const contentOf = (version: Pick<StoredVersion, 'content'> | undefined): AnyResource | undefined =>
  // Only resources are stored.
  version?.content ? (parseJson(version.content) as unknown as AnyResource) : undefined;

export interface Identity {
  readonly type: ResourceType;
  readonly id: string;
}

/** `Patient/1`, the key by which identities are compared and sorted. */
export const keyOf = ({ type, id }: Identity): string => `${type}/${id}`;

/** Milliseconds since the epoch of a transaction. */
export const millisecondsOf = (tx: number): number => Math.floor(tx / 1000);

/** `meta.lastUpdated` of what a transaction wrote. */
export const instantOf = (tx: number): string => new Date(millisecondsOf(tx)).toISOString();

/** The smallest tx that a transaction at or after `milliseconds` can have. */
export const txAt = (milliseconds: number): number => milliseconds * 1000;

/** A place in a history: the newest-first order is by (tx, rid) descending. */
export interface HistoryPosition {
  readonly tx: number;
  readonly rid: number;
}

export interface HistoryWindow {
  /** At most so many versions. */
  readonly count: number;
  /** Only versions written at or after this tx. */
  readonly since?: number;
  /** Only versions that were current at some time in [from, to). */
  readonly current?: { readonly from: number; readonly to: number };
  /** Only versions older than this place (exclusive): the cursor of a further page. */
  readonly before?: HistoryPosition;
}

/** What a history is of: the whole system, one type, or one resource. */
export type HistoryScope = { readonly type?: ResourceType; readonly id?: string };

export interface Reader {
  /** The current version, a tombstone included; undefined when the server never knew it. */
  read(type: ResourceType, id: string): Promise<StoredVersion | undefined>;
  vread(type: ResourceType, id: string, version: number): Promise<StoredVersion | undefined>;
  /** The version that was current at `tx`; a tombstone where it was deleted then; undefined where it did not exist yet. */
  readAt(type: ResourceType, id: string, tx: number): Promise<StoredVersion | undefined>;
  /** Versions newest first. On PostgreSQL those that a slower transaction could still precede are left for later. */
  history(scope: HistoryScope, window: HistoryWindow): Promise<readonly StoredVersion[]>;
  /** How many versions a history without window has. */
  historyTotal(scope: HistoryScope): Promise<number>;
  /** The last tx at which all is settled: no transaction at or below it is still under way. A walk over pages is over this state. */
  settled(): Promise<number>;
  /** Rows of a statement that `search` composed. Column values are strings, numbers and nulls; bigint columns come as numbers. */
  query<Row>(statement: Sql): Promise<readonly Row[]>;
}

/** A version to be written, with the index rows of its content and of the version that it replaces (none when new or deleted). */
export interface Write {
  /** The version it replaces, as `lock` gave it. */
  readonly before?: StoredVersion;
  readonly type: ResourceType;
  readonly id: string;
  readonly method: Method;
  readonly version: number;
  readonly content: string | null;
  readonly rowsBefore: IndexRows;
  readonly rowsAfter: IndexRows;
}

export interface IndexAddition {
  readonly rid: number;
  readonly rows: IndexRows;
  /** The rows that are stored in their place and of which those that are not among `rows` go. */
  readonly before?: IndexRows;
}

/** A write transaction. What was written in it is seen by its own reads. */
export interface Session extends Reader {
  readonly tx: number;
  /** The revision of the search parameters that was in force when the transaction began. Index rows of an earlier one must not be written. */
  readonly revision: number;
  /** The current versions of those that exist, by `keyOf`, locked against other writers until the end. */
  lock(identities: readonly Identity[]): Promise<ReadonlyMap<string, StoredVersion>>;
  /** The current versions of those that exist, by `keyOf`, in one statement and not locked. */
  readAll(identities: readonly Identity[]): Promise<ReadonlyMap<string, StoredVersion>>;
  /** Makes transactions that name the same keys wait for each other; for conditional interactions. */
  serialize(keys: readonly string[]): Promise<void>;
  /**
   * Takes the versions into the transaction; they reach the database at the next query or at the end. What is replaced must have been
   * locked, and a resource gets one version in a transaction, so that (tx, rid) is a place in history.
   */
  write(writes: readonly Write[]): void;
  /** Raises the revision of the search parameters, for transactions that begin after this one. */
  raiseRevision(): Promise<void>;
  /** Adds index rows to resources that are stored and locked, or replaces them; those that are there already are left. */
  index(additions: readonly IndexAddition[]): void;
  /** Runs a statement that changes tables of the store other than those of versions. */
  execute(statement: Sql): Promise<void>;
}

export interface Store extends Reader {
  readonly dialect: 'sqlite' | 'postgres';
  /**
   * Runs `work` in one transaction and resolves when it is durable. When `work` throws, nothing of it remains.
   * Another writer's change may make `work` run again, from the start.
   */
  transact<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /**
   * Resolves when every transaction has ended, in any process, that began under an earlier revision of the search parameters than the current
   * one.
   */
  othersEnded(): Promise<void>;
  /** Answers when the database does; throws otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
