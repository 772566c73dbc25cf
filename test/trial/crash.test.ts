import { strict as assert } from 'node:assert';
import { withDatabase } from '../databases.ts';
import { crash } from './crash.ts';
import { databasesUnderTrial } from './databases-under-trial.ts';

describe('a server that is killed while it writes', () => {
  for (const databases of databasesUnderTrial)
    it(`keeps what it acknowledged and no half of a transaction (${databases.name})`, async () => {
      const { acknowledged, transactions } = await withDatabase(databases, (url) => crash(url, 2));
      assert.ok(acknowledged > 0 && transactions > 0, 'there was something to lose');
    });
});
