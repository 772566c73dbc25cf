/** What belongs to HTTP and not to FHIR: OPTIONS, CORS, health, request ids, addresses that lead nowhere. */
import { strict as assert } from 'node:assert';
import { onEveryDatabase } from '../server-under-test.ts';

onEveryDatabase('HTTP', (server) => {
  for (const [path, allow] of [
    ['', 'GET, HEAD, POST, OPTIONS'],
    ['Patient', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'],
    ['Patient/1', 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS'],
    ['Patient/1/_history/1', 'GET, HEAD, OPTIONS'],
    ['metadata', 'GET, HEAD, OPTIONS'],
  ] as const)
    it(`OPTIONS /${path} answers 204 with Allow: ${allow}`, async () => {
      const { status, headers } = await server().http.options(`/fhir/${path}`);
      assert.equal(status, 204);
      assert.equal(headers.allow, allow);
    });

  for (const [origin, isAllowed] of [
    ['http://localhost:3000', true],
    ['http://127.0.0.1', true],
    ['https://elsewhere.example', false],
    ['http://localhost.elsewhere.example', false],
  ] as const)
    it(`${isAllowed ? 'lets' : 'does not let'} pages of ${origin} call, where origins are "local"`, async () => {
      const preflight = await server()
        .http.options('/fhir/Patient')
        .set('Origin', origin)
        .set('Access-Control-Request-Method', 'PUT');
      const get = await server().http.get('/fhir/Patient/none').set('Origin', origin);
      for (const { headers } of [preflight, get])
        assert.equal(headers['access-control-allow-origin'], isAllowed ? origin : undefined);
      if (isAllowed) assert.match(preflight.headers['access-control-allow-methods'] ?? '', /PUT/);
      if (isAllowed) assert.match(get.headers['access-control-expose-headers'] ?? '', /ETag/);
    });

  it('gives back the request id of the client when it can go into a log, and makes one otherwise', async () => {
    const ask = (id: string) => server().http.get('/fhir/Patient/none').set('X-Request-Id', id);
    assert.equal((await ask('visit-17')).headers['x-request-id'], 'visit-17');
    assert.match((await ask('no good {}')).headers['x-request-id'] ?? '', /^[0-9a-f-]{36}$/);
  });

  it('is live, and ready while the database answers', async () => {
    assert.equal((await server().http.get('/health/live')).status, 200);
    assert.equal((await server().http.get('/health/ready')).status, 200);
  });

  it('tells what looks elsewhere where FHIR is', async () => {
    const { status, body } = await server().http.get('/Patient/1');
    assert.equal(status, 404);
    assert.match(body.issue[0].diagnostics, /FHIR is served at \/fhir/);
  });

  it('a patch that fails changes nothing', async () => {
    await server().http.put('/fhir/Patient/whole').send({ resourceType: 'Patient', id: 'whole', active: true });
    const operations = [
      { op: 'replace', path: '/active', value: false },
      { op: 'remove', path: '/birthDate' },
    ];
    const patch = server().http.patch('/fhir/Patient/whole').set('Content-Type', 'application/json-patch+json');
    assert.equal((await patch.send(JSON.stringify(operations))).status, 422);
    const { body } = await server().http.get('/fhir/Patient/whole');
    assert.deepEqual([body.active, body.meta.versionId], [true, '1']);
  });

  it('refuses a patch that leaves a resource against the rules', async () => {
    const operations = [{ op: 'add', path: '/gender', value: 'mael' }];
    const patch = server().http.patch('/fhir/Patient/whole').set('Content-Type', 'application/json-patch+json');
    const { status, body } = await patch.send(JSON.stringify(operations));
    assert.equal(status, 422);
    assert.match(JSON.stringify(body), /mael/);
  });
});

onEveryDatabase('a server that drains', (server) => {
  it('answers 503 and is not ready', async () => {
    await server().app.drain();
    const { status, body } = await server().http.get('/fhir/Patient/1');
    assert.equal(status, 503);
    assert.equal(body.issue[0].code, 'transient');
    assert.equal((await server().http.get('/health/ready')).status, 503);
    assert.equal((await server().http.get('/health/live')).status, 200);
  });
});
