/**
 * `_contained` and `_containedType`: searches that look into containers. What contains a resource of the type is found by an index
 * (`contained-type`, a parameter of ours); whether the resource inside matches is decided on its content, page by page, so a page may hold fewer
 * matches than `_count`. https://hl7.org/fhir/R4/search.html#contained
 */
import { resourceTypes } from '../../resources/definition.ts';
import { parseJson } from '../../resources/json.ts';
import { notSupported } from '../../resources/outcome.ts';
import type { AnyResource, ResourceType } from '../../resources/types.ts';
import type { StoredVersion } from '../store/store.ts';
import { seal } from './cursor.ts';
import { and, type Expression } from './expression.ts';
import type { IndexRows } from './index-table.ts';
import { isLocal, match } from './match.ts';
import type { Query, SearchContext, SearchLink, SearchParameters, TypeQuery } from './query.ts';
import { token } from './type/token.ts';
import { walkState } from './walk-state.ts';

/** The parameter that says which types a resource contains. */
const CONTAINED_TYPE = 'contained-type';

/** What a search asks of contained resources. */
export interface ContainedSearch {
  /** `both`: first what is stored on its own, then what is contained. */
  readonly mode: 'true' | 'both';
  /** What is given back: the container, or the resource inside alone. */
  readonly as: 'container' | 'contained';
  readonly type: ResourceType;
  readonly expression: Expression;
}

const refused = (what: string) =>
  notSupported(
    `${what} does not go together with _contained, which looks at resources inside others one by one`,
    { expression: 'http._contained', rule: 'search-contained' },
    400,
  );

/**
 * The query that carries out `_contained`: for `true` one over the containers, for `both` the query itself, whose last page leads on.
 * @throws FhirError not-supported, for what has no meaning inside a container
 */
export function containedQuery(
  query: Query,
  mode: ContainedSearch['mode'],
  as: ContainedSearch['as'],
  parameters: SearchParameters,
  baseUrl: string,
): Query {
  const { type, compartment } = query.context;
  const [only] = query.types;
  if (!type || !only) throw refused('A search over several types');
  if (compartment) throw refused('A compartment');
  if (query.sort.length > 0) throw refused('_sort');
  if (query.includes.length > 0) throw refused('An _include or _revinclude');
  if (query.count === 0 || query.total === 'accurate' || query.total === 'estimate')
    throw refused('Counting (_total, _summary=count)');
  if (!isLocal(only.expression)) throw refused('A chain or _has');
  const contained: ContainedSearch = { mode, as, type, expression: only.expression };
  if (mode === 'both') return { ...query, contained };
  return { ...query, contained, total: 'none', types: containersOf(type, parameters, baseUrl) };
}

/** The types that can contain others, each asked whether it contains one of `type`. */
function containersOf(type: ResourceType, parameters: SearchParameters, baseUrl: string): readonly TypeQuery[] {
  return resourceTypes().flatMap((container) => {
    const param = parameters.get(container, CONTAINED_TYPE);
    if (!param) return [];
    const value = token.parse(type, undefined, param, { baseUrl });
    return [{ type: container, expression: { kind: 'matches', param, value } as const, sort: [] }];
  });
}

/** The resources inside a container that the search is about; `visible` is what the caller may see of their type. */
export function containedMatches(
  container: StoredVersion,
  { type, expression }: ContainedSearch,
  visible: Expression,
  indexRows: (resource: AnyResource) => IndexRows,
): readonly AnyResource[] {
  const asked = and([expression, visible]);
  if (!isLocal(asked) || container.content === null) return [];
  const { contained = [] } = parseJson(container.content) as unknown as { readonly contained?: readonly AnyResource[] };
  return contained.filter(
    (each) => each.resourceType === type && match(asked, { type, id: each.id ?? '', rows: indexRows(each) }),
  );
}

/** The link from the last page of `_contained=both` to what is contained. */
export async function containedLink(
  { context: { type }, applied }: Query,
  { reader, pageKey }: SearchContext,
): Promise<SearchLink> {
  const others = applied
    .filter(([name]) => name !== '_contained')
    .map(([name, value]): [string, string] => [name, value]);
  const query = new URLSearchParams([...others, ['_contained', 'true']]).toString();
  const page = { ...(await walkState(reader)), direction: 'forward' } as const;
  return { relation: 'next', url: `${type}?_page=${seal({ ...(type ? { type } : {}), query, page }, pageKey)}` };
}
