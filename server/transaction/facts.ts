/**
 * What rules may ask, answered from the transaction: what it has changed so far, and below that what is stored. Questions that come together go to the
 * database together, and each is asked once.
 */
import type { Facts } from '../../resources/reaction.ts';
import { isShaped } from '../../resources/shape.ts';
import type { AnyResource, ResourceType } from '../../resources/types.ts';
import type { Counts } from '../search/count.ts';
import type { Expression } from '../search/expression.ts';
import type { IndexRows } from '../search/index-table.ts';
import { match } from '../search/match.ts';
import { parseQuery } from '../search/parse.ts';
import type { Query, SearchContext } from '../search/query.ts';
import { restrict } from '../search/restrict.ts';
import { firstMatches } from '../search/search.ts';
import { contentOf, type Identity, keyOf, type Session, type StoredVersion } from '../store/store.ts';

/** So many matches `Facts.find` gives at most: the series of one person, not a population. */
const MOST_FOUND = 1000;

export type SearchSettings = Omit<SearchContext, 'reader'>;

/** A changed resource with the rows of both images. */
export interface Changed {
  readonly type: ResourceType;
  readonly id: string;
  readonly before?: AnyResource | undefined;
  readonly after?: AnyResource | undefined;
  readonly rowsBefore: IndexRows;
  readonly rowsAfter: IndexRows;
  /** The entry of the Bundle that asked for it: `Bundle.entry[3]`. */
  readonly entry?: string | undefined;
}

/** Facts that know what they were asked. */
export interface Asked extends Facts {
  /** Whether one of `changes` may change an answer that was given. */
  isAffectedBy(changes: readonly Changed[]): boolean;
}

export interface Known {
  /** The facts of one rule that looks at one change. */
  asked(): Asked;
  /** Lets go of what is known of the database. */
  forget(): void;
}

/** `Patient?name=x` as type and expression. */
export function parsedSearch(
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

/** Facts are about one person, to whom a reference leads: that is known without counting. */
const byReference: Counts = {
  matches: async ({ type }) => (type === 'reference' ? 1 : 2),
  driver: async () => 2,
};

/** A search that was asked for. */
interface Search {
  readonly type: ResourceType;
  /** Whether an image of a resource, by its rows, matches. */
  matches(id: string, rows: IndexRows): boolean;
  /** Whether a changed resource matches as it is. */
  isOf(changed: Changed): boolean;
  /** What is stored, with its key. */
  readonly stored: Promise<readonly (readonly [key: string, resource: AnyResource])[]>;
}

function searchFor(text: string, settings: SearchSettings, session: Session): Search {
  const { type, expression, query } = parsedSearch(text, settings);
  const found = firstMatches(
    restrict(query, () => ({ kind: 'all' })),
    MOST_FOUND,
    { ...settings, reader: session, counts: byReference },
  );
  const matches = (id: string, rows: IndexRows): boolean => match(expression, { type, id, rows });
  const judged = new WeakMap<Changed, boolean>();
  return {
    type,
    matches,
    isOf(changed) {
      if (changed.type !== type || !changed.after) return false;
      const known = judged.get(changed);
      if (known !== undefined) return known;
      const isMatch = matches(changed.id, changed.rowsAfter);
      judged.set(changed, isMatch);
      return isMatch;
    },
    stored: found.then((versions) =>
      versions.flatMap((version) => {
        const resource = shaped(contentOf(version));
        return resource ? [[keyOf(version), resource] as const] : [];
      }),
    ),
  };
}

/** Rules read what has the shape of its type, and nothing else: not all that is stored has been validated. */
const shaped = (resource: AnyResource | undefined): AnyResource | undefined =>
  resource && isShaped(resource) ? resource : undefined;

/** Reads current versions; those that are asked for before the first is there go together. */
function readerOf(session: Session): (identity: Identity) => Promise<AnyResource | undefined> {
  let waiting: Promise<ReadonlyMap<string, StoredVersion>> | undefined;
  let identities: Identity[] = [];
  let last: Promise<unknown> = Promise.resolve();
  return async (identity) => {
    identities.push(identity);
    waiting ??= last.then(() => {
      const wanted = identities;
      identities = [];
      waiting = undefined;
      return session.readAll(wanted);
    });
    last = waiting.catch(() => undefined);
    return shaped(contentOf((await waiting).get(keyOf(identity))));
  };
}

/** @param changed what is changed so far, by `keyOf`; it may grow */
export function factsOf(session: Session, settings: SearchSettings, changed: ReadonlyMap<string, Changed>): Known {
  const searches = new Map<string, Search>();
  const resources = new Map<string, Promise<AnyResource | undefined>>();
  const read = readerOf(session);

  function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = make();
    known.set(key, made);
    return made;
  }

  return {
    forget() {
      searches.clear();
      resources.clear();
    },
    asked() {
      const keys = new Set<string>();
      const made = new Set<Search>();
      return {
        async get(type, id) {
          const key = keyOf({ type, id });
          keys.add(key);
          const own = changed.get(key);
          return own ? shaped(own.after) : remembered(resources, key, () => read({ type, id }));
        },
        async find(text) {
          const search = remembered(searches, text, () => searchFor(text, settings, session));
          made.add(search);
          const stored = await search.stored;
          const own = [...changed.values()].filter((each) => search.isOf(each));
          return [
            ...stored.flatMap(([key, resource]) => (changed.has(key) ? [] : [resource])),
            ...own.flatMap(({ after }) => shaped(after) ?? []),
          ];
        },
        isAffectedBy: (changes) =>
          changes.some(
            (each) =>
              keys.has(keyOf(each)) ||
              [...made].some(
                (search) =>
                  search.type === each.type &&
                  (search.matches(each.id, each.rowsBefore) || search.matches(each.id, each.rowsAfter)),
              ),
          ),
      };
    },
  };
}
