/**
 * The write path. Every write, from a PUT to a transaction Bundle, is a list of Changes that comes through here: versions locked,
 * preconditions checked, content made, validated and indexed, rows handed to the store.
 */
import { copy, stringifyJson } from '../../resources/json.ts';
import {
  atEntry,
  conflict,
  FhirError,
  gone,
  type Issue,
  notFound,
  preconditionFailed,
} from '../../resources/outcome.ts';
import type { Reaction } from '../../resources/reaction.ts';
import type { AnyResource, ResourceType } from '../../resources/types.ts';
import type { Context } from '../interaction/interaction.ts';
import type { IndexRows } from '../search/index-table.ts';
import { isTimeless } from '../search/timeless.ts';
import {
  contentOf,
  type Identity,
  instantOf,
  keyOf,
  type Session,
  type StoredVersion,
  type Write,
} from '../store/store.ts';
import type { Change, Commit, Outcome } from './change.ts';
import { type Cause, type Changed, type Ground, isSame, react } from './react.ts';

const NO_ROWS: IndexRows = {};

/** Index rows that were made ahead, and by which function: that of other search parameters would make others. */
const madeAhead = new WeakMap<AnyResource, { readonly by: Context['indexRows']; readonly rows: IndexRows }>();

/** Makes the index rows of what is about to be written, while another transaction may have the database. */
export function indexAhead(resource: AnyResource, { indexRows, search }: Context): void {
  if (isTimeless(resource.resourceType, search.parameters))
    madeAhead.set(resource, { by: indexRows, rows: indexRows(resource) });
}

/** The index rows of `resource`, which is `content` with what the server sets. */
function rowsOf(resource: AnyResource, content: AnyResource, { indexRows }: Context): IndexRows {
  const ahead = madeAhead.get(content);
  return ahead?.by === indexRows ? ahead.rows : indexRows(resource);
}

/** Refuses a resource that breaks a rule; gives back what is only worth a warning. @throws FhirError 422, with every issue */
export function check(resource: AnyResource, context: Context): readonly Issue[] {
  const issues = context.validate(resource);
  if (issues.some(({ severity }) => severity === 'error' || severity === 'fatal')) throw new FhirError(422, issues);
  return issues;
}

/** The resource as it is stored: id, version and instant are the server's, the rest of `meta` is the client's. */
export function stamped(resource: AnyResource, id: string, version: number, instant: string): AnyResource {
  const { resourceType, id: _id, meta, ...elements } = resource;
  return { resourceType, id, meta: { ...meta, versionId: String(version), lastUpdated: instant }, ...elements };
}

const identityOf = (change: Change): { type: ResourceType; id: string } =>
  change.kind === 'create'
    ? { type: change.resource.resourceType, id: change.id }
    : { type: change.type, id: change.id };

function requireVersion(change: Change, before: StoredVersion | undefined): void {
  if (change.kind === 'update' && change.ifAbsent && before && before.content !== null)
    throw preconditionFailed(`If-None-Match: * asks that ${change.type}/${change.id} does not exist, but it does`, {
      expression: 'http.If-None-Match',
    });
  if (change.kind === 'create' || change.ifMatch === undefined) return;
  const current = before && before.content !== null ? before.version : undefined;
  if (current === change.ifMatch) return;
  const found = current === undefined ? 'it does not exist' : `its version is ${current}`;
  throw preconditionFailed(`If-Match asks for version ${change.ifMatch} of ${change.type}/${change.id}, but ${found}`, {
    expression: 'http.If-Match',
  });
}

interface Step {
  readonly identity: Identity;
  readonly before?: AnyResource | undefined;
  readonly after?: AnyResource;
  readonly write?: Write;
  readonly outcome: Outcome;
}

