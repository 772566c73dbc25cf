/**
 * The search parameters in force: those of R4, our own, and the SearchParameters that are stored as resources. They change while the server
 * runs. What every process must agree on is in the database, under a revision that grows with each change: a transaction learns it when it
 * begins, and runs again when this process indexes by another.
 */
import { ownSearchParameterTables, type SearchParameterTable, searchParameterTables } from '../resources/definition.ts';
import { parseJson } from '../resources/json.ts';
import { atEntry, conflict, FhirError } from '../resources/outcome.ts';
import type { AnyResource, SearchParameter } from '../resources/types.ts';
import { ownStored } from './definition/own-stored.ts';
import { type CompiledParameters, compileParameters, declareParameters } from './search/compile-parameters.ts';
import { indexer } from './search/index-rows.ts';
import type { IndexRows } from './search/index-table.ts';
import type { ChangedParameter, ParameterRegistry } from './search/registry.ts';
import type { Progress } from './search/search-parameter.ts';
import { type Verdict, verdicts } from './search/stored-parameters.ts';
import {
  PARAMETERS_KEY,
  parameterKey,
  parametersInForce,
  rebuild,
  registerIn,
  registerParameters,
  type StoredParameter,
  storedParameters,
} from './store/parameters.ts';
import { PARAMETERS_REVISION, settingOf } from './store/setting.ts';
import { resourcesOf } from './store/snapshot.ts';
import type { Reader, Session, Store } from './store/store.ts';

/** What is in force at one revision. */
export interface ParametersAt {
  readonly revision: number;
  readonly parameters: CompiledParameters;
  readonly indexRows: (resource: AnyResource) => IndexRows;
  /** Whether the index of some parameter is being filled, rebuilt or dropped. */
  readonly isUnderWay: boolean;
}

export interface Registry extends ParameterRegistry {
  readonly current: ParametersAt;
  /** The store, with transactions that run again when the search parameters have changed before them. */
  readonly store: Store;
  /** Makes sure that what is in force here is no older than a moment. */
  refresh(): Promise<void>;
}

export interface RegistryOptions {
  readonly store: Store;
  readonly baseUrl: string;
  /** Whether `_text` and `_content` are offered; when undefined, as the database has it. */
  readonly fullText: boolean | undefined;
  /** Whether this process may write to the database. */
  readonly writes: boolean;
  /** Called when the index of some parameter is not complete. */
  readonly onUnderWay: () => void;
}

/** A change that another process made is seen after so many milliseconds at the latest. */
export const REFRESH_MS = 500;

/** More attempts than parameters change while a transaction runs. */
const MAXIMUM_ATTEMPTS = 20;

/** Raised by a transaction that began under another revision than this process indexes by. */
class StaleParameters extends Error {}

/** The SearchParameters that are stored, the oldest first; those that we have stored ourselves are in force anyway, and left out. */
async function storedResources(reader: Pick<Reader, 'query'>): Promise<readonly SearchParameter[]> {
  const { transactions } = await ownStored(reader);
  const found: SearchParameter[] = [];
  for await (const batch of resourcesOf(reader, 'SearchParameter'))
    for (const { tx, content } of batch)
      if (!transactions.includes(tx)) found.push(parseJson(content ?? '{}') as unknown as SearchParameter);
  return found;
}

/** Full text search is published as of type string, without an expression; it is a search of its own kind, over the whole resource. */
const wholeResource: Readonly<Record<string, string>> = { _text: 'DomainResource', _content: 'Resource' };

const shippedTables = (fullText: boolean): readonly SearchParameterTable[] =>
  [...searchParameterTables(), ...ownSearchParameterTables()].flatMap((table) => {
    const expression = wholeResource[table.code];
    if (expression === undefined) return [table];
    return fullText ? [{ ...table, type: 'special', expression }] : [];
  });

const inForce = (shipped: readonly SearchParameterTable[], judged: ReadonlyMap<string, Verdict>) => [
  ...shipped,
  ...[...judged.values()].flatMap((verdict) => (verdict.kind === 'in-force' ? [verdict.table] : [])),
];

