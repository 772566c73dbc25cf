/** A search read to its end, page by page, in the order of creation and in the state of one transaction. */
import type { Context } from '../interaction/interaction.ts';
import type { Query } from '../search/query.ts';
import { restrict } from '../search/restrict.ts';
import { search } from '../search/search.ts';
import type { StoredVersion } from '../store/store.ts';
import { searchContextOf } from './visible.ts';

export interface Read {
  readonly versions: readonly StoredVersion[];
  readonly more: boolean;
}

/** The matches behind the resource `after` (0 for the beginning), at most `query.count`, as far as the caller may see. */
export async function readPage(query: Query, tx: number, after: number, context: Context): Promise<Read> {
  if (query.types.length === 0) return { versions: [], more: false };
  const page = { tx, direction: 'forward', cursor: { keys: [], rid: after } } as const;
  const result = await search(restrict({ ...query, page }, context.scope), searchContextOf(context));
  return { versions: result.matches, more: result.links.some(({ relation }) => relation === 'next') };
}

/** All matches, a page at a time. */
export async function* readAll(query: Query, tx: number, context: Context): AsyncGenerator<readonly StoredVersion[]> {
  for (let after = 0; ; ) {
    const { versions, more } = await readPage(query, tx, after, context);
    yield versions;
    const last = versions.at(-1);
    if (!more || !last) return;
    after = last.rid;
  }
}
