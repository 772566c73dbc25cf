/** A list of the model whose items are rows of another table: team members, the goals of a plan, the notes on a client. */
import { canonical, isObject, type Json, same } from '../../mappings/json.ts';
import type { Schema } from '../../mappings/schema.ts';
import { columnsOf, type Direction, type ListBinding, type Scalar } from './binding.ts';
import { type Links, textOf } from './convert.ts';
import { type Path, pathOf, valueAt, withValue } from './path.ts';
import {
  type Problem,
  type Row,
  readInto,
  type Slot,
  sameAt,
  slotAt,
  slotOf,
  withConstants,
  writtenFrom,
} from './slot.ts';
import type { Zone } from './zone.ts';

/** What is done to the rows of a list. */
export type ListEdit =
  | { readonly kind: 'update'; readonly row: Row; readonly columns: Row }
  | { readonly kind: 'insert'; readonly columns: Row }
  | { readonly kind: 'remove'; readonly row: Row };

export interface ListSlot {
  /** The field of the model. */
  readonly name: string;
  readonly binding: ListBinding;
  readonly path: Path;
  readonly direction: Direction;
  readonly keyColumns: readonly string[];
  /** The columns that are read, those of the key and of the join among them. */
  readonly columns: readonly string[];
  readonly slots: readonly Slot[];
  /** Whether two lists say the same as far as rows can: their order counts only where the rows have one. */
  same(one: unknown, other: unknown): boolean;
  /** The list as these rows say it, on the items that are there; `gone` are rows that were and are no more. */
  read(
    list: unknown,
    rows: readonly Row[],
    gone: readonly Row[],
    links: Links,
    told: (problem: Problem) => void,
  ): unknown;
  /** What has to be done to the rows so that they say the list. */
  edits(list: unknown, rows: readonly Row[], links: Links, told: (problem: Problem) => void): readonly ListEdit[];
}

/** A plain value stands in an item under this name while it is read. */
const PLAIN = 'value';

