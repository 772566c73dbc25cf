/** A slot: columns of one table and the fields of the model that they say, read and written together. */
import { isObject, type Json } from '../../mappings/json.ts';
import { checker, type FieldError, type Schema } from '../../mappings/schema.ts';
import { type ColumnBinding, type ColumnSpec, columnsOf, type Direction, type OnBad } from './binding.ts';
import { converterOf, type Links, textOf, ValueError } from './convert.ts';
import { type Path, pathOf, valueAt, withValue } from './path.ts';
import type { Zone } from './zone.ts';

/** A row as a driver gives it: column to value. */
export type Row = Readonly<Record<string, unknown>>;

/** What is wrong with a value: for the report. */
export interface Problem {
  /** `last_name`, or `enrolment.status` for that of a joined table. */
  readonly column?: string;
  readonly field?: string;
  /** What stands in the column. */
  readonly value?: unknown;
  readonly reason: string;
}

export interface Slot {
  /** What reports and decisions call it: its first column. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly paths: readonly Path[];
  readonly direction: Direction;
  readonly onBad: OnBad | undefined;
  /** The table whose keys it holds. */
  readonly ref?: string;
  /** The text of the columns together; undefined where they hold nothing. */
  text(row: Row): string | undefined;
  /** A value for each path. @throws ValueError */
  decode(row: Row, links: Links): readonly unknown[];
  /** The columns that change, with what they get. @throws ValueError */
  encode(values: readonly unknown[], row: Row, links: Links): Row;
  same(one: unknown, other: unknown): boolean;
}

/** @throws PathError, Error with a sentence when the binding of the column makes no sense */
export function slotOf(column: string, binding: ColumnBinding, schema: Schema, zone: Zone): Slot {
  const spec: ColumnSpec = typeof binding === 'string' ? { to: binding } : binding;
  const paths = columnsOf(spec.to).map((text) => pathOf(text, schema));
  return slotAt(column, spec, paths, zone);
}

/** As `slotOf`, for paths that are known. */
export function slotAt(column: string, spec: Omit<ColumnSpec, 'to'>, paths: readonly Path[], zone: Zone): Slot {
  const [first] = paths;
  if (!first) throw new Error('it names no field');
  if (paths.length > 1 && spec.split === undefined)
    throw new Error('it names several fields: say by split what stands between them');
  requirePlain(first);
  const converter = converterOf(spec, first.schema, zone);
  requireKnownWords(spec, first);
  const columns = [column, ...(spec.with ?? [])];
  const { join = ' ', split, empty } = spec;
  const check = checkOf(first.schema, spec);
  const decodePart = (text: string, links: Links): unknown => {
    const value = converter.decode(text, links);
    const [error] = value === undefined ? [] : check(value);
    if (error) throw new ValueError(error.detail);
    return value;
  };
  const text = (row: Row): string | undefined => {
    const texts = columns.flatMap((each) => textOf(row[each]) ?? []);
    return texts.length === 0 ? undefined : texts.join(join);
  };
  const decode = (row: Row, links: Links): readonly unknown[] => {
    const found = text(row);
    if (found === undefined) return paths.map((_, at) => (at === 0 ? empty : undefined));
    if (split === undefined) return [decodePart(found, links)];
    const parts = partsOf(found, split, paths.length);
    return paths.map((_, at) => (parts[at] ? decodePart(parts[at], links) : undefined));
  };
  const encoded = (values: readonly unknown[], row: Row, links: Links): Row => {
    const isEmpty = values.every((value, at) => value === undefined || (at === 0 && value === empty));
    if (isEmpty) return Object.fromEntries(columns.map((each) => [each, null]));
    const present = text(row);
    if (split === undefined && columns.length === 1) return { [column]: converter.encode(values[0], links, present) };
    const texts = values.map((value) => (value === undefined ? '' : String(converter.encode(value, links, present))));
    const parts = partsOf(joined(texts, split ?? ''), join, columns.length);
    return Object.fromEntries(columns.map((each, at) => [each, parts[at] || null]));
  };
  return {
    name: column,
    columns,
    paths,
    direction: spec.direction ?? 'both',
    onBad: spec.onBad,
    ...(spec.ref === undefined ? {} : { ref: spec.ref }),
    text,
    decode,
    encode(values, row, links) {
      const written = encoded(values, row, links);
      const read = decode({ ...row, ...written }, links);
      const holds = (value: unknown, wanted: unknown): boolean =>
        converter.same(value, wanted) ||
        (value !== undefined && wanted !== undefined && converter.isNearest?.(value, wanted) === true);
      const at = read.findIndex((value, index) => !holds(value, values[index]));
      if (at >= 0)
        throw new ValueError(`the column cannot hold ${said(values[at])}: it would be read as ${said(read[at])}`);
      return Object.fromEntries(Object.entries(written).filter(([name, value]) => !isHeld(row[name], value)));
    },
    same: converter.same,
  };
}

const said = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/** Whether the column has the value already. */
const isHeld = (present: unknown, value: unknown): boolean =>
  value === null
    ? textOf(present) === undefined
    : typeof value === 'boolean'
      ? isTruth(present, value)
      : textOf(present) === textOf(value);

