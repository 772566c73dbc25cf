import { strict as assert } from 'node:assert';
import { withDatabase } from '../../databases.ts';
import { databasesUnderTrial } from '../databases-under-trial.ts';
import { fhirConnection } from '../fhir-connection.ts';
import { listeningServer } from '../listening-server.ts';
import { fuzz } from './fuzz.ts';

const REQUESTS = 1000;

describe(`${REQUESTS} requests that are wrong in many ways`, () => {
  for (const databases of databasesUnderTrial)
    it(`are answered without a 5xx, and failures in an OperationOutcome (${databases.name})`, () =>
      withDatabase(databases, async (url) => {
        const server = await listeningServer(url);
        assert.deepEqual(await fuzz(server.port, 1, REQUESTS), []);
        const connection = await fhirConnection(server.port);
        assert.equal((await connection.request('GET', '/metadata')).status, 200);
        connection.close();
        await server.close();
      }));
});
