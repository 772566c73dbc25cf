import { strict as assert } from 'node:assert';
import { databasesUnderTrial } from '../databases-under-trial.ts';
import { fhirConnection } from '../fhir-connection.ts';
import { withServer } from '../listening-server.ts';
import { fuzz } from './fuzz.ts';

const REQUESTS = 1000;

describe(`${REQUESTS} requests that are wrong in many ways`, () => {
  for (const databases of databasesUnderTrial)
    it(`are answered without a 5xx, and failures in an OperationOutcome (${databases.name})`, () =>
      withServer(databases, async ({ port }) => {
        assert.deepEqual(await fuzz(port, 1, REQUESTS), []);
        const connection = await fhirConnection(port);
        assert.equal((await connection.request('GET', '/metadata')).status, 200);
        connection.close();
      }));
});
