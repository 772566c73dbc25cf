/**
 * `_include` and `_revinclude`: from the matches of a page along references and back, `:iterate` until nothing new is found. Each
 * resource comes once, no match comes again, and nobody gets what they may not see. https://hl7.org/fhir/R4/search.html#include
 */
import sql, { join, type Sql } from 'sql-template-tag';
import { typeNumber, typeOfNumber } from '../../resources/definition.ts';
import { FhirError } from '../../resources/outcome.ts';
import type { ResourceType } from '../../resources/types.ts';
import type { StoredVersion } from '../store/store.ts';
import { type VersionRow, versionOf } from '../store/version.ts';
import { MAX_INCLUDED_OF_PAGE, MAX_ROUNDS } from './limits.ts';
import type { Include, IncludeLink, SearchContext } from './query.ts';
import type { Restricted, RestrictedQuery } from './restrict.ts';
import { condition, refersByUrl, urlParameter } from './sql.ts';

/** A resource by number, and what a reference to it says. */
interface Found {
  readonly rid: number;
  readonly type: ResourceType;
  readonly id: string;
}

export interface Included {
  /** In the order of rid. */
  readonly versions: readonly StoredVersion[];
  /** More are behind the last one. */
  readonly more: boolean;
}

// A list of numbers or ids in one statement; SQLite takes 32,766 parameters.
const MAX_LIST = 5_000;

/**
 * What comes with the matches: those with a rid above `after`, `limit` at most.
 * @throws FhirError 400 too-costly when the page has more than MAX_INCLUDED_OF_PAGE in all
 */
export async function included(
  query: Restricted<RestrictedQuery>,
  matches: readonly StoredVersion[],
  { after, limit }: { readonly after: number; readonly limit: number },
  context: SearchContext,
): Promise<Included> {
  if (query.includes.length === 0 || matches.length === 0) return { versions: [], more: false };
  const rids = await ridsIncluded(query, matches, context);
  const wanted = rids.filter((rid) => rid > after);
  const versions = await versionsOf(wanted.slice(0, limit), context);
  return { versions, more: wanted.length > limit };
}

/** The numbers of all included resources, ascending. */
async function ridsIncluded(
  query: Restricted<RestrictedQuery>,
  matches: readonly StoredVersion[],
  context: SearchContext,
): Promise<readonly number[]> {
  const seen = new Set(matches.map(({ rid }) => rid));
  const all: number[] = [];
  let level: readonly Found[] = matches;
  for (let round = 0; level.length > 0; round += 1) {
    const applied = query.includes.filter(({ iterate }) => iterate || round === 0);
    if (applied.length === 0) break;
    if (round === MAX_ROUNDS) throw tooMany(`reaches further than ${MAX_ROUNDS} references`);
    const next = new Map<number, Found>();
    for (const include of applied)
      for (const found of await follow(include, level, query, context))
        if (!seen.has(found.rid)) next.set(found.rid, found);
    for (const rid of next.keys()) {
      seen.add(rid);
      all.push(rid);
    }
    if (all.length > MAX_INCLUDED_OF_PAGE)
      throw tooMany(`brings more than ${MAX_INCLUDED_OF_PAGE} resources to one page`);
    level = [...next.values()];
  }
  return all.sort((a, b) => a - b);
}

function tooMany(what: string): FhirError {
  return new FhirError(400, [
    {
      severity: 'error',
      code: 'too-costly',
      diagnostics: `_include or _revinclude with :iterate ${what}; name target types, leave out :iterate, or ask for smaller pages (_count)`,
      expression: ['http._include'],
      rule: 'search-include-too-costly',
    },
  ]);
}

/** One include from one level of resources. */
async function follow(
  { direction, links }: Include,
  level: readonly Found[],
  query: Restricted<RestrictedQuery>,
  context: SearchContext,
): Promise<readonly Found[]> {
  const statements =
    direction === 'forward' ? forward(links, level, query, context) : reverse(links, level, query, context);
  const found: Found[] = [];
  for (const statement of statements)
    for (const { rid, type, id } of await context.reader.query<{ rid: number; type: number; id: string }>(statement))
      found.push({ rid, type: typeOfNumber(type), id });
  return found;
}

/** Those of the level that a link starts from, in lists that a statement can hold. */
function listsOf<T>(
  level: readonly Found[],
  types: readonly ResourceType[],
  value: (found: Found) => T,
): readonly T[][] {
  const values = level.filter(({ type }) => types.includes(type)).map(value);
  return Array.from({ length: Math.ceil(values.length / MAX_LIST) }, (_, at) =>
    values.slice(at * MAX_LIST, (at + 1) * MAX_LIST),
  );
}

