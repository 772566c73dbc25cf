/** search of a type, of the whole system and of compartments: a page of matches and what comes with them. https://hl7.org/fhir/R4/search.html */
import { bundleJson, type JsonEntry } from '../../resources/bundle.ts';
import { parseJson, stringifyJson } from '../../resources/json.ts';
import { badValue, notSupported, operationOutcome } from '../../resources/outcome.ts';
import { subset, type View } from '../../resources/subset.ts';
import type { AnyResource } from '../../resources/types.ts';
import { type ContainedSearch, containedLink, containedMatches } from '../search/contained.ts';
import { type Explanation, explain } from '../search/explain.ts';
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

/** The matches of a search into containers: the containers that hold a match, or what they hold. */
function containedEntries(
  matches: SearchResult['matches'],
  contained: ContainedSearch,
  view: View | undefined,
  context: Context,
) {
  const visible = context.scope(contained.type, 'search-type');
  return matches.flatMap((container): JsonEntry[] => {
    const found = containedMatches(container, contained, visible, context.indexRows);
    const fullUrl = `${context.baseUrl}/${container.type}/${container.id}`;
    const search = { mode: 'match' as const };
    if (contained.as === 'contained')
      return found.map((each) => ({
        fullUrl: `${fullUrl}#${each.id ?? ''}`,
        resource: stringifyJson(view ? subset(each, view) : each),
        search,
      }));
    return found.length > 0 ? [{ fullUrl, resource: contentOf(container, view), search }] : [];
  });
}

function entriesOf({ matches, scores, includes, issues }: SearchResult, query: Query, context: Context): JsonEntry[] {
  const { baseUrl } = context;
  const view = viewOf(query);
  const entry = (version: StoredVersion, search: NonNullable<JsonEntry['search']>): JsonEntry => ({
    fullUrl: `${baseUrl}/${version.type}/${version.id}`,
    resource: contentOf(version, view),
    search,
  });
  const match = (version: StoredVersion, at: number): JsonEntry => {
    const score = scores?.[at];
    return entry(version, { mode: 'match', ...(score === undefined ? {} : { score }) });
  };
  const outcome: JsonEntry[] =
    issues.length > 0 ? [{ resource: stringifyJson(operationOutcome(issues)), search: { mode: 'outcome' } }] : [];
  const found =
    query.contained?.mode === 'true' ? containedEntries(matches, query.contained, view, context) : matches.map(match);
  return [...found, ...includes.map((version) => entry(version, { mode: 'include' })), ...outcome];
}

/** Asks for how the search is understood and carried out instead of its result. */
const EXPLAIN = '_explain';

/** Takes `_explain` out of the parameters. @throws FhirError where this server does not explain */
function takeExplain(query: URLSearchParams, { explains }: Context): boolean {
  const wish = query.get(EXPLAIN);
  if (wish === null) return false;
  const expression = `http.${EXPLAIN}`;
  if (!explains)
    throw notSupported(
      '_explain shows statements and how common values are, so it answers only where EXPLAIN is set',
      { expression },
      400,
    );
  if (wish !== 'true' && wish !== 'false')
    throw badValue(`_explain=${wish} is not known; expected true or false`, { expression });
  query.delete(EXPLAIN);
  return wish === 'true';
}

function explanationResponse({ expression, plan, sql, values, database }: Explanation): FhirResponse {
  const text = (name: string, valueString: string) => ({ name, valueString });
  const parameter = [
    ...expression.map((each) => text('expression', `${each.type}: ${each.text}`)),
    text('plan', plan),
    text('sql', sql),
    ...values.map((value) => text('value', String(value))),
    ...database.map((line) => text('database', line)),
  ];
  return { status: 200, body: { resourceType: 'Parameters', parameter } };
}

async function handle(request: FhirRequest, context: Context): Promise<FhirResponse> {
  const { type, compartment, prefer } = request;
  const parameters = new URLSearchParams(request.query);
  const explained = takeExplain(parameters, context);
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
  const restricted = restrict(query, context.scope);
  if (explained) return explanationResponse(await explain(restricted, searchContext));
  const result = await search(restricted, searchContext);
  const leadsOn = query.contained?.mode === 'both' && !result.links.some(({ relation }) => relation === 'next');
  const links = leadsOn ? [...result.links, await containedLink(query, searchContext)] : result.links;
  const head = {
    type: 'searchset' as const,
    ...(result.total === undefined ? {} : { total: result.total }),
    link: links.map(({ relation, url }) => ({ relation, url: `${context.baseUrl}/${url}` })),
  };
  return { status: 200, body: { json: bundleJson(head, entriesOf(result, query, context)) } };
}

const searchInteraction = (code: InteractionCode): Interaction => ({ code, parameters: 'any', handle });

export const searchType = searchInteraction('search-type');
export const searchSystem = searchInteraction('search-system');
