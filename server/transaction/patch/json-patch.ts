/**
 * JSON Patch. A failed operation leaves nothing of the patch; digits of decimals come along.
 * https://www.rfc-editor.org/rfc/rfc6902, https://hl7.org/fhir/R4/http.html#patch
 */
import fastJsonPatch from 'fast-json-patch';
import { copy } from '../../../resources/json.ts';
import { numeralOf } from '../../../resources/numeral.ts';
import { invalid, tooLarge, unprocessable } from '../../../resources/outcome.ts';
import type { AnyResource } from '../../../resources/types.ts';
import { type Found, found, type Pointer, parentOf, parsePointer, placeIn } from './json-pointer.ts';
import { putNumeral, sameNumber, shiftNumerals } from './numerals.ts';
import { checkDepth, kindOf, type Named, parsedOperations, patched, shown } from './run.ts';

type JsonOperation = Named &
  (
    | { readonly op: 'add' | 'replace' | 'test'; readonly path: Pointer; readonly value: Found }
    | { readonly op: 'move' | 'copy'; readonly path: Pointer; readonly from: Pointer }
    | { readonly op: 'remove'; readonly path: Pointer }
  );

/** Repeated `copy` doubles what it copies, and a `move` walks what it moves: more than this (characters and values) is refused. */
const MAX_CARRIED = 10_000_000;

/**
 * The resource after `operations`, the content of an application/json-patch+json body. The input is not changed. Objects and arrays
 * that a removal leaves empty are removed too, since FHIR knows no empty ones.
 * @throws FhirError 400 for a malformed document, 422 for an operation that does not apply, 413 above a limit; naming the operation
 */
export function applyJsonPatch(resource: AnyResource, operations: unknown): AnyResource {
  if (!Array.isArray(operations)) throw invalid(`a JSON Patch is an array of operations; found ${kindOf(operations)}`);
  const emptied = new Set<unknown>();
  let carried = 0;
  const carry = (from: Found): Found => {
    carried += sizeOf(from.value);
    if (carried <= MAX_CARRIED) return from;
    throw tooLarge(
      `this patch moves and copies more than ${MAX_CARRIED} characters and values, the limit of this server`,
    );
  };
  const after = patched(resource, parsedOperations(operations, parseOperation), (document, operation) => {
    switch (operation.op) {
      case 'test':
        return tested(document, operation.path, operation.value);
      case 'add':
        return added(document, operation.path, copiedValue(operation.value));
      case 'replace':
        return replaced(document, operation.path, copiedValue(operation.value));
      case 'remove':
        return removed(document, operation.path, emptied);
      case 'move': {
        const moving = carry(found(document, operation.from));
        return added(removed(document, operation.from, emptied), operation.path, moving);
      }
      case 'copy': {
        const { value, numeral } = carry(found(document, operation.from));
        return added(document, operation.path, { value: copy(value), numeral });
      }
    }
  });
  return emptied.size === 0 ? after : (withoutEmptied(after, emptied) as AnyResource);
}

const VALUED = new Set<unknown>(['add', 'replace', 'test']);
const SOURCED = new Set<unknown>(['move', 'copy']);

function parseOperation(item: unknown): JsonOperation {
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    throw invalid(`found ${kindOf(item)}; expected an object with op and path`);
  const { op, path: pathText, from: fromText, value } = item as Record<string, unknown>;
  if (op !== 'remove' && !VALUED.has(op) && !SOURCED.has(op))
    throw invalid(`op is ${shown(op)}; expected add, remove, replace, move, copy or test`);
  const path = parsePointer(pathText, 'path');
  const label = `${op} ${path.text.length > 120 ? shown(path.text) : path.text}`;
  if (SOURCED.has(op)) {
    const from = parsePointer(fromText, 'from');
    if (op === 'move' && path.text.startsWith(`${from.text}/`))
      throw invalid(`move from ${shown(from.text)} into itself, to ${shown(path.text)}; expected a path outside it`);
    return { op: op as 'move' | 'copy', label, path, from };
  }
  if (op === 'remove') return { op, label, path };
  if (!Object.hasOwn(item, 'value') || value === undefined)
    throw invalid(`${op} has no value; expected one (null counts)`);
  return { op: op as 'add' | 'replace' | 'test', label, path, value: { value, numeral: numeralOf(item, 'value') } };
}

function added(document: object, path: Pointer, { value, numeral }: Found): object {
  checkDepth(value, path.segments.length);
  if (path.segments.length === 0) return asDocument(value);
  const container = parentOf(document, path);
  const place = placeIn(container, path);
  fastJsonPatch.applyOperation(document, { op: 'add', path: path.text, value });
  if (Array.isArray(container)) shiftNumerals(container, Number(place), 1);
  putNumeral(container, place, numeral);
  return document;
}

function replaced(document: object, path: Pointer, { value, numeral }: Found): object {
  checkDepth(value, path.segments.length);
  found(document, path);
  if (path.segments.length === 0) return asDocument(value);
  const container = parentOf(document, path);
  fastJsonPatch.applyOperation(document, { op: 'replace', path: path.text, value });
  putNumeral(container, placeIn(container, path), numeral);
  return document;
}

function removed(document: object, path: Pointer, emptied: Set<unknown>): object {
  found(document, path);
  if (path.segments.length === 0)
    throw unprocessable('a patch may not remove the resource; expected a DELETE for that');
  const container = parentOf(document, path);
  const place = placeIn(container, path);
  fastJsonPatch.applyOperation(document, { op: 'remove', path: path.text });
  if (Array.isArray(container)) shiftNumerals(container, Number(place), -1);
  else putNumeral(container, place, undefined);
  if (isEmpty(container)) emptied.add(container);
  return document;
}

function tested(document: object, path: Pointer, expected: Found): object {
  const present = found(document, path);
  if (same(present, expected)) return document;
  const [is, wanted] = [kindOf(present.value), kindOf(expected.value)];
  throw unprocessable(`the test fails: expected ${wanted}, found ${is === wanted ? `${is} that differs` : is}`);
}

/** RFC 6902, 4.6: numbers by their value, objects without regard to the order of their members. */
function same(one: Found, other: Found): boolean {
  const [a, b] = [one.value, other.value];
  if (typeof a === 'number' && typeof b === 'number')
    return sameNumber(one.numeral ?? String(a), other.numeral ?? String(b));
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) ? !Array.isArray(b) || a.length !== b.length : Array.isArray(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && same(heldBy(a, name), heldBy(b, name)))
  );
}

const heldBy = (container: object, name: string): Found => ({
  value: (container as Record<string, unknown>)[name],
  numeral: numeralOf(container, name),
});

/** The value as the new document; what is no object is left for `patched` to refuse. */
const asDocument = (value: unknown): object => value as object;

const copiedValue = ({ value, numeral }: Found): Found => ({ value: copy(value), numeral });

const isEmpty = (container: object): boolean =>
  Array.isArray(container) ? container.length === 0 : Object.keys(container).length === 0;

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  let size = 1;
  for (const [name, member] of Object.entries(value)) size += name.length + sizeOf(member);
  return size;
}

/** `value` without the containers in `emptied` that are still empty, and without those that this empties in turn. */
function withoutEmptied(value: unknown, emptied: Set<unknown>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const [name, member] of Object.entries(value).reverse()) {
    withoutEmptied(member, emptied);
    if (!emptied.has(member) || !isEmpty(member as object)) continue;
    if (Array.isArray(value)) value.splice(Number(name), 1);
    else delete (value as Record<string, unknown>)[name];
    emptied.add(value);
  }
  return value;
}