/** Links by the type they lead to: one statement finds all resources of a type that any of the parameters refers to. */
function byTarget(links: readonly IncludeLink[]): ReadonlyMap<ResourceType, readonly IncludeLink[]> {
  const groups = new Map<ResourceType, IncludeLink[]>();
  for (const link of links)
    for (const target of link.targets) {
      const group = groups.get(target);
      if (group) group.push(link);
      else groups.set(target, [link]);
    }
  return groups;
}

function forward(
  links: readonly IncludeLink[],
  level: readonly Found[],
  { scope }: Restricted<RestrictedQuery>,
  on: SearchContext,
): readonly Sql[] {
  const present = links.filter(({ source }) => level.some(({ type }) => type === source));
  return [...byTarget(present)].flatMap(([target, group]) => {
    const visible = scope(target, 'search-type');
    if (visible.kind === 'nothing') return [];
    const sources = [...new Set(group.map(({ source }) => source))];
    const numbers = [...new Set(group.map(({ param }) => param.number))];
    return listsOf(level, sources, ({ rid }) => rid).flatMap((rids) => {
      const local = sql`SELECT DISTINCT t.rid, t.type, t.id FROM reference_index x CROSS JOIN resource t
        WHERE x.rid IN (${join(rids)}) AND x.param IN (${join(numbers)}) AND x.target_type = ${typeNumber(target)}
        AND t.type = ${typeNumber(target)} AND t.id = x.target_id AND t.content IS NOT NULL
        AND ${condition(visible, target, sql`t.rid`, on)}`;
      const canonical = group.flatMap(({ param }) => {
        const url = urlParameter(param, target, on);
        if (!url) return [];
        return [
          sql`SELECT DISTINCT t.rid, t.type, t.id FROM reference_index x CROSS JOIN token_index u CROSS JOIN resource t
            WHERE x.rid IN (${join(rids)}) AND ${refersByUrl('x', param)}
            AND u.param = ${url.number} AND u.code = x.target_id AND t.rid = u.rid AND t.content IS NOT NULL
            AND ${condition(visible, target, sql`t.rid`, on)}`,
        ];
      });
      return [local, ...canonical];
    });
  });
}

function reverse(
  links: readonly IncludeLink[],
  level: readonly Found[],
  { scope }: Restricted<RestrictedQuery>,
  on: SearchContext,
): readonly Sql[] {
  const referred = new Set(level.map(({ type }) => type));
  const bySource = new Map<
    string,
    { source: ResourceType; target: ResourceType; numbers: Set<number>; links: IncludeLink[] }
  >();
  for (const link of links)
    for (const target of link.targets.filter((type) => referred.has(type))) {
      const key = `${link.source} ${target}`;
      const group = bySource.get(key) ?? { source: link.source, target, numbers: new Set(), links: [] };
      group.numbers.add(link.param.number);
      group.links.push(link);
      bySource.set(key, group);
    }
  return [...bySource.values()].flatMap(({ source, target, numbers, links: group }) => {
    const visible = scope(source, 'search-type');
    if (visible.kind === 'nothing') return [];
    const seen = sql`r.rid = x.rid AND ${condition(visible, source, sql`r.rid`, on)}`;
    const local = listsOf(level, [target], ({ id }) => id).map(
      (ids) => sql`SELECT DISTINCT r.rid, r.type, r.id FROM reference_index x CROSS JOIN resource r
        WHERE x.param IN (${join([...numbers])}) AND x.target_id IN (${join(ids)}) AND x.target_type = ${typeNumber(target)}
        AND ${seen}`,
    );
    const canonical = group.flatMap(({ param }) => {
      const url = urlParameter(param, target, on);
      if (!url) return [];
      return listsOf(level, [target], ({ rid }) => rid).map(
        (rids) => sql`SELECT DISTINCT r.rid, r.type, r.id
          FROM token_index u CROSS JOIN reference_index x CROSS JOIN resource r
          WHERE u.rid IN (${join(rids)}) AND u.param = ${url.number} AND x.target_id = u.code AND ${refersByUrl('x', param)}
          AND ${seen}`,
      );
    });
    return [...local, ...canonical];
  });
}

async function versionsOf(rids: readonly number[], { reader }: SearchContext): Promise<readonly StoredVersion[]> {
  if (rids.length === 0) return [];
  const rows = await reader.query<VersionRow>(
    sql`SELECT rid, type, id, version, tx, method, content FROM resource
      WHERE rid IN (${join(rids)}) AND content IS NOT NULL ORDER BY rid`,
  );
  return rows.map(versionOf);
}
