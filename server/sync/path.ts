/**
 * Paths to fields of the model: `legalName.family`, `phones[use=mobile].number`, `targets[0].due`, `coordinator[kind=practitioner].id`. A selector in
 * brackets picks the item of a list that has these values, or says what an object must be; an index counts from 0.
 */
import { isObject, type Json, same } from '../../mappings/json.ts';
import type { Schema } from '../../mappings/schema.ts';
import { nearest } from '../../resources/nearest.ts';

export interface Step {
  readonly name: string;
  readonly index?: number;
  readonly where?: Json;
  /** Whether `where` picks an item of a list; otherwise it says what an object must be. */
  readonly isList?: boolean;
}

export interface Path {
  readonly text: string;
  readonly steps: readonly Step[];
  /** The schema of what stands there. */
  readonly schema: Schema;
}

/** What is wrong with a path, in a sentence. */
export class PathError extends Error {}

const STEP = /^([A-Za-z][A-Za-z0-9]*)(?:\[([^\]]*)\])?$/;

/** @throws PathError when `text` is no path of the schema */
export function pathOf(text: string, schema: Schema): Path {
  let at = schema;
  const steps = partsOf(text).map((part, position): Step => {
    const [, name, selector] = STEP.exec(part) ?? [];
    if (name === undefined)
      throw new PathError(`"${part}" in ${text} is no field; expected a form such as name, name[0] or name[use=home]`);
    const alternatives = alternativesOf(at);
    const found = alternatives.flatMap(({ properties }) => properties?.[name] ?? []);
    const [next] = found;
    if (!next) throw new PathError(unknownField(name, text, position, alternatives));
    if (next.readOnly) throw new PathError(`${name} in ${text} follows from other fields and cannot be written`);
    const step = stepOf(name, selector, next, text);
    const inner = step.index !== undefined || next.type === 'array' ? (next.items ?? {}) : next;
    if (next.type === 'array' && selector === undefined && position < partsOf(text).length - 1)
      throw new PathError(`${name} in ${text} is a list: say which item, such as ${name}[0] or ${name}[use=home]`);
    at = step.where ? narrowed(inner, step.where, text) : selector === undefined ? next : inner;
    return step;
  });
  return { text, steps, schema: at };
}

/** The parts between dots; dots in brackets belong to a selector. */
const partsOf = (text: string): readonly string[] => text.match(/(?:[^.[]|\[[^\]]*\])+/g) ?? [text];

/** The schemas that an object may have. */
const alternativesOf = (schema: Schema): readonly Schema[] =>
  schema.properties ? [schema] : (schema.oneOf ?? schema.anyOf ?? []).flatMap(alternativesOf);

function unknownField(name: string, text: string, position: number, alternatives: readonly Schema[]): string {
  const known = [...new Set(alternatives.flatMap(({ properties }) => Object.keys(properties ?? {})))];
  const where = position === 0 ? 'the model type' : text.split('.').slice(0, position).join('.');
  if (known.length === 0) return `${where} has no fields below it, and ${text} names ${name}`;
  const near = nearest(name, known);
  return `${where} has no field ${name}; ${near ? `did you mean ${near}?` : `it has ${known.join(', ')}`}`;
}

function stepOf(name: string, selector: string | undefined, schema: Schema, text: string): Step {
  if (selector === undefined) return { name };
  if (/^\d{1,3}$/.test(selector)) {
    if (schema.type !== 'array') throw new PathError(`${name} in ${text} is no list, and ${selector} is an index`);
    return { name, index: Number(selector) };
  }
  const criteria = selector.split(',').map((each) => each.split('='));
  if (criteria.some((each) => each.length !== 2 || each.includes('')))
    throw new PathError(`[${selector}] in ${text} is no selector; expected a number or field=value`);
  const fields = alternativesOf(schema.type === 'array' ? (schema.items ?? {}) : schema);
  const entries = criteria.map(([field = '', value = '']): [string, unknown] => {
    const known = fields.flatMap(({ properties }) => properties?.[field] ?? []);
    if (known.length === 0) throw new PathError(unknownField(field, `${name}.${field}`, 1, fields));
    const words = known.flatMap((each) => each.enum ?? (each.const === undefined ? [] : [each.const]));
    if (words.length > 0 && !words.includes(value))
      throw new PathError(`${field}=${value} in ${text} is none of the values ${words.join(', ')}`);
    return [field, known[0]?.type === 'boolean' ? value === 'true' : value];
  });
  return { name, where: Object.fromEntries(entries), isList: schema.type === 'array' };
}

