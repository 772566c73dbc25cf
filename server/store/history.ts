/**
 * The statements of history, the same on both databases. https://hl7.org/fhir/R4/http.html#history
 *
 * The page is found in the indexes (type, tx, rid) of `resource` and `resource_history`, which are in the order asked for, and only
 * then are the rows of the page fetched. The system's history is the union of those of the types that are present.
 */
import sql, { empty, join, type Sql } from 'sql-template-tag';
import { typeNumber } from '../../resources/definition.ts';
import type { HistoryScope, HistoryWindow } from './store.ts';

/** Further bounds that the database itself sets: only versions below `below`, and those of the transaction `own`. */
export interface Horizon {
  readonly below: number;
  readonly own: number;
}

function conditions(window: HistoryWindow, horizon: Horizon | undefined): Sql[] {
  const { since, current, before } = window;
  return [
    ...(since === undefined ? [] : [sql`tx >= ${since}`]),
    ...(current ? [sql`tx < ${current.to}`] : []),
    ...(before ? [sql`(tx, rid) < (${before.tx}, ${before.rid})`] : []),
    ...(horizon ? [sql`(tx < ${horizon.below} OR tx = ${horizon.own})`] : []),
  ];
}

const all = (terms: readonly Sql[]): Sql => join(terms, ' AND ');

/** The places of the newest versions that meet `scope`, from one of the two tables. */
function branch(table: 'current' | 'past', scope: Sql, terms: readonly Sql[], count: number): Sql {
  const from = table === 'current' ? sql`0 AS version FROM resource` : sql`version FROM resource_history`;
  return sql`SELECT * FROM (SELECT tx, rid, ${from} WHERE ${all([scope, ...terms])}
    ORDER BY tx DESC, rid DESC LIMIT ${count}) AS newest`;
}

/** The newest versions in `scope`; `types` are the numbers of the types present when the scope is the whole system. */
export function historyStatement(
  scope: HistoryScope,
  window: HistoryWindow,
  types: readonly number[],
  horizon: Horizon | undefined,
): Sql {
  const terms = conditions(window, horizon);
  const past = window.current ? [...terms, sql`ended > ${window.current.from}`] : terms;
  const branches = scopes(scope, types).flatMap((place) => [
    branch('current', place, terms, window.count),
    branch('past', place, past, window.count),
  ]);
  return sql`
    WITH page AS (${join(branches, ' UNION ALL ')} ORDER BY tx DESC, rid DESC LIMIT ${window.count})
    SELECT r.rid, r.type, r.id, p.tx, coalesce(h.version, r.version) AS version,
      CASE WHEN p.version = 0 THEN r.method ELSE h.method END AS method,
      CASE WHEN p.version = 0 THEN r.content ELSE h.content END AS content
    FROM page p JOIN resource r ON r.rid = p.rid
    LEFT JOIN resource_history h ON p.version > 0 AND h.rid = p.rid AND h.version = p.version
    ORDER BY p.tx DESC, p.rid DESC`;
}

function scopes({ type, id }: HistoryScope, types: readonly number[]): readonly Sql[] {
  if (type === undefined) return types.map((number) => sql`type = ${number}`);
  if (id === undefined) return [sql`type = ${typeNumber(type)}`];
  return [sql`rid = (SELECT rid FROM resource WHERE type = ${typeNumber(type)} AND id = ${id})`];
}

export function historyTotalStatement({ type, id }: HistoryScope): Sql {
  const where =
    type === undefined
      ? empty
      : id === undefined
        ? sql`WHERE type = ${typeNumber(type)}`
        : sql`WHERE rid = (SELECT rid FROM resource WHERE type = ${typeNumber(type)} AND id = ${id})`;
  return sql`
    SELECT (SELECT count(*) FROM resource ${where}) + (SELECT count(*) FROM resource_history ${where}) AS total`;
}
