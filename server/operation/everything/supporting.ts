/** What the core of a record refers to, and what that refers to: found by reading the core, so that no reference is missed. */
import { parseReference } from '../../../resources/reference.ts';
import type { ResourceType } from '../../../resources/types.ts';
import type { Context } from '../../interaction/interaction.ts';
import { and } from '../../search/expression.ts';
import { MAX_COUNT } from '../../search/limits.ts';
import { type Identity, keyOf, type StoredVersion } from '../../store/store.ts';
import { withIds } from '../criteria.ts';
import { queryOf, searchContextOf } from '../visible.ts';
import { readAll } from '../walk.ts';
import { isFollowed, type RecordOf, supportingOf } from './record.ts';

/** Stored JSON has no spaces, and a quote inside a text has a backslash, so neither can be taken for a property. */
const REFERENCE = /"reference":"((?:[^"\\]|\\.)*)"/g;
/** `Attachment.url`: a Binary is referred to by its address. */
const ADDRESS = /"url":"((?:[^"\\]|\\.)*)"/g;

/** The resources of this server that a stored resource refers to. */
export function* referredTo({ content }: StoredVersion, baseUrl: string): Generator<Identity> {
  for (const [pattern, place] of [[REFERENCE, 'reference'] as const, [ADDRESS, 'address'] as const])
    for (const [, text = ''] of (content ?? '').matchAll(pattern)) {
      const parsed = parseReference(text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text);
      if (parsed?.kind !== 'literal' || (parsed.base !== undefined && parsed.base !== baseUrl)) continue;
      if (place === 'reference' || parsed.type === 'Binary') yield { type: parsed.type, id: parsed.id };
    }
}

/** The versions at `tx` of those of `identities` that may come along. */
async function candidates(
  record: RecordOf,
  identities: Iterable<Identity>,
  tx: number,
  context: Context,
): Promise<readonly StoredVersion[]> {
  const byType = new Map<ResourceType, string[]>();
  for (const { type, id } of identities) {
    const ids = byType.get(type);
    if (ids) ids.push(id);
    else byType.set(type, [id]);
  }
  return (await Promise.all([...byType].map(([type, ids]) => ofType(record, type, ids, tx, context)))).flat();
}

async function ofType(
  record: RecordOf,
  type: ResourceType,
  ids: readonly string[],
  tx: number,
  context: Context,
): Promise<readonly StoredVersion[]> {
  const search = searchContextOf(context);
  const versions: StoredVersion[] = [];
  for (let from = 0; from < ids.length; from += MAX_COUNT) {
    const some = withIds(type, ids.slice(from, from + MAX_COUNT), search);
    const expression = and([some, supportingOf(record, type, search)]);
    for await (const page of readAll(queryOf([{ type, expression, sort: [] }], MAX_COUNT), tx, context))
      versions.push(...page);
  }
  return versions;
}

/** A resource that comes along; its content is at hand for the first KEPT of them. */
export interface Supporting extends Identity {
  readonly tx: number;
  readonly version?: StoredVersion;
}

/** Most records have fewer, and then nothing is read twice. */
const KEPT = 1000;
/** So many are looked at in one step, which bounds the memory of their contents. */
const STEP = 2000;

/** All that supports the record whose core is read, as of `tx`, in the order of type and id. Memory is that of identities. */
export async function supportingResources(
  record: RecordOf,
  core: AsyncIterable<readonly StoredVersion[]>,
  tx: number,
  context: Context,
): Promise<readonly Supporting[]> {
  const search = searchContextOf(context);
  const seen = new Set<string>();
  const found: Supporting[] = [];
  const wanted: Identity[] = [];
  const want = (version: StoredVersion): void => {
    for (const identity of referredTo(version, context.baseUrl)) {
      const key = keyOf(identity);
      if (seen.has(key)) continue;
      seen.add(key);
      wanted.push(identity);
    }
  };
  for await (const versions of core) versions.forEach(want);
  while (wanted.length > 0)
    for (const version of await candidates(record, wanted.splice(0, STEP), tx, context)) {
      const { type, id, tx: written } = version;
      found.push({ type, id, tx: written, ...(found.length < KEPT ? { version } : {}) });
      if (isFollowed(type, search)) want(version);
    }
  return found.sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
}

const compareKeys = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The versions of these resources, in their order. */
export async function contentsOf(
  record: RecordOf,
  some: readonly Supporting[],
  tx: number,
  context: Context,
): Promise<readonly StoredVersion[]> {
  const atHand = some.flatMap(({ version }) => version ?? []);
  const read = await candidates(
    record,
    some.filter(({ version }) => !version),
    tx,
    context,
  );
  return [...atHand, ...read].sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
}