/** @throws PathError, Error with a sentence when the binding makes no sense */
export function listSlotOf(field: string, binding: ListBinding, schema: Schema, zone: Zone): ListSlot {
  const path = pathOf(field, schema);
  const items = path.schema.items;
  if (path.schema.type !== 'array' || !items) throw new Error(`${field} is no list`);
  const isPlain = binding.value !== undefined;
  if (isPlain === (binding.columns !== undefined))
    throw new Error(`the list ${field} has ${isPlain ? 'both' : 'neither'} columns and value; expected one of them`);
  const plainPath: Path = { text: field, steps: [{ name: PLAIN }], schema: items };
  const slots = binding.value
    ? [slotAt(binding.value.column, binding.value, [plainPath], zone)]
    : Object.entries(binding.columns ?? {}).map(([column, each]) => slotOf(column, each, items, zone));
  const constants = Object.entries(binding.constants ?? {}).map(
    ([text, value]) => [pathOf(text, items), value] as const,
  );
  const identity = (binding.identity ?? []).map((text) => pathOf(text, items));
  const keyColumns = columnsOf(binding.key);
  const toModel = (item: Json): unknown => (isPlain ? item[PLAIN] : item);
  const fromModel = (item: unknown): Json => (isPlain ? { [PLAIN]: item } : isObject(item) ? item : {});
  const listOf = (list: unknown): readonly Json[] => (Array.isArray(list) ? list.map(fromModel) : []);
  /** What an item is known by. */
  const markOf = (item: Json): string =>
    isPlain || identity.length === 0 ? canonical(item) : canonical(identity.map((each) => valueAt(item, each) ?? null));
  const itemOf = (row: Row, item: Json, links: Links, told: (problem: Problem) => void): Json | undefined => {
    const problems: Problem[] = [];
    const made = readInto(item, slots, row, links, (_, problem) => problems.push(problem));
    for (const { column = '', ...problem } of problems) told({ ...problem, column: `${field}.${column}` });
    // An item that lacks a part that could not be read would say something else.
    return problems.length > 0 ? undefined : withConstants(made, constants, Object.keys(item).length === 0);
  };
  const silent = (): void => undefined;
  const saidBy = (list: unknown): readonly string[] => {
    const items = listOf(list).map((item) =>
      canonical(slots.flatMap(({ paths }) => paths.map((each) => valueAt(item, each) ?? null))),
    );
    return binding.orderBy === undefined ? items.sort() : items;
  };
  return {
    name: field,
    binding,
    path,
    direction: binding.direction ?? 'both',
    keyColumns,
    columns: [...new Set([...keyColumns, ...Object.keys(binding.on), ...slots.flatMap(({ columns }) => columns)])],
    slots,
    same: (one, other) => same(saidBy(one), saidBy(other)),
    read(list, rows, gone, links, told) {
      const present = listOf(list);
      const fresh = rows.flatMap((row) => {
        const item = itemOf(row, {}, links, told);
        return item && Object.keys(item).length > 0 ? [{ row, item, mark: markOf(item) }] : [];
      });
      const goneMarks = new Set(
        gone.flatMap((row) => [itemOf(row, {}, links, silent)].flatMap((item) => (item ? [markOf(item)] : []))),
      );
      const places = new Map(present.map((item, at) => [markOf(item), at]));
      const next = new Map<number, Json>();
      const added = fresh.flatMap(({ row, item, mark }) => {
        const at = places.get(mark);
        if (at === undefined || next.has(at)) return [item];
        next.set(at, itemOf(row, present[at] ?? {}, links, silent) ?? item);
        return [];
      });
      const freshMarks = new Set(fresh.map(({ mark }) => mark));
      const kept = present.flatMap((item, at) => {
        const updated = next.get(at);
        if (updated) return [updated];
        return goneMarks.has(markOf(item)) && !freshMarks.has(markOf(item)) ? [] : [item];
      });
      const items = [...kept, ...added].map(toModel);
      return items.length === 0 ? undefined : items;
    },
    edits(list, rows, links, told) {
      const known = rows.flatMap((row) => {
        const item = itemOf(row, {}, links, silent);
        return item ? [{ row, item, mark: markOf(item) }] : [];
      });
      const left = new Set(known);
      const edits: ListEdit[] = [];
      const tell = (_: Slot, { column = '', ...problem }: Problem): void =>
        told({ ...problem, column: `${field}.${column}` });
      for (const item of listOf(list)) {
        const mark = markOf(item);
        const partner = [...left].find((each) => each.mark === mark);
        if (partner) {
          left.delete(partner);
          if (slots.every((slot) => sameAt(slot, partner.item, item))) continue;
          const columns = writtenFrom(item, partner.item, slots, partner.row, links, tell);
          if (Object.keys(columns).length > 0) edits.push({ kind: 'update', row: partner.row, columns });
        } else if (binding.create) {
          const problems: Problem[] = [];
          const columns = writtenFrom(item, {}, slots, {}, links, (_, problem) => problems.push(problem));
          for (const problem of problems) tell(slots[0] as Slot, problem);
          if (problems.length === 0)
            edits.push({ kind: 'insert', columns: { ...fixed(binding.where), ...binding.create.values, ...columns } });
        } else
          told({
            field,
            value: toModel(item),
            reason: `it was added in FHIR, and rows of ${binding.table} are not made: create is not set`,
          });
      }
      for (const { row, item } of left) {
        if (binding.remove) edits.push({ kind: 'remove', row });
        else
          told({
            field,
            value: toModel(item),
            reason: `it was taken away in FHIR, and rows of ${binding.table} stay: remove is not set`,
          });
      }
      return edits;
    },
  };
}

/** What a condition says about rows that are made. */
const fixed = (where: ListBinding['where'] = {}): Record<string, Scalar> =>
  Object.fromEntries(
    Object.entries(where).flatMap(([column, value]) =>
      value === null || typeof value === 'object' ? [] : [[column, value as Scalar]],
    ),
  );

/** Rows by the text of their key. */
export const keyTextOf = (columns: readonly string[], row: Row): string =>
  columns.map((column) => textOf(row[column]) ?? '').join('/');

/** A record with the list in its place. */
export const withList = (record: Json, { path }: ListSlot, list: unknown): Json =>
  same(valueAt(record, path), list) ? record : withValue(record, path, list);
