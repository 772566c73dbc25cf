/** Conditional interactions, alone and in Bundles. https://hl7.org/fhir/R4/http.html#ccreate, #3.1.0.4.3, #3.1.0.7.1 */
import { strict as assert } from 'node:assert';
import { onEveryDatabase } from '../server-under-test.ts';

const SYSTEM = 'https://clinic.example/mrn';
const person = (mrn: string, more: object = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: SYSTEM, value: mrn }],
  ...more,
});
const by = (mrn: string) => `identifier=${encodeURIComponent(`${SYSTEM}|${mrn}`)}`;

onEveryDatabase('conditional interactions', (server) => {
  const count = async (mrn: string): Promise<number> =>
    (await server().http.get(`/fhir/Patient?${by(mrn)}&_summary=count&_total=accurate`)).body.total;
  const create = (mrn: string) => server().http.post('/fhir/Patient').set('If-None-Exist', by(mrn)).send(person(mrn));
  const send = (type: string, ...entry: unknown[]) =>
    server().http.post('/fhir').send({ resourceType: 'Bundle', type, entry });

  describe('create', () => {
    it('creates (201) when nothing matches, and answers 200 with what matches otherwise', async () => {
      const first = await create('c-1');
      assert.equal(first.status, 201, first.text);
      const second = await create('c-1');
      assert.equal(second.status, 200);
      assert.equal(second.body.id, first.body.id);
      assert.equal(second.headers.etag, 'W/"1"');
      assert.equal(await count('c-1'), 1);
    });

    it('refuses (412) when several match', async () => {
      for (const id of ['c-2a', 'c-2b'])
        await server()
          .http.put(`/fhir/Patient/${id}`)
          .send({ ...person('c-2'), id });
      const { status, body } = await create('c-2');
      assert.equal(status, 412);
      assert.equal(body.issue[0].code, 'multiple-matches');
    });

    it('makes one resource of 50 parallel identical creates', async () => {
      const statuses = await Promise.all(Array.from({ length: 50 }, async () => (await create('c-3')).status));
      assert.deepEqual(
        [201, 200].map((status) => statuses.filter((each) => each === status).length),
        [1, 49],
      );
      assert.equal(await count('c-3'), 1);
    });

    for (const [criteria, says] of [
      ['', /every Patient/],
      ['identfier=x', /did you mean 'identifier'/],
      ['name=x&_count=1', /_count shapes a result/],
    ] as const)
      it(`refuses the criteria "${criteria}"`, async () => {
        const { status, body } = await server()
          .http.post('/fhir/Patient')
          .set('If-None-Exist', criteria)
          .send(person('c-4'));
        assert.ok(status === 400 || status === 412, String(status));
        assert.match(body.issue[0].diagnostics, says);
      });
  });

  describe('update', () => {
    const update = (mrn: string, body: object) =>
      server()
        .http.put(`/fhir/Patient?${by(mrn)}`)
        .send(body);

    it('creates when nothing matches: with an id of the server, or that of the body', async () => {
      const made = await update('u-1', person('u-1'));
      assert.equal(made.status, 201);
      const named = await update('u-2', { ...person('u-2'), id: 'u-2' });
      assert.equal(named.status, 201);
      assert.equal(named.body.id, 'u-2');
    });

    it('updates the one match, and refuses an id that is not its', async () => {
      await server()
        .http.put('/fhir/Patient/u-3')
        .send({ ...person('u-3'), id: 'u-3' });
      const { status, body, headers } = await update('u-3', person('u-3', { active: true }));
      assert.equal(status, 200);
      assert.equal(body.id, 'u-3');
      assert.equal(headers.etag, 'W/"2"');
      const wrong = await update('u-3', { ...person('u-3'), id: 'other' });
      assert.equal(wrong.status, 400);
      assert.match(wrong.body.issue[0].diagnostics, /"other"; expected "u-3"/);
    });

    it('refuses (412) when several match or nothing is asked', async () => {
      assert.equal((await update('c-2', person('c-2'))).status, 412);
      assert.equal((await server().http.put('/fhir/Patient').send(person('x'))).status, 412);
    });
  });

  describe('patch', () => {
    const patch = (mrn: string) =>
      server()
        .http.patch(`/fhir/Patient?${by(mrn)}`)
        .set('Content-Type', 'application/json-patch+json')
        .send(JSON.stringify([{ op: 'add', path: '/active', value: false }]));

    it('changes the one match; 404 without, 412 with several', async () => {
      await server()
        .http.put('/fhir/Patient/p-1')
        .send({ ...person('p-1'), id: 'p-1' });
      const { status, body } = await patch('p-1');
      assert.equal(status, 200);
      assert.equal(body.active, false);
      assert.equal((await patch('p-none')).status, 404);
      assert.equal((await patch('c-2')).status, 412);
    });
  });

  describe('delete', () => {
    const remove = (criteria: string) => server().http.delete(`/fhir/Patient?${criteria}`);

    it('deletes the one match and all of several; 204 also when nothing matches', async () => {
      for (const [id, mrn] of [
        ['d-1', 'd-1'],
        ['d-2a', 'd-2'],
        ['d-2b', 'd-2'],
      ] as const)
        await server()
          .http.put(`/fhir/Patient/${id}`)
          .send({ ...person(mrn), id });
      assert.equal((await remove(by('d-1'))).status, 204);
      assert.equal((await server().http.get('/fhir/Patient/d-1')).status, 410);
      const { status, body } = await remove(by('d-2')).set('Prefer', 'return=OperationOutcome');
      assert.equal(status, 200);
      assert.match(body.issue[0].diagnostics, /2 resources/);
      assert.equal(await count('d-2'), 0);
      assert.equal((await remove(by('d-none'))).status, 204);
    });

    it('refuses to delete everything', async () => {
      assert.equal((await remove('')).status, 412);
    });
  });

  describe('in a transaction', () => {
    const entry = (method: string, url: string, resource?: unknown, more: object = {}) => ({
      ...(resource ? { resource } : {}),
      request: { method, url, ...more },
    });

    it('a conditional create that matches stands for the existing resource in references', async () => {
      await server()
        .http.put('/fhir/Patient/t-1')
        .send({ ...person('t-1'), id: 't-1' });
      const fullUrl = 'urn:uuid:6d4c2ad5-9d2c-4f7b-9c1b-70a2a1c0a001';
      const flag = { resourceType: 'Flag', status: 'active', code: { text: 'x' }, subject: { reference: fullUrl } };
      const { status, body } = await send(
        'transaction',
        { fullUrl, ...entry('POST', 'Patient', person('t-1'), { ifNoneExist: by('t-1') }) },
        entry('POST', 'Flag', flag),
      );
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(body.entry[0].response.status.slice(0, 3), '200');
      const stored = await server().http.get(`/fhir/${body.entry[1].response.location}`);
      assert.equal(stored.body.subject.reference, 'Patient/t-1');
    });

    it('a conditional reference becomes the reference to its one match', async () => {
      const flag = { resourceType: 'Flag', status: 'active', code: { text: 'x' } };
      const send1 = (mrn: string) =>
        send('transaction', entry('POST', 'Flag', { ...flag, subject: { reference: `Patient?${by(mrn)}` } }));
      const { body } = await send1('t-1');
      const stored = await server().http.get(`/fhir/${body.entry[0].response.location}`);
      assert.equal(stored.body.subject.reference, 'Patient/t-1');
      const none = await send1('t-none');
      assert.equal(none.status, 412);
      assert.match(none.body.issue[0].diagnostics, /Bundle\.entry\[0\].*No Patient matches/);
      assert.equal((await send1('c-2')).status, 412);
    });

    it('conditional update, patch and delete find their targets', async () => {
      for (const mrn of ['t-2', 't-3', 't-4'])
        await server()
          .http.put(`/fhir/Patient/${mrn}`)
          .send({ ...person(mrn), id: mrn });
      const patch = {
        resourceType: 'Parameters',
        parameter: [
          {
            name: 'operation',
            part: [
              { name: 'type', valueCode: 'add' },
              { name: 'path', valueString: 'Patient' },
              { name: 'name', valueString: 'active' },
              { name: 'value', valueBoolean: true },
            ],
          },
        ],
      };
      const { status, body } = await send(
        'transaction',
        entry('PUT', `Patient?${by('t-2')}`, person('t-2', { active: false })),
        entry('PATCH', `Patient?${by('t-3')}`, patch),
        entry('DELETE', `Patient?${by('t-4')}`),
      );
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal((await server().http.get('/fhir/Patient/t-2')).body.active, false);
      assert.equal((await server().http.get('/fhir/Patient/t-3')).body.active, true);
      assert.equal((await server().http.get('/fhir/Patient/t-4')).status, 410);
    });

    it('makes one resource of 20 parallel transactions with the same conditional create', async () => {
      const transactions = Array.from({ length: 20 }, () =>
        send('transaction', entry('POST', 'Patient', person('t-5'), { ifNoneExist: by('t-5') })),
      );
      const statuses = (await Promise.all(transactions)).map(({ body }) => body.entry?.[0].response.status.slice(0, 3));
      assert.equal(statuses.filter((status) => status === '201').length, 1);
      assert.equal(await count('t-5'), 1);
    });
  });
});
