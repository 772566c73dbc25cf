import { strict as assert } from 'node:assert';
import type { Bundle } from '../../resources/types.ts';
import { databasesUnderTrial } from '../trial/databases-under-trial.ts';
import { clientAt, interactions, load } from '../trial/kit-client.ts';
import { withServer } from '../trial/listening-server.ts';

const CLIENTS = 1000;

for (const databases of databasesUnderTrial)
  describe(`a demo population of ${CLIENTS} clients (${databases.name})`, () => {
    it(`loads by transactions, whole; fhir-kit-client does ${Object.keys(interactions).join('; ')}`, () =>
      withServer(databases, async ({ baseUrl }) => {
        const client = clientAt(baseUrl);
        const counts = await load(client, { clients: CLIENTS });
        assert.equal(counts.get('Patient'), CLIENTS);
        const stored = new Map<string, number>();
        for (const resourceType of counts.keys()) {
          const answer = await client.search({ resourceType, searchParams: { _summary: 'count' } });
          stored.set(resourceType, (answer as unknown as Bundle).total ?? 0);
        }
        assert.deepEqual(stored, counts);
        for (const interact of Object.values(interactions)) await interact(client);
      }));
  });
