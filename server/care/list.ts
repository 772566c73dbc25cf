/** Lists of records: filters, order and pages, by a search underneath. */
import type { Mapping } from '../../mappings/mapping.ts';
import { nearest } from '../../resources/nearest.ts';
import { badValue, FhirError, issue } from '../../resources/outcome.ts';
import type { AnyResource, Bundle } from '../../resources/types.ts';
import { type Filter, filters } from './filter.ts';

/** Parameters of every list beside its filters. */
export const PAGING = {
  limit: 'How many records a page has, at most.',
  page: 'The page that `next` of another page names; it stands alone.',
  sort: 'The filter to sort by, with a minus for the opposite order: -start.',
  total: 'true: how many records there are in all.',
} as const;

export const filtersOf = ({ plural }: Mapping): Readonly<Record<string, Filter>> => filters[plural] ?? {};

/** The search that a list asks for. @throws FhirError 400, with an issue for each parameter that is unknown or wrong */
export function searchOf(mapping: Mapping, query: URLSearchParams): URLSearchParams {
  const page = query.get('page');
  if (page !== null && query.size === 1) return new URLSearchParams([['_page', page]]);
  if (page !== null)
    throw badValue('page goes on with a list as it was asked for; it stands alone', { expression: 'http.page' });
  const known = filtersOf(mapping);
  const search = new URLSearchParams(Object.entries(mapping.criteria));
  const names = [...Object.keys(known), ...Object.keys(PAGING)];
  const unknown = [...new Set(query.keys())].filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new FhirError(
      400,
      unknown.map((name) => {
        const near = nearest(name, names);
        const hint = near ? `did you mean ${near}?` : `there are ${names.join(', ')}`;
        return issue('not-supported', `${mapping.plural} have no parameter ${name}; ${hint}`, {
          expression: `http.${name}`,
        });
      }),
    );
  for (const [name, text] of query) {
    const filter = Object.hasOwn(known, name) ? known[name] : undefined;
    if (filter) search.append(filter.search, filter.value(text, name));
  }
  const limit = query.get('limit');
  if (limit !== null) {
    if (!/^[1-9]\d{0,5}$/.test(limit))
      throw badValue(`limit=${limit}: expected a number of 1 or more`, { expression: 'http.limit' });
    search.set('_count', limit);
  }
  const sort = query.get('sort');
  if (sort !== null) search.set('_sort', sortOf(sort, known));
  const total = query.get('total');
  if (total !== null && total !== 'true' && total !== 'false')
    throw badValue(`total=${total}: expected true or false`, { expression: 'http.total' });
  if (total === 'true') search.set('_total', 'accurate');
  return search;
}

function sortOf(sort: string, known: Readonly<Record<string, Filter>>): string {
  return sort
    .split(',')
    .map((each) => {
      const [minus, name] = each.startsWith('-') ? ['-', each.slice(1)] : ['', each];
      const filter = Object.hasOwn(known, name) ? known[name] : undefined;
      if (filter?.sorts) return minus + filter.search;
      const sorting = Object.entries(known).flatMap(([other, { sorts }]) => (sorts ? [other] : []));
      throw badValue(`sort=${each}: lists are sorted by ${sorting.join(', ')}`, { expression: 'http.sort' });
    })
    .join(',');
}

/** A page of a search as a page of a list. */
export function pageOf(mapping: Mapping, bundle: Bundle, base: string): object {
  const entries = bundle.entry ?? [];
  const items = entries
    .filter(({ search }) => search?.mode === 'match')
    .flatMap(({ resource }) => {
      const each = resource as unknown as AnyResource;
      return mapping.accepts(each) ? [mapping.decode(each)] : [];
    });
  const next = bundle.link?.find(({ relation }) => relation === 'next')?.url;
  const token = next === undefined ? null : new URL(next).searchParams.get('_page');
  return {
    items,
    ...(bundle.total === undefined ? {} : { total: bundle.total }),
    ...(token === null ? {} : { next: `${base}/${mapping.plural}?${new URLSearchParams([['page', token]])}` }),
  };
}
