/** Search parameters of an operator's own: stored as resources, in force while the server runs. https://hl7.org/fhir/R4/searchparameter.html */
import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import sql from 'sql-template-tag';
import type { CapabilityStatement, OperationOutcome } from '../../resources/types.ts';
import { onEveryDatabase, openServer, type ServerUnderTest } from '../server-under-test.ts';

const CARE_LEVEL = 'https://clinic.example/fhir/StructureDefinition/care-level';

const parameter = (code: string, more: object = {}) => ({
  resourceType: 'SearchParameter',
  id: code,
  url: `https://clinic.example/fhir/SearchParameter/${code}`,
  name: code.replaceAll('-', '_'),
  status: 'active',
  description: `For tests: ${code}`,
  code,
  base: ['Patient'],
  type: 'token',
  expression: `Patient.extension('${CARE_LEVEL}').value`,
  ...more,
});

const client = (id: string, level: string, more: object = {}) => ({
  resourceType: 'Patient',
  id,
  extension: [{ url: CARE_LEVEL, valueCode: level }],
  ...more,
});

onEveryDatabase('a search parameter of an own', (server) => {
  const put = async (resource: { resourceType: string; id: string }) => {
    const { status, text } = await server().http.put(`/fhir/${resource.resourceType}/${resource.id}`).send(resource);
    assert.ok(status === 200 || status === 201, text);
  };
  const get = (path: string) => server().http.get(`/fhir/${path}`);
  const ids = async (path: string): Promise<string[]> => {
    const { body, status, text } = await get(path);
    assert.equal(status, 200, text);
    return (body.entry ?? []).map((entry: { resource: { id: string } }) => entry.resource.id);
  };
  const complete = async (path: string): Promise<void> => {
    for (let turn = 0; turn < 400 && (await get(path)).status !== 200; turn += 1) await sleep(25);
    assert.equal((await get(path)).status, 200);
  };
  const diagnostics = (body: OperationOutcome): string => body.issue.map((issue) => issue.diagnostics).join('; ');

  it('finds what was stored before and what is stored after it, through chains, includes and sort', async () => {
    for (const [id, level] of [
      ['maria', 'high'],
      ['jonas', 'low'],
      ['ada', 'medium'],
    ] as const)
      await put(client(id, level));
    await put({
      resourceType: 'CarePlan',
      id: 'maria-plan',
      status: 'active',
      intent: 'plan',
      subject: { reference: 'Patient/maria' },
    } as never);
    assert.match(diagnostics((await get('Patient?care-level=high')).body), /no search parameter 'care-level'/);
    await put(parameter('care-level'));
    await put(client('omar', 'high'));
    await complete('Patient?care-level=high');
    assert.deepEqual(await ids('Patient?care-level=high'), ['maria', 'omar']);
    assert.deepEqual(await ids('Patient?care-level:missing=true'), []);
    assert.deepEqual(await ids('CarePlan?subject:Patient.care-level=high'), ['maria-plan']);
    assert.deepEqual(await ids('Patient?_sort=-care-level'), ['ada', 'jonas', 'maria', 'omar']);
    const statement = (await get('metadata')).body as CapabilityStatement;
    const declared = statement.rest?.[0]?.resource?.find(({ type }) => type === 'Patient')?.searchParam;
    assert.equal(declared?.find(({ name }) => name === 'care-level')?.definition, parameter('care-level').url);
  });

  it('is found by an include when it is a reference', async () => {
    const url = 'https://clinic.example/fhir/StructureDefinition/coordinator';
    await put({ resourceType: 'Practitioner', id: 'noor', name: [{ family: 'Noor' }] } as never);
    await put(client('lena', 'low', { extension: [{ url, valueReference: { reference: 'Practitioner/noor' } }] }));
    await put(
      parameter('coordinator', {
        type: 'reference',
        target: ['Practitioner'],
        expression: `Patient.extension('${url}').value`,
      }),
    );
    await complete('Patient?coordinator=Practitioner/noor');
    assert.deepEqual(await ids('Patient?coordinator=noor&_include=Patient:coordinator'), ['lena', 'noor']);
    assert.deepEqual(await ids('Patient?coordinator.name=noor'), ['lena']);
    assert.deepEqual(await ids('Practitioner?_has:Patient:coordinator:_id=lena'), ['noor']);
  });

  it('finds by its new expression when that changes', async () => {
    const other = 'https://clinic.example/fhir/StructureDefinition/risk';
    await put(client('tom', 'high', { extension: [{ url: other, valueCode: 'rising' }] }));
    await put(parameter('care-level', { expression: `Patient.extension('${other}').value` }));
    await complete('Patient?care-level=rising');
    assert.deepEqual(await ids('Patient?care-level=rising'), ['tom']);
    assert.deepEqual(await ids('Patient?care-level=high'), []);
  });

  it('is unknown again once it is retired or deleted, and its rows go', async () => {
    await put(parameter('care-level', { status: 'retired' }));
    assert.match(diagnostics((await get('Patient?care-level=high')).body), /no search parameter 'care-level'/);
    await server().http.delete('/fhir/SearchParameter/coordinator').expect(204);
    assert.equal((await get('Patient?coordinator=noor')).status, 400);
    const rows = () => server().store.query(sql`SELECT number FROM search_parameter WHERE status <> 'active'`);
    for (let turn = 0; turn < 400 && (await rows()).length > 0; turn += 1) await sleep(25);
    assert.deepEqual(await rows(), []);
    const orphans = await server().store.query(
      sql`SELECT 1 AS one FROM token_index WHERE param NOT IN (SELECT number FROM search_parameter)`,
    );
    assert.deepEqual(orphans, []);
  });

  it('takes effect within a transaction that also stores what it finds', async () => {
    const entry = [parameter('in-bundle'), client('bundled', 'special')].map((resource) => ({
      resource,
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
    }));
    await server().http.post('/fhir').send({ resourceType: 'Bundle', type: 'transaction', entry }).expect(200);
    await complete('Patient?in-bundle=special');
    assert.deepEqual(await ids('Patient?in-bundle=special'), ['bundled']);
  });

  it('may be a composite of others', async () => {
    await put(parameter('contact-name', { type: 'string', expression: 'Patient.contact.name' }));
    await put(parameter('contact-role', { expression: 'Patient.contact.relationship' }));
    await put(
      parameter('contact', {
        type: 'composite',
        expression: 'Patient.contact',
        component: [
          { definition: parameter('contact-role').url, expression: 'relationship' },
          { definition: parameter('contact-name').url, expression: 'name.family' },
        ],
      }),
    );
    await put(
      client('eva', 'low', {
        contact: [{ relationship: [{ coding: [{ code: 'N' }] }], name: { family: 'Brandt' } }],
      }),
    );
    await complete('Patient?contact=N$brandt');
    assert.deepEqual(await ids('Patient?contact=N$brandt'), ['eva']);
    const { status, body } = await server().http.delete('/fhir/SearchParameter/contact-role');
    assert.equal(status, 409);
    assert.match(diagnostics(body), /SearchParameter\/contact, the search parameter 'contact' of Patient, depends/);
  });

  it('is stored and not in force while it is a draft', async () => {
    await put(parameter('draft', { status: 'draft', expression: 'Patient.nonsense' }));
    assert.equal((await get('Patient?draft=x')).status, 400);
  });

  it('is not needed when it repeats one that is there', async () => {
    await put(
      parameter('us-core-patient-name', {
        code: 'name',
        type: 'string',
        derivedFrom: 'http://hl7.org/fhir/SearchParameter/Patient-name',
        expression: 'Patient.name',
      }),
    );
    assert.equal((await get('Patient?name=x')).status, 200);
  });

  describe('is refused (422)', () => {
    const refused: readonly (readonly [string, object, RegExp])[] = [
      ['a code with a colon', { code: 'care:level' }, /the code 'care:level' cannot stand in a search/],
      ['a code of the specification', { code: '_level' }, /begins with '_', which is kept/],
      ['an unknown base', { base: ['Pacient'] }, /'Pacient'/],
      ['an unknown target', { type: 'reference', target: ['Persona'], expression: 'Patient.link.other' }, /'Persona'/],
      ['type special', { type: 'special' }, /of type special is carried out by a program/],
      ['no expression', { expression: undefined }, /it has no expression/],
      [
        'a misspelt element',
        { expression: 'Patient.maritalState' },
        /Patient has no element 'maritalState'; did you mean 'maritalStatus'/,
      ],
      ['broken FHIRPath', { expression: 'Patient.name.where(' }, /is no FHIRPath expression/],
      ['an expression of another type', { expression: 'Practitioner.name' }, /selects nothing in a Patient/],
      [
        'values of another type',
        { type: 'date', expression: 'Patient.gender' },
        /'Patient.gender' selects code, of which a parameter of type date has no values; of type string or token/,
      ],
      [
        'a regular expression',
        { expression: "Patient.name.where(family.matches('(a+)+$'))" },
        /calls matches\(\), which a search parameter of this server may not/,
      ],
      ['the clock', { expression: 'Patient.where(birthDate < today())' }, /calls today\(\)/],
      [
        'a misspelt function',
        { expression: "Patient.name.wher(use = 'official').family" },
        /calls wher\(\).*did you mean where\(\)/,
      ],
      [
        'a code that is taken',
        { code: 'birthdate', type: 'date', expression: 'Patient.deceased.ofType(dateTime)' },
        /Patient has a search parameter 'birthdate' already: http:\/\/hl7.org\/fhir\/SearchParameter\/individual-birthdate, which this server ships/,
      ],
      [
        'a URL that is taken',
        { url: 'http://hl7.org/fhir/SearchParameter/individual-gender', code: 'other' },
        /the URL .*individual-gender is that of another search parameter, which this server ships/,
      ],
      [
        'a composite of one',
        {
          type: 'composite',
          expression: 'Patient.contact',
          component: [{ definition: 'http://hl7.org/fhir/SearchParameter/individual-gender', expression: 'gender' }],
        },
        /has two components or more; this one has 1/,
      ],
      [
        'a composite of unknown parts',
        {
          type: 'composite',
          expression: 'Patient.contact',
          component: [
            { definition: 'https://clinic.example/none', expression: 'gender' },
            { definition: 'http://hl7.org/fhir/SearchParameter/individual-gender', expression: 'gnder' },
          ],
        },
        /no search parameter with the URL https:\/\/clinic.example\/none in force.*'gnder' selects nothing/,
      ],
    ];
    for (const [title, change, message] of refused)
      it(title, async () => {
        const resource = parameter('refused', change);
        const { status, body } = await server().http.put('/fhir/SearchParameter/refused').send(resource);
        assert.equal(status, 422, JSON.stringify(body));
        assert.match(diagnostics(body), message);
        assert.equal((await get('SearchParameter/refused')).status, 404);
      });

    it('with the entry named, when it comes in a transaction', async () => {
      const resource = parameter('refused', { expression: 'Patient.maritalState' });
      const entry = [{ resource, request: { method: 'PUT', url: 'SearchParameter/refused' } }];
      const { status, body } = await server()
        .http.post('/fhir')
        .send({ resourceType: 'Bundle', type: 'transaction', entry });
      assert.equal(status, 422);
      assert.match(diagnostics(body), /^Bundle.entry\[0\]: /);
      assert.deepEqual(body.issue[0].expression, ['Bundle.entry[0].resource.expression']);
    });
  });

  it('is known to another server on the same database within a second', async () => {
    const other: ServerUnderTest = await openServer(server().store);
    await put(client('shared', 'shared'));
    await put(parameter('shared-level'));
    await complete('Patient?shared-level=shared');
    await sleep(600);
    const { body } = await other.http.get('/fhir/Patient?shared-level=shared').expect(200);
    assert.equal(body.entry.length, 1);
    await other.http.put('/fhir/Patient/from-other').send(client('from-other', 'shared')).expect(201);
    assert.deepEqual(await ids('Patient?shared-level=shared'), ['shared', 'from-other']);
    await other.app.drain();
  });
});
