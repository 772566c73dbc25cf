import { strict as assert } from 'node:assert';
import { withDatabase } from '../databases.ts';
import { crash } from '../trial/crash.ts';
import { databasesUnderTrial } from '../trial/databases-under-trial.ts';

const ROUNDS = 20;

describe(`a server that is killed ${ROUNDS} times while it writes`, () => {
  for (const databases of databasesUnderTrial)
    it(`keeps what it acknowledged and no half of a transaction (${databases.name})`, async () => {
      const tally = await withDatabase(databases, (url) => crash(url, ROUNDS));
      console.log('      ', JSON.stringify(tally));
      assert.ok(tally.acknowledged > 0 && tally.transactions > 0, 'there was something to lose');
    });
});
