import { strict as assert } from 'node:assert';
import { databasesUnderTrial } from '../trial/databases-under-trial.ts';
import { fhirConnection } from '../trial/fhir-connection.ts';
import { fuzz } from '../trial/fuzz/fuzz.ts';
import { withServer } from '../trial/listening-server.ts';

const REQUESTS = 10_000;
/** Another stream with each run when set: FUZZ_SEED=7 npm run test:long. */
const SEED = Number(process.env.FUZZ_SEED ?? 2);

describe(`${REQUESTS} requests that are wrong in many ways (FUZZ_SEED=${SEED})`, () => {
  for (const databases of databasesUnderTrial)
    it(`are answered without a 5xx, and failures in an OperationOutcome (${databases.name})`, () =>
      withServer(databases, async ({ port }) => {
        assert.deepEqual(await fuzz(port, SEED, REQUESTS), []);
        const connection = await fhirConnection(port);
        assert.equal((await connection.request('GET', '/metadata')).status, 200);
        connection.close();
      }));
});
