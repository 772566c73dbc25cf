/** Requests that are right, from which the fuzzer makes wrong ones: every interaction, every format. */
import { practiceBundle } from '../../../server/demo/population.ts';
import type { RequestText } from '../../raw-http.ts';

const maria = {
  resourceType: 'Patient',
  id: 'maria',
  meta: { tag: [{ system: 'http://care.example/tags', code: 'fuzz' }] },
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><p>Maria &amp; family</p></div>' },
  contained: [{ resourceType: 'Organization', id: 'org', name: 'Northside' }],
  extension: [{ url: 'http://care.example/note', valueString: 'x' }],
  identifier: [{ system: 'http://care.example/mrn', value: '4711' }],
  name: [{ family: 'Okafor', given: ['Maria', 'Ana'], _given: [{ id: 'a' }, null] }],
  birthDate: '1980-02-29',
  _birthDate: { extension: [{ url: 'http://care.example/circa', valueBoolean: true }] },
  managingOrganization: { reference: '#org' },
  multipleBirthInteger: 2,
};

const weight = {
  resourceType: 'Observation',
  id: 'weight',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }], text: 'Weight' },
  subject: { reference: 'Patient/maria' },
  effectiveDateTime: '2026-06-30T09:30:00+02:00',
  valueQuantity: { value: 71.5, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
  referenceRange: [{ low: { value: 50.0 }, high: { value: 80 } }],
};

const weightXml =
  '<?xml version="1.0" encoding="UTF-8"?><Observation xmlns="http://hl7.org/fhir"><id value="weight"/>' +
  '<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><b>71.50 kg</b></div></text>' +
  '<status value="final"/><code><text value="Weight"/></code><subject><reference value="Patient/maria"/></subject>' +
  '<valueQuantity><value value="71.50"/><unit value="kg"/></valueQuantity></Observation>';

const jsonPatch = [
  { op: 'test', path: '/birthDate', value: '1980-02-29' },
  { op: 'replace', path: '/birthDate', value: '1980-03-01' },
  { op: 'add', path: '/name/0/given/-', value: 'Eva' },
  { op: 'remove', path: '/multipleBirthInteger' },
];

const fhirPathPatch = {
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'operation',
      part: [
        { name: 'type', valueCode: 'replace' },
        { name: 'path', valueString: 'Patient.birthDate' },
        { name: 'value', valueDate: '1980-03-02' },
      ],
    },
    {
      name: 'operation',
      part: [
        { name: 'type', valueCode: 'add' },
        { name: 'path', valueString: 'Patient' },
        { name: 'name', valueString: 'contact' },
        { name: 'value', part: [{ name: 'name', valueHumanName: { text: 'a name' } }] },
      ],
    },
  ],
};

const entry = (method: string, url: string, resource?: object, extra: object = {}) => ({
  fullUrl: `urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e${url.length % 10}`,
  ...(resource ? { resource } : {}),
  request: { method, url, ...extra },
});

const bundle = (type: string) => ({
  resourceType: 'Bundle',
  type,
  entry: [
    entry('POST', 'Patient', { ...maria, id: undefined }, { ifNoneExist: 'identifier=http://care.example/mrn|9' }),
    entry('PUT', 'Observation/weight', weight, { ifMatch: 'W/"1"' }),
    entry('PATCH', 'Patient/maria', {
      resourceType: 'Binary',
      contentType: 'application/json-patch+json',
      data: Buffer.from(JSON.stringify(jsonPatch)).toString('base64'),
    }),
    entry('DELETE', 'Observation/gone'),
    entry('GET', 'Patient/maria'),
    entry('GET', 'Observation?subject=Patient/maria&_count=5'),
  ],
});

const json = { 'Content-Type': 'application/fhir+json', Accept: 'application/fhir+json' };
const xml = { 'Content-Type': 'application/fhir+xml; charset=utf-8', Accept: 'application/fhir+xml' };

