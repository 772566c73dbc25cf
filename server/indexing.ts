/**
 * Brings the index up to the search parameters in the background: walks over the stored resources of a type for parameters that are filling or
 * rebuilding, and deletes the rows of those that are dropped. One process at a time does it; where it is, is in the database, so that a restart
 * goes on from there.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import sql from 'sql-template-tag';
import { typeNumber } from '../resources/definition.ts';
import { parseJson } from '../resources/json.ts';
import type { AnyResource, ResourceType } from '../resources/types.ts';
import { REFRESH_MS, type Registry } from './parameters.ts';
import type { CompiledParameters } from './search/compile-parameters.ts';
import { parameterRows } from './search/index-rows.ts';
import type { IndexRow, IndexRows } from './search/index-table.ts';
import { claimLease, holdLease, LeaseLost, releaseLease } from './store/lease.ts';
import { advance, deleteSome, type StoredParameter, setStatus, storedParameters } from './store/parameters.ts';
import { type Identity, keyOf, type Session, type StoredVersion } from './store/store.ts';
import { storedRows } from './store/stored-rows.ts';

export interface Indexing {
  /** Looks for work; does nothing while it is at work. */
  wake(): void;
  /** Ends after the transaction under way. */
  stop(): Promise<void>;
}

const LEASE = 'indexing';

/** Resources in one transaction: a few milliseconds of work, so that a write that waits for it does not notice. */
const BATCH = 100;
/** Most parameters that are dropped have no rows. */
const DROPPED_TOGETHER = 25;
/** Work and rest take turns: the share of the time that is left to requests is half, and never less than this. */
const LEAST_REST_MS = 5;
/** Before looking again when another process is at it, or the database does not answer. */
const RETRY_MS = 3_000;
const STOP_MS = 5_000;

/** What one step deals with: parameters of one type that are at the same place, or some that are dropped. */
type Task =
  | { readonly kind: 'walk'; readonly type: ResourceType; readonly parameters: readonly StoredParameter[] }
  | { readonly kind: 'drop'; readonly parameters: readonly StoredParameter[] };

const order = ['filling', 'dropping', 'rebuilding'] as const;

/** The next task; undefined when there is none that this process can do. It knows only parameters as it indexes by them itself. */
function taskOf(stored: readonly StoredParameter[], parameters: CompiledParameters): Task | undefined {
  const possible = stored.filter(({ status, number }) => status === 'dropping' || parameters.byNumber(number));
  for (const status of order) {
    const [first] = possible.filter((each) => each.status === status);
    if (!first) continue;
    if (status === 'dropping')
      return { kind: 'drop', parameters: possible.filter((each) => each.status === status).slice(0, DROPPED_TOGETHER) };
    const together = possible.filter(
      (each) => each.status === status && each.type === first.type && each.position === first.position,
    );
    return { kind: 'walk', type: first.type, parameters: together };
  }
  return undefined;
}

