import { strict as assert } from 'node:assert';
import { exampleNames, exampleText } from '../official-examples.ts';
import { assertRoundTrip } from '../resources/round-trip.ts';

describe('all official examples', () => {
  it('are 5,306', () => assert.equal(exampleNames.length, 5306));

  it('come back equal from JSON and from XML, digits included, without exception', () => {
    for (const name of exampleNames) assertRoundTrip(name, exampleText(name));
  });
});
