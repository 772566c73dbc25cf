/** The columns of a codec: one for a value, several for what has parts. Lists are no columns: views.ts makes views of them. */
import type { Codec, FieldRule } from '../../mappings/codec.ts';
import type { Element } from '../../mappings/element.ts';
import type { Alternative } from '../../mappings/reading.ts';
import type { Table } from '../../mappings/table.ts';
import { derivedSql } from './derived.ts';
import { type JsonSql, type Place, quoted, translated } from './json-sql.ts';
import { columnName, momentNames, snake } from './name.ts';
import { below } from './place.ts';
import type { Reader } from './reader.ts';
import type { Column, ColumnType, Part } from './view.ts';

/** What a column is called by and about. */
export interface Said {
  /** Of the column, with what it lies in: `legal_name`. */
  readonly name: string;
  /** Of the field: `legalName`. */
  readonly field: string;
  readonly doc: string;
}

/** A rule as the views need it. */
export type Ruled = FieldRule & { readonly element?: Element };

export const isList = ({ codec }: FieldRule): boolean => codec.reading.kind === 'list';

/** The columns of the fields of a record, in their order, those of records in it among them. */
export function recordColumns(
  reader: Reader,
  codec: Codec<unknown>,
  place: Place,
  { name, field }: Pick<Said, 'name' | 'field'> = { name: '', field: '' },
): readonly Column[] {
  return Object.entries(codec.fields ?? {}).flatMap(([each, rule]) => {
    const { element, doc, codec: inner } = rule as Ruled;
    if (isList(rule)) return [];
    const at = element && inner.reading.kind !== 'derived' ? below(reader.json, place, ownerOf(element)) : place;
    return columnsOf(reader, inner, at, { name: under(name, snake(each)), field: within(field, each), doc });
  });
}

/** A choice is read from the object that has its properties. */
const ownerOf = (element: Element): Element =>
  element.steps.at(-1)?.name.endsWith('[x]') ? { ...element, steps: element.steps.slice(0, -1) } : element;

const under = (name: string, part: string): string => (name === '' ? part : `${name}_${part}`);
const within = (field: string, part: string): string => (field === '' ? part : `${field}.${part}`);

/** The columns of what a codec reads at a place. */
export function columnsOf(reader: Reader, codec: Codec<unknown>, place: Place, said: Said): readonly Column[] {
  const { json } = reader;
  const { reading } = codec;
  const { value } = place;
  const read = (sql: string): string => reader.read(place.wrap(sql));
  const column = (type: ColumnType, sql: string, part: Part = 'value', name = said.name): Column => ({
    ...said,
    name: columnName(name),
    type,
    part,
    sql,
  });
  const property = (name: string, sql: string): Column => ({
    ...column('text', sql, 'value', under(said.name, name)),
    field: within(said.field, name),
  });
  switch (reading.kind) {
    case 'text':
      return [column('text', read(json.text(value)))];
    case 'boolean':
      return [column('boolean', read(json.boolean(value)))];
    case 'integer':
      return [column('integer', read(json.integer(value)))];
    case 'decimal':
      return [column('numeric', read(json.decimal(value)))];
    case 'texts':
      return [column('text', read(json.texts(value)), 'joined')];
    case 'day': {
      const text = read(json.text(value));
      return [
        column('date', json.day(text), 'day'),
        column('text', precision(text), 'precision', under(said.name, 'precision')),
      ].map((each) => ({ ...each, there: text }));
    }
    case 'moment':
    case 'instant': {
      const text = read(json.text(value));
      const names = momentNames(said.name);
      return [
        column('timestamp', json.instant(text), 'instant', names.at),
        column('date', json.day(text), 'day', names.day),
        ...(reading.kind === 'moment' ? [column('text', precision(text), 'precision', names.precision)] : []),
      ].map((each) => ({ ...each, there: text }));
    }
    case 'code':
      return [column('text', word(read(json.text(value)), codec.table))];
    case 'coding': {
      const isOfSystem = `${json.text(json.property(value, 'system'))} = ${quoted(codec.table?.system ?? '')}`;
      const code = read(`CASE WHEN ${isOfSystem} THEN ${json.text(json.property(value, 'code'))} END`);
      return [column('text', word(code, codec.table))];
    }
    case 'concept': {
      const code = reader.read(knownCode(json, place, codec.table));
      return [{ ...column('text', word(code, codec.table)), there: code }];
    }
    case 'any-concept':
      return [
        ...['code', 'system', 'display'].map((name) => property(name, reader.read(ofFirstCoding(json, place, name)))),
        property('text', read(json.text(json.property(value, 'text')))),
      ];
    case 'reference': {
      const target = read(json.text(json.property(value, 'reference')));
      const isLocal = `${json.typeOf(target)} = ${quoted(reading.type)} AND ${json.isRelative(target)}`;
      return [
        { ...column('text', `CASE WHEN ${isLocal} THEN ${json.idOf(target)} ELSE ${target} END`), there: target },
      ];
    }
    case 'party':
      return partyColumns(json, reading.types, (name) => read(json.text(json.property(value, name))), property);
    case 'record':
      return recordColumns(reader, codec, place, said);
    case 'choice':
      return choiceColumns(reader, reading.alternatives, place, said);
    case 'below':
      return columnsOf(reader, reading.codec, below(json, place, reading.element), said);
    case 'derived': {
      const sql = derivedSql(reader, reading.from, place, codec.table);
      return [column(derivedTypes[codec.schema.type ?? 'string'] ?? 'text', sql)];
    }
    case 'list':
      throw new Error(`${said.field} is a list, which is no column`);
  }
}

