import { strict as assert } from 'node:assert';
import { searchCases, searchTables } from '../../spec/search-cases.ts';
import { storesUnderTest } from '../../store-under-test.ts';
import { openPractice, type Practice, type TestResource } from './practice.ts';

const cases = searchTables.flatMap((table) => searchCases(table).map((each) => ({ table, ...each })));

/** Every stored resource of the tables once, under an id of its own. */
const stored = new Map<string, TestResource>();
for (const { stored: resource } of cases) {
  const key = JSON.stringify(resource);
  if (!stored.has(key)) stored.set(key, { ...resource, id: `stored-${stored.size + 1}` } as unknown as TestResource);
}

for (const under of storesUnderTest())
  describe(`search rules of R4 through SQL on ${under.name}`, () => {
    let practice: Practice;
    before(async () => {
      practice = await openPractice(under, 'http://example.org/fhir');
      await practice.put(...stored.values());
    });
    after(() => practice.close());

    for (const { table, type, search, stored: resource, matches } of cases)
      it(`${table}: ${search} ${matches ? 'finds' : 'passes over'} ${JSON.stringify(resource).slice(0, 120)}`, async () => {
        const id = stored.get(JSON.stringify(resource))?.id ?? '';
        const query = new URLSearchParams();
        const at = search.indexOf('=');
        query.append(search.slice(0, at), search.slice(at + 1));
        query.append('_count', '1000');
        const found = await practice.ids(`${type}?${query}`);
        assert.equal(found.includes(id), matches);
      });
  });
