/** Units gathered into transactions. */
import type { AnyResource } from '../../../resources/types.ts';
import type { SourceUnit } from './source-units.ts';
import type { Source } from './sources.ts';
import { keyOfResource, type Unit } from './unit.ts';

/** Units of one source that are carried out together; `last` says that the source ends with them. */
export interface Batch {
  readonly source: Source;
  readonly units: readonly Unit[];
  /** Identities that it writes, as far as they are known before: two batches that share one must not run together. */
  readonly keys: ReadonlySet<string>;
  readonly last: boolean;
}

/** A transaction stays well below the body size that servers take (ours: 50 MB). */
const MAXIMUM_BYTES = 8 * 1024 * 1024;

/** Entries that refer to each other by `urn:` stay in one transaction up to this many; beyond it their references would not resolve anyway. */
const MAXIMUM_LINKED = 5000;

const isLinked = (unit: Unit): boolean => unit.kind === 'resource' && unit.fullUrl?.startsWith('urn:') === true;

function keysOf(unit: Unit): readonly string[] {
  switch (unit.kind) {
    case 'resource': {
      const key = keyOfResource(unit.resource);
      return key === undefined ? [] : [key];
    }
    case 'bundle':
      return (unit.bundle.entry ?? []).flatMap((entry) => {
        const key = entry?.resource && keyOfResource(entry.resource as unknown as AnyResource);
        return [entry?.request?.url, key].filter((each) => typeof each === 'string');
      });
    case 'unreadable':
      return [];
  }
}

/** Gathers up to `size` resources; a Bundle that is carried out as it is stands alone. */
export async function* batchesOf(units: AsyncIterable<SourceUnit>, size: number): AsyncGenerator<Batch> {
  let source: Source | undefined;
  let held: Unit[] = [];
  let keys = new Set<string>();
  let bytes = 0;

  function take(last: boolean, from: Source): Batch {
    const batch = { source: from, units: held, keys, last };
    held = [];
    keys = new Set();
    bytes = 0;
    return batch;
  }

  function isFull(next: Unit): boolean {
    const previous = held.at(-1);
    if (!previous) return false;
    if (next.kind === 'bundle' || previous.kind === 'bundle') return true;
    if (keysOf(next).some((key) => keys.has(key))) return true;
    const together = isLinked(next) && isLinked(previous) && next.place.record === previous.place.record;
    return held.length >= (together ? MAXIMUM_LINKED : size) || bytes + next.bytes > MAXIMUM_BYTES;
  }

  for await (const item of units) {
    source = item.source;
    if ('last' in item) {
      yield take(true, source);
      continue;
    }
    if (isFull(item.unit)) yield take(false, source);
    held.push(item.unit);
    bytes += item.unit.bytes;
    for (const key of keysOf(item.unit)) keys.add(key);
  }
}
