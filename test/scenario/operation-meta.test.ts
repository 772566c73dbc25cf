/** $meta, $meta-add and $meta-delete. https://hl7.org/fhir/R4/resource-operation-meta.html */
import { strict as assert } from 'node:assert';
import { onEveryDatabase } from '../server-under-test.ts';

const WORKFLOW = 'http://example.org/workflow';
const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const REFERRAL = 'http://example.org/StructureDefinition/referral';

const maria = {
  resourceType: 'Patient',
  id: 'maria',
  meta: {
    tag: [{ system: WORKFLOW, code: 'intake', display: 'Intake' }],
    security: [{ system: CONFIDENTIALITY, code: 'N' }],
  },
  name: [{ family: 'Keller' }],
};

const parameters = (meta: object) => ({ resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta: meta }] });

onEveryDatabase('$meta', (server) => {
  const metaOf = async (path: string) => {
    const { status, body } = await server().http.get(`/fhir/${path}$meta`);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.resourceType, 'Parameters');
    assert.equal(body.parameter[0].name, 'return');
    return body.parameter[0].valueMeta;
  };
  const post = (operation: string, meta: object, path = 'Patient/maria') =>
    server().http.post(`/fhir/${path}/$${operation}`).send(parameters(meta));
  beforeEach(() => server().http.put('/fhir/Patient/maria').send(maria));

  it('of a resource is the meta that a read gives', async () => {
    const { body } = await server().http.get('/fhir/Patient/maria');
    assert.deepEqual(await metaOf('Patient/maria/'), body.meta);
  });

  it('of a past version is the meta of that version', async () => {
    assert.equal((await metaOf('Patient/maria/_history/1/')).versionId, '1');
    assert.equal((await server().http.get('/fhir/Patient/maria/_history/999/$meta')).status, 404);
  });

  it('of a type and of the system is what is in use there, without version and instant', async () => {
    await server()
      .http.put('/fhir/Basic/one')
      .send({
        resourceType: 'Basic',
        id: 'one',
        meta: { tag: [{ code: 'bare' }], profile: [REFERRAL] },
        code: { text: 'x' },
      });
    assert.deepEqual(await metaOf('Patient/'), {
      security: [{ system: CONFIDENTIALITY, code: 'N' }],
      tag: [{ system: WORKFLOW, code: 'intake' }],
    });
    assert.deepEqual(await metaOf(''), {
      profile: [REFERRAL],
      security: [{ system: CONFIDENTIALITY, code: 'N' }],
      tag: [{ system: WORKFLOW, code: 'intake' }, { code: 'bare' }],
    });
    assert.deepEqual(await metaOf('Slot/'), {});
  });

  it('answers 404 for what was never there and 410 for what was deleted', async () => {
    assert.equal((await server().http.get('/fhir/Patient/never/$meta')).status, 404);
    await server().http.delete('/fhir/Patient/maria');
    assert.equal((await server().http.get('/fhir/Patient/maria/$meta')).status, 410);
    assert.equal((await post('meta-add', { tag: [{ code: 'x' }] })).status, 410);
  });

  describe('$meta-add', () => {
    it('adds labels that are not there, makes a version of it and gives back the meta', async () => {
      const { body: before } = await server().http.get('/fhir/Patient/maria');
      const { status, body, headers } = await post('meta-add', {
        tag: [
          { system: WORKFLOW, code: 'intake', display: 'another word' },
          { system: WORKFLOW, code: 'waiting' },
        ],
      });
      assert.equal(status, 200);
      const next = String(Number(before.meta.versionId) + 1);
      assert.equal(headers.etag, `W/"${next}"`);
      const { body: after } = await server().http.get('/fhir/Patient/maria');
      assert.deepEqual(body.parameter[0].valueMeta, after.meta);
      assert.deepEqual(after.meta.tag, [...maria.meta.tag, { system: WORKFLOW, code: 'waiting' }]);
      assert.deepEqual(after.meta.security, maria.meta.security);
      assert.equal(after.meta.versionId, next);
      assert.deepEqual(after.name, maria.name);
    });

    it('makes no version when all labels are there', async () => {
      const { headers } = await server().http.get('/fhir/Patient/maria');
      const { status, headers: answered } = await post('meta-add', { tag: [{ system: WORKFLOW, code: 'intake' }] });
      assert.equal(status, 200);
      assert.equal(answered.etag, headers.etag);
    });

    it('makes the resource found by the label at once', async () => {
      await post('meta-add', { tag: [{ system: WORKFLOW, code: 'urgent' }] });
      const { body } = await server().http.get(`/fhir/Patient?_tag=${WORKFLOW}|urgent`);
      assert.equal(body.entry.length, 1);
    });

    it('honours If-Match', async () => {
      const { status } = await post('meta-add', { tag: [{ code: 'x' }] }).set('If-Match', 'W/"999"');
      assert.equal(status, 412);
    });

    for (const [meta, message] of [
      [{}, /no profile, tag or security/],
      [{ tag: 'urgent' }, /meta.tag must be an array of Codings/],
      [{ tag: [{ display: 'Urgent' }] }, /neither system nor code/],
      [{ profile: [1] }, /meta.profile must be an array/],
    ] as const)
      it(`refuses ${JSON.stringify(meta)}`, async () => {
        const { status, body } = await post('meta-add', meta);
        assert.equal(status, 400);
        assert.match(body.issue[0].diagnostics, message);
      });

    it('is refused by GET (405), on a type (404), and without its parameter (400)', async () => {
      const get = await server().http.get('/fhir/Patient/maria/$meta-add');
      assert.equal(get.status, 405);
      assert.equal(get.headers.allow, 'POST');
      assert.equal((await server().http.post('/fhir/Patient/$meta-add').send(parameters({}))).status, 404);
      const misspelt = await server()
        .http.post('/fhir/Patient/maria/$meta-add')
        .send({ resourceType: 'Parameters', parameter: [{ name: 'mete', valueMeta: {} }] });
      assert.equal(misspelt.status, 400);
      assert.match(misspelt.body.issue[0].diagnostics, /did you mean meta\?/);
    });
  });

  describe('$meta-delete', () => {
    it('takes labels away and passes over those that are not there', async () => {
      const { status, body } = await post('meta-delete', {
        tag: [{ system: WORKFLOW, code: 'intake' }],
        security: [{ system: CONFIDENTIALITY, code: 'R' }],
      });
      assert.equal(status, 200);
      const { valueMeta } = body.parameter[0];
      assert.equal(valueMeta.tag, undefined);
      assert.deepEqual(valueMeta.security, maria.meta.security);
    });
  });

  it('works inside a batch', async () => {
    const { status, body } = await server()
      .http.post('/fhir')
      .send({
        resourceType: 'Bundle',
        type: 'batch',
        entry: [
          {
            resource: parameters({ tag: [{ code: 'in-batch' }] }),
            request: { method: 'POST', url: 'Patient/maria/$meta-add' },
          },
        ],
      });
    assert.equal(status, 200);
    assert.equal(body.entry[0].response.status, '200 OK');
    assert.ok((await metaOf('Patient/maria/')).tag.some(({ code }: { code: string }) => code === 'in-batch'));
  });
});

