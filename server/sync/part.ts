/** The parts of a lens: the units of change, of which two sides can disagree, and what they refer to in other tables. */
import type { TableBinding } from './binding.ts';
import { textOf } from './convert.ts';
import type { Joined, Part, Source } from './lens.ts';
import type { ListSlot } from './list-slot.ts';
import { type Path, valueAt } from './path.ts';
import { type Row, type Slot, sameAt } from './slot.ts';

export const keysOf = (slots: readonly Slot[], row: Row): readonly (readonly [string, string])[] =>
  slots.flatMap((slot) => {
    const key = slot.ref === undefined ? undefined : slot.text(row);
    return slot.ref === undefined || key === undefined ? [] : [[slot.ref, key] as const];
  });

export const idsAt = (slot: Slot, record: unknown): readonly (readonly [string, string])[] => {
  const [path] = slot.paths;
  const id = slot.ref === undefined || !path ? undefined : valueAt(record, path);
  return slot.ref === undefined || typeof id !== 'string' ? [] : [[slot.ref, id] as const];
};

export function partsOf(
  slots: readonly Slot[],
  joins: readonly Joined[],
  lists: readonly ListSlot[],
  table: TableBinding,
): readonly Part[] {
  const general = table.direction ?? 'both';
  const columnPart = (slot: Slot, name: string, rowOf: (source: Source) => Row): Part => ({
    name,
    fields: slot.paths.map(({ text }) => text),
    direction: slot.direction === 'both' ? general : slot.direction,
    same: (one, other) => sameAt(slot, one, other),
    valueIn: (record) =>
      slot.paths.length === 1
        ? valueAt(record, slot.paths[0] as Path)
        : slot.paths.map((path) => valueAt(record, path)),
    held: (source) => slot.text(rowOf(source)) ?? null,
  });
  return [
    ...slots.map((slot) => columnPart(slot, slot.name, ({ row }) => row)),
    ...joins.flatMap((join) =>
      join.slots.map((slot) =>
        columnPart(slot, `${join.name}.${slot.name}`, ({ joined }) => joined?.[join.name] ?? {}),
      ),
    ),
    ...lists.map(
      (list): Part => ({
        name: list.name,
        fields: [list.name],
        direction: list.direction === 'both' ? general : list.direction,
        same: (one, other) => list.same(valueAt(one, list.path), valueAt(other, list.path)),
        valueIn: (record) => valueAt(record, list.path),
        held: ({ lists: rows }) =>
          (rows?.[list.name] ?? []).map((row) =>
            Object.fromEntries(list.columns.map((column) => [column, textOf(row[column]) ?? null])),
          ),
      }),
    ),
  ];
}
