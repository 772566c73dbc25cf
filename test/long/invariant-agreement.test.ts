/** As test/profiles/invariant.test.ts, on all examples, each also with one element after the other left out, so that rules are broken. */
import { strict as assert } from 'node:assert';
import type { JsonObject } from '../../resources/types.ts';
import { exampleNames, readExample } from '../profiles/examples.ts';
import { disagreements } from '../profiles/invariant-agreement.ts';

// Each element left out costs a whole comparison.
const MOST_CUTS = 40;
const LARGEST = 20_000;

/** The objects and properties of a resource, in order. */
function placesIn(value: unknown, places: [JsonObject, string][] = []): [JsonObject, string][] {
  if (Array.isArray(value)) for (const item of value) placesIn(item, places);
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) {
      if (name !== 'resourceType') places.push([value as JsonObject, name]);
      placesIn(inner, places);
    }
  return places;
}

function* cutsOf(name: string): Generator<JsonObject> {
  const count = placesIn(readExample(name)).length;
  const step = Math.max(1, Math.floor(count / MOST_CUTS));
  for (let at = 0; at < count; at += step) {
    const resource = readExample(name);
    const [owner, property] = placesIn(resource)[at] ?? [{}, ''];
    delete (owner as Record<string, unknown>)[property];
    yield resource;
  }
}

describe('invariants on all examples', () => {
  for (const name of exampleNames('all').filter((each) => !each.startsWith('Bundle')))
    it(name, () => {
      const resource = readExample(name);
      assert.deepEqual(disagreements(resource), []);
      if (JSON.stringify(resource).length > LARGEST) return;
      for (const cut of cutsOf(name)) assert.deepEqual(disagreements(cut), []);
    });
});
