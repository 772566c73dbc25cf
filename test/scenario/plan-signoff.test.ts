/**
 * Reviewers sign a plan: each signs the version that they read, and whoever looks later sees who stands for what, and what has changed since.
 * https://hl7.org/fhir/R4/provenance.html
 */
import { strict as assert } from 'node:assert';
import type { Bundle, CarePlan, Parameters, Provenance } from '../../resources/types.ts';
import { onEveryDatabase } from '../server-under-test.ts';
import { part } from './parameters.ts';
import { nextInstant, type Server, speaking } from './speaking.ts';

const subject = { reference: 'Patient/maria' };
const walk = { resourceType: 'Goal', id: 'walk', lifecycleStatus: 'active', description: { text: 'Walk' }, subject };
const plan: CarePlan = {
  resourceType: 'CarePlan',
  id: 'plan',
  status: 'active',
  intent: 'plan',
  title: 'Shared plan',
  subject,
  goal: [{ reference: 'Goal/walk' }],
};

onEveryDatabase('signing a plan', (server: Server) => {
  const spoken = speaking(server);
  const put = async (resource: object) => {
    await spoken.put(resource);
    await nextInstant();
  };
  const sign = (who: string, more: Record<string, string> = {}, ifMatch?: string) => {
    const request = server()
      .http.post('/fhir/CarePlan/plan/$sign-off')
      .query({ who, ...more });
    return ifMatch ? request.set('If-Match', ifMatch) : request;
  };
  /** Who signed which version, and how many resources have changed since. */
  const signed = async () => {
    const { body } = await server().http.get('/fhir/CarePlan/plan/$diff');
    return ((body as Parameters).parameter ?? [])
      .filter(({ name }) => name === 'signOff')
      .map((each) => [
        part(each, 'who')?.valueReference?.reference,
        part(each, 'version')?.valueString,
        part(each, 'changesSince')?.valueInteger,
      ]);
  };
  const count = async () => ((await server().http.get('/fhir/Provenance?_summary=count')).body as Bundle).total;

  before(async () => {
    await put(walk);
    await put(plan);
  });

  it('stores a Provenance about the version that was read', async () => {
    const { status, body, headers } = await sign('Practitioner/keller', {}, 'W/"1"');
    assert.equal(status, 201, JSON.stringify(body));
    const provenance = body as Provenance;
    assert.match(headers.location ?? '', /\/Provenance\//);
    assert.deepEqual(provenance.target, [{ reference: 'CarePlan/plan/_history/1' }]);
    assert.equal(provenance.agent[0]?.type?.coding?.[0]?.code, 'verifier');
    assert.deepEqual(provenance.agent[0]?.who, { reference: 'Practitioner/keller' });
    assert.deepEqual(await signed(), [['Practitioner/keller', '1', 0]]);
  });

  it('is found by the plan and by the version', async () => {
    for (const target of ['CarePlan/plan', 'CarePlan/plan/_history/1']) {
      const { body } = await server().http.get(`/fhir/Provenance?target=${target}`);
      assert.equal((body as Bundle).entry?.length, 1, target);
    }
    const { body } = await server().http.get('/fhir/CarePlan?_id=plan&_revinclude=Provenance:target');
    assert.equal((body as Bundle).entry?.length, 2);
  });

  it('says that a goal has changed since, though the plan itself has not', async () => {
    await put({ ...walk, lifecycleStatus: 'on-hold' });
    assert.deepEqual(await signed(), [['Practitioner/keller', '1', 1]]);
    const { body } = await server().http.get('/fhir/CarePlan/plan/$diff');
    const off = (body as Parameters).parameter?.find(({ name }) => name === 'signOff');
    assert.equal(off && part(off, 'words')?.valueString, 'Goal "Walk": status changed from active to on-hold');
  });

  it('signs nothing when the plan has changed since it was read', async () => {
    await put({ ...plan, title: 'Shared plan, with the family' });
    const before = await count();
    assert.equal((await sign('Patient/maria', {}, 'W/"1"')).status, 412);
    const { status, body } = await sign('Patient/maria', { version: '1' });
    assert.equal(status, 412);
    assert.match(body.issue[0].diagnostics, /Version 1 of CarePlan\/plan was to be signed, but its version is 2/);
    assert.equal(await count(), before);
  });

  it('tells each signature by itself', async () => {
    assert.equal((await sign('Patient/maria', { version: '2' })).status, 201);
    assert.deepEqual(await signed(), [
      ['Patient/maria', '2', 0],
      ['Practitioner/keller', '1', 2],
    ]);
  });

  it('counts a Provenance with a signature that another system made', async () => {
    await put({
      resourceType: 'Provenance',
      id: 'elsewhere',
      target: [{ reference: 'CarePlan/plan/_history/2' }],
      recorded: '2026-10-02T09:00:00Z',
      agent: [{ who: { reference: 'Practitioner/lin' } }],
      signature: [
        {
          type: [{ system: 'urn:iso-astm:E1762-95:2013', code: '1.2.840.10065.1.12.1.5' }],
          when: '2026-10-02T09:00:00Z',
          who: { reference: 'Practitioner/lin' },
          data: 'c2lnbmVk',
        },
      ],
    });
    assert.ok((await signed()).some(([who, version]) => who === 'Practitioner/lin' && version === '2'));
  });

  it('does not count who only wrote', async () => {
    await put({
      resourceType: 'Provenance',
      id: 'author',
      target: [{ reference: 'CarePlan/plan/_history/2' }],
      recorded: '2026-10-02T09:00:00Z',
      agent: [{ who: { reference: 'Practitioner/ana' } }],
    });
    assert.ok(!(await signed()).some(([who]) => who === 'Practitioner/ana'));
  });

  const about = (reference: string) => ({
    resourceType: 'Provenance',
    target: [{ reference }],
    recorded: '2026-10-02T09:00:00Z',
    agent: [{ who: { reference: 'Practitioner/ana' } }],
  });
  for (const [reference, status] of [
    ['CarePlan/plan/_history/3', 422],
    ['CarePlan/plan/_history/x', 422],
    ['CarePlan/nobody/_history/1', 422],
    ['Goal/walk/_history/2', 201],
    ['CarePlan/plan', 201],
    ['https://hospital.example/fhir/CarePlan/1/_history/7', 201],
    ['Procedure/of-another-place/_history/7', 201],
  ] as const)
    it(`answers ${status} to a Provenance about ${reference}`, async () => {
      const response = await server().http.post('/fhir/Provenance').send(about(reference));
      assert.equal(response.status, status, response.text);
      if (status === 422) assert.match(response.body.issue[0].expression[0], /Provenance.target\[0\].reference/);
    });

  it('takes a Provenance about a version that the same transaction makes', async () => {
    const entry = [
      { resource: { ...plan, title: 'Third' }, request: { method: 'PUT', url: 'CarePlan/plan' } },
      { resource: about('CarePlan/plan/_history/3'), request: { method: 'POST', url: 'Provenance' } },
    ];
    const { status, body } = await server()
      .http.post('/fhir')
      .send({ resourceType: 'Bundle', type: 'transaction', entry });
    assert.equal(status, 200, JSON.stringify(body));
  });

  for (const [what, who, path, status] of [
    ['somebody who cannot sign', 'Goal/walk', 'plan', 400],
    ['no reference', 'Dr Keller', 'plan', 400],
    ['a plan that is not known', 'Practitioner/keller', 'nobody', 404],
  ] as const)
    it(`answers ${status} for ${what}`, async () => {
      const response = await server().http.post(`/fhir/CarePlan/${path}/$sign-off`).query({ who });
      assert.equal(response.status, status, response.text);
    });
});
