/** Each invariant that runs without fhirpath.js, held to the answer of fhirpath.js on the nodes of official examples. */
import { strict as assert } from 'node:assert';
import { exampleNames, readExample } from './examples.ts';
import { disagreements } from './invariant-agreement.ts';

describe('invariants', () => {
  for (const name of exampleNames('sample'))
    it(`answer as fhirpath.js does on ${name}`, () => assert.deepEqual(disagreements(readExample(name)), []));
});
