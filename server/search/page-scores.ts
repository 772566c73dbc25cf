/** The `search.score` of the matches of a page. https://hl7.org/fhir/R4/search.html#score */
import { parseJson } from '../../resources/json.ts';
import type { AnyResource } from '../../resources/types.ts';
import type { StoredVersion } from '../store/store.ts';
import type { Placed } from './changed.ts';
import { parameterRows } from './index-rows.ts';
import type { Plan } from './plan.ts';
import type { Query, SearchResult } from './query.ts';
import { pointsOf, type Score, scoreOfPoints } from './score.ts';

/**
 * In the order of the matches; undefined when the search has no score. A page that is sorted by it knows the points already. For others the
 * texts of its own few resources are read again, which is less than to ask an index how often a common word occurs.
 */
export function scoresOf(
  matches: readonly Placed[],
  { types }: Query,
  plan: Plan,
  baseUrl: string,
): SearchResult['scores'] {
  const scores = new Map(types.flatMap(({ type, score }) => (score ? [[type, score] as const] : [])));
  if (scores.size === 0) return undefined;
  const key = plan.types[0]?.keys.findIndex(({ place }) => place.kind === 'score') ?? -1;
  const counters = new Map([...scores].map(([type, score]) => [type, pointsCounter(score, baseUrl)]));
  return matches.map(({ version, cursor }) => {
    const score = scores.get(version.type);
    const points = cursor.keys[key] ?? counters.get(version.type)?.(version);
    return score && points !== undefined ? scoreOfPoints(Number(points), score) : undefined;
  });
}

/** The function that gives the points of a version by its content. */
function pointsCounter(score: Score, baseUrl: string): (version: StoredVersion) => number {
  const rowsOf = score.texts.map(({ param }) => parameterRows(param, baseUrl));
  return ({ content }) => {
    const resource = parseJson(content ?? '{}') as unknown as AnyResource;
    return pointsOf(Object.assign({}, ...rowsOf.map((rows) => rows(resource))), score);
  };
}
