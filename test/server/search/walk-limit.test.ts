/** Where more resources changed since the first page than a page puts back as they were (limits.ts, MAX_CHANGED). */
import { strict as assert } from 'node:assert';
import { MAX_CHANGED } from '../../../server/search/limits.ts';
import type { SearchResult } from '../../../server/search/query.ts';
import { restrict, unrestricted } from '../../../server/search/restrict.ts';
import { search } from '../../../server/search/search.ts';
import { storesUnderTest } from '../../store-under-test.ts';
import { openPractice, type Practice, type TestResource } from './practice.ts';

const LIMIT = 5;

const client = (number: number, born = 1950 + number): TestResource => ({
  resourceType: 'Patient',
  id: `client-${number}`,
  birthDate: `${born}-01-01`,
});
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);
const ids = (from: number, to: number): string[] => range(from, to).map((number) => `client-${number}`);

const next = ({ links }: SearchResult): string => links.find(({ relation }) => relation === 'next')?.url ?? '';
const found = ({ matches }: SearchResult): string[] => matches.map(({ id }) => id);
const versions = ({ matches }: SearchResult): number[] => matches.map(({ version }) => version);

for (const under of storesUnderTest())
  describe(`the limit of a walk on ${under.name}`, () => {
    let practice: Practice;
    beforeEach(async () => {
      practice = await openPractice(under);
      await practice.put(...range(0, 20).map((number) => client(number)));
    });
    afterEach(() => practice.close());

    const page = (url: string, maxChanged = LIMIT): Promise<SearchResult> =>
      search(restrict(practice.parse(url), unrestricted), { ...practice.context, maxChanged });
    /** They become the youngest. */
    const change = (from: number, to: number) =>
      practice.put(...range(from, to).map((number) => client(number, 2000 + number)));

    for (const sort of ['', '_sort=birthdate&']) {
      it(`is not reached by ${LIMIT} changes: Patient?${sort} goes on in the state of its first page`, async () => {
        const first = await page(`Patient?${sort}_count=5`);
        await change(5, 5 + LIMIT);
        const second = await page(next(first));
        assert.deepEqual(found(second), ids(5, 10));
        assert.deepEqual(versions(second), [1, 1, 1, 1, 1]);
        assert.deepEqual(second.issues, []);
      });

      it(`is passed by ${LIMIT + 1}: Patient?${sort} shows the present and says so`, async () => {
        const first = await page(`Patient?${sort}_count=5`);
        await change(5, 6 + LIMIT);
        const second = await page(next(first));
        assert.deepEqual(found(second), sort ? ids(11, 16) : ids(5, 10));
        assert.deepEqual(versions(second), sort ? [1, 1, 1, 1, 1] : [2, 2, 2, 2, 2]);
        const [issue] = second.issues;
        assert.deepEqual([second.issues.length, issue?.severity, issue?.code], [1, 'warning', 'incomplete']);
        assert.match(
          issue?.diagnostics ?? '',
          /^more than 5 resources changed since the first page; this page shows them as they are now/,
        );
        const third = await page(next(second));
        assert.deepEqual(found(third), sort ? [...ids(16, 20), 'client-5'] : ids(10, 15));
        assert.equal(
          third.issues[0]?.rule,
          sort ? 'search-page-moved-on' : undefined,
          'what lies behind in the order of creation counts no more',
        );
        assert.deepEqual(
          found(await page(next(first), LIMIT + 1)),
          ids(5, 10),
          'one more is put back where the limit is higher',
        );
      });
    }

    it('is not about what was created or deleted since', async () => {
      const first = await page('Patient?_sort=birthdate&_count=5');
      await change(5, 5 + LIMIT);
      await practice.put(...range(20, 30).map((number) => client(number, 1956)));
      for (const id of ids(10, 13)) await practice.remove('Patient', id);
      const second = await page(next(first));
      assert.deepEqual([found(second), second.issues], [ids(5, 10), []]);
      assert.deepEqual(found(await page(next(second))), ids(13, 18));
    });

    it('is not reached by one resource that changes often', async () => {
      const first = await page('Patient?_sort=birthdate&_count=5');
      for (const turn of range(0, 2 * LIMIT)) await practice.put(client(7, 2000 + turn));
      const second = await page(next(first));
      assert.deepEqual([found(second), second.issues], [ids(5, 10), []]);
    });

    it('is ten thousand where nothing else is set', async () => {
      const first = await practice.search('Patient?_sort=birthdate&_count=5');
      await change(5, 20);
      const second = await practice.search(next(first));
      assert.deepEqual([found(second), second.issues], [ids(5, 10), []]);
      assert.equal(MAX_CHANGED, 10_000);
    });
  });
