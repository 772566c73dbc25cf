/**
 * Drivers: which term of an expression yields the candidates of a search, and which terms only filter them. The one with the fewest rows
 * drives, found by bounded counts: with the wrong driver a search of a millisecond takes many (ARCHITECTURE, "Query form").
 */
import type { ResourceType } from '../../resources/types.ts';
import type { Counts } from './count.ts';
import type { Expression } from './expression.ts';
import { idOf } from './resource-column.ts';
import type { SearchParameter } from './search-parameter.ts';
import { isSingleValued } from './single-valued.ts';
import { type SqlContext, urlParameter } from './sql.ts';
import type { ReferenceValue } from './type/reference.ts';
import type { SearchValue } from './type/search-type.ts';
import type { TokenValue } from './type/token.ts';
import type { UriValue } from './type/uri.ts';

/** What planning asks. */
export interface Planning {
  readonly counts: Counts;
  readonly on: SqlContext;
}

/** Yields the numbers of resources of one type. */
export type Driver =
  /** All of the type, in the order of rid. */
  | { readonly kind: 'type' }
  /** Rows of one index; several values are ranges that the same row satisfies. */
  | { readonly kind: 'matches'; readonly param: SearchParameter; readonly values: readonly SearchValue[] }
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  /** From the targets that satisfy `from` to those that refer to them, by their id or by their canonical URL. */
  | { readonly kind: 'chain'; readonly param: SearchParameter; readonly from: Selection; readonly by: 'id' | 'url' }
  /** From the sources that satisfy `from` to what they refer to. */
  | { readonly kind: 'has'; readonly param: SearchParameter; readonly from: Selection; readonly by: 'id' | 'url' }
  /** From the places of a hierarchy to those that refer to them. */
  | { readonly kind: 'hierarchy'; readonly places: Extract<Expression, { kind: 'hierarchy' }> }
  | { readonly kind: 'union'; readonly of: readonly Selection[] };

/** The resources of `type` that the driver yields and that satisfy all filters. */
export interface Selection {
  readonly type: ResourceType;
  readonly driver: Driver;
  readonly filters: readonly Expression[];
  /** How many rows the driver yields at most; infinite when nobody counted so far. */
  readonly rows: number;
}

/** Yields its rows in the order of rid: all of a type, or one code or target. */
export function isOrdered(driver: Driver): boolean {
  if (driver.kind === 'type') return true;
  const [value, ...more] = driver.kind === 'matches' ? driver.values : [];
  return value !== undefined && more.length === 0 && isOneKey(value);
}

/** The rows of a value share the first columns of their key, behind which comes rid. */
function isOneKey(value: SearchValue): boolean {
  const one = value as TokenValue | ReferenceValue | UriValue;
  switch (one.kind) {
    case 'code':
    case 'identifier':
      return one.code !== undefined;
    case 'to':
      return one.texts.length + (one.local ? 1 : 0) === 1;
    case 'is':
      return one.uris.length === 1;
    default:
      return false;
  }
}

export const conjuncts = (expression: Expression): readonly Expression[] =>
  expression.kind === 'and' ? expression.terms.flatMap(conjuncts) : expression.kind === 'all' ? [] : [expression];

export const wholeType = (type: ResourceType, filters: readonly Expression[]): Selection => ({
  type,
  driver: { kind: 'type' },
  filters,
  rows: Number.POSITIVE_INFINITY,
});

/**
 * The cheapest way to the resources of `type` that satisfy `expression`. With `inOrder`, a single term that yields its rows in the order
 * of rid is taken as it is, without counting.
 */
export async function selectionOf(
  type: ResourceType,
  expression: Expression,
  planning: Planning,
  inOrder = false,
): Promise<Selection> {
  const terms = conjuncts(expression);
  const groups = rangesTogether(terms).filter(([term]) => term && canDrive(term));
  const [only] = groups;
  if (inOrder && only && groups.length === 1) {
    const [driver] = driversOfMatches(only);
    if (driver && isOrdered(driver))
      return selection(type, terms, { driver, rows: Number.POSITIVE_INFINITY, terms: only });
  }
  const candidates = await Promise.all(
    groups.map(async (group) => ({ ...(await driverOf(type, group, planning)), terms: group })),
  );
  const best = candidates.reduce<Candidate | undefined>(
    (chosen, each) => (chosen === undefined || preferred(each, chosen) ? each : chosen),
    undefined,
  );
  return best ? selection(type, terms, best) : wholeType(type, terms);
}

interface Found {
  readonly driver: Driver;
  readonly rows: number;
}

interface Candidate extends Found {
  /** The terms that the driver carries out. */
  readonly terms: readonly Expression[];
}