const derivedTypes: Readonly<Record<string, ColumnType>> = { boolean: 'boolean', integer: 'integer' };

const precision = (text: string): string =>
  `CASE WHEN length(${text}) > 10 THEN 'moment' ELSE CASE length(${text}) WHEN 4 THEN 'year' WHEN 7 THEN 'month' WHEN 10 THEN 'day' END END`;

/** Here by kind and id, elsewhere by address, and the name that goes with it. */
function partyColumns(
  json: JsonSql,
  types: Readonly<Record<string, string>>,
  read: (property: string) => string,
  column: (name: string, sql: string) => Column,
): readonly Column[] {
  const target = read('reference');
  const kinds = Object.entries(types).map(([kind, type]) => [type, kind] as const);
  const known = `${json.typeOf(target)} IN (${kinds.map(([type]) => quoted(type)).join(', ')})`;
  const isHere = `${known} AND ${json.isRelative(target)}`;
  const of = (name: string, sql: string): Column => ({ ...column(name, sql), there: target });
  return [
    of('kind', `CASE WHEN ${json.isRelative(target)} THEN ${translated(json.typeOf(target), kinds)} END`),
    of('id', `CASE WHEN ${isHere} THEN ${json.idOf(target)} END`),
    of('address', `CASE WHEN ${isHere} THEN NULL ELSE ${target} END`),
    column('name', read('display')),
  ];
}

const word = (code: string, table: Table | undefined): string =>
  translated(
    code,
    (table?.rows ?? []).map(([each, from]) => [from, each] as const),
  );

/** The code of the first coding that the table has a word for. */
function knownCode(json: JsonSql, place: Place, table: Table | undefined): string {
  const codings = { ...place, value: json.property(place.value, 'coding') };
  const codes = (table?.rows ?? []).map(([, code]) => code);
  const found = json.first(codings, { kind: 'coded', system: table?.system ?? '', codes });
  return found.wrap(json.text(json.property(found.value, 'code')));
}

function ofFirstCoding(json: JsonSql, place: Place, name: string): string {
  const codings = { ...place, value: json.property(place.value, 'coding') };
  const found = json.first(codings, { kind: 'fits', pattern: {} });
  return found.wrap(json.text(json.property(found.value, name)));
}

/** Whether any of the columns has a value. */
export const anyOf = (columns: readonly Column[]): string =>
  [...new Set(columns.map(({ sql, there = sql }) => `${there} IS NOT NULL`))].join(' OR ');

/** The kind, then the columns of every kind; kinds that have a column of the same name share it. */
function choiceColumns(
  reader: Reader,
  alternatives: readonly Alternative[],
  place: Place,
  said: Said,
): readonly Column[] {
  const kinds = alternatives.map(({ kind, property, codec, under: name }) => {
    const at = { ...place, value: reader.json.property(place.value, property) };
    const inner = name === undefined ? undefined : codec.fields?.[name];
    if (!inner || name === undefined) return { kind, columns: columnsOf(reader, codec, at, said) };
    const about = { name: under(said.name, snake(name)), field: within(said.field, name), doc: inner.doc };
    return { kind, columns: columnsOf(reader, inner.codec, at, about) };
  });
  const kind: Column = {
    name: under(said.name, 'kind'),
    type: 'text',
    field: within(said.field, 'kind'),
    part: 'value',
    doc: said.doc,
    sql: `CASE ${kinds.map((each) => `WHEN ${anyOf(each.columns)} THEN ${quoted(each.kind)}`).join(' ')} END`,
  };
  const byName = new Map<string, Column>();
  for (const column of kinds.flatMap(({ columns }) => columns)) {
    const before = byName.get(column.name);
    const both = before && { ...before, there: undefined, sql: `coalesce(${before.sql}, ${column.sql})` };
    byName.set(column.name, both ?? column);
  }
  return [kind, ...byName.values()];
}
