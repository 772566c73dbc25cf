/** Every failure is an OperationOutcome that says what was found and what was expected. https://hl7.org/fhir/R4/http.html#2.21.0.4 */
import { strict as assert } from 'node:assert';
import { onEveryDatabase } from '../server-under-test.ts';

interface Case {
  readonly title: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly type?: string;
  readonly body?: string | Buffer;
  readonly status: number;
  readonly says: RegExp;
}

const json = 'application/fhir+json';

const cases: readonly Case[] = [
  {
    title: 'an unknown type',
    path: 'Patent/1',
    status: 404,
    says: /"Patent" is no resource type.*did you mean Patient/,
  },
  { title: 'a bad id', path: 'Patient/a_b', status: 400, says: /"a_b" is no id.*64/ },
  { title: 'an id that is too long', path: `Patient/${'x'.repeat(65)}`, status: 400, says: /no id/ },
  { title: 'a broken percent-encoding', path: 'Patient/%zz', status: 400, says: /%/ },
  { title: 'an address with nothing at it', path: 'Patient/1/2/3/4', status: 404, says: /nothing at/ },
  {
    title: 'a method that the address does not have',
    method: 'DELETE',
    path: 'metadata',
    status: 405,
    says: /DELETE.*GET/,
  },
  {
    title: 'an unknown query parameter',
    path: 'Patient/1?_summry=true',
    status: 400,
    says: /_summry.*did you mean _summary/,
  },
  { title: 'no body', method: 'POST', path: 'Patient', type: json, status: 400, says: /empty/ },
  {
    title: 'malformed JSON',
    method: 'POST',
    path: 'Patient',
    type: json,
    body: '{"resourceType":"Patient",\n  "active" true}',
    status: 400,
    says: /line 2/,
  },
  {
    title: 'a body of null',
    method: 'POST',
    path: 'Patient',
    type: json,
    body: 'null',
    status: 400,
    says: /null; expected a resource/,
  },
  {
    title: 'a body that is an array',
    method: 'POST',
    path: 'Patient',
    type: json,
    body: '[]',
    status: 400,
    says: /an array/,
  },
  {
    title: 'no resourceType',
    method: 'POST',
    path: 'Patient',
    type: json,
    body: '{}',
    status: 400,
    says: /no resourceType/,
  },
  {
    title: 'an unknown resourceType',
    method: 'POST',
    path: 'Patient',
    type: json,
    body: '{"resourceType":"Patent"}',
    status: 400,
    says: /Patent/,
  },
  {
    title: 'another resourceType',
    method: 'POST',
    path: 'Patient',
    type: json,
    body: '{"resourceType":"Basic","code":{}}',
    status: 400,
    says: /a Basic; expected a Patient/,
  },
  {
    title: 'nesting without end',
    method: 'POST',
    path: 'Patient',
    type: json,
    body: `{"resourceType":"Patient","x":${'['.repeat(4_000)}${']'.repeat(4_000)}}`,
    status: 400,
    says: /deep|nest/i,
  },
  {
    title: 'invalid UTF-8',
    method: 'POST',
    path: 'Patient',
    type: json,
    body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
    status: 400,
    says: /UTF-8/,
  },
  {
    title: 'malformed XML',
    method: 'POST',
    path: 'Patient',
    type: 'application/fhir+xml',
    body: '<Patient xmlns="http://hl7.org/fhir"><active></Patient>',
    status: 400,
    says: /./,
  },
  {
    title: 'a Content-Type that is not read',
    method: 'POST',
    path: 'Patient',
    type: 'text/csv',
    body: 'a,b',
    status: 415,
    says: /text\/csv.*application\/fhir\+json/,
  },
  {
    title: 'a charset that is not read',
    method: 'POST',
    path: 'Patient',
    type: `${json}; charset=latin1`,
    body: '{}',
    status: 415,
    says: /latin1.*UTF-8/,
  },
  {
    title: 'a body larger than the limit',
    method: 'POST',
    path: 'Patient',
    type: json,
    body: `{"x":"${'y'.repeat(20_000)}"}`,
    status: 413,
    says: /10000 bytes/,
  },
  {
    title: 'a patch that is no patch',
    method: 'PATCH',
    path: 'Patient/1',
    type: json,
    body: '{"resourceType":"Patient"}',
    status: 400,
    says: /Parameters/,
  },
  {
    title: 'a patch of what is not there',
    method: 'PATCH',
    path: 'Patient/none',
    type: 'application/json-patch+json',
    body: '[]',
    status: 404,
    says: /Patient\/none is not known/,
  },
  {
    title: 'a Bundle of the wrong type at the base',
    method: 'POST',
    path: '',
    type: json,
    body: '{"resourceType":"Bundle","type":"history"}',
    status: 400,
    says: /history; expected batch or transaction/,
  },
  {
    title: 'something else at the base',
    method: 'POST',
    path: '',
    type: json,
    body: '{"resourceType":"Patient"}',
    status: 400,
    says: /takes a Bundle/,
  },
  {
    title: 'entries that are no array',
    method: 'POST',
    path: '',
    type: json,
    body: '{"resourceType":"Bundle","type":"batch","entry":{}}',
    status: 400,
    says: /array/,
  },
  { title: 'a wrong preference', path: 'metadata', status: 400, says: /Prefer/ },
];

onEveryDatabase(
  'failures',
  (server) => {
    for (const { title, method = 'GET', path, type, body, status, says } of cases)
      it(`${title}: ${status}`, async () => {
        const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
        const request = server().http[verb](`/fhir/${path}`);
        if (type) request.set('Content-Type', type);
        if (title === 'a wrong preference') request.set('Prefer', 'return=everything');
        if (Buffer.isBuffer(body)) request.serialize((value) => value as unknown as string);
        const response = await (body === undefined ? request : request.send(body as string));
        assert.equal(response.status, status, response.text);
        assert.equal(response.body.resourceType, 'OperationOutcome');
        assert.match(response.body.issue[0].diagnostics, says);
        assert.equal(response.body.issue[0].severity, 'error');
        if (status === 405) assert.ok(response.headers.allow);
      });

    it('are told in XML to a client that reads XML', async () => {
      const { status, text } = await server()
        .http.get('/fhir/Patient/none')
        .set('Accept', 'application/fhir+xml')
        .buffer(true);
      assert.equal(status, 404);
      assert.match(text, /<OperationOutcome xmlns="http:\/\/hl7.org\/fhir">/);
    });
  },
  { limits: { bundleEntries: 3, bodyBytes: 10_000, defaultCount: 50, maximumCount: 100 } },
);
