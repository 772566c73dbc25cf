/**
 * Carries out reactions: what a change leads to is derived, applied and may lead to more, until nothing follows. Nothing is written before all is
 * known, so a reaction that fails leaves nothing behind.
 */
import { isDeepStrictEqual } from 'node:util';
import { parseJson } from '../../resources/json.ts';
import { FhirError, type Issue, issue } from '../../resources/outcome.ts';
import type { Facts, Reacting, Reaction } from '../../resources/reaction.ts';
import type { AnyResource, ResourceType } from '../../resources/types.ts';
import type { Expression } from '../search/expression.ts';
import type { IndexRows } from '../search/index-table.ts';
import { match } from '../search/match.ts';
import { parseQuery } from '../search/parse.ts';
import type { Query, SearchContext } from '../search/query.ts';
import { restrict } from '../search/restrict.ts';
import { firstMatches } from '../search/search.ts';
import { keyOf, type Session, type StoredVersion } from '../store/store.ts';
import type { Change } from './change.ts';

/** So often may a derived change lead to another one. A rule that needs more feeds on itself. */
const MOST_ROUNDS = 4;
/** So many matches `Facts.find` gives at most: the series of one person, not a population. */
const MOST_FOUND = 1000;

interface Compiled {
  readonly reaction: Reaction;
  readonly expression: Expression;
}

/** Reactions by the type of what they react to. */
export type Reactions = ReadonlyMap<ResourceType, readonly Compiled[]>;

type SearchSettings = Omit<SearchContext, 'reader'>;

/** `Patient?name=x` as type and expression. */
function parsed(
  search: string,
  settings: SearchSettings,
): { readonly type: ResourceType; readonly expression: Expression; readonly query: Query } {
  const mark = search.indexOf('?');
  const type = (mark < 0 ? search : search.slice(0, mark)) as ResourceType;
  const parameters = new URLSearchParams(mark < 0 ? '' : search.slice(mark + 1));
  const query = parseQuery({ type, query: parameters, handling: 'strict' }, settings);
  const [only] = query.types;
  if (!only) throw new Error(`${search} is about no type`);
  return { type, expression: only.expression, query };
}

/** The rules that look at what time has made due. */
export const sweepingIn = (reactions: Reactions): readonly Reaction[] =>
  [...reactions.values()].flat().flatMap(({ reaction }) => (reaction.sweep ? [reaction] : []));

/** Reads the triggers once. @throws FhirError, when a trigger is no search */
export function compileReactions(reactions: readonly Reaction[], settings: SearchSettings): Reactions {
  const byType = new Map<ResourceType, readonly Compiled[]>();
  for (const reaction of reactions) {
    const { type, expression } = parsed(reaction.on, settings);
    byType.set(type, [...(byType.get(type) ?? []), { reaction, expression }]);
  }
  return byType;
}

/** A changed resource with the rows of both images. */
export interface Changed {
  readonly type: ResourceType;
  readonly id: string;
  readonly before?: AnyResource | undefined;
  readonly after?: AnyResource | undefined;
  readonly rowsBefore: IndexRows;
  readonly rowsAfter: IndexRows;
}

/** The transaction as reactions see it, with what they need to change it. */
export interface Ground {
  readonly session: Session;
  readonly search: SearchSettings;
  readonly instant: string;
  /** What is changed so far, by `keyOf`. */
  readonly changed: ReadonlyMap<string, Changed>;
  /** Takes derived changes into the transaction; gives those that changed something. What is so already is left alone. */
  take(changes: readonly Change[]): Promise<readonly Changed[]>;
  /** Takes what the author of a change has to be told. */
  tell(change: Changed, issue: Issue): void;
}

function isMatch({ reaction, expression }: Compiled, change: Changed): boolean {
  const { type, id, before, after, rowsBefore, rowsAfter } = change;
  const isFound =
    (after !== undefined && match(expression, { type, id, rows: rowsAfter })) ||
    (before !== undefined && match(expression, { type, id, rows: rowsBefore }));
  return isFound && (reaction.concerns?.(change) ?? true);
}

/** What is stored under a search, and the search. */
interface Stored {
  readonly type: ResourceType;
  readonly expression: Expression;
  readonly versions: Promise<readonly StoredVersion[]>;
}

