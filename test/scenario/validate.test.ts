import { strict as assert } from 'node:assert';
import type { OperationOutcome, OperationOutcomeIssue, Patient } from '../../resources/types.ts';
import { BASE, onEveryDatabase } from '../server-under-test.ts';

const JSON_TYPE = 'application/fhir+json';
const PROFILE = 'http://care.example/StructureDefinition/named-client';

const namedClient = (min: number) => ({
  resourceType: 'StructureDefinition',
  id: 'named-client',
  url: PROFILE,
  name: 'NamedClient',
  status: 'active',
  kind: 'resource',
  abstract: false,
  type: 'Patient',
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
  derivation: 'constraint',
  differential: { element: [{ id: 'Patient.name', path: 'Patient.name', min }] },
});

const errorsOf = (outcome: OperationOutcome): readonly OperationOutcomeIssue[] =>
  outcome.issue.filter(({ severity }) => severity === 'error' || severity === 'fatal');

/** Line and column of an issue, as HL7's extensions say them. */
const placeOf = ({ extension = [] }: OperationOutcomeIssue) => extension.map(({ valueInteger }) => valueInteger);

// https://hl7.org/fhir/R4/resource-operation-validate.html
onEveryDatabase('$validate', (server) => {
  const post = (path: string, body: object | string, type = JSON_TYPE) =>
    server().http.post(`/fhir/${path}`).set('Content-Type', type).send(body);
  const put = (resource: { resourceType: string; id: string }, prefer = 'return=minimal') =>
    server()
      .http.put(`/fhir/${resource.resourceType}/${resource.id}`)
      .set('Content-Type', JSON_TYPE)
      .set('Prefer', prefer)
      .send(resource);
  const maria = { resourceType: 'Patient', id: 'maria', gender: 'female', text: undefined } as unknown as Patient;

  it('answers 200 for a valid resource and stores nothing', async () => {
    const { status, body } = await post('Patient/$validate', maria);
    assert.equal(status, 200);
    assert.deepEqual(errorsOf(body), []);
    assert.equal((await server().http.get('/fhir/Patient/maria')).status, 404);
  });

  it('answers 200 for a resource that breaks rules, with the element, the line and the column in JSON', async () => {
    const text = '{"resourceType": "Patient",\n  "gender": "often",\n  "birthDate": "1980-13-01"}';
    const { status, body } = await post('Patient/$validate', text);
    assert.equal(status, 200);
    const found = errorsOf(body).map((issue) => [issue.expression?.[0], ...placeOf(issue)]);
    assert.deepEqual(found, [
      ['Patient.gender', 2, 13],
      ['Patient.birthDate', 3, 16],
    ]);
  });

  it('gives line and column in XML', async () => {
    const text = '<Patient xmlns="http://hl7.org/fhir">\n  <gender value="often"/>\n</Patient>';
    const { body } = await post('Patient/$validate', text, 'application/fhir+xml');
    assert.deepEqual(errorsOf(body).map(placeOf), [[2, 3]]);
  });

  it('finds the place inside Parameters', async () => {
    const text =
      '{"resourceType": "Parameters", "parameter": [{"name": "mode", "valueCode": "create"},\n{"name": "resource", "resource": {"resourceType": "Patient",\n"gender": "often"}}]}';
    const { body } = await post('Patient/$validate', text);
    assert.deepEqual(errorsOf(body).map(placeOf), [[3, 11]]);
  });

  it('answers 400 for what cannot be read as a resource', async () => {
    for (const text of ['{"resourceType": "Patient"', '[]', '{"resourceType": "Nobody"}', '']) {
      const { status, body } = await post('Patient/$validate', text);
      assert.equal(status, 400, text);
      assert.equal(body.resourceType, 'OperationOutcome');
    }
  });

  it('says that a resource is of another type than the path', async () => {
    const { status, body } = await post('Observation/$validate', maria);
    assert.equal(status, 200);
    assert.match(errorsOf(body)[0]?.diagnostics ?? '', /is a Patient, and the path says Observation/);
  });

  it('validates a Parameters resource that is itself the content', async () => {
    const { body } = await post('Parameters/$validate', {
      resourceType: 'Parameters',
      parameter: [{ valueString: 'x' }],
    });
    assert.deepEqual(errorsOf(body)[0]?.expression, ['Parameters.parameter[0]']);
  });

  it('refuses a mode that there is not, and an unknown parameter', async () => {
    assert.equal((await post('Patient/$validate?mode=guess', maria)).status, 400);
    assert.equal((await post('Patient/$validate?profil=x', maria)).status, 400);
  });

  it('validates what is stored, when an instance comes without a body', async () => {
    await put({ resourceType: 'Patient', id: 'stored' });
    const { status, body } = await server().http.get('/fhir/Patient/stored/$validate');
    assert.equal(status, 200);
    assert.deepEqual(errorsOf(body), []);
    assert.equal((await server().http.get('/fhir/Patient/nobody/$validate')).status, 404);
  });

  it('holds an update to the id of the path', async () => {
    const { body } = await post('Patient/stored/$validate?mode=update', { ...maria, id: 'other' });
    assert.match(errorsOf(body)[0]?.diagnostics ?? '', /the id "stored"; found "other"/);
  });

  it('tells whether a resource can be deleted', async () => {
    assert.equal((await post('Patient/stored/$validate?mode=delete', '')).status, 200);
    assert.equal((await post('Patient/nobody/$validate?mode=delete', '')).status, 404);
    assert.equal((await post('Patient/$validate?mode=delete', '')).status, 400);
  });

  describe('with stored profiles', () => {
    const asked = async () =>
      errorsOf((await post(`Patient/$validate?profile=${encodeURIComponent(PROFILE)}`, maria)).body);

    it('uses a profile from the moment that it is stored, in its current version, until it is deleted', async () => {
      assert.match((await asked())[0]?.diagnostics ?? '', /not known/);
      assert.equal((await put(namedClient(1))).status, 201);
      assert.match((await asked())[0]?.diagnostics ?? '', /Patient.name: at least 1 required/);
      assert.equal((await put(namedClient(0))).status, 200);
      assert.deepEqual(await asked(), []);
      assert.equal((await server().http.delete('/fhir/StructureDefinition/named-client')).status, 204);
      assert.match((await asked())[0]?.diagnostics ?? '', /not known/);
    });

    it('uses what a transaction stored', async () => {
      const entry = [{ resource: namedClient(1), request: { method: 'PUT', url: 'StructureDefinition/named-client' } }];
      assert.equal((await post('', { resourceType: 'Bundle', type: 'transaction', entry })).status, 200);
      assert.equal((await asked()).length, 1);
    });

    it('tells on a write what a claimed profile says, and writes all the same', async () => {
      const claiming = { ...maria, meta: { profile: [PROFILE] } } as Patient & { id: string };
      const { status, body } = await put(claiming, 'return=OperationOutcome');
      assert.equal(status, 201);
      assert.ok(
        (body as OperationOutcome).issue.some(
          ({ severity, diagnostics }) => severity === 'warning' && /Patient.name: at least 1/.test(diagnostics ?? ''),
        ),
      );
    });

    it('lets constraints resolve references to what is stored here', async () => {
      const constraint = [
        {
          key: 'named-1',
          severity: 'error',
          human: 'The client has a name',
          expression: 'resolve().name.exists()',
        },
      ];
      const profile = {
        ...namedClient(0),
        id: 'of-named-client',
        url: 'http://care.example/StructureDefinition/of-named-client',
        name: 'OfNamedClient',
        type: 'Condition',
        baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Condition',
        differential: { element: [{ id: 'Condition.subject', path: 'Condition.subject', constraint }] },
      };
      assert.equal((await put(profile)).status, 201);
      const ask = async (reference: string) => {
        const condition = { resourceType: 'Condition', subject: { reference } };
        const { body } = await post(`Condition/$validate?profile=${profile.url}`, condition);
        return errorsOf(body).map(({ details }) => details?.coding?.[0]?.code);
      };
      await put({ resourceType: 'Patient', id: 'named', name: [{ family: 'Keller' }] } as Patient & { id: string });
      assert.deepEqual(await ask('Patient/named'), []);
      assert.deepEqual(await ask('Patient/stored'), ['named-1']);
      assert.deepEqual(await ask(`${BASE}/Patient/stored`), ['named-1']);
    });
  });
});

