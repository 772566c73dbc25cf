/**
 * Carries out reactions: what a change leads to is derived, applied and may lead to more, until nothing follows. Nothing is written before all is
 * known, so a reaction that fails leaves nothing behind.
 */
import { isDeepStrictEqual } from 'node:util';
import { atEntry, FhirError, type Issue, issue } from '../../resources/outcome.ts';
import type { Facts, Reacting, Reaction } from '../../resources/reaction.ts';
import { isShaped } from '../../resources/shape.ts';
import type { AnyResource, ResourceType } from '../../resources/types.ts';
import type { Expression } from '../search/expression.ts';
import { match } from '../search/match.ts';
import type { Session } from '../store/store.ts';
import type { Change } from './change.ts';
import { type Changed, factsOf, type Known, parsedSearch, type SearchSettings } from './facts.ts';

export type { Changed } from './facts.ts';

/** So often may a derived change lead to another one. A rule that needs more feeds on itself. */
const MOST_ROUNDS = 4;

interface Compiled {
  readonly reaction: Reaction;
  readonly expression: Expression;
}

/** Reactions by the type of what they react to. */
export type Reactions = ReadonlyMap<ResourceType, readonly Compiled[]>;

/** The rules that look at what time has made due. */
export const sweepingIn = (reactions: Reactions): readonly Reaction[] =>
  [...reactions.values()].flat().flatMap(({ reaction }) => (reaction.sweep ? [reaction] : []));

/** Reads the triggers once. @throws FhirError, when a trigger is no search */
export function compileReactions(reactions: readonly Reaction[], settings: SearchSettings): Reactions {
  const byType = new Map<ResourceType, readonly Compiled[]>();
  for (const reaction of reactions) {
    const { type, expression } = parsedSearch(reaction.on, settings);
    byType.set(type, [...(byType.get(type) ?? []), { reaction, expression }]);
  }
  return byType;
}

/** The transaction as reactions see it, with what they need to change it. */
export interface Ground {
  readonly session: Session;
  readonly search: SearchSettings;
  readonly instant: string;
  /** What is changed so far, by `keyOf`. */
  readonly changed: ReadonlyMap<string, Changed>;
  /** Locks what derived changes are about. */
  lock(changes: readonly Change[]): Promise<void>;
  /** Takes derived changes into the transaction; gives those that changed something. What is so already is left alone. */
  take(changes: readonly Change[]): Promise<readonly Changed[]>;
  /** Takes what the author of a change has to be told. */
  tell(change: Changed, issue: Issue): void;
}

const isMatch = ({ expression }: Compiled, { type, id, before, after, rowsBefore, rowsAfter }: Changed): boolean =>
  (after !== undefined && match(expression, { type, id, rows: rowsAfter })) ||
  (before !== undefined && match(expression, { type, id, rows: rowsBefore }));

const isReadable = ({ after }: Changed): boolean => after === undefined || isShaped(after);

/** The rules that look at a change. */
function causesOf(change: Changed, reactions: Reactions, ground: Ground): readonly Cause[] {
  const matching = (reactions.get(change.type) ?? []).filter((compiled) => isMatch(compiled, change));
  if (matching.length === 0) return [];
  const { type, id, before } = change;
  if (!isReadable(change)) {
    const text = `No rule looks at ${type}/${id}: it has not the shape of a ${type}`;
    ground.tell(change, issue('structure', text, { severity: 'warning', expression: type }));
    return [];
  }
  const readable = before && !isShaped(before) ? { ...change, before: undefined } : change;
  return matching.flatMap(({ reaction }) =>
    (reaction.concerns?.(readable) ?? true) ? [{ reaction, change: readable }] : [],
  );
}

/** What a rule derives, and what it has to say. */
interface Result {
  readonly changes: readonly Change[];
  readonly issues: readonly Issue[];
}

async function derived({ reaction, change }: Cause, facts: Facts, { instant }: Ground): Promise<Result> {
  const { type, id, before, after } = change;
  const reacting: Reacting = { type, id, instant, ...(before ? { before } : {}), ...(after ? { after } : {}) };
  const changes: Change[] = [];
  const issues: Issue[] = [];
  for (const each of await named(reaction, () => reaction.derive(reacting, facts), change)) {
    if (each.kind === 'issue') issues.push(each.issue);
    else if (each.kind === 'delete') changes.push(each);
    else {
      const { resource } = each;
      changes.push({ kind: 'update', type: resource.resourceType, id: resource.id, after: resource, method: 'PUT' });
    }
  }
  return { changes, issues };
}

