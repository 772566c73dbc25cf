/** Holds a binding against the real tables: names, types, keys, values that no table of values knows, columns that nothing binds. */
import { nearest } from '../../resources/nearest.ts';
import { type Create, columnsOf, type Where } from './binding.ts';
import { textOf } from './convert.ts';
import type { Lens } from './lens.ts';
import type { Practice } from './practice.ts';
import { from, meeting } from './rows.ts';
import type { Slot } from './slot.ts';

/** `error`: a sync would fail or do harm. `warning`: values would be left out. `note`: good to know. */
export interface Finding {
  readonly severity: 'error' | 'warning' | 'note';
  readonly table: string;
  readonly column?: string;
  readonly text: string;
}

interface Place {
  readonly table: string;
  readonly schema?: string;
}

interface ColumnInfo {
  readonly type: string;
  readonly nullable: boolean;
  readonly maxLength?: number | null;
  readonly defaultValue?: unknown;
}

type Columns = Readonly<Record<string, ColumnInfo>>;

/** One table as a lens uses it. */
interface Use extends Place {
  readonly key: readonly string[];
  /** Columns that hold one row for each value together. */
  readonly unique: readonly string[];
  readonly columns: readonly string[];
  readonly slots: readonly Slot[];
  readonly specs: Readonly<Record<string, unknown>>;
  readonly where: Where | undefined;
  readonly create: Create | undefined;
  /** Columns that have a value when a row is made. */
  readonly given: readonly string[];
}

function usesOf(lens: Lens): readonly Use[] {
  const { table } = lens;
  const own: Use = {
    ...placeOf(table),
    key: lens.keyColumns,
    unique: lens.keyColumns,
    columns: [...lens.columns, ...Object.keys(table.where ?? {}), ...Object.keys(table.stamp ?? {})],
    slots: lens.slots,
    specs: table.columns,
    where: table.where,
    create: table.create,
    given: [],
  };
  const joins = lens.joins.map(
    ({ binding, columns, slots }): Use => ({
      ...placeOf(binding),
      key: [],
      unique: Object.keys(binding.on),
      columns: [...columns, ...Object.keys(binding.where ?? {}), ...(binding.changed ? [binding.changed] : [])],
      slots,
      specs: binding.columns,
      where: binding.where,
      create: binding.create ? { key: 'database' } : undefined,
      given: Object.keys(binding.on),
    }),
  );
  const lists = lens.lists.map(
    ({ binding, columns, slots, keyColumns }): Use => ({
      ...placeOf(binding),
      key: keyColumns,
      unique: keyColumns,
      columns: [...columns, ...Object.keys(binding.where ?? {}), ...(binding.changed ? [binding.changed] : [])],
      slots,
      specs: binding.value ? { [binding.value.column]: binding.value } : (binding.columns ?? {}),
      where: binding.where,
      create: binding.create,
      given: Object.keys(binding.on),
    }),
  );
  return [own, ...joins, ...lists];
}

const placeOf = ({ table, schema }: Place): Place => ({ table, ...(schema === undefined ? {} : { schema }) });

