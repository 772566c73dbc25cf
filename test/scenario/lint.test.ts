import { strict as assert } from 'node:assert';
import type { Report } from '../../server/lint/report.ts';
import { onEveryDatabase } from '../server-under-test.ts';

const LINES = [
  '{"resourceType":"Patient","id":"a","gender":"often"}',
  '{"resourceType":"Patient","id":"b","gender":"never"}',
  '{"resourceType":"Observation","id":"c","code":{"text":"Mood"}}',
].join('\n');

onEveryDatabase('$lint', (server) => {
  const lint = (query: string, body: string, type: string) =>
    server().http.post(`/fhir/$lint${query}`).set('Content-Type', type).send(body);

  it('reports NDJSON as JSON and stores nothing', async () => {
    const { status, body, headers } = await lint('', LINES, 'application/fhir+ndjson');
    assert.equal(status, 200, JSON.stringify(body));
    assert.match(headers['content-type'] ?? '', /^application\/json/);
    const report = body as Report;
    assert.deepEqual([report.resources, report.valid], [3, 0]);
    const gender = report.groups.find(
      ({ rule, element }) => rule === 'binding-required' && element === 'Patient.gender',
    );
    assert.deepEqual([gender?.count, gender?.examples[0]?.resource], [2, 'Patient/a (line 1)']);
    assert.equal((await server().http.get('/fhir/Patient/a')).status, 404);
  });

  it('reports a Bundle, in JSON or XML, as text', async () => {
    const bundle =
      '<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/><entry><resource><Patient><gender value="often"/></Patient></resource></entry></Bundle>';
    const { status, text, headers } = await lint('?output=text', bundle, 'application/fhir+xml');
    assert.equal(status, 200);
    assert.match(headers['content-type'] ?? '', /^text\/plain/);
    assert.match(text, /binding-required {2}Patient.gender/);
  });

  it('reports as a page that runs nothing', async () => {
    const { status, text, headers } = await lint('?output=html', LINES, 'application/x-ndjson');
    assert.equal(status, 200);
    assert.match(headers['content-type'] ?? '', /^text\/html/);
    assert.match(headers['content-security-policy'] ?? '', /default-src 'none'/);
    assert.match(text, /<!DOCTYPE html>/);
  });

  it('reports what cannot be read', async () => {
    const { status, body } = await lint('', '{"resourceType":', 'application/fhir+json');
    assert.equal(status, 200);
    assert.equal((body as Report).byType.unreadable, 1);
  });

  it('refuses an output that there is not, an empty body and other content', async () => {
    assert.equal((await lint('?output=pdf', LINES, 'application/x-ndjson')).status, 400);
    assert.equal((await lint('', '', 'application/fhir+json')).status, 400);
    assert.equal((await lint('', 'a,b', 'text/csv')).status, 415);
  });
});
