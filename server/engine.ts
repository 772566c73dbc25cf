/** The server without HTTP: requests in, responses out, on one store. The application stands on it, and the commands that write to the database. */
import { randomBytes, randomUUID } from 'node:crypto';
import { type RuleSettings, rules } from '../resources/index.ts';
import type { Reaction } from '../resources/reaction.ts';
import { dispatcher, writes } from './dispatch.ts';
import { asksRegistries, informed } from './informed.ts';
import { type Installation, type InstallationOptions, openInstallation } from './installation.ts';
import type { Context, FhirRequest, FhirResponse, Limits } from './interaction/interaction.ts';
import { interactionsOf } from './interactions.ts';
import { operations as plainOperations } from './operation/index.ts';
import { definitionOperations } from './operation/of-definitions.ts';
import type { Operation } from './operation/operation.ts';
import { allActive } from './search/compile-parameters.ts';
import { all } from './search/expression.ts';
import { madeOnce } from './store/setting.ts';
import type { Store } from './store/store.ts';
import { type Swept, startSweeping, sweep } from './sweep.ts';
import { compileReactions } from './transaction/react.ts';
import { apply, check } from './transaction/transact.ts';
import type { Transact } from './transaction/writing.ts';

export interface EngineOptions extends Omit<InstallationOptions, 'writes'> {
  readonly limits: Limits;
  /** Has what writes carried out by another process; absent where this one writes. */
  readonly forward?: (request: FhirRequest) => Promise<FhirResponse>;
  /** Whether `_explain` is answered. */
  readonly explain: boolean;
  /** The rules of the clinic that are on, and their thresholds. */
  readonly rules?: RuleSettings;
  /** For tests: other rules in place of all those. */
  readonly reactions?: readonly Reaction[];
  /** So often, in minutes, this process lets the rules look at what has become due; absent or 0 for never. */
  readonly sweepMinutes?: number;
  /** For tests; the default makes UUIDs. */
  readonly newId?: () => string;
}

export interface Engine {
  dispatch(request: FhirRequest): Promise<FhirResponse>;
  /** Changes together with rows of other tables of the store. */
  readonly transact: Transact;
  /** Lets the rules look at everything that is due by now; undefined when another process is at it. */
  sweep(): Promise<Swept | undefined>;
  /** Resolves when nothing is done in the background any more. */
  drain(): Promise<void>;
}

export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { forward, sweepMinutes } = options;
  const installation = await openInstallation({ ...options, writes: !forward });
  const operations = operationsOf(installation);
  const run = dispatcher(interactionsOf(operations, installation, options));
  const informedRun = informed(run, installation);
  const pageKey = await pageKeyOf(installation.store);
  const context = contextOf(options, installation, pageKey, informedRun);
  const sweeping = sweepMinutes && !forward ? startSweeping(context, sweepMinutes, options.logger) : undefined;
  return {
    async dispatch(request) {
      if (forward && writes(request, operations)) return forward(request);
      if (!asksRegistries(request)) return run(request, context);
      await installation.current();
      return informedRun(request, context);
    },
    transact: transactOn(installation, context),
    sweep: () => sweep(context, { all: true }),
    async drain() {
      await sweeping?.stop();
      await installation.stop();
    },
  };
}

const operationsOf = ({ validation, definitions }: Installation): readonly Operation[] => [
  ...plainOperations,
  ...definitionOperations(validation, definitions.terminology, definitions.source),
];

/** What the links of pages are sealed with: the same in every process. */
const pageKeyOf = async (store: Store): Promise<Buffer> =>
  Buffer.from(await madeOnce(store, 'page-key', () => randomBytes(32).toString('base64')), 'base64');

/** What every request begins with. */
function contextOf(
  { baseUrl, limits, explain, newId = randomUUID, ...settings }: EngineOptions,
  { store, registry, validation }: Installation,
  pageKey: Buffer,
  dispatch: Context['dispatch'],
): Context {
  const search = {
    get parameters() {
      return registry.current.parameters;
    },
    baseUrl,
    dialect: store.dialect,
    pageKey,
  };
  return {
    store,
    reader: store,
    caller: { name: 'anonymous' },
    limits,
    baseUrl,
    newId,
    search,
    registry,
    reactions: compileReactions(settings.reactions ?? rules(settings.rules), {
      ...search,
      parameters: allActive(search.parameters),
    }),
    explains: explain,
    scope: () => all,
    get indexRows() {
      return registry.current.indexRows;
    },
    validate: validation.guard,
    dispatch,
  };
}

const transactOn =
  ({ store, validation, current }: Installation, context: Context): Transact =>
  async (work) => {
    await current();
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