/** One Change against the version before it: what to write and what to answer. */
function step(change: Change, before: StoredVersion | undefined, session: Session, context: Context): Step {
  requireVersion(change, before);
  const identity = identityOf(change);
  const current = before && contentOf(before);
  const version = (before?.version ?? 0) + 1;
  const rowsBefore = current ? context.indexRows(current) : NO_ROWS;
  const base = { ...identity, version, rowsBefore, ...(before ? { before } : {}) };

  if (change.kind === 'delete') {
    if (!current) return { identity, outcome: { kind: 'unchanged', ...(before ? { version: before } : {}) } };
    const write: Write = { ...base, method: 'DELETE', content: null, rowsAfter: NO_ROWS };
    return { identity, before: current, write, outcome: { kind: 'deleted', version: storedOf(write, session.tx) } };
  }
  const after = resourceAfter(change, before, current, context);
  const resource = stamped(after, identity.id, version, instantOf(session.tx));
  const write: Write = {
    ...base,
    method: change.kind === 'create' ? 'POST' : change.method,
    content: stringifyJson(resource),
    rowsAfter: rowsOf(resource, after, context),
  };
  const kind = current ? 'updated' : 'created';
  return { identity, before: current, after: resource, write, outcome: { kind, version: storedOf(write, session.tx) } };
}

/** The content that a create or update leads to. A patch is computed here, from the version before, and so is checked here. */
function resourceAfter(
  change: Exclude<Change, { kind: 'delete' }>,
  before: StoredVersion | undefined,
  current: AnyResource | undefined,
  context: Context,
): AnyResource {
  if (change.kind === 'create') {
    if (current) throw conflict(`${change.resource.resourceType}/${change.id} exists already`);
    return change.resource;
  }
  if (typeof change.after !== 'function') return change.after;
  if (!current) throw absent(change, before);
  const patched = change.after(copy(current));
  check(patched, context);
  return patched;
}

/** 404 or 410: what is known of a resource that is not there. */
export const absent = ({ type, id }: Identity, before: StoredVersion | undefined): FhirError =>
  before
    ? gone(`${type}/${id} was deleted; its version ${before.version} says so`)
    : notFound(`${type}/${id} is not known`);

const storedOf = (write: Write, tx: number): StoredVersion => ({
  rid: write.before?.rid ?? 0,
  type: write.type,
  id: write.id,
  version: write.version,
  tx,
  method: write.method,
  content: write.content,
});

const changedOf = ({ identity, before, after, write }: Step): Changed | undefined =>
  write && { ...identity, before, after, rowsBefore: write.rowsBefore, rowsAfter: write.rowsAfter };

/**
 * Takes changes that reactions derive: each is a step like any other. A resource that the transaction changes already gets its one new version from
 * the last word.
 */
function taker(
  steps: Map<string, Step>,
  changed: Map<string, Changed>,
  session: Session,
  context: Context,
): Pick<Ground, 'lock' | 'take'> {
  const locked = new Map<string, StoredVersion | undefined>();

  async function lock(changes: readonly Change[]): Promise<void> {
    const fresh = new Map<string, Identity>();
    for (const identity of changes.map(identityOf)) {
      const key = keyOf(identity);
      if (!steps.has(key) && !locked.has(key)) fresh.set(key, identity);
    }
    if (fresh.size === 0) return;
    const found = await session.lock([...fresh.values()]);
    for (const key of fresh.keys()) locked.set(key, found.get(key));
  }

  return {
    lock,
    async take(changes) {
      await lock(changes);
      return changes.flatMap((change) => {
        const key = keyOf(identityOf(change));
        const before = steps.get(key);
        const version = before ? before.write?.before : locked.get(key);
        const current = before ? before.after : version && contentOf(version);
        if (isSo(change, current)) return [];
        if (change.kind === 'update' && typeof change.after !== 'function') check(change.after, context);
        const made = step(change, version, session, context);
        const result = changedOf(made);
        if (!result) return [];
        steps.set(key, made);
        changed.set(key, result);
        return [result];
      });
    },
  };
}

/** Whether a derived change would change nothing. */
function isSo(change: Change, current: AnyResource | undefined): boolean {
  if (change.kind !== 'update') return !current;
  return current !== undefined && typeof change.after !== 'function' && isSame(current, change.after);
}

