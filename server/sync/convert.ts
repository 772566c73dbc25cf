/**
 * Converters: the text of a column and a value of the model, in both directions. A closed set: value tables, numbers with a unit, dates and moments
 * with their zone, upper and lower case, text around a value, keys of other tables. What cannot be said throws a ValueError.
 */
import { same } from '../../mappings/json.ts';
import type { Schema } from '../../mappings/schema.ts';
import { canonicalUnit } from '../search/type/ucum.ts';
import type { ColumnSpec, LetterCase, Scalar } from './binding.ts';
import { type DateFormat, dateFormat, dayText, isoFormat, timeText, type Written } from './date-format.ts';
import { offsetText, utc, type Zone } from './zone.ts';

/** Why a value cannot be read or written, as the end of a sentence. */
export class ValueError extends Error {}

/** The resources that rows of other tables are, by the name of the table and the text of the key. */
export interface Links {
  idOf(table: string, key: string): string | undefined;
  keyOf(table: string, id: string): string | undefined;
}

export interface Converter {
  /** @throws ValueError */
  decode(text: string, links: Links): unknown;
  /** `present` is the text that stands in the column. @throws ValueError */
  encode(value: unknown, links: Links, present: string | undefined): string | boolean;
  /** Whether two values of the model mean the same. */
  same(one: unknown, other: unknown): boolean;
  /** Whether what is read back is as near to the value as the column can come; where absent, it has to be the same. */
  isNearest?(read: unknown, value: unknown): boolean;
}

/** What a column holds, as text without white space around it; undefined where it holds nothing. */
export function textOf(raw: unknown): string | undefined {
  if (raw === null || raw === undefined) return undefined;
  if (raw instanceof Date) return raw.toISOString().slice(0, -1);
  const text = String(raw).trim();
  return text === '' ? undefined : text;
}

/** @throws Error with a sentence when the parts of the specification do not go together */
export function converterOf(spec: Omit<ColumnSpec, 'to'>, schema: Schema, zone: Zone): Converter {
  if (spec.values) return valueTable(spec, spec.values);
  if (spec.ref !== undefined) return reference(spec.ref);
  if (schema.format) return time(spec, schema.format, spec.zone === 'utc' ? utc : zone);
  if (schema.type === 'number' || schema.type === 'integer') return number(spec, schema.type === 'integer');
  if (schema.type === 'boolean') return boolean;
  return plainText(spec);
}

function valueTable(
  { lossy, otherwise }: Pick<ColumnSpec, 'lossy' | 'otherwise'>,
  values: Readonly<Record<string, Scalar | null>>,
): Converter {
  const entries = Object.entries(values);
  const meanings = entries.map(([, meaning]) => meaning).filter((meaning) => meaning !== null);
  if (new Set(meanings).size !== meanings.length && lossy === undefined)
    throw new Error('two values mean the same: say by lossy what is lost');
  return {
    decode(text) {
      if (Object.hasOwn(values, text)) return values[text] ?? undefined;
      if (otherwise !== undefined) return otherwise;
      throw new ValueError(`expected one of ${entries.map(([value]) => value).join(', ')}`);
    },
    encode(value) {
      const found = entries.find(([, meaning]) => meaning === value)?.[0];
      if (found === undefined) throw new ValueError(`the table of values has nothing for ${String(value)}`);
      return found;
    },
    same,
  };
}

/** A boolean of the database, or 1 and 0; the driver knows how the column has it. */
const boolean: Converter = {
  decode(text) {
    const word = text.toLowerCase();
    if (word === 'true' || word === '1') return true;
    if (word === 'false' || word === '0') return false;
    throw new ValueError('expected true or false, 1 or 0; a table of values says what else means which');
  },
  encode: (value) => value === true,
  same,
};

const reference = (table: string): Converter => ({
  decode(text, links) {
    const id = links.idOf(table, text);
    if (id === undefined) throw new ValueError(`there is no row with this key in ${table}`);
    return id;
  },
  encode(value, links) {
    const key = links.keyOf(table, String(value));
    if (key === undefined) throw new ValueError(`${String(value)} is no row of ${table}`);
    return key;
  },
  same,
});

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

