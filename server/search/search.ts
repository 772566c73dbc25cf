/**
 * Carries out a search: plan, page of matches, what comes along, links. The one way from a Query to the store; it takes only what has
 * been through `restrict`. https://hl7.org/fhir/R4/search.html
 */
import sql from 'sql-template-tag';
import { typeNumber } from '../../resources/definition.ts';
import { type Issue, issue } from '../../resources/outcome.ts';
import type { StoredVersion } from '../store/store.ts';
import { typesPresent } from '../store/version.ts';
import type { Placed } from './changed.ts';
import { countsOf } from './count.ts';
import { seal } from './cursor.ts';
import { type Included, included } from './include.ts';
import { MAX_CHANGED, MAX_INCLUDED } from './limits.ts';
import { type PageOfMatches, pageOfMatches } from './page.ts';
import { scoresOf } from './page-scores.ts';
import { countStatement } from './page-sql.ts';
import { naturalOrder, type Plan, planOf } from './plan.ts';
import type { Page, Query, SearchContext, SearchLink, SearchResult, SortKey } from './query.ts';
import type { Restricted, RestrictedQuery } from './restrict.ts';
import { present, walkState } from './walk-state.ts';

// A total that is only estimated is counted so far; a count of this size takes a few milliseconds.
const ESTIMATED = 10_000;

/** The page of a search. */
export async function search(query: Restricted<RestrictedQuery>, context: SearchContext): Promise<SearchResult> {
  const [state, ofTypes] = await Promise.all([query.page ?? walkState(context.reader), ofTypesPresent(query, context)]);
  if (query.count === 0) return totalOnly(query, await planIn(context, ofTypes), context);
  const { ordered, plan } = await inOrder(ofTypes, context);
  const page: Page = query.page ?? { ...state, direction: 'forward', ...orderOf(query, ordered) };
  const counted = query.total === 'accurate' && page.total === undefined;
  const found = await pageOfMatches(ordered, plan, page, counted, context);
  const matches = found.matches.map(({ version }) => version);
  const [total, extra] = await Promise.all([
    totalOf(query, plan, page, found, context),
    included(query, matches, { after: page.includesAfter ?? 0, limit: MAX_INCLUDED }, context),
  ]);
  const scores = scoresOf(found.matches, query, plan, context.baseUrl);
  return {
    matches: page.includesAfter === undefined ? matches : [],
    ...(scores ? { scores } : {}),
    includes: extra.versions,
    ...(total.value === undefined ? {} : { total: total.value }),
    links: linksOf(query, { ...page, total: total.value }, found, extra, context),
    issues: [
      ...query.issues,
      ...total.issues,
      ...(extra.more ? [includesFollow(extra.versions)] : []),
      ...(found.isOfThen ? [] : [movedOn(context)]),
    ],
  };
}

/**
 * The first matches of a search, without a walk: for conditional interactions, which have to see what their own transaction wrote.
 */
export async function firstMatches(
  query: Restricted<RestrictedQuery>,
  count: number,
  context: SearchContext,
): Promise<readonly StoredVersion[]> {
  const plan = await planIn(context, query);
  const page: Page = { ...present, direction: 'forward' };
  const { matches } = await pageOfMatches({ ...query, count }, plan, page, false, context);
  return matches.map(({ version }) => version);
}

const planIn = (context: SearchContext, query: Query): Promise<Plan> =>
  planOf(query, { counts: context.counts ?? countsOf(context.reader, context), on: context });

/** The query in the order that its pages have, and its plan: a walk keeps the order of its first page. */
export async function inOrder(
  query: Restricted<RestrictedQuery>,
  context: SearchContext,
): Promise<{ ordered: Restricted<RestrictedQuery>; plan: Plan }> {
  const ordered = query.page?.order ? sortedBy(query, query.page.order, context) : query;
  const plan = await planIn(context, ordered);
  const natural = query.page ? undefined : naturalOrder(plan);
  if (!natural) return { ordered, plan };
  const along = sortedBy(query, [natural], context);
  return { ordered: along, plan: await planIn(context, along) };
}

const sortedBy = (
  query: Restricted<RestrictedQuery>,
  sort: readonly SortKey[],
  { parameters }: SearchContext,
): Restricted<RestrictedQuery> => ({
  ...query,
  sort,
  types: query.types.map((each) => ({ ...each, sort: sort.map(({ code }) => parameters.get(each.type, code)) })),
});

const orderOf = (asked: Query, { sort }: Query): Pick<Page, 'order'> =>
  asked.sort.length < sort.length ? { order: sort } : {};