export async function openRegistry({
  store,
  baseUrl,
  fullText,
  writes,
  onUnderWay,
}: RegistryOptions): Promise<Registry> {
  const shipped = shippedTables(fullText ?? (await hasFullText(store)));
  const shippedUrls = new Set(shipped.map(({ url }) => url));
  const judge = (resources: readonly SearchParameter[]) => verdicts(shipped, resources);
  let current: ParametersAt | undefined;
  let progress: ReadonlyMap<number, Progress> = new Map();
  let loading: Promise<void> = Promise.resolve();
  let looked = 0;
  // Transactions that changed parameters, by tx: the session may come back in a wrapping.
  const changing = new Set<number>();

  function stateOf(revision: number, stored: readonly StoredParameter[], resources: readonly SearchParameter[]) {
    const tables = inForce(shipped, judge(resources));
    const known = parametersInForce(stored);
    const hashes = new Map(declareParameters(tables).map((each) => [parameterKey(each), each.hash]));
    const parameters = compileParameters(tables, (type, code) => {
      const key = parameterKey({ type, code });
      const record = known.get(key);
      if (!record || record.hash !== hashes.get(key)) return undefined;
      const isText = wholeResource[code] !== undefined;
      return {
        ...record,
        progress: () => progress.get(record.number) ?? record,
        ...(isText ? { fullText: store.dialect } : {}),
      };
    });
    const isUnderWay = stored.some(({ status }) => status !== 'active');
    return { revision, parameters, indexRows: indexer(parameters, baseUrl), isUnderWay };
  }

  /** Brings `current` to the revision of the database. */
  async function load(): Promise<void> {
    for (let revision = await revisionOf(store); revision !== current?.revision; ) {
      const [stored, resources] = [await storedParameters(store), await storedResources(store)];
      const after = await revisionOf(store);
      // Read while it changed: another look.
      if (after === revision) current = stateOf(revision, stored, resources);
      revision = after;
    }
    if (!current.isUnderWay) return;
    const stored = await storedParameters(store);
    progress = new Map(stored.map((each) => [each.number, each]));
    current = { ...current, isUnderWay: stored.some(({ status }) => status !== 'active') };
    if (current.isUnderWay) onUnderWay();
  }

  const reload = (): Promise<void> => {
    loading = loading.then(load, load);
    return loading;
  };

  async function transact<T>(work: (session: Session) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      let tx: number | undefined;
      try {
        const result = await store.transact((session) => {
          tx = session.tx;
          if (session.revision !== current?.revision) throw new StaleParameters('the search parameters have changed');
          return work(session);
        });
        if (tx !== undefined && changing.delete(tx)) await reload();
        return result;
      } catch (error) {
        if (!(error instanceof StaleParameters) || attempt >= MAXIMUM_ATTEMPTS) throw error;
        await reload();
      }
    }
  }

  if (writes) {
    const declared = declareParameters(inForce(shipped, judge(await storedResources(store))));
    await registerParameters(store, declared);
  }
  await load();

  return {
    get current() {
      if (!current) throw new Error('the search parameters are loaded when the registry is opened');
      return current;
    },
    store: { ...store, transact },
    async refresh() {
      const now = performance.now();
      if (now - looked < REFRESH_MS) return;
      looked = now;
      await reload();
    },
    async changed(written, session) {
      await session.serialize([PARAMETERS_KEY]);
      const judged = judge(await storedResources(session));
      for (const { id, entry } of written) refuse(judged.get(id), entry);
      await refuseLosses(judged, shippedUrls, session);
      await registerIn(session, declareParameters(inForce(shipped, judged)));
      changing.add(session.tx);
    },
    async states() {
      return storedParameters(store);
    },
    async rebuild(type, codes) {
      await transact(async (session) => {
        await session.serialize([PARAMETERS_KEY]);
        const stored = await storedParameters(session);
        await rebuild(
          session,
          stored.filter((each) => (!type || each.type === type) && (codes.length === 0 || codes.includes(each.code))),
        );
      });
      onUnderWay();
    },
  };
}

/** Whether a server offered full text search on this database last. */
const hasFullText = async (store: Store): Promise<boolean> =>
  (await storedParameters(store)).some(({ code, status }) => code === '_content' && status !== 'dropping');

const revisionOf = async (store: Store): Promise<number> => Number(await settingOf(store, PARAMETERS_REVISION));

function refuse(verdict: Verdict | undefined, entry: ChangedParameter['entry']): void {
  if (verdict?.kind !== 'wrong') return;
  const error = new FhirError(422, verdict.issues);
  throw entry ? atEntry(error, entry) : error;
}

/** What was in force and can be so no longer, because something that it is made of has gone. What ships is made of nothing that is stored. */
async function refuseLosses(
  judged: ReadonlyMap<string, Verdict>,
  shippedUrls: ReadonlySet<string>,
  session: Session,
): Promise<void> {
  const urls = new Map<string, string>();
  for (const resource of await storedResources(session))
    if (judged.get(resource.id ?? '')?.kind === 'wrong' && !shippedUrls.has(resource.url))
      urls.set(resource.url, `SearchParameter/${resource.id}`);
  if (urls.size === 0) return;
  const lost = (await storedParameters(session)).find(({ url, status }) => status !== 'dropping' && urls.has(url));
  if (lost)
    throw conflict(
      `${urls.get(lost.url)}, the search parameter '${lost.code}' of ${lost.type}, depends on what this takes away; change or delete that one first`,
    );
}