const rounded = (value: number, decimals: number | undefined): number =>
  decimals === undefined ? Number(value.toPrecision(12)) : Number(value.toFixed(decimals));

function number(spec: Omit<ColumnSpec, 'to'>, isInteger: boolean): Converter {
  const { scale, offset } = linear(spec);
  const decimals = isInteger ? 0 : spec.decimals;
  const inColumn = (value: unknown): string => String(rounded((Number(value) - offset) / scale, spec.columnDecimals));
  return {
    decode(text) {
      if (!NUMBER.test(text)) throw new ValueError('expected a number');
      const value = Number(text);
      const converted = scale === 1 && offset === 0 ? value : rounded(value * scale + offset, decimals);
      if (isInteger && !Number.isInteger(converted)) throw new ValueError('expected a whole number');
      return converted;
    },
    encode: inColumn,
    isNearest: (read, value) => inColumn(read) === inColumn(value),
    same: (one, other) =>
      one === other ||
      (typeof one === 'number' && typeof other === 'number' && rounded(one, decimals) === rounded(other, decimals)),
  };
}

/** How the number of the column becomes that of the model. @throws Error when the units are of different kinds */
function linear({ scale, unit }: Pick<ColumnSpec, 'scale' | 'unit'>): {
  readonly scale: number;
  readonly offset: number;
} {
  if (!unit) return { scale: scale ?? 1, offset: 0 };
  if (scale !== undefined) throw new Error('it has scale and unit; expected one of them');
  const [from, to] = [canonicalUnit(unit.from), canonicalUnit(unit.to)];
  if (!from || !to) throw new Error(`${from ? unit.to : unit.from} is no UCUM unit that can be converted`);
  if (from.unit !== to.unit) throw new Error(`${unit.from} cannot be converted to ${unit.to}`);
  return { scale: from.scale / to.scale, offset: (from.offset - to.offset) / to.scale };
}

/** The digits behind a moment's second, its zone, and what stands before. */
const MOMENT = /^(.*?)(Z|[+-]\d\d(?::?\d\d)?)$/i;

function time(spec: Omit<ColumnSpec, 'to'>, format: NonNullable<Schema['format']>, zone: Zone): Converter {
  if (spec.epoch) return epoch(spec.epoch, format, zone);
  const form = spec.format === undefined ? isoFormat : dateFormat(spec.format);
  if (format === 'partial-date') return day(form, zone);
  return moment(form, zone, spec.zone === 'offset', format === 'instant');
}

const PARTIAL = /^\d{4}(-\d\d)?$/;

/** A day; months and years too, in ISO form. Of a column that has a time as well it is the day in the practice. */
const day = (form: DateFormat, zone: Zone): Converter => ({
  decode(text) {
    if (form === isoFormat && PARTIAL.test(text)) return text;
    const zoned = form === isoFormat && /[T ]\d\d:\d\d/.test(text) && MOMENT.test(text);
    if (zoned) return dayText(zone.wallAt(Date.parse(text.replace(' ', 'T'))));
    const read = form.read(text);
    if (!read)
      throw new ValueError(`expected a date${form === isoFormat ? ' such as 2026-05-01' : ' of the given form'}`);
    return dayText(read);
  },
  encode(value, _links, present) {
    const text = String(value);
    const read = isoFormat.read(text);
    if (!read && form === isoFormat && PARTIAL.test(text)) return text;
    if (!read) throw new ValueError('the column needs a whole day');
    const hasTime = form === isoFormat ? (isoFormat.read(present ?? '')?.hasTime ?? false) : form.hasTime;
    return form.write({ ...read, hasTime });
  },
  same,
});

const sameMoment = (one: unknown, other: unknown): boolean =>
  one === other ||
  (typeof one === 'string' &&
    typeof other === 'string' &&
    one.includes('T') &&
    other.includes('T') &&
    Date.parse(one) === Date.parse(other));

function instantText(instant: number, written: Written, zone: Zone): string {
  const offset = zone.offsetAt(instant);
  return `${dayText(written)}T${timeText(written)}${zone === utc ? 'Z' : offsetText(offset)}`;
}

