/** What the CapabilityStatement says of searching a type, from the parameters in force. */
import { resourceTypes } from '../../resources/definition.ts';
import type { CapabilityStatementRestResource, ResourceType } from '../../resources/types.ts';
import type { SearchParameters } from './query.ts';
import type { SearchParameter } from './search-parameter.ts';

export type SearchCapability = Pick<
  CapabilityStatementRestResource,
  'searchParam' | 'searchInclude' | 'searchRevInclude' | 'conditionalCreate' | 'conditionalUpdate' | 'conditionalDelete'
>;

/** Columns of `resource`, which have no expression. */
const COLUMNS: ReadonlySet<string> = new Set(['_id', '_lastUpdated']);

const RELEVANCE = 'Matches have a search.score; _sort=_score puts the most relevant first.';

/** Whether a search by it is carried out: it has values, and all that is stored is indexed. */
const isSearchable = ({ status, expression, components, code }: SearchParameter): boolean =>
  status === 'active' && (expression !== undefined || components !== undefined || COLUMNS.has(code));

/** For each type, the `_revinclude` values that bring resources which refer to it. */
function reverseIncludes(parameters: SearchParameters): ReadonlyMap<ResourceType, readonly string[]> {
  const found = new Map<ResourceType, string[]>(resourceTypes().map((type) => [type, []]));
  for (const source of resourceTypes())
    for (const param of parameters.of(source).filter(isSearchable))
      if (param.type === 'reference')
        for (const target of param.targets) found.get(target)?.push(`${source}:${param.code}`);
  return found;
}

/** The function that gives the entry of a type. */
export function searchCapability(parameters: SearchParameters): (type: ResourceType) => SearchCapability {
  const reverse = reverseIncludes(parameters);
  return (type) => {
    const searchable = parameters.of(type).filter(isSearchable);
    const references = searchable.filter((param) => param.type === 'reference');
    return {
      conditionalCreate: true,
      conditionalUpdate: true,
      conditionalDelete: 'multiple',
      searchInclude: references.length > 0 ? ['*', ...references.map(({ code }) => `${type}:${code}`)] : [],
      searchRevInclude: [...(reverse.get(type) ?? [])],
      searchParam: searchable.map(({ code, url, type: kind, fullText, description }) => ({
        name: code,
        definition: url,
        // As R4 publishes `_text` and `_content`.
        type: fullText ? 'string' : kind,
        documentation: fullText ? `${description}. ${RELEVANCE}` : description,
      })),
    };
  };
}
