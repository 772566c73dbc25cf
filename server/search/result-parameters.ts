/**
 * The parameters that say what a search returns and how: `_sort`, `_count`, `_total`, `_summary`, `_elements`, `_contained`.
 * https://hl7.org/fhir/R4/search.html#modifyingresults
 */
import { knownType, typeDefinition } from '../../resources/definition.ts';
import { nearest } from '../../resources/nearest.ts';
import { badValue, type FhirError, type Issue, issue, notSupported } from '../../resources/outcome.ts';
import type { ResourceType } from '../../resources/types.ts';
import { MAX_COUNT, MAX_SCORED_WORDS, MAX_SORT } from './limits.ts';
import type { Query, SearchParameters, SortKey, Summary } from './query.ts';
import { SCORE } from './score.ts';
import type { SearchParameter } from './search-parameter.ts';
import { isSortable } from './sort.ts';
import { listed, requireUsable, unknownParameter } from './unknown.ts';

/** `_contained` and `_containedType`, which contained.ts carries out. */
export interface ContainedPart {
  readonly contained?: 'false' | 'true' | 'both';
  readonly containedType?: 'container' | 'contained';
}

/** What one result parameter contributes to the query; `value` is what is carried out, which the self link states. */
export interface ResultPart {
  readonly part: Partial<Pick<Query, 'count' | 'total' | 'summary' | 'elements' | 'sort'>> & ContainedPart;
  readonly value?: string;
  readonly issue?: Issue;
}

type ResultParser = (value: string, types: readonly ResourceType[], parameters: SearchParameters) => ResultPart;

/** By name; `_include` and `_revinclude`, which may be repeated, are read in parse-include.ts. */
export const resultParsers: Readonly<Record<string, ResultParser>> = {
  _sort: sort,
  _count: count,
  _total: (value) => ({ part: { total: oneOf('_total', value, ['none', 'estimate', 'accurate'] as const) } }),
  _summary: (value) => ({
    part: { summary: oneOf<Summary>('_summary', value, ['true', 'text', 'data', 'count', 'false']) },
  }),
  _elements: elements,
  _contained: (value) => ({ part: { contained: oneOf('_contained', value, ['false', 'true', 'both'] as const) } }),
  _containedType: (value) => ({
    part: { containedType: oneOf('_containedType', value, ['container', 'contained'] as const) },
  }),
  _score: () => {
    throw notSupported(
      '_score takes no value: matches of _text and _content have a search.score anyway, and _sort=_score puts the best first',
      { rule: 'search-score' },
      400,
    );
  },
};

function oneOf<T extends string>(name: string, value: string, accepted: readonly T[]): T {
  const found = accepted.find((each) => each === value);
  if (found !== undefined) return found;
  const near = nearest(value, accepted);
  throw badValue(`${name} is ${listed(accepted, 10, 'or')}, not '${value}'${near ? `; did you mean '${near}'?` : ''}`, {
    rule: `search${name.replace('_', '-')}`,
  });
}

function count(value: string): ResultPart {
  if (!/^\d{1,9}$/.test(value))
    throw badValue(`_count is a whole number from 0, not '${value}'`, { rule: 'search-count' });
  const wanted = Number(value);
  if (wanted <= MAX_COUNT) return { part: { count: wanted } };
  return {
    part: { count: MAX_COUNT },
    value: String(MAX_COUNT),
    issue: issue('informational', `_count=${wanted} is more than a page holds; pages have ${MAX_COUNT} matches`, {
      severity: 'information',
      expression: 'http._count',
      rule: 'search-count',
    }),
  };
}

function sort(value: string, types: readonly ResourceType[], parameters: SearchParameters): ResultPart {
  const keys = value.split(',').map((text): SortKey => {
    const descending = text.startsWith('-');
    return { code: descending ? text.slice(1) : text, descending };
  });
  if (keys.length > MAX_SORT)
    throw badValue(`_sort has ${keys.length} keys; at most ${MAX_SORT} are taken`, { rule: 'search-sort' });
  for (const { code } of keys) {
    if (code === SCORE) continue;
    const params = types.map((type) => sortParameter(type, code, parameters));
    const kinds = new Set(params.map((param) => param.type));
    if (kinds.size > 1)
      throw badValue(`_sort=${code}: the types that are searched give '${code}' different types of value`, {
        rule: 'search-sort',
      });
  }
  return { part: { sort: keys } };
}

/** Of `_sort=_score` in a search whose matches are all alike. */
export const noScore: Issue = issue(
  'not-supported',
  `_sort=_score needs a search by _text or _content, for at most ${MAX_SCORED_WORDS} different words; other matches are not more or less relevant`,
  { rule: 'search-score' },
);

function sortParameter(type: ResourceType, code: string, parameters: SearchParameters): SearchParameter {
  if (code === '') throw badValue('_sort has an empty key; keys are joined by single commas', { rule: 'search-sort' });
  const colon = code.indexOf(':');
  if (colon !== -1)
    throw badValue(
      `_sort=${code}: a key is the name of a parameter, with '-' before it to sort downwards, without ':${code.slice(colon + 1)}'`,
      { rule: 'search-sort' },
    );
  const words = /^(\S+)\s+(asc|desc)\w*$/i.exec(code);
  if (words)
    throw badValue(
      `_sort=${code}: the direction is written as a '-' before the name or its absence: _sort=${words[2]?.toLowerCase() === 'desc' ? '-' : ''}${words[1]}`,
      { rule: 'search-sort' },
    );
  const param = parameters.get(type, code);
  if (!param) throw unknownSortKey(type, code, parameters);
  if (isSortable(param)) return requireUsable(param);
  throw notSupported(`_sort=${code}: a parameter of type ${param.type} has no order`, { rule: 'search-sort' }, 400);
}

function unknownSortKey(type: ResourceType, code: string, parameters: SearchParameters): FhirError {
  const failure = unknownParameter(type, code, parameters);
  return notSupported(`_sort: ${failure.message}`, { rule: 'search-parameter-unknown' }, 400);
}

/** Names of root elements, with or without the type before them. https://hl7.org/fhir/R4/search.html#elements */
function elements(value: string, types: readonly ResourceType[]): ResultPart {
  const names = value.split(',').map((text) => elementName(text, types));
  return { part: { elements: [...new Set(names)] } };
}

function elementName(text: string, types: readonly ResourceType[]): string {
  if (text === '')
    throw badValue('_elements has an empty name; names are joined by single commas', { rule: 'search-elements' });
  const dot = text.indexOf('.');
  const type = dot === -1 ? undefined : types.find((each) => each === text.slice(0, dot));
  const name = type === undefined ? text : text.slice(dot + 1);
  const within = type === undefined ? types : [type];
  if (within.some((each) => hasElement(each, name))) return name;
  const known = [...new Set(within.flatMap((each) => knownType(each).elements.map((element) => element.name)))];
  const near = nearest(name, known);
  const whose = within.length === 1 ? within[0] : 'none of the types that are searched';
  throw badValue(
    name.includes('.')
      ? `_elements takes elements at the root of the resource, such as ${listed(known.slice(0, 3))}; '${text}' lies deeper`
      : `_elements: ${whose} ${within.length === 1 ? 'has no' : 'has an'} element '${name}'` +
          `${near ? `; did you mean '${near}'?` : within.length === 1 ? `; it has ${listed(known)}` : ''}`,
    { rule: 'search-elements' },
  );
}

function hasElement(type: ResourceType, name: string): boolean {
  const definition = typeDefinition(type);
  return definition?.properties.has(name) || definition?.elements.some((element) => element.name === name) || false;
}
