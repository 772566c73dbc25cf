/** read, vread, create, update, delete and their headers, over HTTP. https://hl7.org/fhir/R4/http.html */
import { strict as assert } from 'node:assert';
import { BASE, onEveryDatabase } from '../server-under-test.ts';

const maria = { resourceType: 'Patient', name: [{ family: 'Keller', given: ['Maria'] }], birthDate: '1971-03-02' };

onEveryDatabase('interactions', (server) => {
  const put = async (id: string, body: object = maria) =>
    server()
      .http.put(`/fhir/Patient/${id}`)
      .send({ ...body, id });

  describe('create', () => {
    it('answers 201 with Location, ETag, Last-Modified and the resource', async () => {
      const { status, headers, body } = await server().http.post('/fhir/Patient').send(maria);
      assert.equal(status, 201);
      assert.match(headers.location ?? '', new RegExp(`^${BASE}/Patient/${body.id}/_history/1$`));
      assert.equal(headers.etag, 'W/"1"');
      assert.equal(
        new Date(headers['last-modified'] ?? '').getTime(),
        Math.floor(Date.parse(body.meta.lastUpdated) / 1000) * 1000,
      );
      assert.deepEqual(body.name, maria.name);
      assert.equal(body.meta.versionId, '1');
    });

    it('ignores an id, a version and an instant of the client, and keeps its tags, profiles, security labels and source', async () => {
      const meta = {
        versionId: '77',
        lastUpdated: '1999-01-01T00:00:00Z',
        source: 'urn:oid:1.2.3',
        profile: ['http://example.org/profile'],
        tag: [{ system: 'http://example.org', code: 'seen' }],
        security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }],
      };
      const { body } = await server()
        .http.post('/fhir/Patient')
        .send({ ...maria, id: 'mine', meta });
      assert.notEqual(body.id, 'mine');
      const { versionId, lastUpdated, ...kept } = body.meta;
      assert.equal(versionId, '1');
      assert.notEqual(lastUpdated, meta.lastUpdated);
      assert.deepEqual(kept, { source: meta.source, profile: meta.profile, tag: meta.tag, security: meta.security });
    });

    for (const [wish, hasBody] of [
      ['return=minimal', false],
      ['return=representation', true],
      ['return=OperationOutcome', true],
    ] as const)
      it(`honours Prefer: ${wish}`, async () => {
        const response = await server().http.post('/fhir/Patient').set('Prefer', wish).send(maria);
        assert.equal(response.status, 201);
        assert.equal(response.text !== '', hasBody);
        if (wish === 'return=OperationOutcome') assert.equal(response.body.resourceType, 'OperationOutcome');
      });
  });

  describe('read', () => {
    it('gives the resource back as it was stored, with the headers of its version', async () => {
      await put('read');
      const { status, headers, body } = await server().http.get('/fhir/Patient/read');
      assert.equal(status, 200);
      assert.equal(headers['content-type'], 'application/fhir+json; charset=utf-8');
      assert.equal(headers.etag, 'W/"1"');
      assert.equal(headers['content-location'], `${BASE}/Patient/read/_history/1`);
      assert.deepEqual({ ...body, meta: undefined }, { ...maria, id: 'read', meta: undefined });
    });

    it('answers 404 for what was never there and 410 for what was deleted', async () => {
      assert.equal((await server().http.get('/fhir/Patient/never')).status, 404);
      await put('gone');
      await server().http.delete('/fhir/Patient/gone');
      const { status, body } = await server().http.get('/fhir/Patient/gone');
      assert.equal(status, 410);
      assert.equal(body.issue[0].code, 'deleted');
    });

    it('answers HEAD with the same headers and no body', async () => {
      await put('head');
      const get = await server().http.get('/fhir/Patient/head');
      const head = await server().http.head('/fhir/Patient/head');
      assert.equal(head.status, 200);
      assert.equal(head.headers['content-length'], get.headers['content-length']);
      assert.equal(head.text, undefined);
    });

    it('answers 304 to If-None-Match with the current version and to If-Modified-Since after it', async () => {
      const { headers } = await put('cached');
      const read = () => server().http.get('/fhir/Patient/cached');
      assert.equal((await read().set('If-None-Match', 'W/"1"')).status, 304);
      assert.equal((await read().set('If-None-Match', 'W/"7", W/"1"')).status, 304);
      assert.equal((await read().set('If-None-Match', 'W/"2"')).status, 200);
      assert.equal((await read().set('If-Modified-Since', headers['last-modified'] ?? '')).status, 304);
      assert.equal((await read().set('If-Modified-Since', 'Sat, 01 Jan 2000 00:00:00 GMT')).status, 200);
      assert.equal((await read().set('If-Modified-Since', 'yesterday')).status, 400);
    });
  });

  describe('update', () => {
    it('creates with the id of the client (201), then updates (200) to the next version', async () => {
      assert.equal((await put('updated')).status, 201);
      const second = await put('updated', { ...maria, active: true });
      assert.equal(second.status, 200);
      assert.equal(second.headers.etag, 'W/"2"');
      assert.equal((await server().http.get('/fhir/Patient/updated')).body.active, true);
      assert.equal((await server().http.get('/fhir/Patient/updated/_history/1')).body.active, undefined);
    });

    it('brings a deleted resource back', async () => {
      await put('back');
      await server().http.delete('/fhir/Patient/back');
      const { status, headers } = await put('back');
      assert.equal(status, 201);
      assert.equal(headers.etag, 'W/"3"');
      assert.equal((await server().http.get('/fhir/Patient/back')).status, 200);
      assert.equal((await server().http.get('/fhir/Patient/back/_history/2')).status, 410);
    });

    for (const [ifMatch, status] of [
      ['W/"1"', 200],
      ['"2"', 200],
      ['W/"1"', 412],
      ['W/"x"', 412],
      ['W/"', 400],
    ] as const)
      it(`answers ${status} to If-Match: ${ifMatch}`, async () => {
        const { body } = await server().http.get('/fhir/Patient/matched');
        if (body.resourceType !== 'Patient') await put('matched');
        const response = await server()
          .http.put('/fhir/Patient/matched')
          .set('If-Match', ifMatch)
          .send({ ...maria, id: 'matched' });
        assert.equal(response.status, status);
      });

    it('answers 412 to If-None-Match: * when the resource exists', async () => {
      const create = () =>
        server()
          .http.put('/fhir/Patient/only-new')
          .set('If-None-Match', '*')
          .send({ ...maria, id: 'only-new' });
      assert.equal((await create()).status, 201);
      assert.equal((await create()).status, 412);
    });

    it('refuses a body whose id or type is not that of the path', async () => {
      const wrongId = await server()
        .http.put('/fhir/Patient/a')
        .send({ ...maria, id: 'b' });
      assert.equal(wrongId.status, 400);
      assert.match(wrongId.body.issue[0].diagnostics, /"b"; expected "a"/);
      assert.equal((await server().http.put('/fhir/Patient/a').send(maria)).status, 400);
      assert.equal(
        (
          await server()
            .http.put('/fhir/Observation/a')
            .send({ ...maria, id: 'a' })
        ).status,
        400,
      );
    });
  });

  describe('delete', () => {
    it('answers 204, once and again, and also for what was never there', async () => {
      await put('deleted');
      const first = await server().http.delete('/fhir/Patient/deleted');
      assert.equal(first.status, 204);
      assert.equal(first.headers.etag, 'W/"2"');
      const again = await server().http.delete('/fhir/Patient/deleted');
      assert.equal(again.status, 204);
      assert.equal(again.headers.etag, 'W/"2"');
      assert.equal((await server().http.delete('/fhir/Patient/unknown')).status, 204);
    });
  });

  describe('concurrency', () => {
    it('lets one of 50 parallel updates with the same If-Match through; 49 get 412', async () => {
      await put('contended');
      const statuses = await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          const body = { ...maria, id: 'contended', name: [{ family: `Keller ${index}` }] };
          return (await server().http.put('/fhir/Patient/contended').set('If-Match', 'W/"1"').send(body)).status;
        }),
      );
      assert.equal(statuses.filter((status) => status === 200).length, 1);
      assert.equal(statuses.filter((status) => status === 412).length, 49);
    });

    it('makes one of 50 parallel creates of the same id by PUT a create; 49 are updates', async () => {
      const statuses = await Promise.all(Array.from({ length: 50 }, async () => (await put('raced')).status));
      assert.equal(statuses.filter((status) => status === 201).length, 1);
      assert.equal(statuses.filter((status) => status === 200).length, 49);
      const { body } = await server().http.get('/fhir/Patient/raced/_history?_count=100');
      assert.equal(body.total, 50);
    });
  });
});
