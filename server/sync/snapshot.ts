/** What a row holds, as one text: kept to see later whether it has changed, and in which columns. */
import type { Lens, Source } from './lens.ts';
import type { Row } from './slot.ts';

/** The columns of a row that are compared: those that say something of the resource, and whether it is deleted. */
function compared(lens: Lens): readonly string[] {
  const { deleted } = lens.table;
  return [
    ...new Set([
      ...lens.keyColumns,
      ...lens.slots.flatMap(({ columns }) => columns),
      ...lens.joins.flatMap(({ binding }) => Object.values(binding.on)),
      ...lens.lists.flatMap(({ binding }) => Object.values(binding.on)),
      ...(typeof deleted === 'object' ? [deleted.column] : []),
    ]),
  ];
}

const columns = new WeakMap<Lens, readonly string[]>();

function comparedOf(lens: Lens): readonly string[] {
  const known = columns.get(lens);
  if (known) return known;
  const made = compared(lens);
  columns.set(lens, made);
  return made;
}

const picked = (row: Row, names: readonly string[]): readonly unknown[] => names.map((name) => row[name] ?? null);

/** Values alone, in the order of the binding, under its hash: the names of the columns are in the binding. */
export const snapshotText = (lens: Lens, spec: string, { row, joined = {}, lists = {} }: Source): string =>
  JSON.stringify([
    spec,
    picked(row, comparedOf(lens)),
    lens.joins.map((join) => {
      const found = joined[join.name];
      return found ? picked(found, join.columns) : null;
    }),
    lens.lists.map((list) => (lists[list.name] ?? []).map((each) => picked(each, list.columns))),
  ]);

type Texts = readonly [
  spec: string,
  row: readonly unknown[],
  joined: readonly (readonly unknown[] | null)[],
  lists: readonly (readonly (readonly unknown[])[])[],
];

const named = (names: readonly string[], values: readonly unknown[]): Row =>
  Object.fromEntries(names.map((name, at) => [name, values[at] ?? null]));

/** The row as it was; undefined when the binding was another then. */
export function sourceFrom(lens: Lens, spec: string, text: string | null): Source | undefined {
  if (text === null) return undefined;
  const [then, row, joined, lists] = JSON.parse(text) as Texts;
  if (then !== spec) return undefined;
  return {
    row: named(comparedOf(lens), row),
    joined: Object.fromEntries(
      lens.joins.map((join, at) => [join.name, joined[at] ? named(join.columns, joined[at]) : undefined]),
    ),
    lists: Object.fromEntries(
      lens.lists.map((list, at) => [list.name, (lists[at] ?? []).map((each) => named(list.columns, each))]),
    ),
  };
}
