/**
 * How a search is carried out: where its candidates come from (driver.ts) and where the order comes from.
 */
import type { ResourceType } from '../../resources/types.ts';
import { conjuncts, type Driver, isOrdered, type Planning, type Selection, selectionOf, wholeType } from './driver.ts';
import type { Expression } from './expression.ts';
import type { Query, SortKey, TypeQuery } from './query.ts';
import { SCORE } from './score.ts';
import { isSingleValued } from './single-valued.ts';
import { type KeyOrder, keyPlace } from './sort.ts';
import { searchTypes } from './type/index.ts';
import type { SearchValue } from './type/search-type.ts';

/**
 * `rid`: the driver in the order of rid, cut at the page. `collect`: everything that the driver yields is put in order.
 * `walk`: the index of the first sort key is read in its order, and the expression filters.
 */
export interface TypePlan {
  readonly type: ResourceType;
  readonly order: 'rid' | 'collect' | 'walk';
  readonly keys: readonly KeyOrder[];
  readonly selection: Selection;
  /** The expression, as terms that all have to hold; for `walk`, those that the index of the first key does not carry out itself. */
  readonly terms: readonly Expression[];
  /** For `walk`: what the rows of the first key's index must satisfy beside being the first of their resource. */
  readonly walkValues: readonly SearchValue[];
  /** A parameter in whose order the matches could be read as they come, where they are many and nobody asked for another order. */
  readonly natural?: string;
}

export interface Plan {
  readonly types: readonly TypePlan[];
}

// Fewer matches than this are collected and put in the order of creation.
const NATURAL = 200;

// Above this a driver in no order is not collected for a page in the order of rid: the type is walked instead.
const COLLECT = 20_000;
// Above this it is cheaper to walk the index of the sort key than to look up the key of each match.
const COLLECT_SORTED = 5_000;

export async function planOf(query: Query, planning: Planning): Promise<Plan> {
  return { types: await Promise.all(query.types.map((each) => planType(each, query, planning))) };
}

async function planType(typeQuery: TypeQuery, query: Query, planning: Planning): Promise<TypePlan> {
  const { type, expression } = typeQuery;
  const keys = keysOf(typeQuery, query);
  const best = await selectionOf(type, expression, planning, keys.length === 0);
  const terms = conjuncts(expression);
  const plan = { type, keys, selection: best, terms, walkValues: [] };
  // No index has the order of relevance.
  if (keys.some(({ place }) => place.kind === 'score')) return { ...plan, order: 'collect' };
  if (keys[0]) {
    const carried = termsOfKey(keys[0], terms);
    const alongDriver = isCarriedBy(best.driver, carried);
    if (best.rows <= COLLECT_SORTED && !alongDriver) return { ...plan, order: 'collect' };
    const walkValues = carried.map(({ value }) => value);
    return {
      ...plan,
      order: 'walk',
      walkValues,
      terms: terms.filter((term) => !carried.some((each) => each === term)),
    };
  }
  if (isOrdered(best.driver)) return { ...plan, order: 'rid' };
  const natural = best.rows > NATURAL ? naturalOrderOf(best.driver) : undefined;
  const selection = best.rows > COLLECT ? wholeType(type, terms) : best;
  return { ...plan, order: 'rid', selection, ...(natural ? { natural } : {}) };
}

/** The driver does no more than the walk along the key does anyway. */
const isCarriedBy = (driver: Driver, carried: readonly { readonly value: SearchValue }[]): boolean =>
  driver.kind === 'matches' && driver.values.every((value) => carried.some((term) => term.value === value));

/** A range of which a resource has one row at most can be read along its index. */
function naturalOrderOf(driver: Driver): string | undefined {
  if (driver.kind !== 'matches') return undefined;
  return driver.param.code === '_lastUpdated' || isSingleValued(driver.param) ? driver.param.code : undefined;
}

/**
 * The order that spares a search without `_sort` from collecting its matches: that of the one range it asks for, such as the
 * appointments from today on. Several types have only `_lastUpdated` in common.
 */
export function naturalOrder({ types }: Plan): SortKey | undefined {
  const code = types.find(({ natural }) => natural)?.natural;
  return code !== undefined && (types.length === 1 || code === '_lastUpdated')
    ? { code, descending: false }
    : undefined;
}

/** By relevance means the best first; R4 writes that without a sign. */
function keysOf({ sort, score }: TypeQuery, query: Query): readonly KeyOrder[] {
  return query.sort.flatMap(({ code, descending }, at): readonly KeyOrder[] => {
    if (code === SCORE) return score ? [{ place: { kind: 'score', score }, descending: !descending }] : [];
    const param = sort[at];
    return param ? [{ place: keyPlace(param), descending }] : [];
  });
}

/** The terms about the first sort key, when each resource has one row of it at most: then that row must satisfy them. */
function termsOfKey(
  { place }: KeyOrder,
  terms: readonly Expression[],
): readonly Extract<Expression, { kind: 'matches' }>[] {
  if (place.kind === 'resource')
    return terms.filter(
      (term) => term.kind === 'matches' && term.param.code === '_lastUpdated' && place.column === 'tx',
    ) as Extract<Expression, { kind: 'matches' }>[];
  if (place.kind === 'score' || !isSingleValued(place.param)) return [];
  return terms.filter(
    (term) => term.kind === 'matches' && term.param.number === place.param.number && tableOf(term) === place.table,
  ) as Extract<Expression, { kind: 'matches' }>[];
}

const tableOf = ({ param, value }: Extract<Expression, { kind: 'matches' }>) => searchTypes[param.type].table(value);
