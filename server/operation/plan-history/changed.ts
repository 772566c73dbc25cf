/** What has changed between two states of a plan: resource for resource, as a FHIRPath Patch and in words, with who wrote it and when. */
import type { AnyResource, Parameters, Reference } from '../../../resources/types.ts';
import type { Context } from '../../interaction/interaction.ts';
import { type Identity, keyOf, type StoredVersion } from '../../store/store.ts';
import { diff } from '../../transaction/patch/diff.ts';
import { readVisible, resourceIn } from '../visible.ts';
import { authorOf, type Word } from './author.ts';
import type { Moment } from './moment.ts';
import { type Names, nameOfPerson } from './shown.ts';
import { identityOf, type PlanState, type Seen } from './state.ts';
import { nameOf, titleOf, words } from './words.ts';

export interface Written {
  readonly version: StoredVersion;
  readonly who?: Reference;
}

export interface ChangedResource {
  readonly kind: 'changed' | 'added' | 'removed';
  readonly key: string;
  readonly before?: Seen;
  readonly after?: Seen;
  /** The versions in between, oldest first. */
  readonly written: readonly Written[];
  readonly sentences: readonly string[];
  /** Turns `before` into `after`, versions and instants aside. */
  readonly patch?: Parameters;
}

/** Versions of one resource between the two moments of which is told; more are passed over, the oldest first. */
const MOST_VERSIONS = 100;
const PEOPLE = ['Practitioner', 'PractitionerRole', 'Patient', 'RelatedPerson', 'Organization'] as const;

export async function changesBetween(
  from: PlanState,
  to: PlanState,
  moments: { readonly from: Moment; readonly to: Moment },
  told: readonly Word[],
  context: Context,
): Promise<readonly ChangedResource[]> {
  const names = await namesIn([from, to], context);
  const keys = [...new Set([...to.all.keys(), ...from.all.keys()])];
  const changes = await Promise.all(
    keys.map(async (key): Promise<ChangedResource | undefined> => {
      const [before, after] = [from.all.get(key), to.all.get(key)];
      const what = compared(before, after, names);
      if (!what) return undefined;
      return { key, ...what, written: await writtenBetween(before, after, moments, told, context) };
    }),
  );
  return changes.flatMap((each) => each ?? []);
}

function compared(
  before: Seen | undefined,
  after: Seen | undefined,
  names: Names,
): Omit<ChangedResource, 'key' | 'written'> | undefined {
  if (before && after) {
    if (before.version.version === after.version.version) return undefined;
    const patch = diff(before.resource, asOf(before.resource, after.resource));
    if (!patch.parameter) return undefined;
    return { kind: 'changed', before, after, patch, sentences: words(before.resource, after.resource, names) };
  }
  if (after) return { kind: 'added', after, sentences: [`${titleOf(after.resource)} came to the plan`] };
  return (
    before && { kind: 'removed', before, sentences: [`${titleOf(before.resource)} is no part of the plan any more`] }
  );
}

/** `after` with the version and instant of `before`, which are no content. */
function asOf(before: AnyResource, after: AnyResource): AnyResource {
  const { versionId, lastUpdated } = before.meta ?? {};
  const meta = {
    ...after.meta,
    ...(versionId === undefined ? {} : { versionId }),
    ...(lastUpdated === undefined ? {} : { lastUpdated }),
  };
  return { ...after, meta };
}

async function writtenBetween(
  before: Seen | undefined,
  after: Seen | undefined,
  { from, to }: { readonly from: Moment; readonly to: Moment },
  told: readonly Word[],
  context: Context,
): Promise<readonly Written[]> {
  const { type, id } = (after ?? before)?.version ?? {};
  if (!type || !id) return [];
  const since = Math.min(from.tx + 1, to.tx);
  const versions = await context.reader.history({ type, id }, { count: MOST_VERSIONS, since });
  return versions
    .filter(({ tx }) => tx <= to.tx)
    .reverse()
    .map((version) => {
      const who = authorOf(version, told);
      return { version, ...(who ? { who } : {}) };
    });
}

/** What everything and everybody is called that the states name. */
async function namesIn(states: readonly PlanState[], context: Context): Promise<Names> {
  const names = new Map<string, string>();
  const people = new Map<string, Identity>();
  for (const { all } of states)
    for (const [key, { resource }] of all) {
      const name = nameOf(resource);
      if (name !== undefined) names.set(key, name);
      for (const identity of peopleIn(resource, context)) people.set(keyOf(identity), identity);
    }
  for (const type of PEOPLE) {
    const ids = [...people.values()].filter((each) => each.type === type).map(({ id }) => id);
    for (const version of await readVisible(type, ids.slice(0, MOST_PEOPLE), context)) {
      const name = personName(resourceIn(version));
      if (name) names.set(keyOf(version), name);
    }
  }
  return names;
}

/** Of each type; others are called by their references. */
const MOST_PEOPLE = 200;

function personName({ name }: AnyResource): string | undefined {
  if (typeof name === 'string') return name;
  const [first] = Array.isArray(name) ? name : [];
  return first && nameOfPerson(first);
}

/** People and organizations that a resource refers to. Iterative: nesting is input. */
function peopleIn(resource: AnyResource, context: Context): readonly Identity[] {
  const found: Identity[] = [];
  const open: unknown[] = [resource];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const { reference } = next as { reference?: unknown };
    const identity = typeof reference === 'string' ? identityOf({ reference }, context) : undefined;
    if (identity && PEOPLE.some((type) => type === identity.type)) found.push(identity);
    open.push(...Object.values(next));
  }
  return found;
}
