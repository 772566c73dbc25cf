/** The profiles, tags and security labels that resources of a type, or of all types, carry: read from their index rows. */
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { resourceTypes } from '../../resources/definition.ts';
import type { Meta, ResourceType } from '../../resources/types.ts';
import type { SearchContext } from './query.ts';
import type { Scope } from './restrict.ts';
import type { SearchParameter } from './search-parameter.ts';
import { combined, condition } from './sql.ts';

const CODES = { _profile: 'profile', _tag: 'tag', _security: 'security' } as const;

interface LabelRow {
  readonly param: number;
  readonly code: string;
  readonly system: string;
}

/** The labels, without display and in alphabetical order; only of resources that the scope lets see. */
export async function labelsInUse(
  type: ResourceType | undefined,
  scope: Scope,
  context: SearchContext,
): Promise<Pick<Meta, 'profile' | 'tag' | 'security'>> {
  const types = (type ? [type] : resourceTypes()).filter((each) => scope(each, 'search-type').kind !== 'nothing');
  const params = types.flatMap((each) =>
    Object.keys(CODES).flatMap((code) => context.parameters.get(each, code) ?? []),
  );
  if (params.length === 0) return {};
  const rows = await context.reader.query<LabelRow>(sql`
    SELECT DISTINCT t.param AS param, t.code AS code, coalesce(u.value, '') AS system
    FROM token_index t LEFT JOIN uri u ON u.number = t.system
    WHERE t.code <> '' AND ${combined(conditions(params, scope, context), 'OR')}`);
  const names = new Map(params.map(({ number, code }) => [number, CODES[code as keyof typeof CODES]]));
  return {
    ...listed(
      'profile',
      distinct(rows, names, 'profile', ({ code }) => code),
    ),
    ...listed('security', distinct(rows, names, 'security', coding)),
    ...listed('tag', distinct(rows, names, 'tag', coding)),
  };
}

/** The parameters of types that are seen whole in one condition; the others each with what their scope asks. */
function conditions(params: readonly SearchParameter[], scope: Scope, context: SearchContext): readonly Sql[] {
  const isWhole = ({ resource }: SearchParameter) => scope(resource, 'search-type').kind === 'all';
  const whole = params.filter(isWhole).map(({ number }) => number);
  const partly = params.filter((param) => !isWhole(param));
  return [
    ...(whole.length > 0 ? [sql`t.param IN (${join(whole)})`] : []),
    ...partly.map(
      ({ number, resource }) =>
        sql`(t.param = ${number} AND ${condition(scope(resource, 'search-type'), resource, raw('t.rid'), context)})`,
    ),
  ];
}

const coding = ({ system, code }: LabelRow) => ({ ...(system ? { system } : {}), code });

function distinct<T>(
  rows: readonly LabelRow[],
  names: ReadonlyMap<number, string>,
  name: string,
  labelOf: (row: LabelRow) => T,
): T[] {
  const keyed = rows
    .filter(({ param }) => names.get(param) === name)
    .map((row) => [`${row.system}|${row.code}`, labelOf(row)] as const);
  return [...new Map(keyed)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

const listed = <K extends string, T>(name: K, values: T[]) =>
  (values.length > 0 ? { [name]: values } : {}) as Partial<Record<K, T[]>>;