const selection = (
  type: ResourceType,
  terms: readonly Expression[],
  { driver, rows, terms: done }: Candidate,
): Selection => ({
  type,
  driver,
  filters: terms.filter((term) => !done.includes(term)),
  rows,
});

/** `not` and `missing` say what is not there; they can only filter. */
function canDrive(term: Expression): boolean {
  switch (term.kind) {
    case 'all':
    case 'nothing':
    case 'not':
    case 'missing':
      return false;
    case 'matches':
    case 'chain':
    case 'has':
    case 'hierarchy':
      return true;
    case 'and':
      return term.terms.some(canDrive);
    case 'or':
      return term.terms.every(canDrive);
  }
}

/** Fewer rows win; among those that nobody counted to the end, one that is in order. */
function preferred(one: Found, other: Found): boolean {
  if (one.rows !== other.rows) return one.rows < other.rows;
  return isOrdered(one.driver) && !isOrdered(other.driver);
}

/** Ranges of one parameter with one value at most are one interval: `date=ge2024-05-01&date=lt2024-05-02` is a day. */
function rangesTogether(terms: readonly Expression[]): readonly (readonly Expression[])[] {
  const groups: Expression[][] = [];
  const byParam = new Map<number, Expression[]>();
  for (const term of terms) {
    const group = isRangeOfOne(term) ? byParam.get(term.param.number) : undefined;
    if (group) group.push(term);
    else {
      const own = [term];
      groups.push(own);
      if (isRangeOfOne(term)) byParam.set(term.param.number, own);
    }
  }
  return groups;
}

const isRangeOfOne = (term: Expression): term is Extract<Expression, { kind: 'matches' }> =>
  term.kind === 'matches' && isSingleValued(term.param);

const driversOfMatches = (terms: readonly Expression[]): readonly Driver[] => {
  const [term] = terms;
  if (term?.kind !== 'matches') return [];
  if (term.param.code === '_id') return [{ kind: 'ids', ids: [idOf(term.value)] }];
  return [
    {
      kind: 'matches',
      param: term.param,
      values: terms.flatMap((each) => (each.kind === 'matches' ? [each.value] : [])),
    },
  ];
};

/** The driver that terms make, and the number of its rows. */
async function driverOf(type: ResourceType, terms: readonly Expression[], planning: Planning): Promise<Found> {
  const [term] = terms;
  switch (term?.kind) {
    case 'matches': {
      const [driver] = driversOfMatches(terms);
      if (driver?.kind === 'ids') return { driver, rows: driver.ids.length };
      if (driver?.kind === 'matches')
        return { driver, rows: await planning.counts.matches(driver.param, driver.values) };
      break;
    }
    case 'and':
      return union([await selectionOf(type, term, planning)]);
    case 'or':
      return driverOfEither(type, term.terms, planning);
    case 'chain':
      return driverOfLink(type, 'chain', term.param, await selectionOf(term.target, term.term, planning), planning);
    case 'has':
      return driverOfLink(type, 'has', term.param, await selectionOf(term.source, term.term, planning), planning);
    case 'hierarchy': {
      const driver: Driver = { kind: 'hierarchy', places: term };
      return { driver, rows: await planning.counts.driver(type, driver, term.ids.length) };
    }
  }
  throw new Error(`a term of kind ${term?.kind} cannot drive a search`);
}

async function driverOfEither(type: ResourceType, terms: readonly Expression[], planning: Planning): Promise<Found> {
  const ids = terms.flatMap((term) => (term.kind === 'matches' && term.param.code === '_id' ? [idOf(term.value)] : []));
  if (ids.length === terms.length) return { driver: { kind: 'ids', ids }, rows: ids.length };
  return union(await Promise.all(terms.map((term) => selectionOf(type, term, planning))));
}

const union = (of: readonly Selection[]): Found => ({
  driver: { kind: 'union', of },
  rows: of.reduce((sum, { rows }) => sum + rows, 0),
});

async function driverOfLink(
  type: ResourceType,
  kind: 'chain' | 'has',
  param: SearchParameter,
  from: Selection,
  { counts, on }: Planning,
): Promise<Found> {
  const target = kind === 'chain' ? from.type : type;
  const ways = urlParameter(param, target, on) ? (['id', 'url'] as const) : (['id'] as const);
  const selections = ways.map(async (by): Promise<Selection> => {
    const driver: Driver = { kind, param, from, by };
    return { type, driver, filters: [], rows: await counts.driver(type, driver, from.rows) };
  });
  const [one, ...more] = await Promise.all(selections);
  return one && more.length === 0 ? one : union(one ? [one, ...more] : more);
}
