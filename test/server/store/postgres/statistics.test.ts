import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openStore, postgresAddress } from '../../../../server/store/open.ts';
import { clientConfig } from '../../../../server/store/postgres/connection.ts';
import { analyzeGrown } from '../../../../server/store/postgres/statistics.ts';
import type { Store } from '../../../../server/store/store.ts';
import { dropSchema, newSchema, postgresServer, postgresUrl } from '../../../store-under-test.ts';
import { maria, put } from '../fixture.ts';

if (postgresServer) {
  const server = postgresServer;
  describe('statistics of PostgreSQL', () => {
    const schema = newSchema();
    const url = postgresUrl(server, schema);
    let store: Store;
    let pool: pg.Pool;
    before(async () => {
      store = await openStore({ url });
      pool = new pg.Pool({ ...clientConfig(postgresAddress(url)), max: 1 });
    });
    after(async () => {
      await pool.end();
      await store.close();
      await dropSchema(server, schema);
    });

    const analyzed = async (): Promise<readonly string[]> => {
      const { rows } = await pool.query<{ relname: string }>(
        'SELECT relname FROM pg_stat_user_tables WHERE schemaname = $1 AND last_analyze IS NOT NULL',
        [schema],
      );
      return rows.map(({ relname }) => relname);
    };

    it('are made anew for tables that have grown, and for no others', async function () {
      this.timeout(0);
      await put(store, maria);
      await analyzeGrown(pool, 1000);
      assert.deepEqual(await analyzed(), []);
      // What a connection has written is counted a little after it is idle.
      while (!(await analyzed()).includes('resource')) {
        await sleep(100);
        await analyzeGrown(pool, 0);
      }
      assert.ok(!(await analyzed()).includes('closure'));
    });
  });
}