/** Types of which nothing was ever stored need no statement; to ask which they are pays for itself from a few types on. */
export async function ofTypesPresent(
  query: Restricted<RestrictedQuery>,
  { reader }: SearchContext,
): Promise<Restricted<RestrictedQuery>> {
  if (query.types.length < 4) return query;
  const rows = await reader.query<{ type: number }>(sql`${typesPresent}`);
  const present = new Set(rows.map(({ type }) => type));
  return { ...query, types: query.types.filter(({ type }) => present.has(typeNumber(type))) };
}

async function totalOnly(
  query: Restricted<RestrictedQuery>,
  plan: Plan,
  context: SearchContext,
): Promise<SearchResult> {
  const total = await countOf(query, plan, context);
  return {
    matches: [],
    includes: [],
    total: total.value,
    links: [selfLink(query)],
    issues: [...query.issues, ...total.issues],
  };
}

interface Total {
  readonly value?: number;
  readonly issues: readonly Issue[];
}

/** Counted when it was asked for; known anyway when one page holds everything. */
async function totalOf(
  query: Restricted<RestrictedQuery>,
  plan: Plan,
  page: Page,
  { matches, more, total }: PageOfMatches,
  context: SearchContext,
): Promise<Total> {
  if (query.total === 'none') return { issues: [] };
  const known = page.total ?? (query.page === undefined && !more ? matches.length : total);
  if (known !== undefined || query.total !== 'estimate') return { value: known, issues: [] };
  return countOf(query, plan, context);
}

async function countOf(query: Restricted<RestrictedQuery>, plan: Plan, context: SearchContext): Promise<Total> {
  const estimated = query.total === 'estimate';
  if (plan.types.length === 0) return { value: 0, issues: [] };
  const statement = countStatement(plan, context, estimated ? ESTIMATED + 1 : undefined);
  const [row] = await context.reader.query<{ total: number }>(statement);
  const value = Number(row?.total ?? 0);
  if (!estimated || value <= ESTIMATED) return { value, issues: [] };
  return {
    value: ESTIMATED,
    issues: [
      issue('informational', `more than ${ESTIMATED} resources match; _total=accurate counts them all`, {
        severity: 'information',
        expression: 'http._total',
        rule: 'search-total-estimated',
      }),
    ],
  };
}

const movedOn = ({ maxChanged = MAX_CHANGED }: SearchContext): Issue =>
  issue(
    'incomplete',
    `more than ${maxChanged} resources changed since the first page; this page shows them as they are now, so that one which has moved ` +
      'in the order may come twice or not at all. Begin again for a walk over the present state',
    { severity: 'warning', rule: 'search-page-moved-on' },
  );

const includesFollow = (included: readonly StoredVersion[]): Issue =>
  issue(
    'incomplete',
    `this page includes more than the ${included.length} resources that fit into one answer; the others follow by the next link, ` +
      'before the next matches',
    { severity: 'information', rule: 'search-includes-follow' },
  );

const queryText = ({ applied }: Query): string =>
  new URLSearchParams(applied.map(([name, value]): [string, string] => [name, value])).toString();

function selfLink(query: Query): SearchLink {
  const text = queryText(query);
  return { relation: 'self', url: text ? `${query.path}?${text}` : query.path };
}

function linksOf(
  query: Query,
  page: Page,
  { matches, more }: PageOfMatches,
  extra: Included,
  { pageKey }: SearchContext,
): readonly SearchLink[] {
  const { type, compartment } = query.context;
  const to = (relation: SearchLink['relation'], place: Partial<Page>): SearchLink => {
    const target: Page = {
      tx: page.tx,
      beyond: page.beyond,
      direction: 'forward',
      order: page.order,
      total: page.total,
      ...place,
    };
    const token = seal({ type, compartment, query: queryText(query), page: target }, pageKey);
    return { relation, url: `${type ?? ''}?_page=${token}` };
  };
  const self = query.page ? to('self', query.page) : selfLink(query);
  const { direction, cursor } = page;
  const back = direction === 'backward';
  const [first, last] = [matches[0], matches.at(-1)];
  const hasNext = back ? cursor !== undefined : more;
  const hasPrevious = back ? more : cursor !== undefined;
  const includesNext = extra.more ? extra.versions.at(-1)?.rid : undefined;
  const next: readonly SearchLink[] =
    includesNext !== undefined
      ? [to('next', { direction, cursor, includesAfter: includesNext })]
      : hasNext
        ? [to('next', placeAfter(last, cursor))]
        : [];
  const previous = hasPrevious ? [to('previous', { direction: 'backward', cursor: first?.cursor })] : [];
  if (next.length === 0 && previous.length === 0) return [self];
  return [self, to('first', {}), ...previous, ...next, to('last', { direction: 'backward' })];
}

/** Behind the last match; where there is none, deleted meanwhile, behind the place that was asked for. */
const placeAfter = (last: Placed | undefined, cursor: Page['cursor']): Partial<Page> => ({
  cursor: last?.cursor ?? cursor,
});