export function startIndexing(registry: Registry, baseUrl: string, logger: Logger): Indexing {
  const { store } = registry;
  const owner = randomUUID();
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  let retry: NodeJS.Timeout | undefined;

  /** The function that makes the rows of the parameters with these numbers; undefined when one is not known here. */
  function rowsOf(numbers: readonly number[]): ((resource: AnyResource) => IndexRows) | undefined {
    const { parameters } = registry.current;
    const known = numbers.flatMap((number) => parameters.byNumber(number) ?? []);
    if (known.length < numbers.length) return undefined;
    const makers = known.map((param) => parameterRows(param, baseUrl));
    return (resource) => merged(makers.map((make) => make(resource)));
  }

  async function step(task: Task): Promise<void> {
    if (task.kind === 'drop') {
      await store.transact(async (session) => {
        await holdLease(session, LEASE, owner);
        for (const { number } of task.parameters) if (await deleteSome(session, number)) return;
      });
      return;
    }
    const { type, parameters } = task;
    const numbers = parameters.map(({ number }) => number);
    const after = parameters[0]?.position ?? 0;
    const identities = await nextResources(type, after);
    await store.transact(async (session) => {
      await holdLease(session, LEASE, owner);
      // Of the revision that the transaction began with; what has changed in between, such as an expression, begins again by itself.
      const make = rowsOf(numbers);
      if (!make || !(await areStill(session, parameters))) return;
      await indexAll(session, identities, numbers, make);
      const last = identities.at(-1);
      if (last) await advance(session, numbers, last.rid, identities.length);
      if (identities.length === BATCH) return;
      await setStatus(session, numbers, 'active');
      // What was rebuilt was in force all the time.
      if (parameters.some(({ status }) => status === 'filling')) await session.raiseRevision();
    });
  }

  async function nextResources(type: ResourceType, after: number): Promise<readonly (Identity & { rid: number })[]> {
    const rows = await store.query<{ rid: number; id: string }>(
      sql`SELECT rid, id FROM resource WHERE type = ${typeNumber(type)} AND content IS NOT NULL AND rid > ${after} ORDER BY rid LIMIT ${BATCH}`,
    );
    return rows.map(({ rid, id }) => ({ rid, id, type }));
  }

  async function work(): Promise<void> {
    if (!(await claimLease(store, LEASE, owner))) {
      retryLater();
      return;
    }
    const settled = new Set<string>();
    while (!stopped) {
      await registry.refresh();
      const stored = await storedParameters(store);
      const task = taskOf(stored, registry.current.parameters);
      if (!task) break;
      if (isBeginning(task) && task.parameters.some((each) => !settled.has(stateOf(each)))) {
        // Writes that began before a change and index by the state before it must not come behind the walk, or the deletion.
        await store.othersEnded();
        // Nor may a search of a process that has not looked since find what is half done.
        await sleep(REFRESH_MS);
        for (const each of stored) settled.add(stateOf(each));
      }
      const started = performance.now();
      await step(task);
      await sleep(Math.max(LEAST_REST_MS, performance.now() - started));
    }
    await releaseLease(store, LEASE, owner);
  }

  async function run(): Promise<void> {
    do {
      again = false;
      try {
        await work();
      } catch (error) {
        if (stopped) return;
        if (!(error instanceof LeaseLost)) logger.warn({ err: error }, 'indexing was interrupted; it is tried again');
        retryLater();
        return;
      }
    } while (again && !stopped);
  }

  function retryLater(): void {
    clearTimeout(retry);
    retry = setTimeout(() => indexing.wake(), RETRY_MS).unref();
  }

  const indexing: Indexing = {
    wake() {
      again = true;
      if (stopped || running !== undefined) return;
      running = run().finally(() => {
        running = undefined;
      });
    },
    async stop() {
      stopped = true;
      clearTimeout(retry);
      // A transaction of another process that does not end must not hold up the end of this one.
      await Promise.race([running, sleep(STOP_MS, undefined, { ref: false })]);
    },
  };
  return indexing;
}

const isBeginning = ({ kind, parameters: [first] }: Task): boolean => kind === 'drop' || first?.position === 0;

/** What changes when a parameter has to be walked or dropped anew. */
const stateOf = ({ number, hash, status }: StoredParameter): string => `${number} ${hash} ${status}`;

/** Whether the parameters are as they were read: same definition, same place. */
async function areStill(session: Session, parameters: readonly StoredParameter[]): Promise<boolean> {
  const now = new Map((await storedParameters(session)).map((each) => [each.number, each]));
  return parameters.every(({ number, hash, status, position }) => {
    const found = now.get(number);
    return found?.hash === hash && found.status === status && found.position === position;
  });
}

/** Gives resources the rows that they should have under the parameters, in place of those that they have. */
async function indexAll(
  session: Session,
  identities: readonly (Identity & { rid: number })[],
  numbers: readonly number[],
  make: (resource: AnyResource) => IndexRows,
): Promise<void> {
  const locked = await session.lock(identities);
  const before = await storedRows(
    session,
    identities.map(({ rid }) => rid),
    numbers,
  );
  session.index(
    identities.map((identity) => ({
      rid: identity.rid,
      before: before.get(identity.rid) ?? {},
      rows: rowsIn(locked.get(keyOf(identity)), make),
    })),
  );
}

const rowsIn = (version: StoredVersion | undefined, make: (resource: AnyResource) => IndexRows): IndexRows =>
  version && version.content !== null ? make(parseJson(version.content) as unknown as AnyResource) : {};

function merged(all: readonly IndexRows[]): IndexRows {
  const [only] = all;
  if (only && all.length === 1) return only;
  const tables: Record<string, IndexRow[]> = {};
  for (const rows of all)
    for (const [name, own] of Object.entries(rows)) {
      tables[name] ??= [];
      tables[name]?.push(...own);
    }
  return tables;
}