function moment(form: DateFormat, zone: Zone, withOffset: boolean, needsTime: boolean): Converter {
  return {
    decode(text) {
      const zoned = form === isoFormat && /[T ]\d\d:\d\d/.test(text) ? MOMENT.exec(text) : undefined;
      const read = form.read(zoned?.[1]?.trim() ?? text);
      if (!read && form === isoFormat && !needsTime && PARTIAL.test(text)) return text;
      if (!read)
        throw new ValueError(
          `expected a date with its time${form === isoFormat ? ', such as 2026-05-01 14:30:00' : ' of the given form'}`,
        );
      if (!read.hasTime) {
        if (needsTime) throw new ValueError('expected a time of day');
        return dayText(read);
      }
      if (zoned) return `${dayText(read)}T${timeText(read)}${zoneText(zoned[2] ?? 'Z')}`;
      const instant = zone.instantOf(read);
      if (instant === undefined)
        throw new ValueError(`in ${zone.name} the clock never shows ${dayText(read)} ${timeText(read)}`);
      return instantText(instant, read, zone);
    },
    encode(value) {
      const text = String(value);
      const read = isoFormat.read(text);
      if (read && !read.hasTime) return form.write(read);
      const [, , zoneGiven] = MOMENT.exec(text) ?? [];
      const instant = Date.parse(text);
      if (Number.isNaN(instant) || zoneGiven === undefined)
        throw new ValueError('the column needs a whole day at least');
      const fraction = /\.(\d+)/.exec(text)?.[1];
      const wall = { ...(withOffset ? utc : zone).wallAt(instant), hasTime: true };
      const written = fraction === undefined || /^0+$/.test(fraction) ? wall : { ...wall, fraction };
      return form.write(written) + (withOffset ? '+00:00' : '');
    },
    same: sameMoment,
  };
}

/** `Z`, `+00` and `+0000` as FHIR writes zones. */
function zoneText(zone: string): string {
  if (/^z$/i.test(zone)) return 'Z';
  return `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;
}

function epoch(unit: 'seconds' | 'milliseconds', format: NonNullable<Schema['format']>, zone: Zone): Converter {
  const factor = unit === 'seconds' ? 1000 : 1;
  return {
    decode(text) {
      const instant = Number(text) * factor;
      // What a Date can hold with a year of four digits.
      if (!/^-?\d+$/.test(text) || Math.abs(instant) > 253_402_300_799_999)
        throw new ValueError(`expected a number of ${unit}`);
      if (format === 'partial-date') return dayText(zone.wallAt(instant));
      const milliseconds = ((instant % 1000) + 1000) % 1000;
      const fraction = milliseconds === 0 ? {} : { fraction: String(milliseconds).padStart(3, '0') };
      return instantText(instant, { ...zone.wallAt(instant), hasTime: true, ...fraction }, zone);
    },
    encode(value) {
      const read = isoFormat.read(String(value));
      const instant = read ? zone.instantOf(read) : Date.parse(String(value));
      if (instant === undefined || Number.isNaN(instant)) throw new ValueError('the column needs a moment');
      return String(Math.floor(instant / factor));
    },
    same: sameMoment,
  };
}

const cases: Readonly<Record<LetterCase, (text: string) => string>> = {
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  title: (text) =>
    text
      .toLowerCase()
      .replace(/(^|[\s'’-])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase()),
};

function plainText({ case: letters, text: around = '{value}' }: Omit<ColumnSpec, 'to'>): Converter {
  const [before = '', after = ''] = around.split('{value}');
  const inModel = letters?.model ? cases[letters.model] : (text: string) => text;
  const inColumn = letters?.column ? cases[letters.column] : (text: string) => text;
  return {
    decode: (text) => `${before}${inModel(text)}${after}`,
    encode(value) {
      const text = String(value);
      if (!text.startsWith(before) || !text.endsWith(after) || text.length < before.length + after.length)
        throw new ValueError(`${text} is not of the form ${around}`);
      return inColumn(text.slice(before.length, text.length - after.length));
    },
    same: (one, other) => one === other || (letters !== undefined && lower(one) === lower(other)),
  };
}

const lower = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);
