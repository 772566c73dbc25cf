import { exampleText, sampleOfExamples } from '../official-examples.ts';
import { assertRoundTrip } from './round-trip.ts';

// All of them, without exception, in test/long/round-trip.test.ts.
describe('the official examples, one of each type and every tenth', () => {
  it('come back equal from JSON and from XML, digits included', () => {
    for (const name of sampleOfExamples()) assertRoundTrip(name, exampleText(name));
  });
});
