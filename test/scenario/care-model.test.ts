/** $to-model, $from-model, the maps, the OpenAPI document, and the records beside clients, over HTTP. */
import { strict as assert } from 'node:assert';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { mappings } from '../../mappings/index.ts';
import { hospitalPatient } from '../mappings/hospital-patient.ts';
import { onEveryDatabase } from '../server-under-test.ts';

interface Parameter {
  readonly name: string;
  readonly valueString?: string;
  readonly resource?: Record<string, unknown>;
}

interface OpenApi {
  readonly paths: Readonly<
    Record<string, { readonly get?: { readonly parameters?: readonly { name: string; example?: string }[] } }>
  >;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

onEveryDatabase('care: the model', (server) => {
  const http = () => server().http;
  const valuesOf = (body: { parameter: Parameter[] }, name: string) =>
    body.parameter.flatMap((each) => (each.name === name ? [each.valueString ?? each.resource] : []));
  const fhir = (path: string, body: object | string) =>
    http().post(path).set('Content-Type', 'application/fhir+json').send(body);

  describe('$to-model', () => {
    it('gives the record and names the elements that it does not say', async () => {
      const { status, body } = await fhir('/fhir/$to-model', hospitalPatient);
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(JSON.parse(String(valuesOf(body, 'model')[0])).legalName.family, 'García');
      const lost = valuesOf(body, 'lost');
      for (const path of [
        'Patient.contained',
        'Patient.photo',
        'Patient.link',
        'Patient.multipleBirthInteger',
        'Patient._birthDate',
        'Patient.telecom[1].rank',
      ])
        assert.ok(lost.includes(path), `${path} is lost, and is not in ${lost.join(', ')}`);
      for (const path of ['Patient.birthDate', 'Patient.telecom[1].value', 'Patient.name[0].use'])
        assert.ok(!lost.includes(path), path);
    });

    it('says which records there are when a resource is none of them', async () => {
      const { status, body } = await fhir('/fhir/$to-model', { resourceType: 'Basic', code: { text: 'x' } });
      assert.equal(status, 422);
      assert.match(body.issue[0].diagnostics, /There is no record for this Basic; there are Client \(Patient\)/);
    });
  });

  describe('$from-model', () => {
    const call = (type: string, model: unknown) =>
      fhir('/fhir/$from-model', {
        resourceType: 'Parameters',
        parameter: [
          { name: 'type', valueCode: type },
          { name: 'model', valueString: JSON.stringify(model) },
        ],
      });

    it('gives the resource and names the fields that it does not hold', async () => {
      const { status, body } = await call('Goal', {
        clientId: 'maria',
        statement: 'Sleep',
        status: 'proposed',
        version: '3',
        shoeSize: 38,
      });
      assert.equal(status, 200, JSON.stringify(body));
      assert.deepEqual(valuesOf(body, 'resource')[0], {
        resourceType: 'Goal',
        subject: { reference: 'Patient/maria' },
        description: { text: 'Sleep' },
        lifecycleStatus: 'proposed',
      });
      assert.deepEqual(valuesOf(body, 'lost'), ['version', 'shoeSize']);
    });

    it('names the field that is wrong', async () => {
      const { status, body } = await call('Goal', { clientId: 'maria', statement: 'Sleep', status: 'open' });
      assert.equal(status, 422);
      assert.deepEqual(body.issue[0].expression, ['Goal.status']);
      assert.equal((await call('Gaol', {})).status, 400);
    });
  });

  describe('every record', () => {
    const records: Readonly<Record<string, object>> = {
      clients: { recordNumber: 'PV-9', legalName: { family: 'Reyes' } },
      plans: {
        clientId: 'maria',
        title: 'Plan',
        status: 'draft',
        activities: [{ description: 'Walk', status: 'planned' }],
      },
      goals: {
        clientId: 'maria',
        statement: 'Sleep',
        status: 'active',
        targets: [{ measure: { text: 'Hours' }, aim: { kind: 'amount', value: 7, unit: 'h' } }],
      },
      teams: { clientId: 'maria', status: 'proposed', members: [{ who: { name: 'Sister' }, role: 'caregiver' }] },
      appointments: {
        clientId: 'maria',
        clientResponse: 'accepted',
        status: 'booked',
        start: '2026-05-01T10:00:00Z',
        end: '2026-05-01T11:00:00Z',
        modality: 'video',
      },
      'phq9-assessments': {
        clientId: 'maria',
        status: 'completed',
        answeredAt: '2026-05-01',
        interest: 1,
        mood: 2,
        sleep: 3,
        energy: 1,
        appetite: 0,
        selfWorth: 2,
        concentration: 1,
        movement: 0,
        selfHarm: 0,
      },
      handoffs: {
        clientId: 'maria',
        status: 'asked',
        from: { kind: 'practitioner', id: 'lee' },
        to: { kind: 'organization', id: 'home-health' },
        askedAt: '2026-05-01T10:00:00Z',
        answerBy: '2026-05-02T10:00:00Z',
        about: 'CarePlan/plan',
      },
      referrals: { clientId: 'maria', status: 'open', service: { text: 'Psychotherapy' }, urgency: 'soon' },
      feedback: { clientId: 'maria', status: 'done', text: 'They listened.', rating: 5 },
      'contact-notes': { clientId: 'maria', status: 'not-reached', reason: 'Voicemail full', medium: 'phone' },
      'social-needs': { clientId: 'maria', need: 'food', status: 'open', certainty: 'confirmed' },
      'risk-scores': { clientId: 'maria', status: 'final', predictions: [{ likelihood: 'high', probability: 62.5 }] },
    };
    let document: OpenApi;
    let validator: Ajv2020;

    before(async () => {
      await http().put('/fhir/Patient/maria').set('Content-Type', 'application/fhir+json').send(hospitalPatient);
      ({ body: document } = await http().get('/care/openapi.json'));
      validator = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
      validator.addSchema({ ...document, $id: 'openapi' });
    });

    const conforms = (schema: string, value: unknown): void => {
      const check = validator.getSchema(`openapi#/components/schemas/${schema}`);
      assert.ok(check, schema);
      assert.ok(check(value), JSON.stringify(check.errors));
    };

    it('has a path in the OpenAPI document, and nothing else has', () => {
      const wanted = mappings.flatMap(({ plural }) => [
        plural,
        `${plural}/{id}`,
        `${plural}/{id}/history`,
        `${plural}/{id}/history/{version}`,
      ]);
      assert.deepEqual(Object.keys(document.paths).sort(), wanted.map((path) => `/${path}`).sort());
      const text = JSON.stringify(document);
      for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g))
        assert.ok(document.components.schemas[name ?? ''], name);
    });

    for (const mapping of mappings)
      it(`answers as the OpenAPI document says: ${mapping.plural}`, async () => {
        const model = records[mapping.plural];
        assert.ok(model, `the test has a record of ${mapping.plural}`);
        const made = await http().post(`/care/${mapping.plural}`).send(model);
        assert.equal(made.status, 201, made.text);
        conforms(mapping.name, made.body);
        const read = await http().get(`/care/${mapping.plural}/${made.body.id}`);
        assert.deepEqual(read.body, made.body);
        const put = await http()
          .put(`/care/${mapping.plural}/${made.body.id}`)
          .set('If-Match', read.headers.etag ?? '')
          .send(read.body);
        assert.equal(put.status, 200, put.text);
        const list = await http().get(`/care/${mapping.plural}?total=true&sort=-updated`);
        assert.equal(list.status, 200, list.text);
        conforms(`${mapping.name}Page`, list.body);
        assert.ok(list.body.items.some(({ id }: { id: string }) => id === made.body.id));
        const history = await http().get(`/care/${mapping.plural}/${made.body.id}/history`);
        conforms(`${mapping.name}History`, history.body);
        const wrong = await http()
          .post(`/care/${mapping.plural}`)
          .send({ ...model, shoeSize: 38 });
        assert.equal(wrong.status, 422);
        conforms('Problem', wrong.body);
        for (const { name, example } of document.paths[`/${mapping.plural}`]?.get?.parameters ?? [])
          if (example !== undefined) {
            const query = new URLSearchParams([[name, example]]);
            const found = await http().get(`/care/${mapping.plural}?${query}`);
            assert.equal(found.status, 200, `${query}: ${found.text}`);
          }
      });

    it('computes the total of a PHQ-9 and keeps what it was not told', async () => {
      const { body } = await http()
        .post('/care/phq9-assessments')
        .send(records['phq9-assessments'] ?? {});
      assert.deepEqual([body.total, body.severity, body.complete, body.safetyConcern], [10, 'moderate', true, false]);
      const { body: again } = await http().patch(`/care/phq9-assessments/${body.id}`).send({ selfHarm: 1 });
      assert.deepEqual([again.total, again.safetyConcern], [11, true]);
    });

    it('is of its own kind: a response to another form is no PHQ-9', async () => {
      const { body } = await http().post('/fhir/QuestionnaireResponse').send({
        resourceType: 'QuestionnaireResponse',
        status: 'completed',
        questionnaire: 'https://example.org/other',
      });
      assert.equal((await http().get(`/care/phq9-assessments/${body.id}`)).status, 404);
      assert.equal((await http().delete(`/care/phq9-assessments/${body.id}`)).status, 404);
      assert.equal((await http().get(`/care/phq9-assessments/${body.id}/history`)).status, 404);
    });
  });
});
