/**
 * The views for reports, from the declarations of the mappings: one of each model type with a row a record, and one of each list with a row an item.
 * docs/views.md lists them.
 */
import type { Codec } from '../../mappings/codec.ts';
import type { Mapping } from '../../mappings/mapping.ts';
import type { Reading } from '../../mappings/reading.ts';
import { typeNumber } from '../../resources/definition.ts';
import { anyOf, columnsOf, isList, type Ruled, recordColumns } from './columns.ts';
import type { JsonSql, Place } from './json-sql.ts';
import { listName, singular, snake } from './name.ts';
import { answersJoin } from './phq9.ts';
import { below, itemFilter, placeOf } from './place.ts';
import { type Reader, readerOf } from './reader.ts';
import type { Column, View } from './view.ts';

export const PREFIX = 'care';

/** The views of mappings, in their order. */
export const viewsOf = (json: JsonSql, mappings: readonly Mapping[]): readonly View[] =>
  mappings.flatMap((mapping) => [recordView(json, mapping), ...listViews(json, mapping)]);

const conditionsOf = (json: JsonSql, { type, condition }: Mapping): readonly string[] => [
  `resource.type = ${typeNumber(type)}`,
  'resource.content IS NOT NULL',
  ...(condition ? [json.meets(json.root, condition)] : []),
];

const isScored = ({ codec }: Mapping): boolean =>
  Object.values((codec as Codec<unknown>).fields ?? {}).some(
    (rule) => rule.codec.reading.kind === 'derived' && rule.codec.reading.from.rule === 'phq9-score',
  );

function recordView(json: JsonSql, mapping: Mapping): View {
  const reader = readerOf(json);
  const found = recordColumns(reader, mapping.codec as Codec<unknown>, placeOf(json.root));
  const columns = found.map((column): Column => (column.name === 'id' ? { ...column, sql: 'item.id' } : column));
  const conditions = conditionsOf(json, mapping);
  const joined = isScored(mapping) ? answersJoin(json, conditions.join(' AND ')) : undefined;
  return {
    name: `${PREFIX}_${snake(mapping.plural)}`,
    plural: mapping.plural,
    lists: [],
    doc: mapping.doc,
    keys: ['id'],
    columns,
    functions: joined?.functions ?? [],
    query: queryOf(
      reader,
      [['id', 'resource.id']],
      columns,
      `${json.resources}${joined ? `\n${joined.join}` : ''}`,
      conditions,
    ),
  };
}

/** A column of a key, with its SQL. */
type Key = readonly [name: string, sql: string];

/** What the items of a list stand in. */
interface Owner {
  readonly view: string;
  readonly singular: string;
  readonly place: Place;
  readonly codec: Codec<unknown>;
  readonly from: string;
  readonly conditions: readonly string[];
  readonly keys: readonly Key[];
  readonly lists: readonly string[];
}

function listViews(json: JsonSql, mapping: Mapping): readonly View[] {
  const name = singular(mapping.plural);
  return listsIn(json, mapping, {
    view: `${PREFIX}_${name}`,
    singular: name,
    place: placeOf(json.root),
    codec: mapping.codec as Codec<unknown>,
    from: json.resources,
    conditions: conditionsOf(json, mapping),
    keys: [[`${name}_id`, 'resource.id']],
    lists: [],
  });
}

const listsIn = (json: JsonSql, mapping: Mapping, owner: Owner): readonly View[] =>
  Object.entries(owner.codec.fields ?? {}).flatMap(([field, rule]) =>
    isList(rule) ? itemViews(json, mapping, owner, field, rule as Ruled) : [],
  );

type ListReading = Extract<Reading, { kind: 'list' }>;

/** The view of a list, and those of the lists in its items. */
function itemViews(json: JsonSql, mapping: Mapping, owner: Owner, field: string, rule: Ruled): readonly View[] {
  const { item: codec } = rule.codec;
  if (!codec || !rule.element) throw new Error(`${mapping.name}.${field} is a list without items`);
  const alias = `e${owner.keys.length}`;
  const list = json.items(below(json, owner.place, rule.element).value, alias);
  const { where, condition } = rule.codec.reading as ListReading;
  const place = placeOf(list.item);
  const inner: Owner = {
    view: listName(owner.view, singular(field)),
    singular: singular(field),
    place,
    codec,
    from: `${owner.from} CROSS JOIN ${list.from}`,
    conditions: [...owner.conditions, list.isItem, json.meets(list.item, itemFilter(where, condition))],
    keys: [...owner.keys, [`${singular(field)}_position`, list.position]],
    lists: [...owner.lists, field],
  };
  const reader = readerOf(json);
  const columns = itemColumns(reader, codec, place, field, rule.doc);
  const keys: readonly Key[] = [...owner.keys, ['position', list.position]];
  const keyColumns = keys.map(([name]) => ({ name, sql: `item.${name}` }));
  const view: View = {
    name: listName(owner.view, field),
    plural: mapping.plural,
    lists: inner.lists,
    doc: rule.doc,
    keys: keys.map(([name]) => name),
    columns,
    functions: [],
    query: queryOf(
      reader,
      keys,
      [...keyColumns, ...columns],
      inner.from,
      inner.conditions,
      saysAnything(reader, codec, place, columns),
    ),
  };
  return [view, ...listsIn(json, mapping, inner)];
}

/** The columns of an item: the fields of a record; for what is none, named for the list. */
function itemColumns(
  reader: Reader,
  codec: Codec<unknown>,
  place: Place,
  field: string,
  doc: string,
): readonly Column[] {
  if (codec.fields) return recordColumns(reader, codec, place);
  const name = field.endsWith('Ids') ? `${singular(field.slice(0, -'Ids'.length))}_id` : singular(field);
  return columnsOf(reader, codec, place, { name, field: '', doc });
}

/** Whether an item has a value in a column or in a list of its own: those that have none are no items of the model. */
function saysAnything(reader: Reader, codec: Codec<unknown>, place: Place, columns: readonly Column[]): string {
  const lists = Object.entries(codec.fields ?? {}).flatMap(([field, rule]) => {
    const { item } = rule.codec;
    const { element } = rule as Ruled;
    if (!item || !element) return [];
    const list = reader.json.items(below(reader.json, place, element).value, 'inner_list');
    const inner = readerOf(reader.json);
    const found = itemColumns(inner, item, placeOf(list.item), field, rule.doc);
    const values = [...inner.taken].map(([sql, name]) => `${sql} AS ${name}`);
    const items = `SELECT ${values.join(', ')} FROM ${list.from} WHERE ${list.isItem}`;
    return [reader.read(`(SELECT 1 FROM (${items}) AS inner_item WHERE ${anyOf(found)} LIMIT 1)`)];
  });
  return [anyOf(columns), ...lists.map((name) => `${name} IS NOT NULL`)].join(' OR ');
}

/** The columns over a query of the values that they come from. */
function queryOf(
  reader: Reader,
  keys: readonly Key[],
  columns: readonly Pick<Column, 'name' | 'sql'>[],
  from: string,
  conditions: readonly string[],
  having?: string,
): string {
  const values = [...keys, ...[...reader.taken].map(([sql, name]): Key => [name, sql])];
  return reader.json.select(
    columns.map(({ name, sql }) => `${sql} AS ${name}`).join(',\n  '),
    values.map(([name, sql]) => `${sql} AS ${name}`),
    from,
    conditions.join('\n  AND '),
    having,
  );
}
