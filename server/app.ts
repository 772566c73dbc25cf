/** The composition root: configuration in, a running server's parts out. Everything is wired here and nowhere else. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Express } from 'express';
import type { Logger } from 'pino';
import { type RuleSettings, rules } from '../resources/index.ts';
import type { Reaction } from '../resources/reaction.ts';
import type { AnyResource } from '../resources/types.ts';
import { capabilities, type Registered } from './capability.ts';
import { careApi } from './care/care.ts';
import type { Declared } from './definition/declared.ts';
import { openDefinitions } from './definition/definitions.ts';
import { dispatcher, type Interactions, writes } from './dispatch.ts';
import { expressApp } from './http/express.ts';
import { type Indexing, startIndexing } from './indexing.ts';
import { batchOrTransaction } from './interaction/batch.ts';
import { historyInstance, historySystem, historyType } from './interaction/history.ts';
import type { Context, FhirRequest, FhirResponse, Interaction, Limits } from './interaction/interaction.ts';
import { read, vread } from './interaction/read.ts';
import { searchSystem, searchType } from './interaction/search.ts';
import { create, patch, remove, update } from './interaction/write.ts';
import { operations as plainOperations } from './operation/index.ts';
import { definitionOperations } from './operation/of-definitions.ts';
import { operationInteraction, withDefinitions } from './operation/operation.ts';
import { storeOwnDefinitions } from './own-definitions.ts';
import { openRegistry } from './parameters.ts';
import { searchCapability } from './search/capability.ts';
import { allActive } from './search/compile-parameters.ts';
import { open as openPage } from './search/cursor.ts';
import { all } from './search/expression.ts';
import type { SearchParameters } from './search/query.ts';
import { madeOnce } from './store/setting.ts';
import type { Store } from './store/store.ts';
import { type Sweeping, type Swept, startSweeping, sweep } from './sweep.ts';
import { searchTerminology } from './terminology/search-terminology.ts';
import { compileReactions } from './transaction/react.ts';
import { apply, check } from './transaction/transact.ts';
import type { Transact } from './transaction/writing.ts';
import { type ValidationSettings, validation as validationOf } from './validation.ts';
import { VERSION } from './version.ts';

export interface AppOptions extends ValidationSettings {
  readonly store: Store;
  /** Public address of `/fhir`, without a slash at the end. */
  readonly baseUrl: string;
  readonly limits: Limits;
  readonly compressAbove: number;
  readonly corsOrigins: readonly string[];
  readonly logger: Logger;
  /** Has what writes carried out by another process; absent where this one writes. */
  readonly forward?: (request: FhirRequest) => Promise<FhirResponse>;
  /** Whether `_explain` is answered. */
  readonly explain: boolean;
  /** The rules of the clinic that are on, and their thresholds. */
  readonly rules?: RuleSettings;
  /** For tests: other rules in place of all those. */
  readonly reactions?: readonly Reaction[];
  /** Whether `_text` and `_content` are offered; when absent, as the database has it: a command changes nothing about it. */
  readonly fullText?: boolean;
  /** Whether our definitions are stored as resources, where they are not yet; a command leaves it to the server. */
  readonly ownDefinitions?: boolean;
  /** Whether this process indexes in the background when search parameters change; a command that ends soon leaves it to the server. */
  readonly background?: boolean;
  /** So often, in minutes, this process lets the rules look at what has become due; absent or 0 for never. */
  readonly sweepMinutes?: number;
  /** For tests; the default makes UUIDs. */
  readonly newId?: () => string;
}

export interface App {
  readonly express: Express;
  /** The same without HTTP: for the command line and for tests. */
  readonly dispatch: (request: FhirRequest) => Promise<FhirResponse>;
  /** Changes together with rows of other tables of the store. */
  readonly transact: Transact;
  /** Lets the rules look at everything that is due by now; undefined when another process is at it. */
  sweep(): Promise<Swept | undefined>;
  /** From here on requests are answered with 503. Resolves when nothing is done in the background any more. */
  drain(): Promise<void>;
}

