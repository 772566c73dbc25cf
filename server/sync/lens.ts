/**
 * A lens: one table of a binding, compiled. `decode` reads a row into a record of the model, `encode` gives the columns of the row that a record
 * changes. Pure: no database, no clock. What a row does not say of a record stays in it, and what a record does not change stays in the row.
 */
import { createHash } from 'node:crypto';
import { mappings } from '../../mappings/index.ts';
import { isObject } from '../../mappings/json.ts';
import type { Mapping } from '../../mappings/mapping.ts';
import type { Base } from '../../mappings/model.ts';
import { nearest } from '../../resources/nearest.ts';
import { isId } from '../../resources/primitive.ts';
import {
  type Binding,
  type BindingFault,
  columnsOf,
  type JoinBinding,
  type Now,
  nameOf,
  type Scalar,
  type TableBinding,
} from './binding.ts';
import { type Links, textOf } from './convert.ts';
import { dateFormat } from './date-format.ts';
import { directions } from './directions.ts';
import { keyTextOf, type ListEdit, type ListSlot, listSlotOf } from './list-slot.ts';
import { idsAt, keysOf, partsOf } from './part.ts';
import { pathOf, valueAt } from './path.ts';
import { type Problem, type Row, type Slot, slotOf } from './slot.ts';
import { type Zone, zoneOf } from './zone.ts';

/** A row with what belongs to it in other tables. */
export interface Source {
  readonly row: Row;
  /** By the name of the join; undefined where there is no row. */
  readonly joined?: Readonly<Record<string, Row | undefined>>;
  /** By the field that is the list. */
  readonly lists?: Readonly<Record<string, readonly Row[]>>;
}

export interface Joined {
  readonly name: string;
  readonly binding: JoinBinding;
  readonly columns: readonly string[];
  readonly slots: readonly Slot[];
}

/** A unit of change, of which two sides can disagree: a column, or a whole list. */
export interface Part {
  /** `last_name`, `enrolment.status`, `members`. */
  readonly name: string;
  /** The fields of the model. */
  readonly fields: readonly string[];
  readonly direction: Slot['direction'];
  /** Whether two records say the same about it. */
  same(one: Base, other: Base): boolean;
  /** What a record says about it. */
  valueIn(record: Base): unknown;
  /** What the row holds, for comparison and for people. */
  held(source: Source): unknown;
}

export interface Decoded {
  readonly record: Base;
  /** `bad`: the row is to be left out; `stop`: the sync is to end. With `good`, what has a problem was left as it was. */
  readonly verdict: 'good' | 'bad' | 'stop';
  readonly problems: readonly Problem[];
}

export interface DecodeOptions {
  /** The record that is stored. */
  readonly present?: Base;
  /** What the row held when both were last in step: tells which items of lists are gone. */
  readonly base?: Source;
  /** Only these parts, by name. */
  readonly only?: ReadonlySet<string>;
}

export interface Encoded {
  /** Columns of the row that change. */
  readonly columns: Row;
  readonly joined: Readonly<Record<string, Row>>;
  readonly lists: Readonly<Record<string, readonly ListEdit[]>>;
  readonly problems: readonly Problem[];
  /** Whether nothing changes. */
  readonly isEmpty: boolean;
}

export interface Lens {
  /** As references and reports call it. */
  readonly name: string;
  readonly table: TableBinding;
  readonly mapping: Mapping;
  readonly keyColumns: readonly string[];
  /** The columns of the row that are read, those of key, deletion and joins among them. */
  readonly columns: readonly string[];
  readonly slots: readonly Slot[];
  readonly joins: readonly Joined[];
  readonly lists: readonly ListSlot[];
  readonly parts: readonly Part[];
  keyOf(row: Row): string;
  /** The id of the resource of a row that is not known yet. @throws Error when the key makes no id */
  idOf(key: string): string;
  isDeleted(row: Row): boolean;
  decode(source: Source, links: Links, options?: DecodeOptions): Decoded;
  /** `only`: nothing but these parts, by name. */
  encode(record: Base, source: Source, links: Links, only?: ReadonlySet<string>): Encoded;
  /** What tells in a row that a push has written it at an instant, in milliseconds since the epoch. */
  stampAt(instant: number): Row;
  /** Table and key of every row that this one refers to. */
  keysIn(source: Source): readonly (readonly [table: string, key: string])[];
  /** Table and id of every resource that a record refers to in a bound field. */
  idsIn(record: Base): readonly (readonly [table: string, id: string])[];
}

/** The lenses of a binding, as far as they can be made, and what is wrong with the rest. */
export interface Compiled {
  readonly binding: Binding;
  readonly lenses: readonly Lens[];
  readonly faults: readonly BindingFault[];
}

const idFor = (binding: string, name: string, key: string): string =>
  createHash('sha256')
    .update(JSON.stringify([binding, name, key]))
    .digest('hex')
    .slice(0, 32);

/** Compiles all tables; says everything that is wrong. */
export function compileBinding(binding: Binding): Compiled {
  const faults: BindingFault[] = [];
  let zone: Zone;
  try {
    zone = zoneOf(binding.timeZone);
  } catch {
    return {
      binding,
      lenses: [],
      faults: [
        { path: ['timeZone'], detail: `${binding.timeZone} is no time zone; expected a name such as America/Chicago` },
      ],
    };
  }
  const names = new Set<string>();
  const lenses = binding.tables.flatMap((table, at) => {
    const fault = (path: readonly (string | number)[], detail: string): void => {
      faults.push({ path: ['tables', at, ...path], detail });
    };
    if (names.has(nameOf(table)))
      fault(['name'], `there is another table called ${nameOf(table)}: give one of them another name`);
    names.add(nameOf(table));
    return lensOf(binding, table, zone, fault) ?? [];
  });
  for (const [at, table] of binding.tables.entries())
    for (const [path, ref] of refsOf(table))
      if (!names.has(ref)) {
        const near = nearest(ref, names);
        const meant = near ? `did you mean ${near}?` : `there are ${[...names].join(', ')}`;
        faults.push({
          path: ['tables', at, ...path],
          detail: `ref names the table ${ref}, which is not bound; ${meant}`,
        });
      }
  return { binding, lenses, faults };
}

