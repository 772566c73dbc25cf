/** Clients at /care and Patients at /fhir: one record, one history, seen from both sides. */
import { strict as assert } from 'node:assert';
import { parseJson, stringifyJson } from '../../resources/json.ts';
import { hospitalPatient } from '../mappings/hospital-patient.ts';
import { BASE, onEveryDatabase } from '../server-under-test.ts';

const CARE = BASE.replace(/fhir$/, 'care');

onEveryDatabase('care: clients', (server) => {
  const http = () => server().http;
  const textOf = async (path: string): Promise<string> => (await http().get(path)).text;
  /** The JSON text without what the server says of the version. */
  const withoutMeta = (text: string): string => text.replace(/"meta":\{[^{}]*\},/, '');

  const ana = {
    recordNumber: 'PV-000100',
    legalName: { given: ['Ana'], family: 'Reyes' },
    preferredName: { text: 'Anita' },
    sex: 'female',
    bornOn: '1988-04',
    phones: [{ number: '+1 602-555-0110', use: 'mobile' }],
    riskTier: 'rising',
    enrolment: { status: 'enrolled', start: '2026-01-05' },
  };

  describe("a hospital's Patient", () => {
    it('has one telephone number that differs, to the digit, after an edit of the telephone number', async () => {
      await http().put('/fhir/Patient/maria').set('Content-Type', 'application/fhir+json').send(hospitalPatient);
      const before = await textOf('/fhir/Patient/maria');
      assert.equal(withoutMeta(before), withoutMeta(stringifyJson(parseJson(hospitalPatient))));
      const { body, headers } = await http().get('/care/clients/maria');
      const phones = body.phones.map((each: { use: string }) =>
        each.use === 'mobile' ? { ...each, number: '+1 602-555-0199' } : each,
      );
      const patched = await http()
        .patch('/care/clients/maria')
        .set('If-Match', headers.etag ?? '')
        .set('Content-Type', 'application/merge-patch+json')
        .send(JSON.stringify({ phones }));
      assert.equal(patched.status, 200, patched.text);
      assert.equal(patched.headers.etag, 'W/"2"');
      const after = await textOf('/fhir/Patient/maria');
      assert.equal(withoutMeta(after), withoutMeta(before).replace('+1 602-555-0100', '+1 602-555-0199'));
    });

    it('survives the same edit by PUT of the whole client', async () => {
      const before = await textOf('/fhir/Patient/maria');
      const { body } = await http().get('/care/clients/maria');
      const phones = [{ ...body.phones[0], number: '+1 602-555-0177' }, body.phones[1]];
      const put = await http()
        .put('/care/clients/maria')
        .send({ ...body, phones });
      assert.equal(put.status, 200, put.text);
      assert.equal(
        withoutMeta(await textOf('/fhir/Patient/maria')),
        withoutMeta(before).replace('+1 602-555-0199', '+1 602-555-0177'),
      );
    });
  });

  describe('a client', () => {
    it('is made with 201, Location and ETag, and is a Patient at once', async () => {
      const { status, headers, body } = await http().post('/care/clients').send(ana);
      assert.equal(status, 201, JSON.stringify(body));
      assert.equal(headers.location, `${CARE}/clients/${body.id}`);
      assert.equal(headers.etag, 'W/"1"');
      assert.equal(body.version, '1');
      assert.equal(body.name, 'Anita');
      const { body: patient } = await http().get(`/fhir/Patient/${body.id}`);
      assert.equal(patient.name[0].family, 'Reyes');
      assert.equal(patient.birthDate, '1988-04');
    });

    it('has one history, whichever side wrote', async () => {
      const { body: made } = await http().post('/care/clients').send(ana);
      await http()
        .patch(`/fhir/Patient/${made.id}`)
        .set('Content-Type', 'application/json-patch+json')
        .send([{ op: 'replace', path: '/birthDate', value: '1988-04-09' }]);
      const { body: seen, headers } = await http().get(`/care/clients/${made.id}`);
      assert.equal(seen.bornOn, '1988-04-09');
      assert.equal(headers.etag, 'W/"2"');
      await http().patch(`/care/clients/${made.id}`).send({ riskTier: null });
      const { body: history } = await http().get(`/care/clients/${made.id}/history`);
      assert.deepEqual(
        history.items.map((each: { version: string; change: string }) => [each.version, each.change]),
        [
          ['3', 'updated'],
          ['2', 'updated'],
          ['1', 'created'],
        ],
      );
      assert.equal(history.items[0].record.riskTier, undefined);
      assert.equal(history.items[1].record.riskTier, 'rising');
      const { body: first } = await http().get(`/care/clients/${made.id}/history/1`);
      assert.equal(first.bornOn, '1988-04');
    });

    it('is not written over: If-Match of an older version answers 412, and nothing changes', async () => {
      const { body: made } = await http().post('/care/clients').send(ana);
      await http().patch(`/care/clients/${made.id}`).send({ sex: 'unknown' });
      const stale = await http().patch(`/care/clients/${made.id}`).set('If-Match', 'W/"1"').send({ sex: 'male' });
      assert.equal(stale.status, 412);
      assert.match(stale.headers['content-type'] ?? '', /^application\/problem\+json/);
      assert.equal(stale.body.errors[0].parameter, 'If-Match');
      assert.equal((await http().get(`/care/clients/${made.id}`)).body.sex, 'unknown');
    });

    it('takes four patches of different fields at once, and loses none', async () => {
      const { body: made } = await http().post('/care/clients').send(ana);
      const notes = ['culturalContext', 'communicationPreferences', 'carePreferences', 'lifeCircumstances'];
      const answers = await Promise.all(
        notes.map((field) =>
          http()
            .patch(`/care/clients/${made.id}`)
            .send({ [field]: field }),
        ),
      );
      assert.deepEqual(
        answers.map(({ status }) => status),
        notes.map(() => 200),
      );
      const { body } = await http().get(`/care/clients/${made.id}`);
      assert.deepEqual(
        notes.map((field) => body[field]),
        notes,
      );
    });

    it('is gone after DELETE, with 410', async () => {
      const { body: made } = await http().post('/care/clients').send(ana);
      assert.equal((await http().delete(`/care/clients/${made.id}`)).status, 204);
      assert.equal((await http().get(`/care/clients/${made.id}`)).status, 410);
      assert.equal((await http().get(`/fhir/Patient/${made.id}`)).status, 410);
    });
  });

  describe('errors', () => {
    const cases: readonly [string, object, string, RegExp][] = [
      ['an unknown word', { ...ana, sex: 'f' }, 'sex', /found "f"; expected one of female, male, another, unknown/],
      ['a field that is not there', { ...ana, birthday: '1988' }, 'birthday', /there is no such field/],
      [
        'a day that is none',
        { ...ana, bornOn: '1988-02-30' },
        'bornOn',
        /found "1988-02-30"; expected a day, month or year/,
      ],
      ['a missing part', { ...ana, phones: [{ use: 'home' }] }, 'phones[0].number', /it is missing/],
    ];
    for (const [title, model, field, detail] of cases)
      it(`name the field: ${title}`, async () => {
        const { status, headers, body } = await http().post('/care/clients').send(model);
        assert.equal(status, 422);
        assert.match(headers['content-type'] ?? '', /^application\/problem\+json/);
        const [error] = body.errors;
        assert.equal(error.field, field);
        assert.match(error.detail, detail);
      });

    it('of FHIR are told by field too', async () => {
      const { status, body } = await http()
        .post('/care/clients')
        .send({ ...ana, emergencyContacts: [{ relation: 'sister' }] });
      assert.equal(status, 422);
      assert.equal(body.errors[0].field, 'emergencyContacts[0]');
      assert.match(body.errors[0].element, /^Patient\.contact\[0\]/);
    });

    for (const [method, path, status] of [
      ['get', '/care/client', 404],
      ['get', '/care/clients/nobody', 404],
      ['get', '/care/clients?nme=x', 400],
      ['get', '/care/clients?limit=0', 400],
      ['get', '/care/clients?sort=shoe', 400],
      ['get', '/care/clients?page=%00', 400],
      ['put', '/care/clients', 405],
      ['post', '/care/clients/maria', 405],
      ['get', '/care/%E0%A4%A', 404],
      ['get', '/care/clients/%2e%2e%2fmetadata', 404],
    ] as const)
      it(`${method.toUpperCase()} ${path} answers ${status} with a problem`, async () => {
        const response = await http()[method](path);
        assert.equal(response.status, status, response.text);
        assert.match(response.headers['content-type'] ?? '', /^application\/problem\+json/);
        assert.equal(response.body.status, status);
      });

    it('of the body are 4xx: no JSON, no object, another type', async () => {
      const send = (type: string, text: string) => http().post('/care/clients').set('Content-Type', type).send(text);
      assert.equal((await send('application/json', '{')).status, 400);
      assert.equal((await send('application/json', '[1]')).status, 422);
      assert.equal((await send('text/plain', 'x')).status, 415);
      assert.equal(
        (await http().patch('/care/clients/maria').send('[]').set('Content-Type', 'application/json')).status,
        400,
      );
    });
  });

  describe('the list', () => {
    before(async () => {
      for (const given of ['Bea', 'Bert', 'Bilal'])
        await http()
          .post('/care/clients')
          .send({ legalName: { given: [given], family: 'Quintero' }, bornOn: '1970' });
    });

    it('finds by a filter, in an order, with a total', async () => {
      const { body } = await http().get('/care/clients?name=quint&sort=-name&total=true');
      assert.equal(body.total, 3);
      assert.equal(body.items.length, 3);
      assert.equal(body.items[0].legalName.family, 'Quintero');
    });

    it('goes on page by page until there is no next', async () => {
      const seen: string[] = [];
      let path: string | undefined = '/care/clients?name=quintero&limit=2';
      while (path) {
        const { body } = await http().get(path);
        for (const { legalName } of body.items) seen.push(legalName.given[0]);
        path = body.next?.replace(/^.*\/care/, '/care');
      }
      assert.deepEqual(seen.sort(), ['Bea', 'Bert', 'Bilal']);
    });

    it('speaks our words in its filters', async () => {
      assert.equal((await http().get('/care/clients?sex=female&recordNumber=PV-000017')).body.items[0].id, 'maria');
      assert.equal((await http().get('/care/clients?sex=f')).status, 400);
    });
  });
});