onEveryDatabase(
  'the policy of validation',
  (server) => {
    const put = (resource: { resourceType: string; id: string; [name: string]: unknown }) =>
      server().http.put(`/fhir/${resource.resourceType}/${resource.id}`).set('Content-Type', JSON_TYPE).send(resource);

    before(async () => {
      await put(namedClient(1));
      await put({
        ...namedClient(1),
        id: 'gentle',
        url: 'http://care.example/StructureDefinition/gentle',
        version: '2',
      });
    });

    const rules: readonly [string, { resourceType: string; id: string; [name: string]: unknown }, number][] = [
      ['refuses what breaks R4', { resourceType: 'Group', id: 'a' }, 422],
      ['lets pass what a rule for its type lets pass', { resourceType: 'Goal', id: 'a' }, 201],
      ['refuses what breaks a required profile', { resourceType: 'Patient', id: 'a' }, 422],
      ['takes what keeps a required profile', { resourceType: 'Patient', id: 'b', name: [{ text: 'Maria' }] }, 201],
      ['takes a definition that has errors', { resourceType: 'ValueSet', id: 'a', url: 'http://care.example/v' }, 201],
    ];
    for (const [title, resource, status] of rules)
      it(title, async () => {
        const answer = await put(resource);
        assert.equal(answer.status, status, JSON.stringify(answer.body));
      });
  },
  {
    validationRules: new Map([['Goal', 'warn']]),
    requiredProfiles: new Map([['Patient', [PROFILE]]]),
  },
);