/** Every `ref` of a table with its place. */
function refsOf(
  value: unknown,
  path: readonly (string | number)[] = [],
): readonly (readonly [readonly (string | number)[], string])[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => {
    const at = [...path, name];
    return name === 'ref' && typeof each === 'string'
      ? [[at, each] as const]
      : name === 'values'
        ? []
        : refsOf(each, at);
  });
}

type Fault = (path: readonly (string | number)[], detail: string) => void;

/** What `make` gives, or undefined and its complaint as a fault. */
function attempt<T>(fault: Fault, path: readonly (string | number)[], make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    fault(path, error.message);
    return undefined;
  }
}

function mappingOf(model: string, fault: Fault): Mapping | undefined {
  const found = mappings.find(({ name }) => name === model);
  if (found) return found;
  const names = mappings.map(({ name }) => name);
  const near = nearest(model, names);
  fault(
    ['model'],
    `there is no model type ${model}; ${near ? `did you mean ${near}?` : `there are ${names.join(', ')}`}`,
  );
  return undefined;
}

function lensOf(binding: Binding, table: TableBinding, zone: Zone, fault: Fault): Lens | undefined {
  const mapping = mappingOf(table.model, fault);
  if (!mapping) return undefined;
  const { schema } = mapping;
  const slotsOf = (columns: TableBinding['columns'], path: readonly string[]): readonly Slot[] =>
    Object.entries(columns).flatMap(
      ([column, each]) => attempt(fault, [...path, column], () => slotOf(column, each, schema, zone)) ?? [],
    );
  const slots = slotsOf(table.columns, ['columns']);
  const joins = Object.entries(table.joins ?? {}).map(([name, each]): Joined => {
    const own = slotsOf(each.columns, ['joins', name, 'columns']);
    return {
      name,
      binding: each,
      slots: own,
      columns: unique([...Object.keys(each.on), ...own.flatMap(({ columns }) => columns)]),
    };
  });
  const lists = Object.entries(table.lists ?? {}).flatMap(
    ([field, each]) => attempt(fault, ['lists', field], () => listSlotOf(field, each, schema, zone)) ?? [],
  );
  const constants = Object.entries(table.constants ?? {}).flatMap(([text, value]) => {
    const path = attempt(fault, ['constants', text], () => pathOf(text, schema));
    return path ? [[path, value] as const] : [];
  });
  const keyColumns = columnsOf(table.key);
  const stamps = Object.entries(table.stamp ?? {}).flatMap(([column, value]) => {
    const stamp = attempt(fault, ['stamp', column], () => stampOf(value, zone));
    return stamp ? [[column, stamp] as const] : [];
  });
  const name = nameOf(table);
  const deleted = typeof table.deleted === 'object' ? table.deleted : undefined;
  const changed = typeof table.changed === 'object' ? [table.changed.column] : [];
  return {
    name,
    table,
    mapping,
    keyColumns,
    columns: unique([
      ...keyColumns,
      ...slots.flatMap(({ columns }) => columns),
      ...joins.flatMap((join) => Object.values(join.binding.on)),
      ...lists.flatMap((list) => Object.values(list.binding.on)),
      ...(deleted ? [deleted.column] : []),
      ...changed,
    ]),
    slots,
    joins,
    lists,
    parts: partsOf(slots, joins, lists, table),
    keyOf: (row) => keyTextOf(keyColumns, row),
    idOf(key) {
      const id = table.id === undefined ? idFor(binding.binding, name, key) : table.id.replace('{key}', key);
      if (!isId(id)) throw new Error(`the key makes the id "${id}"; an id has 1 to 64 letters, digits, "-" and "."`);
      return id;
    },
    isDeleted: (row) => deleted !== undefined && textOf(row[deleted.column]) === textOf(deleted.value),
    stampAt: (instant) => Object.fromEntries(stamps.map(([column, stamp]) => [column, stamp(instant)])),
    ...directions({ table, mapping, slots, joins, lists, constants }),
    keysIn: ({ row, joined = {}, lists: rows = {} }) => [
      ...keysOf(slots, row),
      ...joins.flatMap((join) => keysOf(join.slots, joined[join.name] ?? {})),
      ...lists.flatMap((list) => (rows[list.name] ?? []).flatMap((each) => keysOf(list.slots, each))),
    ],
    idsIn: (record) => [
      ...[...slots, ...joins.flatMap((join) => join.slots)].flatMap((slot) => idsAt(slot, record)),
      ...lists.flatMap((list) => {
        const items = valueAt(record, list.path);
        return Array.isArray(items)
          ? items.flatMap((item) =>
              list.slots.flatMap((slot) => idsAt(slot, list.binding.value ? { value: item as unknown } : item)),
            )
          : [];
      }),
    ],
  };
}

/** @throws Error when the form is none of a date */
function stampOf(value: Scalar | Now, zone: Zone): (instant: number) => Scalar {
  if (typeof value !== 'object') return () => value;
  const form = dateFormat(value.now);
  return (instant) => form.write({ ...zone.wallAt(instant), hasTime: true });
}

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];
