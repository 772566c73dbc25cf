import { strict as assert } from 'node:assert';
import type { AnyResource } from '../../../resources/types.ts';
import type { SearchResult } from '../../../server/search/query.ts';
import { instantOf } from '../../../server/store/store.ts';
import { postgresServer, storesUnderTest } from '../../store-under-test.ts';
import { openPractice, type Practice, type TestResource } from './practice.ts';

const client = (id: string, birthDate: string): TestResource => ({ resourceType: 'Patient', id, birthDate });

const next = ({ links }: SearchResult): string | undefined => links.find(({ relation }) => relation === 'next')?.url;
const ids = ({ matches }: SearchResult): string[] => matches.map(({ id }) => id);

/** An update of Patient/early that took its tx and has not ended; `end` lets it. */
async function slowUpdate(practice: Practice): Promise<{ end: () => Promise<void> }> {
  let finish = (): void => {};
  const gate = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let started = (): void => {};
  const begun = new Promise<void>((resolve) => {
    started = resolve;
  });
  const done = practice.store.transact(async (session) => {
    const before = (await session.lock([{ type: 'Patient', id: 'early' }])).get('Patient/early');
    assert.ok(before?.content);
    const meta = { versionId: '2', lastUpdated: instantOf(session.tx) };
    const after = { ...client('early', '2020-01-01'), meta } as unknown as AnyResource;
    session.write([
      {
        before,
        type: 'Patient',
        id: 'early',
        method: 'PUT',
        version: 2,
        content: JSON.stringify(after),
        rowsBefore: practice.rows(JSON.parse(before.content) as AnyResource),
        rowsAfter: practice.rows(after),
      },
    ]);
    await session.read('Patient', 'early');
    started();
    await gate;
  });
  await begun;
  return {
    end: async () => {
      finish();
      await done;
    },
  };
}

// SQLite has one writer: there no transaction is slower than another.
for (const under of storesUnderTest().filter(({ name }) => postgresServer && name === 'PostgreSQL'))
  describe(`search beside a slow writer on ${under.name}`, () => {
    let practice: Practice;
    before(async () => {
      practice = await openPractice(under);
      await practice.put(client('early', '1950-01-01'), client('middle', '1970-01-01'), client('late', '1990-01-01'));
    });
    after(() => practice.close());

    it('finds what was written meanwhile, and walks over the state without the slow write', async () => {
      const slow = await slowUpdate(practice);
      await practice.put(client('new', '1960-01-01'));
      const first = await practice.search('Patient?_sort=birthdate&_count=2');
      assert.deepEqual(ids(first), ['early', 'new'], 'a client finds what it has written');
      await slow.end();
      const second = await practice.search(next(first) ?? '');
      assert.deepEqual(ids(second), ['middle', 'late'], 'early has moved to the end and does not come again');
      assert.equal(next(second), undefined);
      assert.deepEqual(await practice.ids('Patient?_sort=birthdate'), ['new', 'middle', 'late', 'early']);
    });
  });