const isTruth = (present: unknown, wanted: boolean): boolean =>
  (wanted ? /^(true|1)$/i : /^(false|0)$/i).test(textOf(present) ?? '');

/** `count` parts at most; the last has the rest. */
function partsOf(text: string, separator: string, count: number): readonly string[] {
  if (separator === '') return [text];
  const parts = text.split(separator);
  const rest = parts.slice(count - 1).join(separator);
  return [...parts.slice(0, count - 1), ...(parts.length >= count ? [rest] : [])].map((part) => part.trim());
}

/** The texts with the separator between them, none after the last that says something. */
function joined(texts: readonly string[], separator: string): string {
  const last = texts.findLastIndex((text) => text !== '');
  return texts.slice(0, last + 1).join(separator);
}

/** @throws Error when a column cannot say the whole of what stands at the path */
function requirePlain({ text, schema }: Path): void {
  const isPlain = schema.type === undefined ? schema.oneOf === undefined : !['object', 'array'].includes(schema.type);
  if (isPlain) return;
  const below = Object.keys(schema.properties ?? schema.oneOf?.[0]?.properties ?? {});
  throw new Error(
    schema.type === 'array'
      ? `${text} is a list: say which item, such as ${text}[0]`
      : `${text} has fields of its own: name one of ${below.map((name) => `${text}.${name}`).join(', ')}`,
  );
}

/** @throws Error when a value table has a word that the field does not know */
function requireKnownWords(spec: Omit<ColumnSpec, 'to'>, { text, schema }: Path): void {
  const check = checker(schema);
  const meanings = [...Object.values(spec.values ?? {}), spec.otherwise, spec.empty];
  for (const value of meanings) {
    const [error] = value === undefined || value === null ? [] : check(value);
    if (error) throw new Error(`${text}: ${error.detail}`);
  }
}

/** Texts without further conditions need no check: they are not blank by the time it comes to it. */
function checkOf(schema: Schema, spec: Omit<ColumnSpec, 'to'>): (value: unknown) => readonly FieldError[] {
  const isFree = schema.type === 'string' && schema.pattern === '\\S' && !schema.enum;
  return isFree || (spec.values && spec.otherwise === undefined) ? () => [] : checker(schema);
}

/** `record` with what the row says; what cannot be read is told and stays as it is. */
export function readInto(
  record: Json,
  slots: readonly Slot[],
  row: Row,
  links: Links,
  told: (slot: Slot, problem: Problem) => void,
): Json {
  return slots.reduce((result, slot) => {
    try {
      const values = slot.decode(row, links);
      return slot.paths.reduce((now, path, at) => {
        const [before, value] = [valueAt(now, path), values[at]];
        return before !== undefined && slot.same(before, value) ? now : withValue(now, path, value);
      }, result);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      told(slot, problemOf(slot, row, error));
      return result;
    }
  }, record);
}

export function problemOf(slot: Slot, row: Row, error: Error): Problem {
  const value = slot.columns.length === 1 ? row[slot.name] : slot.text(row);
  return {
    column: slot.name,
    field: slot.paths.map(({ text }) => text).join(', '),
    value: value ?? null,
    reason: error.message,
  };
}

/** What changes in `row` so that it says what `record` says; `base` is what it says. */
export function writtenFrom(
  record: Json,
  base: Json,
  slots: readonly Slot[],
  row: Row,
  links: Links,
  told: (slot: Slot, problem: Problem) => void,
): Row {
  const different = new Set(slots.filter((slot) => !sameAt(slot, base, record)).flatMap(placesOf));
  const changes = slots.map((slot) => {
    // Items that are told by their places move when one of them comes or goes: their columns are written together.
    if (sameAt(slot, base, record) && !placesOf(slot).some((place) => different.has(place))) return {};
    const wanted = slot.paths.map((path) => valueAt(record, path));
    try {
      return slot.encode(wanted, row, links);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      told(slot, { ...problemOf(slot, row, error), value: wanted.length === 1 ? wanted[0] : wanted });
      return {};
    }
  });
  return Object.assign({}, ...changes) as Row;
}

/** The lists of which a slot tells an item by its place: `addresses[use=home].lines`. */
export const placesOf = ({ paths }: Pick<Slot, 'paths'>): readonly string[] =>
  paths.flatMap(({ text }) => {
    const at = text.search(/\[\d+\]/);
    return at < 0 ? [] : [text.slice(0, at)];
  });

/** The same at all paths of a slot. */
export const sameAt = (slot: Pick<Slot, 'paths' | 'same'>, one: unknown, other: unknown): boolean =>
  slot.paths.every((path) => slot.same(valueAt(one, path), valueAt(other, path)));

/** A record with the constants: those of fields at the top where it is new, those below where there is something to stand in. */
export function withConstants(record: Json, constants: readonly (readonly [Path, unknown])[], isNew: boolean): Json {
  return constants.reduce((result, [path, value]) => {
    if (valueAt(result, path) !== undefined) return result;
    const isTop = path.steps.length === 1;
    const holder = isTop ? isNew : isObject(valueAt(result, { steps: path.steps.slice(0, -1) }));
    return holder ? withValue(result, path, value) : result;
  }, record);
}
