/**
 * URIs stand in the index tables as numbers (table `uri`): code systems repeat in most rows. 0 is the empty text.
 * The numbers of a process are remembered here; how one is made is the dialect's matter.
 */
import { indexTables } from '../search/index-table.ts';
import type { TableChanges } from './difference.ts';

/** Numbers by URI. */
export interface UriCache {
  get(value: string): number | undefined;
  add(numbers: Iterable<readonly [string, number]>): void;
}

/** Above this the cache starts afresh: a client may send any number of systems. */
const MAXIMUM_URIS = 50_000;

export function uriCache(): UriCache {
  const known = new Map([['', 0]]);
  return {
    get: (value) => known.get(value),
    add(numbers) {
      if (known.size > MAXIMUM_URIS) {
        known.clear();
        known.set('', 0);
      }
      for (const [value, number] of numbers) known.set(value, number);
    },
  };
}

/** Places of URI columns by table name. */
const uriColumns = new Map(
  indexTables.map(({ name, columns }) => [name, columns.flatMap(({ kind }, place) => (kind === 'uri' ? [place] : []))]),
);

/** The URIs in the rows of `changes`. */
export function urisIn(changes: TableChanges): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [name, { inserted, deleted }] of changes)
    for (const place of uriColumns.get(name) ?? [])
      for (const rows of [inserted, deleted]) for (const row of rows) found.add(String(row[place] ?? ''));
  return found;
}

/** The rows of `table` with numbers in place of URIs. */
export function withNumbers(
  table: string,
  rows: readonly (readonly (string | number)[])[],
  numberOf: (uri: string) => number,
): readonly (readonly (string | number)[])[] {
  const places = uriColumns.get(table) ?? [];
  if (places.length === 0) return rows;
  return rows.map((row) => {
    const copy = [...row];
    for (const place of places) copy[place] = numberOf(String(row[place] ?? ''));
    return copy;
  });
}
