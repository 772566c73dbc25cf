/**
 * The statement of one page: the numbers of its resources from the index tables first, their content afterwards, for the page only.
 * Resources that changed since the walk began are left out; changed.ts puts them back as they were. ARCHITECTURE, "Query form".
 */
import sql, { empty, join, raw, type Sql } from 'sql-template-tag';
import { typeNumber } from '../../resources/definition.ts';
import type { ResourceType } from '../../resources/types.ts';
import type { Selection } from './driver.ts';
import { filtersOf, fromDriver } from './driver-sql.ts';
import type { Plan, TypePlan } from './plan.ts';
import type { Cursor } from './query.ts';
import { rangeParts } from './range-part.ts';
import { whereLastUpdated } from './resource-column.ts';
import { withPoints } from './score-sql.ts';
import { beyond, type Direction, isFirstOfResource, type KeyOrder, keyOfResource, keyRows, orderBy } from './sort.ts';
import { always, combined, condition, fence, rowsOfResource, type SqlContext } from './sql.ts';
import { searchTypes } from './type/index.ts';
import { isLater, type WalkState } from './walk-state.ts';

/**
 * The part of the order that a statement reads: `present` and `absent` are the resources with and without a first sort key. They are
 * read one after the other where the index of the key gives the order, which does not hold those without.
 */
export type Phase = 'all' | 'present' | 'absent';

export interface PageRequest {
  readonly phase: Phase;
  readonly direction: Direction;
  readonly cursor?: Cursor;
  /** Rows at most. */
  readonly limit: number;
  /** Resources that were written later are left out. */
  readonly state: WalkState;
  /** Also count all matches. */
  readonly counted: boolean;
}

/**
 * Columns of a page row: those of a version, the sort keys as k0, k1 ..., `total` when it was asked for, and `changed`: 1 when something
 * was left out because it changed.
 */
export function pageStatement(plan: Plan, request: PageRequest, on: SqlContext): Sql {
  const keys = plan.types[0]?.keys ?? [];
  const branches = plan.types.map((each) => branch(each, request, on));
  const names = keys.map((_, at) => raw(`page.k${at}`));
  const named = names.length > 0 ? sql`, ${join(names, ', ')}` : empty;
  const order = (of: string): Sql =>
    orderBy(
      keys.map(({ descending }, at) => ({
        column: raw(`${of}k${at}`),
        descending,
        nullable: at > 0 || request.phase !== 'present',
      })),
      raw(`${of}rid`),
      request.direction,
    );
  const [only] = branches;
  const found =
    only && branches.length === 1
      ? only
      : sql`SELECT * FROM (${join(
          branches.map((each, at) => sql`SELECT * FROM (${each}) ${raw(`b${at}`)}`),
          ' UNION ALL ',
        )}) merged ORDER BY ${order('')} LIMIT ${request.limit}`;
  const total = request.counted ? sql`, (${countStatement(plan, on)}) AS total` : empty;
  return sql`WITH page AS MATERIALIZED (${found})
    SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content${named}${total},
      CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (${join(plan.types.map(({ type }) => typeNumber(type)))})
        AND ${isLater(raw('u.tx'), request.state)}) THEN 1 ELSE 0 END AS changed
    FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY ${order('page.')}`;
}

/** How many resources match, counted to `limit` when there is one. */
export function countStatement(plan: Plan, on: SqlContext, limit?: number): Sql {
  const branches = plan.types.map(({ selection }) => candidates(selection, on));
  const bounded = limit === undefined ? empty : sql`LIMIT ${limit}`;
  return sql`SELECT count(*) AS total FROM (${join(
    branches.map((each, at) => sql`SELECT rid FROM (${each} ${bounded}) ${raw(`n${at}`)}`),
    ' UNION ALL ',
  )} ${bounded}) counted`;
}

/** Each resource of a selection once; `further` conditions on its rid are added. */
function candidates(selection: Selection, on: SqlContext, further: (rid: Sql) => readonly Sql[] = () => []): Sql {
  const { tables, where, rid } = fromDriver(selection.type, selection.driver, on);
  const distinct = selection.driver.kind === 'type' || selection.driver.kind === 'ids' ? empty : sql`DISTINCT`;
  return sql`SELECT ${distinct} ${rid} AS rid FROM ${tables} WHERE ${combined(
    [where, ...filtersOf(selection, rid, on), ...further(rid)],
    'AND',
  )}`;
}

function branch(plan: TypePlan, request: PageRequest, on: SqlContext): Sql {
  if (plan.order === 'rid') return inOrderOfRid(plan, request, on);
  if (plan.order === 'collect') return collected(plan, request, on, []);
  return request.phase === 'absent' ? withoutFirstKey(plan, request, on) : walked(plan, request, on);
}

const unchanged = (type: ResourceType, rid: Sql, state: WalkState): Sql =>
  sql`${rid} NOT IN (SELECT u.rid FROM resource u WHERE u.type = ${typeNumber(type)} AND ${isLater(raw('u.tx'), state)})`;

function inOrderOfRid({ type, selection }: TypePlan, request: PageRequest, on: SqlContext): Sql {
  const { cursor, direction, limit, state } = request;
  const found = candidates(selection, on, (rid) => [
    ...(cursor ? [beyond([], rid, cursor, direction)] : []),
    unchanged(type, rid, state),
  ]);
  return sql`${found} ORDER BY ${orderBy([], sql`rid`, direction)} LIMIT ${limit}`;
}

