import { strict as assert } from 'node:assert';
import type { SearchLink, SearchResult } from '../../../server/search/query.ts';
import { storesUnderTest } from '../../store-under-test.ts';
import { openPractice, type Practice, type TestResource } from './practice.ts';

// WALK=10000 walks as far as the issue asks; the default keeps the suite quick.
const SIZE = Number(process.env.WALK ?? 1200);
const PAGE = Math.round(SIZE / 12);

/** Reproducible: a linear congruential generator, [0, 1). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const id = (number: number): string => `client-${number}`;
const pick = <T>(items: readonly T[], random: () => number): T => items[Math.floor(random() * items.length)] as T;

const day = (random: () => number): string => new Date(random() * 1e12).toISOString().slice(0, 10);

const client = (number: number, random: () => number): TestResource => ({
  resourceType: 'Patient',
  id: id(number),
  active: random() < 0.9,
  ...(random() < 0.8 ? { birthDate: day(random) } : {}),
  name: [{ family: pick(['Adeyemi', 'Berg', 'Chen', 'Lopez'], random), given: [`G${number}`] }],
});

const link = ({ links }: SearchResult, relation: SearchLink['relation']): string | undefined =>
  links.find((each) => each.relation === relation)?.url;

const searches = [
  'Patient?',
  'Patient?active=true&',
  'Patient?name=a,b&',
  'Patient?_sort=birthdate&',
  'Patient?_sort=-birthdate,family&',
  'Patient?_sort=family,-birthdate&active=true&',
  'Patient?_sort=-_lastUpdated&',
  'Patient?_sort=_id&name=lop&',
];

for (const under of storesUnderTest())
  describe(`a walk over pages on ${under.name}`, () => {
    let practice: Practice;
    const random = randomFrom(42);
    before(async () => {
      practice = await openPractice(under);
      for (let from = 0; from < SIZE; from += 200)
        await practice.put(...Array.from({ length: Math.min(200, SIZE - from) }, (_, at) => client(from + at, random)));
    });
    after(() => practice.close());

    let next = SIZE;
    /** What another client does meanwhile: a creation, an update, a deletion. */
    async function disturb(deleted: Set<string>): Promise<void> {
      await practice.put(client(next, random));
      next += 1;
      for (let change = 0; change < 5; change += 1) {
        const number = Math.floor(random() * SIZE);
        if (!deleted.has(id(number))) await practice.put(client(number, random));
      }
      const victim = id(Math.floor(random() * SIZE));
      if (deleted.has(victim)) return;
      deleted.add(victim);
      await practice.remove('Patient', victim);
    }

    const deleted = new Set<string>();

    async function walk(first: string, direction: 'next' | 'previous', start?: 'last'): Promise<string[][]> {
      const pages: string[][] = [];
      let result = await practice.search(first);
      const entry = start ? link(result, start) : undefined;
      if (entry) result = await practice.search(entry);
      for (;;) {
        pages.push(result.matches.map((match) => match.id));
        const url = link(result, direction);
        if (!url) return pages;
        const [following] = await Promise.all([practice.search(url), disturb(deleted)]);
        result = following;
      }
    }

    for (const search of searches)
      it(`${search} finds what existed throughout exactly once, while others write`, async () => {
        const everything = (await allIds(practice, search)).filter((each) => !deleted.has(each));
        const pages = await walk(`${search}_count=${PAGE}`, 'next');
        const found = pages.flat();
        assert.equal(new Set(found).size, found.length, 'nothing comes twice');
        const lost = everything.filter((each) => !deleted.has(each) && !found.includes(each));
        assert.deepEqual(lost, []);
        const before = new Set(everything);
        assert.deepEqual(
          found.filter((each) => !before.has(each)),
          [],
          'nothing comes that did not match at the first page',
        );
        assert.deepEqual(
          found.filter((each) => !deleted.has(each)),
          everything.filter((each) => found.includes(each) && !deleted.has(each)),
          'in the order of the first page',
        );
      });

    for (const search of searches)
      it(`${search} is the same backward from the last page`, async () => {
        const everything = await allIds(practice, search);
        const pages: string[][] = [];
        let result = await practice.search(`${search}_count=${PAGE}`);
        for (let url = link(result, 'last'); url; url = link(result, 'previous')) {
          result = await practice.search(url);
          pages.unshift(result.matches.map((match) => match.id));
        }
        assert.deepEqual(pages.length > 0 ? pages.flat() : result.matches.map((match) => match.id), everything);
      });

    it('goes back and forth between the same pages, and first leads to the first', async () => {
      const one = await practice.search(`Patient?_sort=birthdate&_count=${PAGE}&_total=accurate`);
      const two = await practice.search(link(one, 'next') ?? '');
      await disturb(deleted);
      const oneAgain = await practice.search(link(two, 'previous') ?? '');
      const first = await practice.search(link(two, 'first') ?? '');
      const ids = (result: SearchResult) =>
        result.matches.map((match) => match.id).filter((each) => !deleted.has(each));
      assert.deepEqual(
        ids(oneAgain).slice(0, PAGE - 1),
        ids(one)
          .slice(0, ids(oneAgain).length)
          .slice(0, PAGE - 1),
      );
      assert.deepEqual(ids(first).slice(0, PAGE - 1), ids(one).slice(0, PAGE - 1));
      assert.equal(two.total, one.total, 'the total is that of the first page');
    });
  });

/** All matches, read in pages of a thousand while nobody writes. */
async function allIds(practice: Practice, search: string): Promise<string[]> {
  const found: string[] = [];
  for (let url: string | undefined = `${search}_count=1000`; url; ) {
    const result: SearchResult = await practice.search(url);
    found.push(...result.matches.map((match) => match.id));
    url = link(result, 'next');
  }
  return found;
}
