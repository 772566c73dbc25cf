/**
 * Element paths that can be read and written: `element('name', { use: 'official' }, 'family')`. An object after a name picks the item of a list that
 * has its values, which is how a slice is part of the path. Writing gives a copy that differs in that element alone; what a path creates it also
 * takes away again when its value goes.
 */
import { NUMERALS, type Numbered, numeralOf } from '../resources/numeral.ts';
import type { Condition, Test } from './condition.ts';
import { fits, isObject, type Json } from './json.ts';

/** A step into an object: its property, or the item of the list there that fits `slice`. */
export interface Step {
  readonly name: string;
  readonly slice?: Json;
  /** A further condition on the item, for what no fixed values say. */
  readonly accepts?: Test;
}

/** What a slice is known by: values that its item has, or a condition whose name says it. */
export type Slice = Json | Test;

export interface Element {
  readonly steps: readonly Step[];
  /** FHIRPath below the owner: `name.where(use = 'official').family`. */
  readonly path: string;
  /** A choice of types: writing takes the other types of this element away. */
  readonly choice?: string;
  /** What the holder of the last step meets, or nothing is read. */
  readonly when?: Condition;
  read(owner: Json): unknown;
  /** The digits of the number there, where they are not what JavaScript would write. */
  numeral(owner: Json): string | undefined;
  /** A copy of `owner` with `value` there; `undefined` takes the element away. */
  write(owner: Json, value: unknown, numeral?: string): Json;
}

/** The element at a path of names and slices. `choice` is the name of an element of several types without its type: `start` of `startDate`. */
export function element(...path: readonly (string | Slice)[]): Element {
  return elementOf(stepsOf(path));
}

/** The element of a choice with one of its types: `choice('start', 'Date')` is `startDate`, and no other type of `start` stands beside it. */
export function choice(name: string, type: string): Element {
  return elementOf([{ name: `${name}${type}` }], name);
}

/** An extension by its URL, and its value: `extension(url, 'valueString')`. */
export const extension = (url: string, ...rest: readonly (string | Slice)[]): Element =>
  element('extension', { url }, ...rest);

function stepsOf(path: readonly (string | Slice)[]): readonly Step[] {
  return path.flatMap((part, at): Step[] => {
    if (typeof part !== 'string') return [];
    const next = path[at + 1];
    if (typeof next === 'function') return [{ name: part, slice: {}, accepts: next }];
    return [{ name: part, ...(isObject(next) ? { slice: next } : {}) }];
  });
}

function elementOf(steps: readonly Step[], chosen?: string): Element {
  const [last, holders] = [steps.at(-1), steps.slice(0, -1)];
  if (!last) throw new Error('an element has a path');
  const ownerOf = (owner: Json): Json | undefined => {
    const holder = holders.reduce<unknown>(
      (value, step) => (isObject(value) ? readStep(value, step) : undefined),
      owner,
    );
    return isObject(holder) ? holder : undefined;
  };
  return {
    steps,
    path: steps.map(expressionOf).join('.'),
    ...(chosen === undefined ? {} : { choice: chosen }),
    read(owner) {
      const holder = ownerOf(owner);
      return holder && readStep(holder, last);
    },
    numeral(owner) {
      const holder = ownerOf(owner);
      return holder && numeralOf(holder, last.name);
    },
    write(owner, value, numeral) {
      const cleared = chosen === undefined || value === undefined ? owner : withoutOthers(owner, chosen, last.name);
      return writeSteps(cleared, steps, value, numeral);
    },
  };
}

function expressionOf({ name, slice, accepts }: Step): string {
  if (!slice) return name;
  if (accepts) return `${name}.where(${accepts.name})`;
  const criteria = criteriaOf(slice);
  return criteria === '' ? `${name}.first()` : `${name}.where(${criteria})`;
}

/** Fixed values as FHIRPath: `system = 'phone'`. */
export const criteriaOf = (slice: Json): string =>
  Object.entries(slice)
    .map(([key, value]) => criterion(key, value))
    .join(' and ');