/** What rules have to say, by `keyOf` of what they say it about. */
type Told = ReadonlyMap<string, readonly Issue[]>;

/** Lets reactions, of changes and of `causes`, add to the steps; gives what they have to say. */
async function followUp(
  steps: Map<string, Step>,
  session: Session,
  context: Context,
  { causes = [], entries }: { readonly causes?: readonly Cause[]; readonly entries?: ReadonlyMap<string, string> },
): Promise<Told> {
  const told = new Map<string, readonly Issue[]>();
  const changed = new Map(
    [...steps].flatMap(([key, each]) => {
      const result = changedOf(each);
      return result ? [[key, { ...result, entry: entries?.get(key) }] as const] : [];
    }),
  );
  const ground: Ground = {
    session,
    search: context.search,
    instant: instantOf(session.tx),
    changed,
    ...taker(steps, changed, session, context),
    tell(change, issue) {
      told.set(keyOf(change), [...(told.get(keyOf(change)) ?? []), issue]);
    },
  };
  await react(context.reactions, [...changed.values()], ground, causes);
  return told;
}

const NOTHING_TOLD: Told = new Map();

/**
 * Carries out `changes`, and what follows from them, inside a transaction. No identity may come twice.
 * @throws FhirError 412, 409, 422
 */
export async function apply(changes: readonly Change[], session: Session, context: Context): Promise<Commit> {
  const locked = await session.lock(changes.filter(({ kind }) => kind !== 'create').map(identityOf));
  const own = changes.map((change) => {
    try {
      return step(change, locked.get(keyOf(identityOf(change))), session, context);
    } catch (error) {
      throw change.entry && error instanceof FhirError ? atEntry(error, change.entry) : error;
    }
  });
  const steps = new Map(own.map((each) => [keyOf(each.identity), each]));
  const reacts = own.some(({ identity }) => context.reactions.has(identity.type));
  const entries = new Map(
    own.flatMap(({ identity }, at) => {
      const entry = changes[at]?.entry;
      return entry ? [[keyOf(identity), entry] as const] : [];
    }),
  );
  const told = reacts ? await followUp(steps, session, context, { entries }) : NOTHING_TOLD;
  session.write([...steps.values()].flatMap(({ write }) => (write ? [write] : [])));
  const parameters = own.flatMap(({ identity, write }, index) =>
    write && identity.type === 'SearchParameter' ? [{ id: identity.id, entry: changes[index]?.entry }] : [],
  );
  if (parameters.length > 0) await context.registry.changed(parameters, session);
  const outcomes = own.map((each): Outcome => {
    const key = keyOf(each.identity);
    const { outcome } = steps.get(key) ?? each;
    const issues = told.get(key);
    return issues ? { ...outcome, issues } : outcome;
  });
  return { tx: session.tx, outcomes };
}

/**
 * Lets a rule look at a resource as it is, because time has passed. Gives how many resources that changed.
 * @throws FhirError of the rule
 */
export async function look(
  reaction: Reaction,
  identity: Identity,
  session: Session,
  context: Context,
): Promise<number> {
  const current = (await session.lock([identity])).get(keyOf(identity));
  const resource = current && contentOf(current);
  if (!resource) return 0;
  const rows = context.indexRows(resource);
  const change: Changed = { ...identity, before: resource, after: resource, rowsBefore: rows, rowsAfter: rows };
  const steps = new Map<string, Step>();
  await followUp(steps, session, context, { causes: [{ reaction, change }] });
  const writes = [...steps.values()].flatMap(({ write }) => (write ? [write] : []));
  session.write(writes);
  return writes.length;
}

/** One Change as a transaction of its own, or as part of the one that the context is in. */
export async function transactOne(change: Change, context: Context): Promise<Outcome> {
  const run = async (session: Session): Promise<Outcome> => {
    const { outcomes } = await apply([change], session, context);
    const [outcome] = outcomes;
    if (!outcome) throw new Error('a change has an outcome');
    return outcome;
  };
  return context.session ? run(context.session) : context.store.transact(run);
}
