/** Which resources the rows of other tables are: asked of what is remembered, a page at a time. */
import type { Reader } from '../store/store.ts';
import type { Links } from './convert.ts';
import type { Lens } from './lens.ts';
import type { Practice } from './practice.ts';
import { presentKeys } from './rows.ts';
import { idsByKey, keysById } from './state.ts';

export interface LinkSources {
  readonly binding: string;
  readonly lenses: readonly Lens[];
  readonly practice: Practice;
  /** Nothing is stored: rows that would be there by now are not. */
  readonly dryRun: boolean;
}

/** What a page refers to: by table, the keys of rows and the ids of resources. */
export interface Wanted {
  readonly keys: readonly (readonly [table: string, key: string])[];
  readonly ids: readonly (readonly [table: string, id: string])[];
}

function grouped(pairs: Wanted['keys']): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const [table, value] of pairs) {
    const list = groups.get(table);
    if (list) list.push(value);
    else groups.set(table, [value]);
  }
  return groups;
}

/**
 * The links of a page of `lens`. A row of a table that stands earlier in the binding is known by now, unless it was left out; any other is looked for
 * in the practice.
 */
export async function linksFor(
  reader: Pick<Reader, 'query'>,
  { keys, ids }: Wanted,
  lens: Lens,
  sources: LinkSources,
): Promise<Links> {
  const { binding, lenses, practice, dryRun } = sources;
  const place = lenses.indexOf(lens);
  const idOf = new Map<string, ReadonlyMap<string, string>>();
  const keyOf = new Map<string, ReadonlyMap<string, string>>();
  for (const [table, list] of grouped(keys)) {
    const target = lenses.findIndex(({ name }) => name === table);
    const of = lenses[target];
    if (!of) continue;
    const unique = [...new Set(list)];
    const found = new Map(await idsByKey(reader, { binding, entry: table }, unique));
    const missing = unique.filter((key) => !found.has(key));
    if (missing.length > 0 && (target >= place || dryRun))
      for (const key of await presentKeys(practice, of, missing)) found.set(key, of.idOf(key));
    idOf.set(table, found);
  }
  for (const [table, list] of grouped(ids)) {
    const found = await keysById(reader, { binding, entry: table }, list);
    keyOf.set(table, found);
    // What is written is read back to see whether the column can hold it.
    idOf.set(table, new Map([...(idOf.get(table) ?? []), ...[...found].map(([id, key]) => [key, id] as const)]));
  }
  return {
    idOf: (table, key) => idOf.get(table)?.get(key),
    keyOf: (table, id) => keyOf.get(table)?.get(id),
  };
}
