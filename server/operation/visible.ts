/** Reading for operations: what the caller may not see is not there. */
import { parseJson } from '../../resources/json.ts';
import { gone, notFound } from '../../resources/outcome.ts';
import type { AnyResource, ResourceType } from '../../resources/types.ts';
import type { Context } from '../interaction/interaction.ts';
import { and } from '../search/expression.ts';
import type { Query, SearchContext, TypeQuery } from '../search/query.ts';
import { restrict } from '../search/restrict.ts';
import { firstMatches } from '../search/search.ts';
import type { StoredVersion } from '../store/store.ts';
import { withIds } from './criteria.ts';

export const searchContextOf = ({ search, reader }: Context): SearchContext => ({ ...search, reader });

/** A search of the server's own making, without sort, includes and links. */
export const queryOf = (types: readonly TypeQuery[], count: number): Query => ({
  path: '',
  context: {},
  types,
  sort: [],
  includes: [],
  count,
  total: 'none',
  summary: 'false',
  elements: [],
  applied: [],
  issues: [],
});

/** The resources of `type` with these ids (at most MAX_IDS) that exist and that the caller may see, in no order. */
export async function readVisible(
  type: ResourceType,
  ids: readonly string[],
  context: Context,
): Promise<readonly StoredVersion[]> {
  if (ids.length === 0 || context.scope(type, 'read').kind === 'nothing') return [];
  const search = searchContextOf(context);
  const expression = and([context.scope(type, 'read'), withIds(type, ids, search)]);
  const query = queryOf([{ type, expression, sort: [] }], ids.length);
  return firstMatches(restrict(query, context.scope), ids.length, search);
}

/** The current version. @throws FhirError 404 or 410, also when the caller may not see it */
export async function requireVisible(type: ResourceType, id: string, context: Context): Promise<StoredVersion> {
  const version = await context.reader.read(type, id);
  const seesAll = context.scope(type, 'read').kind === 'all';
  if (version?.content === null && seesAll)
    throw gone(`${type}/${id} was deleted; its version ${version.version} says so`);
  const isVisible = version && (seesAll || (await readVisible(type, [id], context)).length > 0);
  if (!isVisible) throw notFound(`${type}/${id} is not known`);
  return version;
}

/** The content of a version that exists. */
export const resourceIn = ({ content }: StoredVersion): AnyResource =>
  parseJson(content ?? '{}') as unknown as AnyResource;
