/**
 * The values of the primitive types: JSON type, format and range, with dates that exist in the calendar.
 * https://hl7.org/fhir/R4/datatypes.html#primitive
 */

/** What is wrong with a value, for the end of the sentence `<value> ...`; undefined when it is right. */
export type PrimitiveCheck = (value: unknown) => string | undefined;

// "strings SHALL NOT exceed 1MB (1024*1024 characters) in size"
const LONGEST_STRING = 1024 * 1024;

const text =
  (check: (value: string) => string | undefined): PrimitiveCheck =>
  (value) => {
    if (typeof value !== 'string') return `is ${jsonType(value)}, expected a JSON string`;
    return value === '' ? 'is empty: a value that is not known is left out' : check(value);
  };

const matching = (pattern: RegExp, expected: string): PrimitiveCheck =>
  text((value) => (pattern.test(value) ? undefined : expected));

/** The JSON type of a value, in words. */
export function jsonType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a JSON array';
  return `a JSON ${typeof value}`;
}

function string(value: string): string | undefined {
  if (value.length > LONGEST_STRING) return `has ${value.length} characters, more than the ${LONGEST_STRING} allowed`;
  const control = CONTROL.exec(value);
  if (control) return `holds the control character U+${control[0].charCodeAt(0).toString(16).padStart(4, '0')}`;
  return value.trim() === '' ? 'is only whitespace' : undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

const DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;
const TIME = /^(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?$/;
const ZONE = /(?:Z|[+-](\d{2}):(\d{2}))$/;

function date(value: string): string | undefined {
  const parts = DATE.exec(value);
  if (!parts) return 'is no date: expected YYYY, YYYY-MM or YYYY-MM-DD';
  const [, year = '', month, day] = parts;
  if (year === '0000') return 'is no date: there is no year 0';
  if (month && (month < '01' || month > '12')) return `is no date: there is no month ${month}`;
  if (day && (day === '00' || Number(day) > daysIn(Number(year), Number(month))))
    return `is no date: ${year}-${month} has no day ${day}`;
  return undefined;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function time(value: string): string | undefined {
  const parts = TIME.exec(value);
  if (!parts) return 'is no time: expected hh:mm:ss, with a fraction of a second if need be and without a zone';
  const [, hour = '', minute = '', second = ''] = parts;
  if (hour > '23') return `is no time: there is no hour ${hour}`;
  if (minute > '59') return `is no time: there is no minute ${minute}`;
  // 60 for leap seconds, as the specification allows.
  return second > '60' ? `is no time: there is no second ${second}` : undefined;
}

function dateTime(value: string): string | undefined {
  const at = value.indexOf('T');
  if (at < 0) return date(value);
  const zone = ZONE.exec(value);
  const onDate = at === 10 ? date(value.slice(0, at)) : 'is no dateTime: a time needs a whole date before it';
  if (onDate) return onDate;
  if (!zone) return time(value.slice(at + 1)) ?? 'has no time zone: a time needs Z or an offset such as +02:00';
  const [offset, hours, minutes] = zone;
  if (
    hours !== undefined &&
    minutes !== undefined &&
    (hours > '14' || minutes > '59' || (hours === '14' && minutes > '00'))
  )
    return `has the time zone ${offset}, beyond +/-14:00`;
  return time(value.slice(at + 1, zone.index));
}

function instant(value: string): string | undefined {
  if (!value.includes('T')) return 'is no instant: expected a date and a time with a zone, at least to the second';
  return dateTime(value);
}

const OID = /^urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+$/;
const UUID = /^urn:uuid:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;

function uri(value: string): string | undefined {
  const blank = /\s/.exec(value);
  if (blank) return 'is no URI: it holds whitespace';
  if (value.startsWith('urn:oid:') && !OID.test(value))
    return 'is no OID: expected urn:oid: and numbers joined by dots';
  if (value.startsWith('urn:uuid:') && !UUID.test(value))
    return 'is no UUID: expected urn:uuid: and 8-4-4-4-12 hexadecimal digits';
  return undefined;
}

function code(value: string): string | undefined {
  if (value !== value.trim()) return 'begins or ends with whitespace, which a code may not';
  if (/[^\S ]|\s{2}/.test(value)) return 'holds whitespace other than single spaces, which a code may not';
  return string(value);
}

function base64(value: string): string | undefined {
  const packed = value.replace(/\s/g, '');
  if (packed.length % 4 !== 0) return `is no base64: ${packed.length} characters are not a multiple of 4`;
  return /^[0-9a-zA-Z+/]*={0,2}$/.test(packed) ? undefined : 'is no base64: it holds other characters';
}

const whole =
  (low: number, high: number): PrimitiveCheck =>
  (value) => {
    if (typeof value !== 'number') return `is ${jsonType(value)}, expected a JSON number`;
    if (!Number.isInteger(value)) return 'is no whole number';
    return value < low || value > high ? `is not between ${low} and ${high}` : undefined;
  };

const INTEGER_MIN = -2147483648;
const INTEGER_MAX = 2147483647;

/** By FHIR type name. `xhtml` is checked by narrative.ts. */
export const primitiveChecks: Readonly<Record<string, PrimitiveCheck>> = {
  base64Binary: text(base64),
  boolean: (value) => (typeof value === 'boolean' ? undefined : `is ${jsonType(value)}, expected true or false`),
  canonical: text(uri),
  code: text(code),
  date: text(date),
  dateTime: text(dateTime),
  decimal: (value) => (typeof value !== 'number' ? `is ${jsonType(value)}, expected a JSON number` : undefined),
  id: matching(/^[A-Za-z0-9\-.]{1,64}$/, 'is no id: expected 1 to 64 of A-Z, a-z, 0-9, - and .'),
  instant: text(instant),
  integer: whole(INTEGER_MIN, INTEGER_MAX),
  markdown: text(string),
  oid: matching(OID, 'is no OID: expected urn:oid: and numbers joined by dots'),
  positiveInt: whole(1, INTEGER_MAX),
  string: text(string),
  time: text(time),
  unsignedInt: whole(0, INTEGER_MAX),
  uri: text(uri),
  url: text(uri),
  uuid: matching(UUID, 'is no UUID: expected urn:uuid: and 8-4-4-4-12 hexadecimal digits'),
  xhtml: (value) => (typeof value === 'string' ? undefined : `is ${jsonType(value)}, expected a JSON string`),
};
