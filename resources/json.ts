/**
 * JSON as FHIR needs it: what is read is what is written, the digits of decimals included (numeral.ts), and what cannot be read is
 * refused with line and column. https://hl7.org/fhir/R4/json.html
 */
import { JsonReader, MAX_DEPTH } from './json-reader.ts';
import { NUMERALS, type Numbered, numeralOf } from './numeral.ts';
import { invalid } from './outcome.ts';
import type { JsonObject, JsonValue } from './types.ts';

export { locate } from './json-locate.ts';
export { keepNumeral, NUMERALS, numeralOf } from './numeral.ts';

const [TAB, LINE_FEED, RETURN, SPACE, QUOTE, MINUS, ZERO, NINE, BACKSLASH] = [9, 10, 13, 32, 34, 45, 48, 57, 92];

/**
 * The value of a JSON text. Numbers are plain numbers; `numeralOf` gives the digits of those that need it.
 * @throws FhirError invalid, with line and column: no JSON, a property that is there twice, `__proto__` as a name, a number that no
 * double holds, or objects and arrays nested deeper than MAX_DEPTH
 */
export function parseJson(text: string): JsonValue {
  return nativeValue(text) ?? new JsonReader(text).document();
}

/** The value by JSON.parse, when that loses nothing and refuses nothing that our own reader would; undefined otherwise. */
function nativeValue(text: string): JsonValue | undefined {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const properties = propertiesIn(value, MAX_DEPTH);
  // A name that is there twice is one property of the value and two of the text.
  return properties === plainPropertiesIn(text) ? value : undefined;
}

/** The number of properties in `value` and below; NaN for what only our own reader can judge: depth, `__proto__`, numbers in arrays. */
function propertiesIn(value: object, depth: number): number {
  if (depth === 0) return Number.NaN;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) {
      if (typeof item === 'object' && item !== null) count += propertiesIn(item, depth - 1);
      else if (typeof item === 'number') return Number.NaN;
    }
    return count;
  }
  for (const name in value) {
    if (name === '__proto__') return Number.NaN;
    const member = (value as JsonObject)[name];
    count += typeof member === 'object' && member !== null ? 1 + propertiesIn(member, depth - 1) : 1;
  }
  return count;
}

/**
 * The number of properties in a valid JSON text, counted as the colons that follow a double quote which is not escaped: too many when a string begins with
 * a colon, which sends the text to our own reader and harms nothing. -1 when the value of one is a number whose digits must be kept.
 */
function plainPropertiesIn(text: string): number {
  let count = 0;
  for (let colon = text.indexOf(':'); colon !== -1; colon = text.indexOf(':', colon + 1)) {
    let before = colon - 1;
    while (isSpace(text.charCodeAt(before))) before -= 1;
    if (text.charCodeAt(before) !== QUOTE || isEscaped(text, before)) continue;
    count += 1;
    let start = colon + 1;
    while (isSpace(text.charCodeAt(start))) start += 1;
    const first = text.charCodeAt(start);
    if ((isDigit(first) || first === MINUS) && !isPlainNumber(text, start)) return -1;
  }
  return count;
}

/** True when an odd number of backslashes stands before `at`: two are an escaped backslash. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}

/** True when the number that begins at `start` is written as JavaScript writes it. */
function isPlainNumber(text: string, start: number): boolean {
  let end = start + 1;
  while (isNumberCode(text.charCodeAt(end))) end += 1;
  const word = text.slice(start, end);
  return String(Number(word)) === word;
}

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;
const isSpace = (code: number): boolean => code === SPACE || code === LINE_FEED || code === RETURN || code === TAB;
/** Digits, plus, minus, point and the e of an exponent. */
const isNumberCode = (code: number): boolean =>
  isDigit(code) || code === 46 || code === MINUS || code === 43 || code === 101 || code === 69;

/** The text of a value, with the digits of its numbers as they were read; `pretty` is two spaces an indent. */
export function stringifyJson(value: unknown, { pretty = false }: { readonly pretty?: boolean } = {}): string {
  if (hasNumerals(value)) return written(value, pretty ? '\n' : '') ?? 'null';
  return (pretty ? JSON.stringify(value, null, 2) : JSON.stringify(value)) ?? 'null';
}

function hasNumerals(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if ((value as Numbered)[NUMERALS] !== undefined) return true;
  if (Array.isArray(value)) return value.some(hasNumerals);
  for (const name in value) {
    const member = (value as JsonObject)[name];
    if (typeof member === 'object' && member !== null && hasNumerals(member)) return true;
  }
  return false;
}

/** As JSON.stringify, with numerals. `newline` is empty, or a line feed and the present indent. */
function written(value: unknown, newline: string): string | undefined {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = newline && `${newline}  `;
  if (Array.isArray(value)) {
    const items = value.map((item, index) => numeralOf(value, index) ?? written(item, inner) ?? 'null');
    return items.length === 0 ? '[]' : `[${inner}${items.join(`,${inner}`)}${newline}]`;
  }
  const colon = newline ? ': ' : ':';
  const members = Object.entries(value).flatMap(([name, member]) => {
    const text = numeralOf(value, name) ?? written(member, inner);
    return text === undefined ? [] : [JSON.stringify(name) + colon + text];
  });
  return members.length === 0 ? '{}' : `{${inner}${members.join(`,${inner}`)}${newline}}`;
}

/** A copy that shares no object or array with the original; numerals come along. */
export function copy<T>(value: T): T {
  return copied(value) as T;
}

function copied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const numerals = (value as Numbered)[NUMERALS];
  const result: object = Array.isArray(value)
    ? value.map(copied)
    : Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copied(member)]));
  if (numerals) (result as Numbered)[NUMERALS] = { ...numerals };
  return result;
}

/**
 * The text of UTF-8 bytes, without a byte order mark.
 * @throws FhirError invalid, naming the first byte that is wrong
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch (cause) {
    const offset = invalidByte(bytes);
    const byte = (bytes[offset] ?? 0).toString(16).toUpperCase().padStart(2, '0');
    throw invalid(`the body is not UTF-8: byte 0x${byte} at offset ${offset} does not belong to a character`, {
      rule: 'utf-8',
      cause,
    });
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
const lenientUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** The offset of the first sequence that is no character: where decoding puts U+FFFD and the bytes do not say U+FFFD. */
function invalidByte(bytes: Uint8Array): number {
  const text = lenientUtf8.decode(bytes);
  let offset = 0;
  let from = 0;
  for (let at = text.indexOf('\uFFFD'); at !== -1; at = text.indexOf('\uFFFD', from)) {
    offset += Buffer.byteLength(text.slice(from, at));
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd) break;
    offset += 3;
    from = at + 1;
  }
  return offset;
}
