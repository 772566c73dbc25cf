import { strict as assert } from 'node:assert';
import sql from 'sql-template-tag';
import { FhirError } from '../../../resources/outcome.ts';
import type { Reader, Store } from '../../../server/store/store.ts';
import { storesUnderTest } from '../../store-under-test.ts';
import { maria, postIn } from './fixture.ts';

const LIMIT_MS = 100;

/** Counts to a billion: minutes on either database. */
const slow = sql`WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT count(*) AS total FROM n`;

const isTooCostly = (error: unknown): boolean =>
  error instanceof FhirError &&
  error.status === 422 &&
  error.issues[0]?.code === 'too-costly' &&
  /^This search takes longer than 100 ms, .* narrow it/.test(error.message);

for (const { name, open } of storesUnderTest())
  describe(`the time limit of searches on ${name}`, () => {
    let store: Store;
    before(async () => {
      store = await open({ searchLimitMs: LIMIT_MS });
    });
    after(() => store.close());

    const one = async (reader: Pick<Reader, 'query'>) =>
      (await reader.query<{ one: number }>(sql`SELECT 1 AS one`))[0]?.one;

    it('gives up a statement that takes longer, and says what to do', () =>
      assert.rejects(store.query(slow), isTooCostly));

    it('gives up more of them than there are connections, and goes on', async () => {
      const all = await Promise.allSettled(Array.from({ length: 24 }, () => store.query(slow)));
      assert.ok(all.every((each) => each.status === 'rejected' && isTooCostly(each.reason)));
      assert.equal(await one(store), 1);
    });

    it('stops no other statement', async () => {
      const failing = assert.rejects(store.query(slow), isTooCostly);
      for (let turn = 0; turn < 50; turn += 1) assert.equal(await one(store), 1);
      await failing;
    });

    it('takes back a transaction whose criteria take longer, and lets the next one through', async () => {
      const criteria = store.transact(async (session) => {
        postIn(session, maria);
        await session.query(slow);
      });
      await assert.rejects(criteria, isTooCostly);
      assert.equal(await store.read('Patient', maria.id), undefined);
      await store.transact(async (session) => {
        assert.equal(await one(session), 1);
        postIn(session, maria);
      });
      assert.equal((await store.read('Patient', maria.id))?.version, 1);
    });
  });
