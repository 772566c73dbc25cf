/** A store with resources and their index, and searches on it without the layers above: what the tests of search share. */
import { searchParameterTables } from '../../../resources/definition.ts';
import { stringifyJson } from '../../../resources/json.ts';
import type { AnyResource } from '../../../resources/types.ts';
import {
  type CompiledParameters,
  compileParameters,
  declareParameters,
} from '../../../server/search/compile-parameters.ts';
import { indexer } from '../../../server/search/index-rows.ts';
import type { IndexRows } from '../../../server/search/index-table.ts';
import { parseQuery } from '../../../server/search/parse.ts';
import type { Query, SearchContext, SearchRequest, SearchResult } from '../../../server/search/query.ts';
import { restrict, type Scope, unrestricted } from '../../../server/search/restrict.ts';
import { search } from '../../../server/search/search.ts';
import { parameterKey, registerParameters } from '../../../server/store/parameters.ts';
import { instantOf, keyOf, type Session, type Store, type Write } from '../../../server/store/store.ts';
import type { StoreUnderTest } from '../../store-under-test.ts';

export const BASE = 'http://throughline.test/fhir';
export const PAGE_KEY = Buffer.alloc(32, 7);

/** The R4 parameters with numbers counted from 1, for tests without a store. */
export function parametersWithoutStore(): CompiledParameters {
  let last = 0;
  return compileParameters(searchParameterTables(), () => {
    last += 1;
    return { number: last, status: 'active' };
  });
}

export type TestResource = { readonly resourceType: string; readonly id: string } & Readonly<Record<string, unknown>>;

export interface Practice {
  readonly store: Store;
  readonly context: SearchContext;
  readonly rows: (resource: AnyResource) => IndexRows;
  /** Creates or updates, all in one transaction. */
  put(...resources: readonly TestResource[]): Promise<void>;
  remove(type: string, id: string): Promise<void>;
  /** `Patient?name=maria`, `Patient/1/CarePlan`, or a link of a result. */
  parse(url: string, handling?: SearchRequest['handling']): Query;
  search(url: string, scope?: Scope): Promise<SearchResult>;
  /** The ids of the matches, in order. */
  ids(url: string, scope?: Scope): Promise<string[]>;
  close(): Promise<void>;
}

export async function openPractice(under: StoreUnderTest, baseUrl = BASE): Promise<Practice> {
  const store = await under.open();
  const known = await registerParameters(store, declareParameters(searchParameterTables()));
  const parameters = compileParameters(searchParameterTables(), (type, code) => {
    const stored = known.get(parameterKey({ type, code }));
    if (!stored) throw new Error(`${type}.${code} has no number`);
    return stored;
  });
  const context: SearchContext = {
    reader: store,
    dialect: store.dialect,
    parameters,
    baseUrl,
    pageKey: PAGE_KEY,
  };
  const rows = indexer(parameters, baseUrl);
  const parse: Practice['parse'] = (url, handling = 'strict') => parseQuery(requestOf(url, handling), context);
  const find: Practice['search'] = async (url, scope = unrestricted) => search(restrict(parse(url), scope), context);
  return {
    store,
    context,
    rows,
    put: (...resources) => store.transact((session) => putAll(session, resources as unknown as AnyResource[], rows)),
    remove: (type, id) =>
      store.transact(async (session) => {
        const before = (await session.lock([{ type: type as never, id }])).get(`${type}/${id}`);
        if (!before?.content) throw new Error(`${type}/${id} is not there`);
        session.write([
          {
            before,
            type: before.type,
            id,
            method: 'DELETE',
            version: before.version + 1,
            content: null,
            rowsBefore: rows(JSON.parse(before.content) as AnyResource),
            rowsAfter: {},
          },
        ]);
      }),
    parse,
    search: find,
    ids: async (url, scope) => (await find(url, scope)).matches.map(({ id }) => id),
    close: () => store.close(),
  };
}

async function putAll(
  session: Session,
  resources: readonly AnyResource[],
  rows: (resource: AnyResource) => IndexRows,
): Promise<void> {
  const identities = resources.map(({ resourceType, id = '' }) => ({ type: resourceType, id }));
  const before = await session.lock(identities);
  session.write(
    resources.map((resource): Write => {
      const { resourceType: type, id = '' } = resource;
      const old = before.get(keyOf({ type, id }));
      const version = (old?.version ?? 0) + 1;
      const meta = { ...resource.meta, versionId: String(version), lastUpdated: instantOf(session.tx) };
      return {
        ...(old ? { before: old } : {}),
        type,
        id,
        method: 'PUT',
        version,
        content: stringifyJson({ ...resource, meta }),
        rowsBefore: old?.content ? rows(JSON.parse(old.content) as AnyResource) : {},
        rowsAfter: rows({ ...resource, meta } as AnyResource),
      };
    }),
  );
}

/** The request that a URL relative to the base makes. */
export function requestOf(url: string, handling: SearchRequest['handling'] = 'strict'): SearchRequest {
  const [path = '', query = ''] = url.split(/\?(.*)/s, 2);
  const [type, id, member] = path.split('/');
  return {
    ...(member !== undefined && id !== undefined
      ? { compartment: { type: type as never, id }, ...(member === '*' ? {} : { type: member as never }) }
      : type
        ? { type: type as never }
        : {}),
    query: new URLSearchParams(query),
    handling,
  };
}
