/** Formats: negotiation, XML, pretty printing, subsets, Binary, compression. https://hl7.org/fhir/R4/http.html#mime-type */
import { strict as assert } from 'node:assert';
import { onEveryDatabase } from '../server-under-test.ts';

const weight = `{"resourceType":"Observation","id":"weight","status":"final","code":{"text":"weight"},"valueQuantity":{"value":72.50,"unit":"kg"}}`;

onEveryDatabase('formats', (server) => {
  before(async () => {
    const { status } = await server()
      .http.put('/fhir/Observation/weight')
      .set('Content-Type', 'application/fhir+json')
      .send(weight);
    assert.equal(status, 201);
  });
  const get = (accept: string | undefined, query = '') => {
    const request = server().http.get(`/fhir/Observation/weight${query}`).buffer(true);
    return accept === undefined ? request : request.set('Accept', accept);
  };

  for (const [accept, query, type] of [
    ['*/*', '', 'application/fhir+json'],
    ['application/fhir+json', '', 'application/fhir+json'],
    ['application/json', '', 'application/json'],
    ['application/fhir+xml', '', 'application/fhir+xml'],
    ['text/xml', '', 'text/xml'],
    ['application/fhir+xml;q=0.5, application/fhir+json;q=0.9', '', 'application/fhir+json'],
    ['text/html, application/xml;q=0.9, */*;q=0.8', '', 'application/xml'],
    ['application/fhir+json; fhirVersion=4.0', '', 'application/fhir+json'],
    ['text/html', '?_format=xml', 'application/fhir+xml'],
    ['application/fhir+xml', '?_format=application/fhir+json', 'application/fhir+json'],
    ['application/fhir+xml', '?_format=application%2Fjson', 'application/json'],
  ] as const)
    it(`answers ${type} to Accept: ${accept} ${query}`, async () => {
      const { status, headers, text } = await get(accept, query);
      assert.equal(status, 200);
      assert.equal(headers['content-type'], `${type}; charset=utf-8`);
      assert.match(
        text,
        type.includes('xml')
          ? /^(<\?xml[^>]*>)?\s*<Observation xmlns="http:\/\/hl7.org\/fhir">/
          : /^\{"resourceType":"Observation"/,
      );
    });

  for (const [accept, query] of [
    ['text/turtle', ''],
    ['image/png', ''],
    ['*/*', '?_format=ttl'],
  ] as const)
    it(`answers 406 to Accept: ${accept} ${query}`, async () => {
      const { status, body } = await get(accept, query);
      assert.equal(status, 406);
      assert.match(body.issue[0].diagnostics, /application\/fhir\+json.*application\/fhir\+xml/);
    });

  it('keeps the digits of decimals in JSON, in XML and after a patch', async () => {
    assert.match((await get('*/*')).text, /"value":72\.50,/);
    const xml = (await get('application/fhir+xml')).text;
    assert.match(xml, /<value value="72\.50"\/>/);
    const put = await server()
      .http.put('/fhir/Observation/weight')
      .set('Content-Type', 'application/fhir+xml')
      .send(xml);
    assert.equal(put.status, 200, put.text);
    const patch =
      '[{"op":"add","path":"/valueQuantity/system","value":"http://unitsofmeasure.org"},{"op":"add","path":"/valueQuantity/code","value":"kg"},{"op":"add","path":"/referenceRange","value":[{"low":{"value":50.0}}]}]';
    await server()
      .http.patch('/fhir/Observation/weight')
      .set('Content-Type', 'application/json-patch+json')
      .send(patch);
    const { text } = await get('*/*');
    assert.match(text, /"value":72\.50,/);
    assert.match(text, /"value":50\.0\}/);
  });

  it('prints prettily on request', async () => {
    assert.match((await get('*/*', '?_pretty=true')).text, /^\{\n {2}"resourceType": "Observation",\n/);
  });

  it('gives a summary, or the elements asked for, marked SUBSETTED', async () => {
    for (const query of ['?_summary=true', '?_elements=status']) {
      const body = JSON.parse((await get('*/*', query)).text);
      assert.equal(body.meta.tag[0].code, 'SUBSETTED');
      assert.equal(body.status, 'final');
    }
    assert.equal(JSON.parse((await get('*/*', '?_elements=status')).text).valueQuantity, undefined);
    assert.equal((await get('*/*', '?_elements=statsu')).status, 400);
    assert.equal((await get('*/*', '?_summary=most')).status, 400);
  });

  it('refuses a DOCTYPE', async () => {
    const xml = `<!DOCTYPE Patient [<!ENTITY x "y">]><Patient xmlns="http://hl7.org/fhir"/>`;
    const { status, body } = await server()
      .http.post('/fhir/Patient')
      .set('Content-Type', 'application/fhir+xml')
      .send(xml);
    assert.equal(status, 400);
    assert.match(body.issue[0].diagnostics, /DOCTYPE/);
  });

  it('takes a Binary in its own media type and gives it back so', async () => {
    const bytes = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255, 254]);
    const created = await server().http.put('/fhir/Binary/photo').set('Content-Type', 'image/png').send(bytes);
    assert.equal(created.status, 201, created.text);
    const raw = await server()
      .http.get('/fhir/Binary/photo')
      .set('Accept', 'image/png')
      .buffer(true)
      .parse((response, done) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => done(null, Buffer.concat(chunks)));
      });
    assert.equal(raw.headers['content-type'], 'image/png');
    assert.deepEqual(raw.body, bytes);
    const { body } = await server().http.get('/fhir/Binary/photo').set('Accept', 'application/fhir+json');
    assert.equal(body.contentType, 'image/png');
    assert.equal(body.data, bytes.toString('base64'));
  });

  it('compresses long answers for clients that can read it, and reads compressed bodies', async () => {
    const { gzipSync } = await import('node:zlib');
    const text = JSON.stringify({ resourceType: 'Basic', id: 'long', code: { text: 'x'.repeat(20_000) } });
    const put = server()
      .http.put('/fhir/Basic/long')
      .set('Content-Type', 'application/fhir+json')
      .set('Content-Encoding', 'gzip');
    put.write(gzipSync(text));
    assert.equal((await put).status, 201);
    const long = await server().http.get('/fhir/Basic/long').set('Accept-Encoding', 'gzip');
    assert.equal(long.headers['content-encoding'], 'gzip');
    assert.equal(long.body.code.text.length, 20_000);
    const plain = await server().http.get('/fhir/Basic/long').set('Accept-Encoding', 'identity');
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.equal(
      (await server().http.get('/fhir/Observation/weight').set('Accept-Encoding', 'gzip')).headers['content-encoding'],
      undefined,
    );
  });
});