export async function createApp(options: AppOptions): Promise<App> {
  const { baseUrl, limits, logger } = options;
  const { forward } = options;
  let indexing: Indexing | undefined;
  const registry = await openRegistry({
    store: options.store,
    baseUrl,
    fullText: options.fullText,
    writes: !forward,
    onUnderWay: () => indexing?.wake(),
  });
  if (options.ownDefinitions && !forward) {
    const left = await storeOwnDefinitions(registry);
    if (left.length > 0)
      logger.warn(
        { left },
        'definitions that ship with this version are others than those stored, which somebody has changed: these stay',
      );
  }
  const definitions = await openDefinitions(registry.store);
  const store = definitions.watched(registry.store);
  const validation = validationOf(options, definitions.source, definitions.lookAhead);
  const operations = [
    ...plainOperations,
    ...definitionOperations(validation, definitions.terminology, definitions.source),
  ];
  if (!forward && options.background !== false) indexing = startIndexing(registry, baseUrl, logger);
  if (registry.current.isUnderWay) indexing?.wake();
  const pageKey = Buffer.from(await madeOnce(store, 'page-key', () => randomBytes(32).toString('base64')), 'base64');
  const started = new Date().toISOString();
  const registered = once(
    (parameters: SearchParameters, { profilesOf, guides }: Declared): Registered => ({
      interactions,
      baseUrl,
      limits,
      version: VERSION,
      date: started,
      searchOf: searchCapability(parameters),
      operations,
      profilesOf,
      guides,
    }),
  );
  const list: readonly Interaction[] = [
    withDefinitions(read, operations),
    vread,
    create,
    update,
    patch,
    remove,
    historyInstance,
    historyType,
    historySystem,
    searchType,
    searchSystem,
    batchOrTransaction,
    operationInteraction(operations),
    capabilities(() => registered(registry.current.parameters, definitions.declared())),
  ];
  const interactions: Interactions = new Map(list.map((interaction) => [interaction.code, interaction]));
  const run = dispatcher(interactions);
  /** Searches know the codes of value sets and hierarchies before they are parsed, and writes those that validation asks for. */
  const informed = async (request: FhirRequest, within: Context): Promise<FhirResponse> => {
    await validation.prepare(toBeWritten(request));
    const terminology = await searchTerminology(criteriaOf(request, pageKey), definitions.terminology);
    return run(request, terminology ? { ...within, search: { ...within.search, terminology } } : within);
  };
  const search = {
    get parameters() {
      return registry.current.parameters;
    },
    baseUrl,
    dialect: store.dialect,
    pageKey,
  };
  const context: Context = {
    store,
    reader: store,
    caller: { name: 'anonymous' },
    limits,
    baseUrl,
    newId: options.newId ?? randomUUID,
    search,
    registry,
    reactions: compileReactions(options.reactions ?? rules(options.rules), {
      ...search,
      parameters: allActive(search.parameters),
    }),
    explains: options.explain,
    scope: () => all,
    get indexRows() {
      return registry.current.indexRows;
    },
    validate: validation.guard,
    dispatch: informed,
  };
  const sweeping: Sweeping | undefined =
    options.sweepMinutes && !forward ? startSweeping(context, options.sweepMinutes, logger) : undefined;
  let draining = false;
  const dispatch = async (request: FhirRequest) => {
    if (forward && writes(request, operations)) return forward(request);
    if (!asksRegistries(request)) return run(request, context);
    await Promise.all([registry.refresh(), definitions.current()]);
    return informed(request, context);
  };
  const transact: Transact = async (work) => {
    await Promise.all([registry.refresh(), definitions.current()]);
    return store.transact((session) =>
      work({
        session,
        async check(resource) {
          await validation.prepare([resource]);
          return check(resource, context);
        },
        apply: (changes) => apply(changes, session, context),
      }),
    );
  };
  const express = expressApp({
    baseUrl,
    bodyBytes: limits.bodyBytes,
    compressAbove: options.compressAbove,
    corsOrigins: options.corsOrigins,
    logger,
    dispatch,
    care: careApi({ baseUrl: baseUrl.replace(/\/fhir$/, '/care'), dispatch }),
    ready: () => store.ping(),
    isDraining: () => draining,
  });
  return {
    express,
    dispatch,
    transact,
    sweep: () => sweep(context, { all: true }),
    async drain() {
      draining = true;
      await sweeping?.stop();
      await indexing?.stop();
    },
  };
}

/** Remembers the result for the arguments of the last call. */
function once<A extends readonly object[], R>(make: (...given: A) => R): (...given: A) => R {
  let made: { readonly given: A; readonly result: R } | undefined;
  return (...given) => {
    if (!made || given.some((each, at) => made?.given[at] !== each)) made = { given, result: make(...given) };
    return made.result;
  };
}

/** What a request is about to write, as far as it is known before patches and references are carried out. */
function toBeWritten({ interaction, body }: FhirRequest): readonly AnyResource[] {
  if (!body) return [];
  if (interaction === 'create' || interaction === 'update') return [body];
  if (interaction !== 'batch' || !Array.isArray(body.entry)) return [];
  return (body.entry as readonly ({ resource?: AnyResource } | null)[]).flatMap((entry) => entry?.resource ?? []);
}

/** The criteria of a search, of the search that a page link goes on with, or of a conditional create. */
function criteriaOf({ query, conditions: { ifNoneExist } }: FhirRequest, pageKey: Uint8Array): URLSearchParams {
  const page = query.get('_page');
  if (page !== null) return new URLSearchParams(openPage(page, pageKey).query);
  return ifNoneExist === undefined ? query : new URLSearchParams(ifNoneExist);
}

/** Reads by id and history ask neither search parameters nor definitions. */
const asksRegistries = ({ interaction }: FhirRequest): boolean => !/^(read|vread|history-.*)$/.test(interaction);