/** Everything that is found about the tables of `lenses`. Reads, and changes nothing. */
export async function checkSchema(practice: Practice, lenses: readonly Lens[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const bound = new Map<string, { readonly place: Place; readonly columns: Columns; readonly names: Set<string> }>();
  const tables = await tablesOf(practice);
  for (const lens of lenses)
    for (const use of usesOf(lens)) {
      const columns = await columnsIn(practice, use);
      if (Object.keys(columns).length === 0) {
        const near = nearest(use.table, tables);
        const meant = near ? `did you mean ${near}?` : `there are ${tables.slice(0, 20).join(', ') || 'none'}`;
        findings.push({ severity: 'error', table: use.table, text: `there is no such table; ${meant}` });
        continue;
      }
      const place = `${use.schema ?? ''}.${use.table}`;
      const known = bound.get(place) ?? { place: use, columns, names: new Set<string>() };
      bound.set(place, known);
      for (const column of use.columns) known.names.add(column);
      const missing = missingColumns(use, columns);
      findings.push(...missing);
      if (missing.length === 0)
        findings.push(
          ...typeFindings(use, columns),
          ...(await duplicates(practice, use)),
          ...(await strangers(practice, use)),
          ...madeWithout(use, columns),
        );
    }
  for (const { place, columns, names } of bound.values()) {
    const left = Object.keys(columns).filter((column) => !names.has(column));
    if (left.length > 0)
      findings.push({
        severity: 'note',
        table: place.table,
        text: `nothing binds ${left.join(', ')}: they stay in the practice and are not seen in FHIR`,
      });
  }
  return findings;
}

async function tablesOf({ knex, dialect }: Practice): Promise<readonly string[]> {
  const query =
    dialect === 'sqlite'
      ? knex('sqlite_master').whereIn('type', ['table', 'view']).select({ name: 'name' })
      : knex('information_schema.tables')
          .whereNotIn('table_schema', ['information_schema', 'pg_catalog', 'mysql', 'performance_schema', 'sys'])
          .select({ name: 'table_name' });
  return ((await query) as { name: string }[]).map(({ name }) => name);
}

async function columnsIn({ knex }: Practice, place: Place): Promise<Columns> {
  return (await from(knex, place).columnInfo()) as unknown as Columns;
}

const missingColumns = ({ table, columns }: Use, real: Columns): readonly Finding[] =>
  [...new Set(columns)]
    .filter((column) => !Object.hasOwn(real, column))
    .map((column) => {
      const near = nearest(column, Object.keys(real));
      return {
        severity: 'error',
        table,
        column,
        text: `there is no such column; ${near ? `did you mean ${near}?` : `there are ${Object.keys(real).join(', ')}`}`,
      };
    });

const HAS_ZONE = /with time zone|timestamptz|datetimeoffset/i;

interface TimeSpec {
  readonly zone?: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

function typeFindings({ table, slots, specs }: Use, real: Columns): readonly Finding[] {
  return slots.flatMap((slot): Finding[] => {
    const info = real[slot.name];
    const spec = (typeof specs[slot.name] === 'object' ? specs[slot.name] : {}) as TimeSpec;
    const isMoment = /partial-date-time|instant/.test(slot.paths[0]?.schema.format ?? '');
    if (info && isMoment && HAS_ZONE.test(info.type) && spec.zone !== 'offset')
      return [
        {
          severity: 'error',
          table,
          column: slot.name,
          text: `its type ${info.type} has an offset: say zone: offset, or moments would be written in the wrong one`,
        },
      ];
    if (info && isMoment && spec.zone === 'offset' && /^(timestamp without|datetime|timestamp$)/i.test(info.type))
      return [
        {
          severity: 'error',
          table,
          column: slot.name,
          text: `its type ${info.type} holds no offset, and zone: offset needs one`,
        },
      ];
    const length = Number(info?.maxLength ?? 0);
    const long = length > 0 ? Object.keys(spec.values ?? {}).find((value) => value.length > length) : undefined;
    return long === undefined
      ? []
      : [
          {
            severity: 'error',
            table,
            column: slot.name,
            text: `the value ${long} is longer than its ${length} characters`,
          },
        ];
  });
}

/** Keys that several rows have, or none. */
async function duplicates({ knex }: Practice, { table, schema, unique, where }: Use): Promise<readonly Finding[]> {
  const place = { table, ...(schema === undefined ? {} : { schema }) };
  const [twice] = (await meeting(from(knex, place), where)
    .select([...unique])
    .groupBy([...unique])
    .havingRaw('count(*) > 1')
    .limit(1)) as Record<string, unknown>[];
  if (!twice) return [];
  const shown = unique.map((column) => `${column} ${textOf(twice[column]) ?? 'null'}`).join(', ');
  return [{ severity: 'error', table, text: `several rows have ${shown}, and one is expected` }];
}

/** Values that are looked at of a column; a column of codes has fewer. */
const MOST_VALUES = 500;

/** Values of the rows that the table of values does not name. */
async function strangers({ knex }: Practice, { table, schema, slots, specs, where }: Use): Promise<readonly Finding[]> {
  const place = { table, ...(schema === undefined ? {} : { schema }) };
  const findings: Finding[] = [];
  for (const { name } of slots) {
    const spec = (typeof specs[name] === 'object' ? specs[name] : {}) as {
      values?: Record<string, unknown>;
      otherwise?: unknown;
      with?: unknown;
    };
    if (!spec.values || spec.otherwise !== undefined || spec.with !== undefined) continue;
    const found = (await meeting(from(knex, place), where)
      .select({ value: name })
      .count({ rows: '*' })
      .groupBy(name)
      .limit(MOST_VALUES)) as { value: unknown; rows: unknown }[];
    const strange = found.filter(({ value }) => {
      const text = textOf(value);
      return text !== undefined && !Object.hasOwn(spec.values ?? {}, text);
    });
    if (strange.length === 0) continue;
    const shown = strange
      .slice(0, 10)
      .map(({ value, rows }) => `${JSON.stringify(textOf(value))} (${String(rows)} rows)`);
    findings.push({
      severity: 'warning',
      table,
      column: name,
      text: `its table of values does not name ${shown.join(', ')}${strange.length > 10 ? ' and more' : ''}`,
    });
  }
  return findings;
}

/** Columns that need a value when a row is made, and get none. */
function madeWithout({ table, create, columns, given, key }: Use, real: Columns): readonly Finding[] {
  if (!create) return [];
  const filled = new Set([...columns, ...given, ...Object.keys(create.values ?? {}), ...columnsOf(key)]);
  const open = Object.entries(real).filter(
    ([column, { nullable, defaultValue }]) =>
      !nullable && (defaultValue === null || defaultValue === undefined) && !filled.has(column),
  );
  return open.map(([column]) => ({
    severity: 'error',
    table,
    column,
    text: 'it needs a value when a row is made, and has none: give it one under create.values',
  }));
}
