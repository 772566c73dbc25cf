/** All rules of a mapping in their order, those of records inside records and lists among them. */
import type { Codec, FieldRule } from './codec.ts';
import type { Mapping } from './mapping.ts';
import type { Rule } from './rule.ts';
import type { Table } from './table.ts';

export interface Walked {
  /** The field with those it lies in: `targets[].due`. */
  readonly field: string;
  readonly depth: number;
  readonly rule: FieldRule & Pick<Rule<unknown>, 'element'>;
}

export const walk = (mapping: Mapping): readonly Walked[] => below(mapping.codec, '', 0);

function below(codec: Codec<unknown>, prefix: string, depth: number): readonly Walked[] {
  return Object.entries(codec.fields ?? {}).flatMap(([name, rule]) => {
    const isList = rule.codec.item !== undefined;
    const field = `${prefix}${name}${isList ? '[]' : ''}`;
    const inner = rule.codec.item ?? rule.codec;
    const alternatives = rule.codec.kinds ?? [];
    return [
      { field, depth, rule },
      ...below(inner, `${field}.`, depth + 1),
      ...alternatives.flatMap(([kind, each]) => below(each, `${field}.(${kind}) `, depth + 1)),
    ];
  });
}

/** The table of a rule, or of the items of its list. */
export const tableOf = ({ codec }: FieldRule): Table | undefined => codec.table ?? codec.item?.table;

/** The tables of mappings, each once, by name. */
export function tablesOf(mappings: readonly Mapping[]): ReadonlyMap<string, Table> {
  const found = new Map<string, Table>();
  for (const mapping of mappings)
    for (const { rule } of walk(mapping)) {
      const table = tableOf(rule);
      if (table) found.set(table.name, table);
    }
  return found;
}
