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
async function* candidates(
  record: RecordOf,
  identities: Iterable<Identity>,
  tx: number,
  context: Context,
): AsyncGenerator<StoredVersion> {
  const search = searchContextOf(context);
  const byType = new Map<ResourceType, string[]>();
  for (const { type, id } of identities) {
    const ids = byType.get(type);
    if (ids) ids.push(id);
    else byType.set(type, [id]);
  }
  for (const [type, ids] of byType)
    for (let from = 0; from < ids.length; from += MAX_COUNT) {
      const some = withIds(type, ids.slice(from, from + MAX_COUNT), search);
      const expression = and([some, supportingOf(record, type, search)]);
      for await (const page of readAll(queryOf([{ type, expression, sort: [] }], MAX_COUNT), tx, context)) yield* page;
    }
}

/** A resource that comes along, without its content. */
export interface Supporting extends Identity {
  readonly tx: number;
}

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
  let wanted = new Map<string, Identity>();
  const want = (version: StoredVersion): void => {
    for (const identity of referredTo(version, context.baseUrl)) {
      const key = keyOf(identity);
      if (seen.has(key)) continue;
      seen.add(key);
      wanted.set(key, identity);
    }
  };
  for await (const versions of core) versions.forEach(want);
  while (wanted.size > 0) {
    const asked = wanted;
    wanted = new Map();
    for await (const version of candidates(record, asked.values(), tx, context)) {
      found.push({ type: version.type, id: version.id, tx: version.tx });
      if (isFollowed(version.type, search)) want(version);
    }
  }
  return found.sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
}

export const compareKeys = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The versions of these resources, in their order. */
export async function contentsOf(
  record: RecordOf,
  some: readonly Supporting[],
  tx: number,
  context: Context,
): Promise<readonly StoredVersion[]> {
  const versions: StoredVersion[] = [];
  for await (const version of candidates(record, some, tx, context)) versions.push(version);
  return versions.sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
}
