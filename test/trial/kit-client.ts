/** `fhir-kit-client`, which knows nothing of this server, carries out every interaction against a demo population. */
import { strict as assert } from 'node:assert';
import { CapabilityTool, Client } from 'fhir-kit-client';
import type { Bundle, FhirResource, Patient } from '../../resources/types.ts';
import { type DemoOptions, population } from '../../server/demo/population.ts';

const STORY = { seed: 1, until: '2026-06-30' } as const;

export const clientAt = (baseUrl: string): Client =>
  new Client({ baseUrl, customHeaders: { Prefer: 'return=representation' } });

/** Loads the population by transactions. Gives how many resources of each type it has. @throws Error when an entry is not created */
export async function load(
  client: Client,
  options: Pick<DemoOptions, 'clients'>,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const bundle of population({ ...STORY, ...options })) {
    const response = (await client.transaction({ body: bundle as never })) as unknown as Bundle;
    for (const [index, { request }] of (bundle.entry ?? []).entries()) {
      assert.match(response.entry?.[index]?.response?.status ?? '', /^201/, request?.url);
      const type = request?.url.split('/')[0] ?? '';
      counts.set(type, (counts.get(type) ?? 0) + 1);
    }
  }
  return counts;
}

/** The status of a request that must fail. */
async function failure(request: Promise<unknown>): Promise<number> {
  try {
    await request;
  } catch (error) {
    const { response } = error as { response: { status: number; data: FhirResource } };
    assert.equal(response.data.resourceType, 'OperationOutcome');
    return response.status;
  }
  throw new Error('the request should have failed');
}

const typed = <T extends FhirResource>(resource: unknown): T => resource as T;

/** Each interaction once, on data that `load` brought. */
export const interactions: Readonly<Record<string, (client: Client) => Promise<void>>> = {
  async capabilities(client) {
    const statement = await client.capabilityStatement();
    const tool = new CapabilityTool(statement as never);
    for (const interaction of [
      'read',
      'vread',
      'update',
      'patch',
      'delete',
      'create',
      'history-instance',
      'search-type',
    ])
      assert.ok(tool.resourceCan('Patient', interaction), interaction);
    for (const interaction of ['transaction', 'batch', 'history-system'])
      assert.ok(tool.serverCan(interaction), interaction);
  },
  async 'create, read, vread, update, patch, history and delete'(client) {
    const body: Patient = { resourceType: 'Patient', name: [{ family: 'Okafor', given: ['Maria'] }] };
    const created = typed<Patient>(await client.create({ resourceType: 'Patient', body: body as never }));
    const id = created.id ?? '';
    assert.equal(created.meta?.versionId, '1');
    assert.deepEqual(await client.read({ resourceType: 'Patient', id }), created);
    const changed = { ...created, birthDate: '1980-02-29' };
    const updated = typed<Patient>(await client.update({ resourceType: 'Patient', id, body: changed as never }));
    assert.equal(updated.meta?.versionId, '2');
    const jsonPatch = [{ op: 'replace', path: '/birthDate', value: '1980-03-01' }];
    const patched = typed<Patient>(await client.patch({ resourceType: 'Patient', id, jsonPatch: jsonPatch as never }));
    assert.equal(patched.birthDate, '1980-03-01');
    assert.deepEqual(await client.vread({ resourceType: 'Patient', id, version: '1' }), created);
    const history = typed<Bundle>(await client.resourceHistory({ resourceType: 'Patient', id }));
    assert.deepEqual(
      history.entry?.map(({ resource }) => resource?.meta?.versionId),
      ['3', '2', '1'],
    );
    await client.delete({ resourceType: 'Patient', id });
    assert.equal(await failure(client.read({ resourceType: 'Patient', id })), 410);
    assert.equal(await failure(client.read({ resourceType: 'Patient', id: 'nobody' })), 404);
  },
  async 'history of a type and of the system'(client) {
    const ofType = typed<Bundle>(await client.typeHistory({ resourceType: 'CarePlan' }));
    assert.ok((ofType.entry?.length ?? 0) > 0);
    const ofSystem = typed<Bundle>(await client.systemHistory());
    assert.ok((ofSystem.entry?.length ?? 0) > 0);
  },
  async 'batch, with a failure among its entries'(client) {
    const entry = ['Patient/nobody', 'metadata'].map((url) => ({ request: { method: 'GET' as const, url } }));
    const body: Bundle = { resourceType: 'Bundle', type: 'batch', entry };
    const { entry: answers } = typed<Bundle>(await client.batch({ body: body as never }));
    assert.equal(answers?.length, 2);
    assert.match(answers?.[0]?.response?.status ?? '', /^404/);
  },
  async 'search by type, page by page'(client) {
    const seen = new Set<string>();
    let page: unknown = await client.search({ resourceType: 'Observation', searchParams: { _count: '50' } });
    while (page) {
      for (const { resource } of typed<Bundle>(page).entry ?? []) {
        assert.ok(!seen.has(resource?.id ?? ''), `${resource?.id} is on two pages`);
        seen.add(resource?.id ?? '');
      }
      page = await client.nextPage({ bundle: page as never });
    }
    const params = { _summary: 'count' };
    const { total } = typed<Bundle>(await client.search({ resourceType: 'Observation', searchParams: params }));
    assert.equal(seen.size, total);
  },
  async 'search by criteria, with what is included, and in a compartment'(client) {
    const plans = typed<Bundle>(
      await client.search({
        resourceType: 'CarePlan',
        searchParams: { status: 'active', _include: 'CarePlan:subject' },
      }),
    );
    const patient = plans.entry?.find(({ search }) => search?.mode === 'include')?.resource as Patient | undefined;
    assert.equal(patient?.resourceType, 'Patient');
    const { entry } = typed<Bundle>(
      await client.search({
        resourceType: 'CarePlan',
        compartment: { resourceType: 'Patient', id: patient?.id ?? '' },
      }),
    );
    assert.ok(entry?.some(({ resource }) => resource?.resourceType === 'CarePlan'));
  },
};