/** All candidates, with their keys, put in order. */
function collected(
  { type, selection, keys }: TypePlan,
  { cursor, direction, limit, state, phase }: PageRequest,
  on: SqlContext,
  further: readonly ((rid: Sql) => Sql)[],
): Sql {
  const matches = candidates(selection, on, (rid) => [
    unchanged(type, rid, state),
    ...further.map((each) => each(rid)),
  ]);
  const scored = keys.find(({ place }) => place.kind === 'score')?.place;
  const found = scored?.kind === 'score' ? withPoints(matches, scored.score, on) : matches;
  const columns = keys.map((key, at) => sql`${keyOfResource(key, raw('c.rid'), `k${at}`, on)} AS ${raw(`k${at}`)}`);
  const named = keys.map(({ descending }, at) => ({ column: raw(`s.k${at}`), descending, nullable: true }));
  const conditions = [
    ...(phase === 'all' ? [] : [phase === 'present' ? sql`s.k0 IS NOT NULL` : sql`s.k0 IS NULL`]),
    ...(cursor ? [beyond(named, raw('s.rid'), cursor, direction)] : []),
  ];
  return sql`SELECT s.* FROM (SELECT ${join([sql`c.rid AS rid`, ...columns], ', ')} FROM (${found}) c) s
    WHERE ${combined(conditions, 'AND')} ORDER BY ${orderBy(named, raw('s.rid'), direction)} LIMIT ${limit}`;
}

/** The resources without a first key: by rid when there is no other key. */
function withoutFirstKey(plan: TypePlan, request: PageRequest, on: SqlContext): Sql {
  const [first] = plan.keys;
  const place = first?.place;
  if (!first || place?.kind !== 'index') return collected(plan, request, on, [() => sql`1 = 0`]);
  const absent = (rid: Sql): Sql =>
    sql`NOT EXISTS (SELECT 1 FROM ${rowsOfResource(place.table.name, 'a', on)} WHERE a.rid = ${rid} AND ${keyRows('a', place)} ${fence(on)})`;
  if (plan.keys.length > 1) return collected(plan, request, on, [absent]);
  const { cursor, direction, limit, state } = request;
  const found = candidates(plan.selection, on, (rid) => [
    ...(cursor?.keys[0] === null ? [beyond([], rid, cursor, direction)] : []),
    unchanged(plan.type, rid, state),
    absent(rid),
  ]);
  return sql`SELECT c.rid AS rid, ${keyOfResource(first, raw('c.rid'), 'k0', on)} AS k0
    FROM (${found} ORDER BY ${orderBy([], sql`rid`, direction)} LIMIT ${limit}) c`;
}

/** The index of the first key in its order; everything else filters. */
function walked(plan: TypePlan, request: PageRequest, on: SqlContext): Sql {
  const { keys, walkValues } = plan;
  const [first] = keys;
  if (!first) return inOrderOfRid(plan, request, on);
  const parts = first.place.kind === 'index' ? rangeParts(first.place.table, walkValues) : undefined;
  if (!parts) return walkedRows(plan, first, always, request, on);
  const walks = parts.map(
    (part, at) => sql`SELECT * FROM (${walkedRows(plan, first, part('d'), request, on)}) ${raw(`w${at}`)}`,
  );
  const named = keys.map(({ descending }, at) => ({ column: raw(`k${at}`), descending, nullable: at > 0 }));
  return sql`SELECT * FROM (${join(walks, ' UNION ALL ')}) walked
    ORDER BY ${orderBy(named, raw('rid'), request.direction)} LIMIT ${request.limit}`;
}

function walkedRows(plan: TypePlan, first: KeyOrder, part: Sql, request: PageRequest, on: SqlContext): Sql {
  const { type, keys, terms } = plan;
  const { cursor, direction, limit, state } = request;
  const { place } = first;
  if (place.kind === 'score') return collected(plan, request, on, []);
  const rid = raw('d.rid');
  const own = raw(`d.${place.column}`);
  const columns = [own, ...keys.slice(1).map((key, at) => keyOfResource(key, rid, `k${at + 1}`, on))];
  const ordered = keys.map(({ descending }, at) => ({ column: columns[at] ?? own, descending, nullable: at > 0 }));
  const start = cursor?.keys[0];
  const from = first.descending !== (direction === 'backward') ? '<=' : '>=';
  const conditions = [
    ...rowsOfWalk(plan, first),
    part,
    ...(start === undefined || start === null ? [] : [sql`${own} ${raw(from)} ${start}`]),
    ...(cursor && start !== null ? [beyond(ordered, rid, cursor, direction)] : []),
    ...terms.map((term) => condition(term, type, rid, on)),
    unchanged(type, rid, state),
    isFirstOfResource(first, 'd', 'e', on),
  ];
  const table = place.kind === 'resource' ? 'resource' : place.table.name;
  const named = ordered.map((key, at) => ({ ...key, column: at === 0 ? own : raw(`k${at}`) }));
  return sql`SELECT ${join([sql`${rid} AS rid`, ...columns.map((column, at) => sql`${column} AS ${raw(`k${at}`)}`)], ', ')}
    FROM ${raw(table)} d WHERE ${combined(conditions, 'AND')}
    ORDER BY ${orderBy(named, rid, direction)} LIMIT ${limit}`;
}

/** The rows of the first key that the search asks for. */
function rowsOfWalk({ type, walkValues }: TypePlan, { place }: KeyOrder): readonly Sql[] {
  if (place.kind === 'index')
    return [
      keyRows('d', place),
      ...walkValues.map((value) => searchTypes[place.param.type].where('d', value, place.param)),
    ];
  return [
    sql`d.type = ${typeNumber(type)} AND d.content IS NOT NULL`,
    ...walkValues.map((value) => whereLastUpdated('d', type, value)),
  ];
}
