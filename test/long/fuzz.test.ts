import { strict as assert } from 'node:assert';
import { withDatabase } from '../databases.ts';
import { databasesUnderTrial } from '../trial/databases-under-trial.ts';
import { fhirConnection } from '../trial/fhir-connection.ts';
import { fuzz } from '../trial/fuzz/fuzz.ts';
import { listeningServer } from '../trial/listening-server.ts';

const REQUESTS = 10_000;
/** Another stream with each run when set: FUZZ_SEED=7 npm run test:long. */
const SEED = Number(process.env.FUZZ_SEED ?? 2);

describe(`${REQUESTS} requests that are wrong in many ways (FUZZ_SEED=${SEED})`, () => {
  for (const databases of databasesUnderTrial)
    it(`are answered without a 5xx, and failures in an OperationOutcome (${databases.name})`, () =>
      withDatabase(databases, async (url) => {
        const server = await listeningServer(url);
        assert.deepEqual(await fuzz(server.port, SEED, REQUESTS), []);
        const connection = await fhirConnection(server.port);
        assert.equal((await connection.request('GET', '/metadata')).status, 200);
        connection.close();
        await server.close();
      }));
});
