/**
 * Uri search: the whole URI, what lies below it or above it on its path. https://hl7.org/fhir/R4/search.html#uri
 */
import sql, { type Sql } from 'sql-template-tag';
import { tokenIndex } from '../index-table.ts';
import type { SearchParameter } from '../search-parameter.ts';
import { beginsWith, column, cutText, inList, keyText } from './condition.ts';
import type { SearchType, SearchValue } from './search-type.ts';
import { unescapeValue } from './unescape.ts';
import { badSearchValue } from './value-error.ts';

export type UriValue = SearchValue & { readonly type: 'uri' } & (
    | { readonly kind: 'any' }
    /** One of these. */
    | { readonly kind: 'is'; readonly uris: readonly string[] }
    /** Begins with this. */
    | { readonly kind: 'below'; readonly uri: string }
  );

export const uri: SearchType<UriValue> = {
  parse(text, modifier, param) {
    const plain = unescapeValue(text);
    if (modifier === undefined) return { type: 'uri', kind: 'is', uris: [keyText(plain)] };
    if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(plain))
      throw badSearchValue(
        param,
        text,
        `is no URL; :${modifier} follows the path of a URL such as http://acme.org/fhir/`,
      );
    if (modifier === 'below') return { type: 'uri', kind: 'below', uri: cutText(plain) };
    return { type: 'uri', kind: 'is', uris: above(plain).map(keyText) };
  },
  modifiers: () => ['below', 'above'],
  rows({ value }, param, { resource }) {
    if (typeof value !== 'string' || value === '') return [];
    const texts = [value, ...versioned(value, param, resource.version)];
    return texts.map((text) => ({ table: tokenIndex, row: [param.number, keyText(text), ''] }));
  },
  present: () => ({ type: 'uri', kind: 'any' }),
  table: () => tokenIndex,
  test([, code], value) {
    switch (value.kind) {
      case 'any':
        return true;
      case 'is':
        return value.uris.includes(String(code));
      case 'below':
        return String(code).startsWith(value.uri);
    }
  },
  where(alias, value, { number }): Sql {
    const param = sql`${column(alias, 'param')} = ${number}`;
    const code = column(alias, 'code');
    switch (value.kind) {
      case 'any':
        return param;
      case 'is':
        return sql`${param} AND ${inList(code, value.uris)}`;
      case 'below':
        return sql`${param} AND ${beginsWith(code, value.uri)}`;
    }
  },
};

/** A definition is found by `url|version` too: the row of its `url` is there a second time with its business version. */
const versioned = (url: string, { code }: SearchParameter, version: unknown): readonly string[] =>
  code === 'url' && typeof version === 'string' ? [`${url}|${version}`] : [];

/** The URL and each URL on the way up its path, with and without a slash at the end. */
function above(url: string): readonly string[] {
  const start = url.indexOf('://') + 3;
  const cuts = [...url.slice(start).matchAll(/\//g)].map(({ index }) => start + index);
  return [...new Set([url, ...cuts.flatMap((cut) => [url.slice(0, cut), url.slice(0, cut + 1)])])];
}