/** Of alternatives those that fit the selector. */
function narrowed(schema: Schema, where: Json, text: string): Schema {
  if (!schema.oneOf || schema.properties) return schema;
  const fitting = schema.oneOf.filter(({ properties }) =>
    Object.entries(where).every(([field, value]) => {
      const found = properties?.[field];
      return found !== undefined && (found.const === undefined || found.const === value);
    }),
  );
  if (fitting.length === 0) throw new PathError(`nothing is as the selector in ${text} says`);
  return { oneOf: fitting };
}

const fitsWhere = (value: unknown, where: Json): value is Json =>
  isObject(value) && Object.entries(where).every(([field, wanted]) => same(value[field], wanted));

/** What stands at the path; undefined where nothing does. */
export function valueAt(record: unknown, { steps }: Pick<Path, 'steps'>): unknown {
  return steps.reduce<unknown>((owner, { name, index, where }) => {
    const value = isObject(owner) ? owner[name] : undefined;
    if (index !== undefined) return Array.isArray(value) ? (value[index] as unknown) : undefined;
    if (!where) return value;
    if (Array.isArray(value)) return value.find((each) => fitsWhere(each, where));
    return fitsWhere(value, where) ? value : undefined;
  }, record);
}

/**
 * A copy of `record` with `value` at the path. Undefined takes away what stands there, with all that nothing is left of but its selector. An item
 * taken away by its index leaves a hole, so that the others keep their places until `compact`.
 */
export function withValue(record: Json, { steps }: Pick<Path, 'steps'>, value: unknown): Json {
  const [step, ...rest] = steps;
  if (!step) return record;
  const { name, index, where, isList } = step;
  const held = record[name];
  if (index !== undefined || isList) {
    const items: readonly unknown[] = Array.isArray(held) ? held : [];
    const found = index ?? items.findIndex((each) => fitsWhere(each, where ?? {}));
    const at = found < 0 ? items.length : found;
    const item = inner(items[at], rest, value, where);
    if (item === undefined && at >= items.length) return record;
    const next = index === undefined && item === undefined ? items.toSpliced(at, 1) : replaced(items, at, item);
    return withProperty(record, name, next.length === 0 ? undefined : next);
  }
  const present = where && !fitsWhere(held, where) ? undefined : held;
  const next = inner(present, rest, value, where);
  // What stands there is of another kind, and there is nothing to say in its place.
  if (next === undefined && present === undefined && held !== undefined) return record;
  return withProperty(record, name, next);
}

function inner(present: unknown, rest: readonly Step[], value: unknown, where: Json | undefined): unknown {
  if (rest.length === 0) return value;
  const next = withValue(isObject(present) ? present : { ...where }, { steps: rest }, value);
  const left = Object.keys(next).filter((name) => !(where && name in where));
  return left.length === 0 ? undefined : next;
}

const replaced = (items: readonly unknown[], at: number, item: unknown): readonly unknown[] =>
  Array.from({ length: Math.max(items.length, at + 1) }, (_, place) => (place === at ? item : items[place]));

function withProperty(record: Json, name: string, value: unknown): Json {
  if (value !== undefined) return { ...record, [name]: value };
  const { [name]: _, ...rest } = record;
  return rest;
}

/** `value` without the holes that `withValue` leaves in lists; what has none stays the same value, digits included. */
export function compact(value: Json): Json {
  return Object.entries(value).reduce((record, [name, each]) => {
    const next = compactValue(each);
    return next === each ? record : withProperty(record, name, next);
  }, value);
}

function compactValue(value: unknown): unknown {
  if (isObject(value)) return compact(value);
  if (!Array.isArray(value)) return value;
  const items = value.filter((each) => each !== undefined).map(compactValue);
  if (items.length === 0) return undefined;
  return items.length === value.length && items.every((each, at) => each === value[at]) ? value : items;
}
