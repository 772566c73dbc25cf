import { strict as assert } from 'node:assert';
import { clientBundle } from '../../../server/demo/population.ts';
import { referencesIn } from './resources.ts';

const options = { seed: 7, until: '2026-11-02' } as const;

describe('the POST form of a client', () => {
  const puts = clientBundle(options, 5);
  const posts = clientBundle({ ...options, form: 'post' }, 5);
  const fullUrls = new Set(posts.entry?.map(({ fullUrl }) => fullUrl));

  it('has the same resources in the same order, without ids', () => {
    assert.deepEqual(
      posts.entry?.map(({ request }) => [request?.method, request?.url]),
      puts.entry?.map(({ resource }) => ['POST', resource?.resourceType]),
    );
    assert.ok(posts.entry?.every(({ resource }) => resource && !('id' in resource)));
  });

  it('gives each entry a urn:uuid of its own, the same every time', () => {
    assert.equal(fullUrls.size, posts.entry?.length);
    for (const url of fullUrls) assert.match(url ?? '', /^urn:uuid:[0-9a-f-]{36}$/);
    assert.deepEqual(clientBundle({ ...options, form: 'post' }, 5), posts);
  });

  it('refers to its own resources by urn:uuid, and to the practice by literal references', () => {
    const references = posts.entry?.flatMap(({ resource }) => referencesIn(resource)) ?? [];
    const own = references.filter((reference) => reference.startsWith('urn:uuid:'));
    assert.ok(own.length > 50);
    for (const reference of own) assert.ok(fullUrls.has(reference), reference);
    for (const reference of references)
      assert.match(reference, /^(urn:uuid:|(Practitioner|PractitionerRole|Organization|Location)\/)/);
  });

  it('leaves the PUT form as it was', () => {
    assert.deepEqual(clientBundle(options, 5), puts);
  });
});
