/** search of a type, of the whole system and of compartments: a page of matches and what comes with them. https://hl7.org/fhir/R4/search.html */
import { bundleJson, type JsonEntry } from '../../resources/bundle.ts';
import { parseJson, stringifyJson } from '../../resources/json.ts';
import { operationOutcome } from '../../resources/outcome.ts';
import { subset, type View } from '../../resources/subset.ts';
import type { AnyResource } from '../../resources/types.ts';
import { parseQuery } from '../search/parse.ts';
import type { Query, SearchResult } from '../search/query.ts';
import { restrict } from '../search/restrict.ts';
import { search } from '../search/search.ts';
import type { StoredVersion } from '../store/store.ts';
import type { Context, FhirRequest, FhirResponse, Interaction, InteractionCode } from './interaction.ts';

/** The part of each match that the search asks for; undefined for all of it. */
function viewOf({ summary, elements }: Query): View | undefined {
  if (elements.length > 0) return { elements };
  return summary === 'true' || summary === 'text' || summary === 'data' ? { summary } : undefined;
}

function contentOf({ content }: StoredVersion, view: View | undefined): string {
  const json = content ?? '';
  return view ? stringifyJson(subset(parseJson(json) as unknown as AnyResource, view)) : json;
}

function entriesOf({ matches, includes, issues }: SearchResult, query: Query, { baseUrl }: Context): JsonEntry[] {
  const view = viewOf(query);
  const entry = (mode: 'match' | 'include') => (version: StoredVersion) => ({
    fullUrl: `${baseUrl}/${version.type}/${version.id}`,
    resource: contentOf(version, view),
    search: { mode },
  });
  const outcome: JsonEntry[] =
    issues.length > 0 ? [{ resource: stringifyJson(operationOutcome(issues)), search: { mode: 'outcome' } }] : [];
  return [...matches.map(entry('match')), ...includes.map(entry('include')), ...outcome];
}

async function handle(request: FhirRequest, context: Context): Promise<FhirResponse> {
  const { type, compartment, query: parameters, prefer } = request;
  const searchContext = { ...context.search, reader: context.reader };
  const query = parseQuery(
    {
      ...(type ? { type } : {}),
      ...(compartment ? { compartment } : {}),
      query: parameters,
      handling: prefer.handling,
    },
    searchContext,
  );
  const result = await search(restrict(query, context.scope), searchContext);
  const head = {
    type: 'searchset' as const,
    ...(result.total === undefined ? {} : { total: result.total }),
    link: result.links.map(({ relation, url }) => ({ relation, url: `${context.baseUrl}/${url}` })),
  };
  return { status: 200, body: { json: bundleJson(head, entriesOf(result, query, context)) } };
}

const searchInteraction = (code: InteractionCode): Interaction => ({ code, parameters: 'any', handle });

export const searchType = searchInteraction('search-type');
export const searchSystem = searchInteraction('search-system');
