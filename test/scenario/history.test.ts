/** history of an instance, a type and the system. https://hl7.org/fhir/R4/http.html#history */
import { strict as assert } from 'node:assert';
import type { Bundle } from '../../resources/types.ts';
import { BASE, onEveryDatabase } from '../server-under-test.ts';

onEveryDatabase('history', (server) => {
  const get = async (path: string): Promise<Bundle> => {
    const { status, body } = await server().http.get(`/fhir/${path}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const put = (type: string, id: string, active: boolean) =>
    server().http.put(`/fhir/${type}/${id}`).send({ resourceType: type, id, active });
  const versions = ({ entry = [] }: Bundle) => entry.map(({ response }) => response?.location);
  const next = ({ link = [] }: Bundle) => link.find(({ relation }) => relation === 'next')?.url.slice(BASE.length + 1);

  let afterFirst = '';
  before(async () => {
    await put('Patient', 'maria', true);
    const { body } = await server().http.get('/fhir/Patient/maria');
    afterFirst = body.meta.lastUpdated;
    await put('Practitioner', 'clinic', true);
    // The instants of _since have milliseconds, and so must the distance between the versions.
    await new Promise((resolve) => setTimeout(resolve, 5));
    await put('Patient', 'maria', false);
    await put('Patient', 'jonas', true);
    await server().http.delete('/fhir/Patient/maria');
  });

  it('of an instance has every version, newest first, the deletion without a resource', async () => {
    const bundle = await get('Patient/maria/_history');
    assert.equal(bundle.type, 'history');
    assert.equal(bundle.total, 3);
    assert.deepEqual(
      versions(bundle),
      [3, 2, 1].map((version) => `Patient/maria/_history/${version}`),
    );
    const [deleted, updated, created] = bundle.entry ?? [];
    assert.equal(deleted?.resource, undefined);
    assert.deepEqual(deleted?.request, { method: 'DELETE', url: 'Patient/maria' });
    assert.equal(deleted?.response?.status, '204');
    assert.deepEqual(updated?.request, { method: 'PUT', url: 'Patient/maria' });
    assert.equal(created?.response?.status, '201');
    assert.equal(created?.fullUrl, `${BASE}/Patient/maria`);
  });

  it('of a type has the versions of all its resources', async () => {
    assert.deepEqual(versions(await get('Patient/_history')), [
      'Patient/maria/_history/3',
      'Patient/jonas/_history/1',
      'Patient/maria/_history/2',
      'Patient/maria/_history/1',
    ]);
  });

  it('of the system has the versions of all types', async () => {
    assert.equal((await get('_history')).entry?.length, 5);
  });

  it('goes on with the next link, without repeating or losing a version while others write', async () => {
    const seen: (string | undefined)[] = [];
    let path: string | undefined = '_history?_count=2';
    while (path) {
      const page: Bundle = await get(path);
      assert.ok((page.entry?.length ?? 0) <= 2);
      seen.push(...versions(page));
      path = next(page);
      await put('Device', 'noise', true);
    }
    const before = seen.filter((location) => !location?.startsWith('Device/'));
    assert.equal(before.length, 5);
    assert.equal(new Set(before).size, 5);
  });

  it('since an instant has only what was written at or after it', async () => {
    const all = versions(await get(`Patient/maria/_history?_since=${afterFirst}`));
    assert.equal(all.length, 3);
    const later = new Date(Date.parse(afterFirst) + 1).toISOString();
    assert.deepEqual(versions(await get(`Patient/maria/_history?_since=${later}`)), [
      'Patient/maria/_history/3',
      'Patient/maria/_history/2',
    ]);
    assert.deepEqual(versions(await get('Patient/maria/_history?_since=2100-01-01')), []);
  });

  it('at an instant has the version that was current then', async () => {
    assert.deepEqual(versions(await get(`Patient/maria/_history?_at=${afterFirst}`)), ['Patient/maria/_history/1']);
    assert.deepEqual(versions(await get('Patient/maria/_history?_at=1999')), []);
  });

  it('of a resource that was never known is 404', async () => {
    assert.equal((await server().http.get('/fhir/Patient/never/_history')).status, 404);
  });

  for (const [query, text] of [
    ['_since=soon', /_since=soon is no date/],
    ['_at=2024-13', /_at=2024-13 is no date/],
    ['_count=many', /_count=many is no number/],
    ['_before=x!', /_before=x! is no place/],
    ['_sort=-date', /no parameter _sort: it takes _count, _since, _at/],
  ] as const)
    it(`refuses ${query}`, async () => {
      const { status, body } = await server().http.get(`/fhir/Patient/_history?${query}`);
      assert.equal(status, 400);
      assert.match(body.issue[0].diagnostics, text);
    });
});