const get = (path: string, headers: Readonly<Record<string, string>> = {}): RequestText => ({
  method: 'GET',
  path: `/fhir${path}`,
  headers: { Accept: 'application/fhir+json', ...headers },
});

const send = (method: string, path: string, body: unknown, headers: Readonly<Record<string, string>>): RequestText => ({
  method,
  path: `/fhir${path}`,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

export const seeds: readonly RequestText[] = [
  send('PUT', '/Patient/maria', maria, json),
  send('PUT', '/Patient/maria', maria, { ...json, 'If-Match': 'W/"1"', Prefer: 'return=OperationOutcome' }),
  send('PUT', '/Observation/weight', weightXml, xml),
  send('PUT', '/Patient?identifier=http://care.example/mrn|4711', { ...maria, id: undefined }, json),
  send('POST', '/Patient', maria, { ...json, Prefer: 'return=minimal' }),
  send('POST', '/Patient', maria, { ...json, 'If-None-Exist': 'identifier=http://care.example/mrn|4711' }),
  send('POST', '/Observation', weightXml, xml),
  send('POST', '/Binary', 'plain text', { 'Content-Type': 'text/plain' }),
  send('PUT', '/Binary/note', 'plain text', { 'Content-Type': 'text/plain', 'X-Security-Context': 'Patient/maria' }),
  send('PATCH', '/Patient/maria', jsonPatch, { ...json, 'Content-Type': 'application/json-patch+json' }),
  send('PATCH', '/Patient/maria', fhirPathPatch, json),
  send('POST', '', bundle('transaction'), json),
  send('POST', '', bundle('batch'), json),
  send('POST', '', practiceBundle(), json),
  send('POST', '/Bundle', bundle('collection'), json),
  send('POST', '/Patient/_search', 'name=maria&_count=2', { 'Content-Type': 'application/x-www-form-urlencoded' }),
  send('POST', '/Observation/$validate', weight, json),
  { method: 'DELETE', path: '/fhir/Observation/weight' },
  { method: 'DELETE', path: '/fhir/Observation?code=29463-7&status=amended' },
  { method: 'HEAD', path: '/fhir/Patient/maria' },
  { method: 'OPTIONS', path: '/fhir/Patient/maria', headers: { Origin: 'http://localhost:3000' } },
  get('/Patient/maria', { 'If-None-Match': 'W/"1"', 'X-Request-Id': 'fuzz-1' }),
  get('/Patient/maria', { 'If-Modified-Since': 'Sat, 29 Oct 2022 19:43:31 GMT', 'Accept-Encoding': 'gzip' }),
  get('/Patient/maria?_summary=true&_format=xml&_pretty=true'),
  get('/Patient/maria?_elements=name,birthDate', { Accept: 'application/fhir+xml;q=0.9, */*;q=0.1' }),
  get('/Patient/maria/_history/1'),
  get('/Patient/maria/_history?_count=2&_since=2020-01-01T00:00:00Z'),
  get('/Patient/_history?_at=2030'),
  get('/_history?_count=5'),
  get('/Binary/note', { Accept: 'text/plain' }),
  get('/Patient?name:exact=Maria&birthdate=ge1980-01&_sort=-birthdate,_id&_count=3&_total=accurate'),
  get('/Observation?subject:Patient.name=maria&code=http://loinc.org|29463-7&_include=Observation:subject'),
  get('/Observation?value-quantity=gt50.0|http://unitsofmeasure.org|kg&combo-code-value-quantity=29463-7$71.5'),
  get('/Patient?_has:Observation:patient:code=29463-7&_revinclude=Observation:subject&_summary=count'),
  get('/Patient?_filter=name%20co%20%22mar%22%20and%20birthdate%20gt%201970'),
  get('/Patient/maria/Observation?date=lt2027&_lastUpdated=ge2020'),
  get('/Patient/maria/*'),
  get('/Patient/maria/$everything?_count=3'),
  get('/metadata'),
  get('/metadata?_format=application/fhir+xml'),
];
