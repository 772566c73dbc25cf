import { strict as assert } from 'node:assert';
import { withDatabase } from '../databases.ts';
import { databasesUnderTrial } from './databases-under-trial.ts';
import { listeningServer } from './listening-server.ts';
import { exampleIn, sampleFiles } from './official-examples.ts';
import { differences } from './round-trip.ts';

describe('an official example of each type', () => {
  for (const databases of databasesUnderTrial)
    it(`comes back as it went in, as JSON and by way of XML (${databases.name})`, () =>
      withDatabase(databases, async (url) => {
        // The rules that some examples break are another matter: test/profiles.
        const server = await listeningServer(url, { validation: 'off' });
        const examples = sampleFiles(1).flatMap((file) => exampleIn(file) ?? []);
        assert.deepEqual(await differences(server.port, examples), []);
        await server.close();
      }));
});
