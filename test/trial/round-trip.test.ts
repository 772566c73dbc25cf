import { strict as assert } from 'node:assert';
import { databasesUnderTrial } from './databases-under-trial.ts';
import { withServer } from './listening-server.ts';
import { exampleIn, sampleFiles } from './official-examples.ts';
import { differences } from './round-trip.ts';

/** The rules that some examples break are another matter: test/profiles. */
const RULES_ASIDE = { validation: 'off' } as const;

describe('an official example of each type', () => {
  for (const databases of databasesUnderTrial)
    it(`comes back as it went in, as JSON and by way of XML (${databases.name})`, () =>
      withServer(
        databases,
        async ({ port }) => {
          const examples = sampleFiles(1).flatMap((file) => exampleIn(file) ?? []);
          assert.deepEqual(await differences(port, examples), []);
        },
        RULES_ASIDE,
      ));
});