/** Equal but for what the server sets. */
export function isSame(current: AnyResource, wanted: AnyResource): boolean {
  const plain = ({ meta, ...elements }: AnyResource) => {
    const { versionId: _version, lastUpdated: _instant, ...kept } = meta ?? {};
    return JSON.parse(JSON.stringify({ ...elements, meta: kept })) as unknown;
  };
  return isDeepStrictEqual(plain(current), plain(wanted));
}

/** A failure of a reaction says which one it was; what it refuses is told at the entry that asked for it. */
async function named<T>(reaction: Reaction, step: () => Promise<T>, { entry }: Changed): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof FhirError) throw entry ? atEntry(error, entry) : error;
    throw new FhirError(500, [issue('exception', `The rule ${reaction.name} failed; nothing was written`)], {
      cause: error,
    });
  }
}

/** A rule that looks at a resource, because it matches or because time has passed. */
export interface Cause {
  readonly reaction: Reaction;
  readonly change: Changed;
}

/**
 * Lets reactions follow from what is changed, or from `causes`, round by round. Transactions that set off the same reaction for the same person wait for each
 * other, so that a series is seen whole.
 * @throws FhirError of a reaction, or when they do not come to rest
 */
export async function react(
  reactions: Reactions,
  first: readonly Changed[],
  ground: Ground,
  causes: readonly Cause[] = [],
): Promise<void> {
  let round = first;
  const known = factsOf(ground.session, ground.search, ground.changed);
  const held = new Set<string>();
  for (let count = 0; count === 0 || round.length > 0; count += 1) {
    const matching = round.flatMap((change) => causesOf(change, reactions, ground));
    const due = count === 0 ? [...causes.filter(({ change }) => isReadable(change)), ...matching] : matching;
    if (due.length === 0) return;
    if (count === MOST_ROUNDS) {
      const names = [...new Set(due.map(({ reaction }) => reaction.name))].join(', ');
      throw new FhirError(500, [issue('exception', `The rules ${names} do not come to rest; nothing was written`)]);
    }
    const keys = [...new Set(due.map(({ change }) => `reaction ${personOf(change)}`))].filter((key) => !held.has(key));
    if (keys.length > 0) {
      await ground.session.serialize(keys.sort());
      // What was asked before may have been changed by those that we waited for.
      known.forget();
      for (const key of keys) held.add(key);
    }
    round = await taken(due, known, ground);
  }
}

/**
 * What the causes of a round lead to, one after another: each sees what those before it did. They are derived all at once, so that what they ask is
 * asked together; one whose answers have changed meanwhile is derived again.
 */
async function taken(causes: readonly Cause[], known: Known, ground: Ground): Promise<readonly Changed[]> {
  const tried = causes.map((cause) => {
    const facts = known.asked();
    return { cause, facts, result: derived(cause, facts, ground) };
  });
  const settled = await Promise.allSettled(tried.map(({ result }) => result));
  await ground.lock(settled.flatMap((each) => (each.status === 'fulfilled' ? each.value.changes : [])));
  const next: Changed[] = [];
  for (const { cause, facts, result } of tried) {
    const { changes, issues } = await (facts.isAffectedBy(next) ? derived(cause, known.asked(), ground) : result);
    for (const issue of issues) ground.tell(cause.change, issue);
    next.push(...(await ground.take(changes)));
  }
  return next;
}

/** The person that a change is about, by its `subject`, `patient` or `for`; the resource itself otherwise. */
function personOf({ type, id, before, after }: Changed): string {
  const resource = (after ?? before) as Readonly<Record<string, { reference?: unknown } | undefined>> | undefined;
  const reference = [resource?.subject, resource?.patient, resource?.for].find(
    (each) => typeof each?.reference === 'string',
  );
  return typeof reference?.reference === 'string' ? reference.reference : `${type}/${id}`;
}
