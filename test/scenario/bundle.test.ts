/** batch and transaction at the base. https://hl7.org/fhir/R4/http.html#transaction */
import { strict as assert } from 'node:assert';
import type { BundleEntry } from '../../resources/types.ts';
import { onEveryDatabase } from '../server-under-test.ts';

const bundle = (type: string, ...entry: unknown[]) => ({ resourceType: 'Bundle', type, entry });
const post = (resource: Record<string, unknown>, fullUrl?: string) => ({
  ...(fullUrl ? { fullUrl } : {}),
  resource,
  request: { method: 'POST', url: resource.resourceType },
});
const request = (method: string, url: string, resource?: unknown) => ({
  ...(resource ? { resource } : {}),
  request: { method, url },
});
const patient = { resourceType: 'Patient', name: [{ family: 'Keller' }] };
const PATIENT = 'urn:uuid:0f7d2f3a-9c4b-4a52-8d38-2f1f4c9f7a01';

onEveryDatabase('bundles', (server) => {
  const send = (body: unknown) =>
    server()
      .http.post('/fhir')
      .send(body as object);
  const statuses = (body: { entry: BundleEntry[] }) => body.entry.map(({ response }) => response?.status.slice(0, 3));

  it('a transaction resolves fullUrls wherever a reference can stand', async () => {
    const { status, body } = await send(
      bundle(
        'transaction',
        post(
          {
            resourceType: 'Observation',
            status: 'final',
            code: { text: 'mood' },
            subject: { reference: PATIENT },
            extension: [{ url: 'http://example.org/about', valueUri: PATIENT }],
            text: {
              status: 'generated',
              div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${PATIENT}">who</a></div>`,
            },
          },
          'urn:uuid:0f7d2f3a-9c4b-4a52-8d38-2f1f4c9f7a02',
        ),
        post(patient, PATIENT),
      ),
    );
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.type, 'transaction-response');
    assert.deepEqual(statuses(body), ['201', '201']);
    const [observation, who] = body.entry.map(({ response }: BundleEntry) =>
      response?.location?.replace(/\/_history\/1$/, ''),
    );
    const stored = await server().http.get(`/fhir/${observation}`);
    assert.equal(stored.body.subject.reference, who);
    assert.equal(stored.body.extension[0].valueUri, who);
    assert.match(stored.body.text.div, new RegExp(`href="${who}"`));
    assert.match(body.entry[0].response.etag, /^W\/"1"$/);
    assert.match(body.entry[0].response.lastModified, /^\d{4}-/);
  });

  it('a transaction processes deletions, creates, updates, then reads, and answers in the order of the Bundle', async () => {
    await send(bundle('transaction', request('PUT', 'Patient/order-a', { ...patient, id: 'order-a' })));
    const { body } = await send(
      bundle(
        'transaction',
        request('GET', 'Patient/order-b'),
        request('PUT', 'Patient/order-b', { ...patient, id: 'order-b' }),
        post(patient),
        request('DELETE', 'Patient/order-a'),
      ),
    );
    assert.deepEqual(statuses(body), ['200', '201', '201', '204']);
    assert.equal(body.entry[0].resource.id, 'order-b');
  });

  it('a transaction that fails changes nothing and names the entry', async () => {
    const { status, body } = await send(
      bundle(
        'transaction',
        request('PUT', 'Patient/atomic', { ...patient, id: 'atomic' }),
        request('PUT', 'Patient/b', { ...patient, id: 'not-b' }),
        { request: { method: 'PATCH', url: 'Patient/c' } },
        request('PUT', 'Paitent/d', patient),
      ),
    );
    assert.equal(status, 400);
    const text = body.issue.map(({ diagnostics }: { diagnostics: string }) => diagnostics).join('\n');
    assert.match(text, /Bundle\.entry\[2\].*Binary/);
    assert.match(text, /Bundle\.entry\[3\].*Paitent.*Patient/);
    assert.equal((await server().http.get('/fhir/Patient/atomic')).status, 404);
  });

  it('a transaction in which a version does not match changes nothing', async () => {
    const put = (id: string) => request('PUT', `Patient/${id}`, { ...patient, id });
    await send(bundle('transaction', put('versioned')));
    const entry = put('versioned');
    const { status, body } = await send(
      bundle('transaction', put('beside'), { ...entry, request: { ...entry.request, ifMatch: 'W/"9"' } }),
    );
    assert.equal(status, 412);
    assert.match(body.issue[0].diagnostics, /Bundle\.entry\[1\].*version 9/);
    assert.equal((await server().http.get('/fhir/Patient/beside')).status, 404);
  });

  it('refuses the same identity twice', async () => {
    const entry = request('PUT', 'Patient/twice', { ...patient, id: 'twice' });
    const { status, body } = await send(bundle('transaction', entry, entry));
    assert.equal(status, 400);
    assert.match(body.issue[0].diagnostics, /Bundle\.entry\[1\].*Patient\/twice is also changed by Bundle\.entry\[0\]/);
  });

  it('refuses a patch whose Binary holds no text', async () => {
    for (const binary of [
      { contentType: 'application/json-patch+json', data: 0 },
      { contentType: 'application/json-patch+json', data: null },
      { contentType: 7, data: 'W10=' },
    ]) {
      const entry = request('PATCH', 'Patient/c', { resourceType: 'Binary', ...binary });
      const { status, body } = await send(bundle('transaction', entry));
      assert.equal(status, 400);
      assert.match(body.issue[0].diagnostics, /Bundle\.entry\[0\].*Binary/);
    }
  });

  for (const name of ['ifMatch', 'ifNoneMatch', 'ifModifiedSince', 'ifNoneExist', 'fullUrl'])
    it(`refuses an entry whose ${name} is no text`, async () => {
      const entry = request('POST', 'Patient', patient);
      const wrong =
        name === 'fullUrl' ? { ...entry, fullUrl: [7] } : { ...entry, request: { ...entry.request, [name]: [7] } };
      for (const type of ['batch', 'transaction']) {
        const { body } = await send(bundle(type, wrong));
        assert.match(JSON.stringify(body), new RegExp(`Bundle\\.entry\\[0\\].*${name} must be text`));
      }
    });

  it('patches by a Binary with JSON Patch and by Parameters', async () => {
    await send(bundle('transaction', request('PUT', 'Patient/patched', { ...patient, id: 'patched' })));
    const operations = [{ op: 'add', path: '/active', value: true }];
    const data = Buffer.from(JSON.stringify(operations)).toString('base64');
    const binary = { resourceType: 'Binary', contentType: 'application/json-patch+json', data };
    assert.deepEqual(statuses((await send(bundle('transaction', request('PATCH', 'Patient/patched', binary)))).body), [
      '200',
    ]);
    const part = [
      { name: 'type', valueCode: 'replace' },
      { name: 'path', valueString: 'Patient.active' },
      { name: 'value', valueBoolean: false },
    ];
    const parameters = { resourceType: 'Parameters', parameter: [{ name: 'operation', part }] };
    await send(bundle('batch', request('PATCH', 'Patient/patched', parameters)));
    const { body } = await server().http.get('/fhir/Patient/patched');
    assert.equal(body.active, false);
    assert.equal(body.meta.versionId, '3');
  });

  it('honours Prefer: return=representation for its entries', async () => {
    const { body } = await send(bundle('transaction', post(patient))).set('Prefer', 'return=representation');
    assert.equal(body.entry[0].resource.resourceType, 'Patient');
  });

  it('a batch carries out each entry alone', async () => {
    const { status, body } = await send(
      bundle(
        'batch',
        request('GET', 'Patient/batch-new'),
        request('GET', 'Patient/never'),
        request('PUT', 'Patient/batch-new', { ...patient, id: 'batch-new' }),
        request('PUT', 'Patient/other', { ...patient, id: 'batch-new' }),
        request('GET', 'Patient/batch-new/_history'),
      ),
    );
    assert.equal(status, 200);
    assert.equal(body.type, 'batch-response');
    assert.deepEqual(statuses(body), ['200', '404', '201', '400', '200']);
    assert.equal(body.entry[1].response.outcome.issue[0].code, 'not-found');
    assert.equal(body.entry[4].resource.type, 'history');
  });

  const composition = {
    resourceType: 'Composition',
    status: 'final',
    type: { text: 'Transfer summary' },
    date: '2026-01-01',
    author: [{ display: 'Dr. Vogel' }],
    title: 'Transfer summary',
  };
  const header = {
    resourceType: 'MessageHeader',
    eventUri: 'http://example.org/discharge',
    source: { endpoint: 'http://example.org' },
  };
  for (const [type, first] of [
    ['document', composition],
    ['message', header],
    ['collection', patient],
  ] as const)
    it(`stores a ${type} Bundle untouched at /Bundle, and refuses it at the base`, async () => {
      const inner = {
        ...bundle(type, { fullUrl: PATIENT, resource: first }),
        identifier: { system: 'urn:ietf:rfc:3986', value: PATIENT },
        timestamp: '2026-01-01T00:00:00Z',
      };
      assert.equal((await send(inner)).status, 400);
      const { body, status } = await server().http.post('/fhir/Bundle').send(inner);
      assert.equal(status, 201, JSON.stringify(body));
      assert.deepEqual(body.entry, inner.entry);
    });
});

onEveryDatabase(
  'limits of bundles',
  (server) => {
    it('answers 413 naming the limit to too many entries', async () => {
      const { status, body } = await server()
        .http.post('/fhir')
        .send(bundle('batch', ...Array.from({ length: 4 }, () => request('GET', 'Patient/x'))));
      assert.equal(status, 413);
      assert.match(body.issue[0].diagnostics, /4 entries.*at most 3/);
    });
  },
  { limits: { bundleEntries: 3, bodyBytes: 10_000, defaultCount: 50, maximumCount: 100 } },
);
