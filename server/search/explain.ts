/**
 * `_explain`, for operators: what a search was understood to ask, how it would be carried out, the statement and its bound values, and
 * the counts that decided. Runs the counts, not the search.
 */
import sql, { type Sql } from 'sql-template-tag';
import { expressionText, planText } from './describe.ts';
import { pageStatement } from './page-sql.ts';
import type { Plan } from './plan.ts';
import type { SearchContext } from './query.ts';
import type { Restricted, RestrictedQuery } from './restrict.ts';
import { inOrder, ofTypesPresent } from './search.ts';
import { walkState } from './walk-state.ts';

export interface Explanation {
  /** By type. */
  readonly expression: readonly { readonly type: string; readonly text: string }[];
  readonly plan: string;
  /** The statement of the first page, with `?` or `$1` as the database takes them, and what they stand for. */
  readonly sql: string;
  readonly values: readonly unknown[];
  /** How the database carries it out: EXPLAIN (PostgreSQL) or EXPLAIN QUERY PLAN (SQLite), a line each. */
  readonly database: readonly string[];
}

export async function explain(asked: Restricted<RestrictedQuery>, context: SearchContext): Promise<Explanation> {
  const query = await ofTypesPresent(asked, context);
  const { plan } = await inOrder(query, context);
  const statement = plan.types.length === 0 ? sql`` : await firstPage(query, plan, context);
  return {
    expression: query.types.map(({ type, expression }) => ({ type, text: expressionText(expression) })),
    plan: planText(plan),
    sql: context.dialect === 'postgres' ? statement.text : statement.sql,
    values: statement.values,
    database: plan.types.length === 0 ? [] : await databasePlan(statement, context),
  };
}

async function firstPage(query: Restricted<RestrictedQuery>, plan: Plan, context: SearchContext): Promise<Sql> {
  const walked = plan.types.some(({ order }) => order === 'walk');
  const request = {
    phase: walked ? 'present' : 'all',
    direction: 'forward',
    limit: query.count + 1,
    state: await walkState(context.reader),
    counted: query.total === 'accurate',
  } as const;
  return pageStatement(plan, request, context);
}

/** The database's own plan of a statement. */
export async function databasePlan(
  statement: Sql,
  { reader, dialect }: Pick<SearchContext, 'reader' | 'dialect'>,
): Promise<readonly string[]> {
  if (dialect === 'postgres') {
    const rows = await reader.query<{ 'QUERY PLAN': string }>(sql`EXPLAIN ${statement}`);
    return rows.map((row) => row['QUERY PLAN']);
  }
  const rows = await reader.query<{ detail: string }>(sql`EXPLAIN QUERY PLAN ${statement}`);
  return rows.map(({ detail }) => detail);
}
