/** Places of a hierarchy and what lies above or below them, as SQL. */
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { typeNumber } from '../../resources/definition.ts';
import type { Expression } from './expression.ts';
import { alias, condition, refersTo, rowsOfResource, type SqlContext } from './sql.ts';

type Hierarchy = Extract<Expression, { kind: 'hierarchy' }>;

/**
 * A query with one column `id`: the places themselves and all above or below them, each once. UNION passes over what was found before, so
 * that it ends where references go round in a circle.
 */
export function placesOf({ direction, target, parent, ids, through }: Hierarchy, on: SqlContext, depth: number): Sql {
  const [found, link, own] = [alias('h', depth), alias('p', depth), alias('q', depth)];
  const [h, p, q] = [raw(found), raw(link), raw(own)];
  const start = join(
    ids.map((id) => sql`(${textOf(id, on)})`),
    ', ',
  );
  const passable = sql`${q}.content IS NOT NULL AND ${condition(through, target, sql`${q}.rid`, on, depth + 1)}`;
  const step =
    direction === 'below'
      ? sql`SELECT ${q}.id FROM ${h} CROSS JOIN reference_index ${p} CROSS JOIN resource ${q}
        WHERE ${refersTo(link, parent, target)} AND ${p}.target_id = ${h}.id AND ${q}.rid = ${p}.rid AND ${passable}`
      : sql`SELECT ${p}.target_id FROM ${h} CROSS JOIN resource ${q} CROSS JOIN ${rowsOfResource('reference_index', link, on)}
        WHERE ${q}.type = ${typeNumber(target)} AND ${q}.id = ${h}.id AND ${passable}
        AND ${p}.rid = ${q}.rid AND ${refersTo(link, parent, target)}`;
  return sql`WITH RECURSIVE ${h}(id) AS (VALUES ${start} UNION ${step}) SELECT id FROM ${h}`;
}

/** PostgreSQL wants the type and collation of the first rows to be those of the column `id`. */
const textOf = (id: string, { dialect }: SqlContext): Sql =>
  dialect === 'postgres' ? sql`CAST(${id} AS text) COLLATE "C"` : sql`${id}`;
