/**
 * Our own JSON reader: slower than JSON.parse, and knows where it is. It keeps the digits of numbers, says line and column of what is
 * wrong, and refuses what JSON.parse lets through: a property that is there twice, `__proto__`, unbounded nesting.
 * https://www.rfc-editor.org/rfc/rfc8259, https://hl7.org/fhir/R4/json.html
 */
import { NUMERALS, type Numbered } from './numeral.ts';
import { type FhirError, invalid } from './outcome.ts';
import { expressionOf, type PathStep } from './simple-path.ts';
import type { JsonValue } from './types.ts';

/** Objects and arrays inside each other, at most: far above any resource that means something, far below what a stack holds. */
export const MAX_DEPTH = 100;

/** Line and column in a text, counted from 1; a column is one UTF-16 unit. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const [TAB, LINE_FEED, RETURN, SPACE] = [9, 10, 13, 32];
const [QUOTE, COMMA, COLON, BACKSLASH] = [34, 44, 58, 92];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const ESCAPE = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/;
const LITERALS: ReadonlyMap<string, JsonValue> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
] as [string, JsonValue][]);

export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

export class JsonReader {
  readonly text: string;
  position = 0;
  readonly #path: PathStep[] = [];
  #root: Record<string, JsonValue> | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** The value of the whole text. */
  document(): JsonValue {
    const value = this.value();
    if (!Number.isNaN(this.peek())) throw this.expected('the end of the text');
    return value;
  }

  /** The code of the next character that is not white space, which `position` then points to; NaN at the end of the text. */
  peek(): number {
    for (;;) {
      const code = this.text.charCodeAt(this.position);
      if (code !== SPACE && code !== LINE_FEED && code !== RETURN && code !== TAB) return code;
      this.position += 1;
    }
  }

  value(): JsonValue {
    switch (this.peek()) {
      case QUOTE:
        return this.#string();
      case OPEN_OBJECT:
        return this.#object();
      case OPEN_ARRAY:
        return this.#array();
      default:
        return this.#scalar(undefined, 0);
    }
  }

  /** Calls `read` with the name of each property in turn; it has to consume the value. */
  properties(read: (name: string, offset: number) => void): void {
    this.position += 1;
    if (this.peek() === CLOSE_OBJECT) {
      this.position += 1;
      return;
    }
    for (;;) {
      if (this.peek() !== QUOTE) throw this.expected('a property name in double quotes');
      const offset = this.position;
      const name = this.#string();
      if (this.peek() !== COLON) throw this.expected(`a colon after the property name "${name}"`);
      this.position += 1;
      read(name, offset);
      const next = this.peek();
      if (next !== COMMA && next !== CLOSE_OBJECT) throw this.expected('a comma or the end of the object');
      this.position += 1;
      if (next === CLOSE_OBJECT) return;
    }
  }

  /** Calls `read` with the index of each item in turn; it has to consume the item. */
  items(read: (index: number) => void): void {
    this.position += 1;
    if (this.peek() === CLOSE_ARRAY) {
      this.position += 1;
      return;
    }
    for (let index = 0; ; index += 1) {
      read(index);
      const next = this.peek();
      if (next !== COMMA && next !== CLOSE_ARRAY) throw this.expected('a comma or the end of the array');
      this.position += 1;
      if (next === CLOSE_ARRAY) return;
    }
  }

  #object(): JsonValue {
    this.#checkDepth();
    const object: Record<string, JsonValue> = {};
    this.#root ??= object;
    this.properties((name, offset) => {
      this.#path.push(name);
      if (name === '__proto__') throw this.#refused('the property name "__proto__" is not allowed', offset);
      if (Object.hasOwn(object, name)) throw this.#refused(`the property "${name}" is there twice`, offset);
      object[name] = this.#member(object, name);
      this.#path.pop();
    });
    return object;
  }

  #array(): JsonValue {
    this.#checkDepth();
    const array: JsonValue[] = [];
    this.items((index) => {
      this.#path.push(index);
      array.push(this.#member(array, index));
      this.#path.pop();
    });
    return array;
  }

  #member(container: object, name: string | number): JsonValue {
    const code = this.peek();
    const scalar = code !== QUOTE && code !== OPEN_OBJECT && code !== OPEN_ARRAY;
    return scalar ? this.#scalar(container, name) : this.value();
  }

  #string(): string {
    const { text } = this;
    const start = this.position;
    let escaped = false;
    for (let at = start + 1; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.position = at + 1;
        return escaped ? (JSON.parse(text.slice(start, at + 1)) as string) : text.slice(start + 1, at);
      }
      if (code < SPACE) {
        const written = `\\u${code.toString(16).padStart(4, '0')}`;
        throw this.#refused(`a control character inside a string has to be written as ${written}`, at);
      }
      if (code === BACKSLASH) {
        const sequence = ESCAPE.exec(text.slice(at, at + 6))?.[0];
        if (!sequence) throw this.#refused(`${JSON.stringify(text.slice(at, at + 2))} is not an escape of JSON`, at);
        escaped = true;
        at += sequence.length - 1;
      }
    }
    throw this.#refused('the string that begins here has no end', start);
  }

  #scalar(container: Numbered | undefined, name: string | number): JsonValue {
    const start = this.position;
    let end = start;
    while (isWordCode(this.text.charCodeAt(end))) end += 1;
    const word = this.text.slice(start, end);
    const literal = LITERALS.get(word);
    if (literal === undefined && !NUMBER.test(word)) throw this.expected('a value');
    this.position = end;
    if (literal !== undefined) return literal;
    const number = Number(word);
    if (!Number.isFinite(number)) throw this.#refused(`the number ${word} is larger than this server can hold`, start);
    if (container && String(number) !== word) {
      container[NUMERALS] ??= {};
      container[NUMERALS][name] = word;
    }
    return number;
  }

  #checkDepth(): void {
    if (this.#path.length >= MAX_DEPTH)
      throw this.#refused(`objects and arrays are nested deeper than ${MAX_DEPTH}`, this.position);
  }

  /** What was found here in place of `wanted`. */
  expected(wanted: string): FhirError {
    return this.#refused(`expected ${wanted}, found ${this.#found()}`, this.position);
  }

  #found(): string {
    if (this.position >= this.text.length) return 'the end of the text';
    const rest = this.text.slice(this.position, this.position + 21);
    const word = /^[\w.+-]+/.exec(rest)?.[0] ?? String.fromCodePoint(rest.codePointAt(0) ?? 0);
    if (word === '"') return 'a double quote';
    return word.length > 20 ? `${word.slice(0, 20)}...` : JSON.stringify(word);
  }

  #refused(sentence: string, offset: number): FhirError {
    const location = positionAt(this.text, offset);
    const expression = expressionOf(this.#root?.resourceType, this.#path);
    const where = `line ${location.line}, column ${location.column}${expression ? `, at ${expression}` : ''}`;
    return invalid(`JSON, ${where}: ${sentence}`, { location, expression, rule: 'json' });
  }
}

/** Letters, digits, plus, minus and point: what `true` and `-1.5e+3` are written with. */
const isWordCode = (code: number): boolean =>
  (code >= 48 && code <= 57) ||
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 43 && code <= 46 && code !== COMMA);
