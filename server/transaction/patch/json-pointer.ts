/** JSON Pointer, the paths of JSON Patch. https://www.rfc-editor.org/rfc/rfc6901 */
import { numeralOf } from '../../../resources/numeral.ts';
import { invalid, unprocessable } from '../../../resources/outcome.ts';
import { kindOf, shown } from './run.ts';

export interface Pointer {
  readonly text: string;
  /** Unescaped; empty for the whole document. */
  readonly segments: readonly string[];
}

/** A value where it stands, with the digits of a number. */
export interface Found {
  readonly value: unknown;
  readonly numeral?: string;
}

/** Names that reach the prototype of an object rather than a property of it. */
const PROTOTYPE_NAMES = new Set(['__proto__', 'constructor', 'prototype']);
const ARRAY_INDEX = /^(?:0|[1-9][0-9]{0,8})$/;
const BAD_ESCAPE = /~(?![01])/;

/** @throws FhirError invalid when `text` is no pointer; `member` is where it stands in the operation */
export function parsePointer(text: unknown, member: 'path' | 'from'): Pointer {
  if (typeof text !== 'string') throw invalid(`${member} is ${kindOf(text)}; expected a JSON Pointer such as /name/0`);
  if (text !== '' && !text.startsWith('/'))
    throw invalid(`${member} ${shown(text)} is no JSON Pointer: expected it to begin with /, or to be empty`);
  if (BAD_ESCAPE.test(text)) throw invalid(`${member} ${shown(text)} is no JSON Pointer: expected 0 or 1 after each ~`);
  const segments = text
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  const forbidden = segments.find((segment) => PROTOTYPE_NAMES.has(segment));
  if (forbidden !== undefined) throw invalid(`${member} ${shown(text)} names ${forbidden}, which no element is called`);
  return { text, segments };
}

/** @throws FhirError unprocessable when nothing is there, naming the deepest place that is */
export function found(document: object, { segments }: Pointer): Found {
  let here: Found = { value: document };
  for (const [depth, segment] of segments.entries()) here = member(here.value, segment, segments.slice(0, depth));
  return here;
}

function member(value: unknown, segment: string, above: readonly string[]): Found {
  const container = containerAt(value, above);
  if (Array.isArray(container)) {
    const index = indexIn(container, segment, above);
    if (index < container.length) return { value: container[index], numeral: numeralOf(container, index) };
    throw unprocessable(`${placeOf(above)} has ${container.length} items; expected one at index ${segment}`);
  }
  if (Object.hasOwn(container, segment))
    return { value: (container as Record<string, unknown>)[segment], numeral: numeralOf(container, segment) };
  throw unprocessable(`${placeOf(above)} has no ${shown(segment)}; expected it to be there`);
}

/** The object or array in which the last segment of a pointer names a place. */
export function parentOf(document: object, { segments }: Pointer): object {
  const above = segments.slice(0, -1);
  return containerAt(found(document, { text: '', segments: above }).value, above);
}

/** The place that the last segment of a pointer names for `add`: a name, or an index up to the length of the array. */
export function placeIn(container: object, { segments }: Pointer): string | number {
  const segment = segments.at(-1) ?? '';
  if (!Array.isArray(container)) return segment;
  const above = segments.slice(0, -1);
  const index = segment === '-' ? container.length : indexIn(container, segment, above);
  if (index <= container.length) return index;
  throw unprocessable(
    `${placeOf(above)} has ${container.length} items; expected an index of ${container.length} at most`,
  );
}

function containerAt(value: unknown, segments: readonly string[]): object {
  if (typeof value === 'object' && value !== null) return value;
  throw unprocessable(`${placeOf(segments)} is ${kindOf(value)}; expected an object or an array`);
}

function indexIn(array: readonly unknown[], segment: string, above: readonly string[]): number {
  if (ARRAY_INDEX.test(segment)) return Number(segment);
  const hint = segment === '-' ? ' ("-" is the place after the last item, where nothing is yet)' : '';
  throw unprocessable(
    `${placeOf(above)} is an array of ${array.length}; expected an index, found ${shown(segment)}${hint}`,
  );
}

const placeOf = (segments: readonly string[]): string =>
  segments.length === 0 ? 'the resource' : shown(`/${segments.join('/')}`);
