/** What a row of a view has to say, worked out from the model that the mapping decodes: written apart from the SQL, to hold it to the mapping. */
import type { Column, View } from '../../../server/view/view.ts';

export type Cell = string | number | boolean | null;

type Model = Readonly<Record<string, unknown>>;

const isModel = (value: unknown): value is Model => typeof value === 'object' && value !== null;

const at = (value: unknown, path: string): unknown =>
  path === ''
    ? value
    : path.split('.').reduce<unknown>((each, name) => (isModel(each) ? each[name] : undefined), value);

const firstDay = (text: string): string => `${text.slice(0, 10)}-01-01`.slice(0, 10);
const precisions: Readonly<Record<number, string>> = { 4: 'year', 7: 'month', 10: 'day' };

/** The cell of a column for a record, or for an item of a list. */
export function cellOf({ field, part }: Pick<Column, 'field' | 'part'>, model: unknown): Cell {
  const value = at(model, field);
  if (value === undefined) return null;
  if (part === 'joined') return (value as readonly string[]).join(' ');
  const text = String(value);
  switch (part) {
    case 'day':
      return firstDay(text);
    case 'instant':
      return new Date(text.length > 10 ? text : `${firstDay(text)}T00:00:00Z`).toISOString();
    case 'precision':
      return precisions[text.length] ?? 'moment';
    case 'value':
      return value as Cell;
  }
}

/** The records or items that a view has a row of, in the order of the model. */
export const itemsOf = ({ lists }: Pick<View, 'lists'>, model: unknown): readonly unknown[] =>
  lists.reduce<readonly unknown[]>(
    (items, list) => items.flatMap((item) => (at(item, list) as readonly unknown[] | undefined) ?? []),
    [model],
  );
