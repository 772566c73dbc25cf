/** Mutilated copies of a resource: values exchanged for others of all kinds, properties renamed, left out and doubled. Deterministic. */
import type { JsonObject } from '../../resources/types.ts';

const STRANGE: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  '',
  ' ',
  '#',
  'x'.repeat(100_000),
  [],
  {},
  [[]],
  [null],
  [{}],
  { resourceType: 'Patient' },
  { extension: [{}] },
  { reference: '#' },
  { coding: [{ code: 5 }] },
  '2024-13-45',
  'Patient/1/_history/',
  '<div xmlns="http://www.w3.org/1999/xhtml"><a href="javascript:1">',
];

interface Place {
  readonly owner: Record<string, unknown> | unknown[];
  readonly key: string | number;
}

function placesIn(value: unknown): readonly Place[] {
  const places: Place[] = [];
  const open: unknown[] = [value];
  for (let at = 0; at < open.length; at++) {
    const each = open[at];
    if (typeof each !== 'object' || each === null) continue;
    const owner = each as Record<string, unknown>;
    for (const key of Object.keys(owner)) {
      places.push(Array.isArray(each) ? { owner: each, key: Number(key) } : { owner, key });
      open.push(owner[key]);
    }
  }
  return places;
}

/** `count` copies of `resource`, each with one place changed; every place and every change comes up in turn. */
export function* mutations(resource: JsonObject, count: number): Generator<unknown> {
  const text = JSON.stringify(resource);
  const total = placesIn(JSON.parse(text)).length;
  for (let at = 0; at < count; at++) {
    const copy: unknown = JSON.parse(text);
    const place = placesIn(copy)[(at * 7919) % total];
    if (!place) return;
    const owner = place.owner as Record<string | number, unknown>;
    const change = (at * 31) % (STRANGE.length + 3);
    const value = owner[place.key];
    if (change < STRANGE.length) owner[place.key] = STRANGE[change];
    else if (change === STRANGE.length) delete owner[place.key];
    else if (change === STRANGE.length + 1) owner[place.key] = [value, value];
    else owner[`${place.key}x`] = value;
    yield copy;
  }
}
