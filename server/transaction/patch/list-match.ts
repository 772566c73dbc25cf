/**
 * Which items of a list before and after are the same thing: by id, then by equality, then by what identifies things of their kind,
 * then by position; and the fewest moves that bring those that stayed into their new order.
 */
import type { MutableObject } from './element.ts';
import { fingerprint, type Item } from './item.ts';

/** `before[i]` and `after[j]`, by index. */
export interface Pair {
  readonly before: number;
  readonly after: number;
  /** False for a pair that only its position makes. */
  readonly known: boolean;
}

/** Above this product of lengths, lists are compared by position: what is better takes time that grows with it. */
const MAX_COMPARED = 4_000_000;

type Key = (item: Item) => string | undefined;
const byPosition: Key = () => 'position';

/** The pairs, in the order of `after`. As many as the shorter list has items. */
export function matched(before: readonly Item[], after: readonly Item[]): readonly Pair[] {
  const pairs = new Map<number, Pair>();
  const taken = new Set<number>();
  const rules: readonly Key[] = before.length * after.length > MAX_COMPARED ? [] : [idOf, fingerprint, identityOf];
  for (const keyOf of [...rules, byPosition]) {
    const waiting = new Map<string, number[]>();
    // Backwards, so that the first one is at the end, from where it is taken.
    for (const [index, item] of [...before.entries()].reverse()) {
      const key = taken.has(index) ? undefined : keyOf(item);
      if (key === undefined) continue;
      const queue = waiting.get(key);
      if (queue) queue.push(index);
      else waiting.set(key, [index]);
    }
    for (const [index, item] of after.entries()) {
      const key = pairs.has(index) ? undefined : keyOf(item);
      const found = key === undefined ? undefined : waiting.get(key)?.pop();
      if (found === undefined) continue;
      pairs.set(index, { before: found, after: index, known: keyOf !== byPosition });
      taken.add(found);
    }
  }
  return [...pairs.values()].sort((a, b) => a.after - b.after);
}

const objectOf = ({ value, companion }: Item): MutableObject | undefined =>
  companion ?? (typeof value === 'object' && value !== null ? (value as MutableObject) : undefined);

/** The id of the element, or of the resource that it is. */
export function idOf(item: Item): string | undefined {
  const id = objectOf(item)?.id;
  return typeof id === 'string' ? `${item.type} ${id}` : undefined;
}

/** Elements that tell things of one kind apart, best first. */
const IDENTIFYING: readonly (readonly string[])[] = [
  ...[['linkId'], ['fullUrl'], ['url'], ['reference'], ['sequence'], ['system', 'code'], ['system', 'value']],
  ...[['identifier'], ['coding'], ['code'], ['detail'], ['item'], ['type'], ['use']],
];

/** What identifies a complex item; of what it identifies itself by, only that which identifies this in turn (a code, not its display). */
function identityOf({ type, value }: Item): string | undefined {
  const identity = identifying(value);
  return identity === undefined ? undefined : `${type} ${JSON.stringify(identity)}`;
}

function identifying(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const object = value as MutableObject;
  const names = IDENTIFYING.find((each) => each.every((name) => object[name] !== undefined));
  return names?.map((name) => {
    const identity = object[name];
    const each = (part: unknown): unknown => identifying(part) ?? part;
    return [name, Array.isArray(identity) ? identity.map(each) : each(identity)];
  });
}

/** A move of the item at `source` to `destination`, both counted when it happens and the second without the item. */
export interface Move {
  readonly source: number;
  readonly destination: number;
}

/** The fewest moves that turn `present` into `wanted`, which has the same numbers in another order. */
export function moves(present: readonly number[], wanted: readonly number[]): readonly Move[] {
  const places = new Map(present.map((item, place) => [item, place]));
  const staying = longestRise(wanted.map((item) => places.get(item) ?? 0));
  const list = [...present];
  return wanted.flatMap((item, place) => {
    if (staying.has(place)) return [];
    const source = list.indexOf(item);
    list.splice(source, 1);
    const destination = place === 0 ? 0 : list.indexOf(wanted[place - 1] ?? 0) + 1;
    list.splice(destination, 0, item);
    return source === destination ? [] : [{ source, destination }];
  });
}

/** The indexes of a longest increasing subsequence, by patience sorting. */
function longestRise(numbers: readonly number[]): ReadonlySet<number> {
  const ends: number[] = [];
  const previous: (number | undefined)[] = [];
  for (const [index, number] of numbers.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((numbers[ends[middle] ?? 0] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    previous[index] = low === 0 ? undefined : ends[low - 1];
    ends[low] = index;
  }
  const rise = new Set<number>();
  for (let index = ends.at(-1); index !== undefined; index = previous[index]) rise.add(index);
  return rise;
}
