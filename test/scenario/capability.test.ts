/**
 * The CapabilityStatement cannot lie: all that it claims answers, and what it does not claim is refused.
 * https://hl7.org/fhir/R4/capabilitystatement.html
 */
import { strict as assert } from 'node:assert';
import type {
  AnyResource,
  CapabilityStatement,
  CapabilityStatementRest,
  CapabilityStatementRestResource,
  CapabilityStatementRestResourceSearchParam,
  ResourceType,
} from '../../resources/types.ts';
import { exampleOf } from '../official-examples.ts';
import { onEveryDatabase, type ServerUnderTest } from '../server-under-test.ts';

/** A value that a parameter of each type can have. */
const plausible: Readonly<Record<CapabilityStatementRestResourceSearchParam['type'], string>> = {
  token: 'x',
  string: 'x',
  date: '2024-05',
  number: '1',
  quantity: '1',
  reference: 'x',
  uri: 'http://example.org/x',
  composite: 'x$1',
  special: 'x',
};
/** Composites of other parts, and parameters with a syntax of their own. */
const particular: Readonly<Record<string, string>> = { near: '1.5|2.5|10|km', _filter: '_id eq x', _has: 'x' };

// Some official examples break R4 (test/profiles lists them), which is not the matter here: hence the policy `warn`.
onEveryDatabase('the CapabilityStatement', behaviour, { validation: 'warn' });

function behaviour(server: () => ServerUnderTest): void {
  let statement: CapabilityStatement;
  let rest: CapabilityStatementRest;
  before(async () => {
    statement = (await server().http.get('/fhir/metadata')).body;
    const [only] = statement.rest ?? [];
    assert.ok(only);
    rest = only;
  });

  it('names version, formats, limits and the kind of patches', () => {
    assert.equal(statement.fhirVersion, '4.0.1');
    assert.deepEqual(statement.format, ['application/fhir+json', 'application/fhir+xml', 'json', 'xml']);
    assert.match(rest.documentation ?? '', /5000 entries/);
    assert.equal(rest.resource?.length, 146);
  });

  it('is the same in XML', async () => {
    const { status, text } = await server().http.get('/fhir/metadata?_format=xml').buffer(true);
    assert.equal(status, 200);
    assert.match(text, /^(<\?xml[^>]*>)?\s*<CapabilityStatement xmlns="http:\/\/hl7.org\/fhir">/);
  });

  it('every interaction that a type declares answers, for every type', async () => {
    for (const resource of rest.resource ?? []) await walk(server(), resource);
  });

  it('every search parameter that a type declares is carried out', async () => {
    const failures: string[] = [];
    for (const { type, searchParam = [] } of rest.resource ?? [])
      for (const parameter of searchParam) {
        const ask = (value: string) =>
          server().http.get(
            `/fhir/${type}?${encodeURIComponent(parameter.name)}=${encodeURIComponent(value)}&_count=1`,
          );
        const value = particular[parameter.name] ?? plausible[parameter.type];
        const first = await ask(value);
        const isBoolean = /is true or false/.test(first.body.issue?.[0].diagnostics);
        const { status, body } = isBoolean ? await ask('true') : first;
        // The second part of a composite may be of any type, and then the value above is refused for its form.
        const isRefusedValue =
          parameter.type === 'composite' && status === 400 && body.issue[0].code !== 'not-supported';
        if (status !== 200 && !isRefusedValue)
          failures.push(`${type}?${parameter.name}=${value}: ${status} ${JSON.stringify(body.issue)}`);
      }
    assert.deepEqual(failures, []);
  });

  it('every include that a type declares is carried out', async () => {
    for (const { type, searchInclude = [], searchRevInclude = [] } of rest.resource ?? []) {
      const query = [
        ...searchInclude.slice(0, 20).map((value) => `_include=${encodeURIComponent(value)}`),
        ...searchRevInclude.slice(0, 20).map((value) => `_revinclude=${encodeURIComponent(value)}`),
      ].join('&');
      const { status, text } = await server().http.get(`/fhir/${type}?_count=1&${query}`);
      assert.equal(status, 200, `${type}: ${text}`);
    }
  });

  it('the interactions of the system answer', async () => {
    const codes = rest.interaction?.map(({ code }) => code) ?? [];
    assert.deepEqual(codes, ['transaction', 'batch', 'search-system', 'history-system']);
    for (const type of ['transaction', 'batch'])
      assert.equal((await server().http.post('/fhir').send({ resourceType: 'Bundle', type })).status, 200);
    assert.equal((await server().http.get('/fhir?_type=Patient&_count=1')).status, 200);
    assert.equal((await server().http.get('/fhir/_history?_count=1')).status, 200);
  });

  it('every operation that is declared has a definition that can be read', async () => {
    const declared = [...(rest.operation ?? []), ...(rest.resource ?? []).flatMap(({ operation = [] }) => operation)];
    for (const definition of new Set(declared.map((operation) => operation.definition)))
      assert.match(definition, /^https?:\/\//);
  });

  for (const [method, path] of [
    ['get', 'Patient/$nonsense'],
    ['post', '$nonsense'],
    ['get', 'Patient?nonsense=1'],
    ['get', 'Nonsense'],
    ['put', 'Patient/1/_history/1'],
    ['delete', ''],
  ] as const)
    it(`${method.toUpperCase()} /${path}, which is not declared, is refused`, async () => {
      const { status, body } = await server().http[method](`/fhir/${path}`);
      assert.ok(status >= 400 && status < 500, String(status));
      assert.equal(body.issue[0].code, 'not-supported');
    });
}

/** Calls every interaction of a type on an official example of it. */
async function walk(
  { http }: ServerUnderTest,
  { type, interaction = [] }: CapabilityStatementRestResource,
): Promise<void> {
  const example: AnyResource = { ...exampleOf(type as ResourceType), id: 'walk' };
  const address = `/fhir/${type}/walk`;
  const claimed = new Set(interaction.map(({ code }) => code));
  const expectStatus = (what: string, status: number, expected: number, text = '') =>
    assert.equal(status, expected, `${type} ${what}: ${text}`);
  if (!claimed.has('update')) return;
  const put = await http.put(address).send(example);
  expectStatus('update', put.status, 201, put.text);
  for (const [code, path] of [
    ['read', address],
    ['vread', `${address}/_history/1`],
    ['history-instance', `${address}/_history`],
    ['history-type', `/fhir/${type}/_history`],
    ['search-type', `/fhir/${type}?_id=walk`],
  ] as const)
    if (claimed.has(code)) {
      const { status, text } = await http.get(path).set('Accept', 'application/fhir+json');
      expectStatus(code, status, 200, text);
    }
  const tag = [{ op: 'add', path: '/meta/tag', value: [{ system: 'http://example.org/walk', code: 'walked' }] }];
  const patched = await http
    .patch(address)
    .set('Content-Type', 'application/json-patch+json')
    .send(JSON.stringify(tag));
  if (claimed.has('patch')) expectStatus('patch', patched.status, 200, patched.text);
  const created = await http.post(`/fhir/${type}`).send(example);
  if (claimed.has('create')) expectStatus('create', created.status, 201, created.text);
  if (claimed.has('delete')) expectStatus('delete', (await http.delete(address)).status, 204);
}