onEveryDatabase('the operations', (server) => {
  it('are in the CapabilityStatement, each with a definition that can be read', async () => {
    const { body } = await server().http.get('/fhir/metadata');
    const [rest] = body.rest;
    const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);
    assert.ok(names(rest.operation).includes('meta'));
    const patient = rest.resource.find(({ type }: { type: string }) => type === 'Patient');
    assert.ok(names(patient.operation).includes('meta-add'));
    const definitions = new Set<string>([...rest.operation, ...patient.operation].map(({ definition }) => definition));
    for (const definition of definitions) {
      const id = definition.slice(definition.lastIndexOf('/') + 1);
      const { status, body: found } = await server().http.get(`/fhir/OperationDefinition/${id}`);
      assert.equal(status, 200, id);
      assert.equal(found.url, definition);
    }
  });

  it('have a definition; one that is stored under the same id comes first', async () => {
    const read = () => server().http.get('/fhir/OperationDefinition/Resource-meta-add');
    const { status, body } = await read();
    assert.equal(status, 200);
    assert.equal(body.url, 'http://hl7.org/fhir/OperationDefinition/Resource-meta-add');
    assert.deepEqual(
      body.parameter.map(({ name, use }: { name: string; use: string }) => `${use} ${name}`),
      ['in meta', 'out return'],
    );
    const stored = await server()
      .http.put('/fhir/OperationDefinition/Resource-meta-add')
      .send({ ...body, title: 'Ours' });
    assert.equal(stored.status, 201, stored.text);
    assert.equal((await read()).body.title, 'Ours');
  });
});