/** Facts that ask the store once for each search, until `forget`. */
function factsOf({ session, search, changed }: Ground): Facts & { forget(): void } {
  const asked = new Map<string, Stored>();
  function stored(text: string): Stored {
    const known = asked.get(text);
    if (known) return known;
    const { type, expression, query } = parsed(text, search);
    const versions = firstMatches(
      restrict(query, () => ({ kind: 'all' })),
      MOST_FOUND,
      { ...search, reader: session },
    );
    const made = { type, expression, versions };
    asked.set(text, made);
    return made;
  }
  return {
    forget: () => asked.clear(),
    async get(type, id) {
      const own = changed.get(keyOf({ type, id }));
      if (own) return own.after;
      const version = await session.read(type, id);
      return version?.content ? (parseJson(version.content) as unknown as AnyResource) : undefined;
    },
    async find(text) {
      const { type, expression, versions } = stored(text);
      const before = (await versions).filter((version) => !changed.has(keyOf(version)) && version.content !== null);
      const own = [...changed.values()].filter(
        (each) => each.type === type && each.after && match(expression, { type, id: each.id, rows: each.rowsAfter }),
      );
      return [
        ...before.map(({ content }) => parseJson(content ?? '') as unknown as AnyResource),
        ...own.flatMap(({ after }) => (after ? [after] : [])),
      ];
    },
  };
}

/** What `reaction` derives, as changes; what it has to say is told. */
async function derived(reaction: Reaction, change: Changed, facts: Facts, ground: Ground): Promise<readonly Change[]> {
  const { type, id, before, after } = change;
  const reacting: Reacting = {
    type,
    id,
    instant: ground.instant,
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
  };
  const changes: Change[] = [];
  for (const each of await named(reaction, () => reaction.derive(reacting, facts))) {
    if (each.kind === 'issue') ground.tell(change, each.issue);
    else if (each.kind === 'delete') changes.push(each);
    else {
      const { resource } = each;
      changes.push({ kind: 'update', type: resource.resourceType, id: resource.id, after: resource, method: 'PUT' });
    }
  }
  return changes;
}

/** Equal but for what the server sets. */
export function isSame(current: AnyResource, wanted: AnyResource): boolean {
  const plain = ({ meta, ...elements }: AnyResource) => {
    const { versionId: _version, lastUpdated: _instant, ...kept } = meta ?? {};
    return JSON.parse(JSON.stringify({ ...elements, meta: kept })) as unknown;
  };
  return isDeepStrictEqual(plain(current), plain(wanted));
}

/** A failure of a reaction says which one it was. */
async function named<T>(reaction: Reaction, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof FhirError) throw error;
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
  const facts = factsOf(ground);
  const held = new Set<string>();
  for (let count = 0; count === 0 || round.length > 0; count += 1) {
    const matching = round.flatMap((change) =>
      (reactions.get(change.type) ?? [])
        .filter((compiled) => isMatch(compiled, change))
        .map(({ reaction }): Cause => ({ reaction, change })),
    );
    const due = count === 0 ? [...causes, ...matching] : matching;
    if (due.length === 0) return;
    if (count === MOST_ROUNDS) {
      const names = [...new Set(due.map(({ reaction }) => reaction.name))].join(', ');
      throw new FhirError(500, [issue('exception', `The rules ${names} do not come to rest; nothing was written`)]);
    }
    const keys = [...new Set(due.map(({ change }) => `reaction ${personOf(change)}`))].filter((key) => !held.has(key));
    if (keys.length > 0) {
      await ground.session.serialize(keys.sort());
      // What was asked before may have been changed by those that we waited for.
      facts.forget();
      for (const key of keys) held.add(key);
    }
    const next: Changed[] = [];
    for (const { reaction, change } of due)
      next.push(...(await ground.take(await derived(reaction, change, facts, ground))));
    round = next;
  }
}

/** The person that a change is about, by its `subject`, `patient` or `for`; the resource itself otherwise. */
function personOf({ type, id, before, after }: Changed): string {
  const resource = (after ?? before) as Readonly<Record<string, { reference?: unknown } | undefined>> | undefined;
  const reference = [resource?.subject, resource?.patient, resource?.for].find(
    (each) => typeof each?.reference === 'string',
  );
  return typeof reference?.reference === 'string' ? reference.reference : `${type}/${id}`;
}
