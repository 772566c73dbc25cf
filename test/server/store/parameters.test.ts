import { strict as assert } from 'node:assert';
import sql from 'sql-template-tag';
import {
  deleteSome,
  type ParameterDeclaration,
  registerParameters,
  setStatus,
  storedParameters,
} from '../../../server/store/parameters.ts';
import { resourcesOf } from '../../../server/store/snapshot.ts';
import type { Store } from '../../../server/store/store.ts';
import { storesUnderTest } from '../../store-under-test.ts';
import { jonas, maria, namesOf, plan, post, remove } from './fixture.ts';

const declare = (type: 'Patient' | 'Goal', code: string, hash = 'h1'): ParameterDeclaration => ({
  type,
  code,
  url: `http://hl7.org/fhir/SearchParameter/${type}-${code}`,
  hash,
});
const gender = declare('Patient', 'gender');
const name = declare('Patient', 'name');
const target = declare('Goal', 'target-date');

for (const { name: database, open } of storesUnderTest())
  describe(`search parameters on ${database}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const states = async () =>
      (await storedParameters(store)).map(({ number, type, code, status }) => `${number} ${type}.${code} ${status}`);

    it('get numbers that stay, and are active at once in an empty store', async () => {
      const first = await registerParameters(store, [gender, name]);
      assert.deepEqual(first.get('Patient.name'), {
        ...name,
        number: 2,
        status: 'active',
        position: 0,
        done: 0,
        total: 0,
      });
      const again = await registerParameters(store, [target, name, gender]);
      assert.deepEqual(
        [...again.values()].map(({ code, number }) => [code, number]),
        [
          ['gender', 1],
          ['name', 2],
          ['target-date', 3],
        ],
      );
    });

    it('write nothing when nothing changed', async () => {
      await registerParameters(store, [gender, name]);
      const unwilling = { ...store, transact: () => Promise.reject(new Error('writes')) };
      assert.equal((await registerParameters(unwilling, [gender, name])).size, 2);
    });

    it('fill first when resources of their type are stored', async () => {
      await registerParameters(store, [gender]);
      await post(store, maria);
      await registerParameters(store, [gender, name, target]);
      assert.deepEqual(await states(), [
        '1 Patient.gender active',
        '2 Patient.name filling',
        '3 Goal.target-date active',
      ]);
      await store.transact((session) => setStatus(session, [2], 'active'));
      assert.equal((await states())[1], '2 Patient.name active');
    });

    it('keep their number, and what they are walked for, when their expression changes', async () => {
      await registerParameters(store, [gender, name]);
      await post(store, maria, '{}', {
        token_index: [
          [1, 'female', ''],
          [2, 'x', ''],
        ],
      });
      await registerParameters(store, [declare('Patient', 'gender', 'h2'), name]);
      assert.deepEqual(await states(), ['1 Patient.gender filling', '2 Patient.name active']);
      const [filling] = await storedParameters(store);
      assert.deepEqual([filling?.position, filling?.done, filling?.total], [0, 0, 1]);
      assert.equal((await store.query(sql`SELECT param FROM token_index`)).length, 2);
    });

    it('are dropping when they are declared no more, and another number stands for them when they come again', async () => {
      await registerParameters(store, [gender, name]);
      await registerParameters(store, [gender]);
      assert.deepEqual(await states(), ['1 Patient.gender active', '2 Patient.name dropping']);
      const again = await registerParameters(store, [gender, name]);
      assert.equal(again.get('Patient.name')?.number, 3);
      assert.deepEqual(await states(), ['1 Patient.gender active', '2 Patient.name dropping', '3 Patient.name active']);
    });

    it('raise the revision that transactions learn, with each change', async () => {
      const revision = () => store.transact(async (session) => session.revision);
      const before = await revision();
      await registerParameters(store, [gender]);
      assert.equal(await revision(), before + 1);
      await registerParameters(store, [gender]);
      assert.equal(await revision(), before + 1);
      const seen = await Promise.all([
        store.transact((session) => session.raiseRevision()),
        ...Array.from({ length: 5 }, revision),
      ]);
      assert.equal(await revision(), before + 2);
      assert.ok(seen.slice(1).every((each) => each === before + 1 || each === before + 2));
    });

    it('keep their rows when only their URL changes', async () => {
      await registerParameters(store, [gender]);
      await post(store, maria, '{}', { token_index: [[1, 'female', '']] });
      await registerParameters(store, [{ ...gender, url: 'http://other.example' }]);
      assert.deepEqual(await states(), ['1 Patient.gender active']);
      assert.equal((await store.query(sql`SELECT param FROM token_index`)).length, 1);
    });

    it('are registered by several processes at once without losing one', async () => {
      const many = Array.from({ length: 2500 }, (_, index) => declare('Patient', `p${index}`));
      const maps = await Promise.all([registerParameters(store, many), registerParameters(store, many)]);
      assert.deepEqual(
        maps.map((map) => map.size),
        [2500, 2500],
      );
    });

    it('lose all rows of all tables, and only theirs', async () => {
      for (const identity of [maria, jonas])
        await post(store, identity, '{}', {
          token_index: [
            [1, 'a', ''],
            [2, 'a', ''],
          ],
          string_index: [[1, 'a', 'A']],
          date_index: [[1, 0, 1]],
        });
      while (await store.transact((session) => deleteSome(session, 1)));
      const left = await store.query(
        sql`SELECT param FROM token_index UNION ALL SELECT param FROM string_index UNION ALL SELECT param FROM date_index`,
      );
      assert.deepEqual(left, [{ param: 2 }, { param: 2 }]);
    });

    it('find what is to be indexed: resources that exist, by rid, in batches', async () => {
      for (const id of ['a', 'b', 'c', 'd', 'e']) await post(store, { type: 'Patient', id });
      await post(store, plan);
      await remove(store, { type: 'Patient', id: 'b' });
      const batches: string[][] = [];
      for await (const batch of resourcesOf(store, 'Patient', { count: 2 })) batches.push(namesOf(batch));
      assert.deepEqual(batches, [
        ['Patient/a 1', 'Patient/c 1'],
        ['Patient/d 1', 'Patient/e 1'],
      ]);
      const rid = (await store.read('Patient', 'c'))?.rid ?? 0;
      const rest: string[] = [];
      for await (const batch of resourcesOf(store, 'Patient', { after: rid })) rest.push(...namesOf(batch));
      assert.deepEqual(rest, ['Patient/d 1', 'Patient/e 1']);
    });
  });
