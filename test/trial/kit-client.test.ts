import { databasesUnderTrial } from './databases-under-trial.ts';
import { clientAt, interactions, load } from './kit-client.ts';
import { withServer } from './listening-server.ts';

for (const databases of databasesUnderTrial)
  describe(`fhir-kit-client with a population of 5 clients (${databases.name})`, () => {
    /** Runs the steps on one server; mocha reports them together. */
    it(`loads it and does ${Object.keys(interactions).join('; ')}`, () =>
      withServer(databases, async ({ baseUrl }) => {
        const client = clientAt(baseUrl);
        await load(client, { clients: 5 });
        for (const [name, interact] of Object.entries(interactions))
          await interact(client).catch((cause: unknown) => {
            throw new Error(`${name}: ${(cause as Error).message}`, { cause });
          });
      }));
  });