function criterion(key: string, value: unknown): string {
  if (typeof value === 'string') return `${key} = '${value}'`;
  const [inner] = Array.isArray(value) ? value : [value];
  return isObject(inner)
    ? `${key}.where(${Object.entries(inner)
        .map(([name, each]) => criterion(name, each))
        .join(' and ')}).exists()`
    : `${key} = ${String(inner)}`;
}

function readStep(owner: Json, step: Step): unknown {
  const value = owner[step.name];
  if (!step.slice) return value;
  return Array.isArray(value) ? value.find((item) => isOf(step, item)) : undefined;
}

const isOf = ({ slice, accepts }: Step, item: unknown): boolean =>
  isObject(item) && fits(slice, item) && (!accepts || accepts(item));

function writeSteps(owner: Json, steps: readonly Step[], value: unknown, numeral?: string): Json {
  const [step, ...rest] = steps;
  if (!step) return owner;
  if (rest.length === 0) return withValue(owner, step, value, numeral);
  const before = readStep(owner, step);
  const holder = isObject(before) ? before : { ...step.slice };
  if (!isObject(before) && value === undefined) return owner;
  const after = writeSteps(holder, rest, value, numeral);
  return withValue(owner, step, value === undefined && isBare(after, step) ? undefined : after);
}

/** Whether nothing is left of an item but what its slice is known by. */
const isBare = (value: Json, { slice = {} }: Step): boolean =>
  Object.keys(value).every((name) => Object.hasOwn(slice, name));

function withValue(owner: Json, step: Step, value: unknown, numeral?: string): Json {
  if (step.slice) return withItem(owner, step, value);
  return withProperty(owner, step.name, value, numeral);
}

function withItem(owner: Json, step: Step, value: unknown): Json {
  const { name, slice } = step;
  const list: readonly unknown[] = Array.isArray(owner[name]) ? owner[name] : [];
  const at = list.findIndex((item) => isOf(step, item));
  const items =
    at === -1
      ? value === undefined
        ? list
        : [...list, isObject(value) ? { ...slice, ...value } : value]
      : list.flatMap((item, index) => (index !== at ? [item] : value === undefined ? [] : [value]));
  return withProperty(owner, name, items.length === 0 ? undefined : items);
}

/** A property set or taken away; the ids and extensions of primitives in a list (`_given`) follow their values. */
function withProperty(owner: Json, name: string, value: unknown, numeral?: string): Json {
  const result: Record<string, unknown> & Numbered = { ...owner };
  if (value === undefined) delete result[name];
  else result[name] = value;
  const companion = `_${name}`;
  if (Array.isArray(owner[companion])) {
    const moved = companionsOf(owner[name], owner[companion], value);
    if (moved) result[companion] = moved;
    else delete result[companion];
  }
  const known = result[NUMERALS];
  if (numeral !== undefined || (known && Object.hasOwn(known, name))) {
    const { [name]: _, ...others } = known ?? {};
    result[NUMERALS] = numeral === undefined ? others : { ...others, [name]: numeral };
  }
  return result;
}

function companionsOf(before: unknown, companions: readonly unknown[], after: unknown): unknown[] | undefined {
  if (!Array.isArray(after)) return undefined;
  const places = new Map<unknown, number[]>();
  const values: readonly unknown[] = Array.isArray(before) ? before : [];
  for (let at = values.length - 1; at >= 0; at -= 1) {
    const list = places.get(values[at]);
    if (list) list.push(at);
    else places.set(values[at], [at]);
  }
  const moved = after.map((value) => {
    const at = places.get(value)?.pop();
    return at === undefined ? null : (companions[at] ?? null);
  });
  return moved.some((each) => each !== null) ? moved : undefined;
}

function withoutOthers(owner: Json, chosen: string, keep: string): Json {
  const isOther = (name: string): boolean => {
    const bare = name.replace(/^_/, '');
    return bare !== keep && bare.startsWith(chosen) && /^[A-Z]/.test(bare.slice(chosen.length));
  };
  if (!Object.keys(owner).some(isOther)) return owner;
  const result: Record<string, unknown> & Numbered = { ...owner };
  for (const name of Object.keys(owner)) if (isOther(name)) delete result[name];
  return result;
}
