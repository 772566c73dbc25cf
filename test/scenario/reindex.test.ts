/** $reindex: index rows made anew while searches go on. */
import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import sql from 'sql-template-tag';
import { onEveryDatabase } from '../server-under-test.ts';

onEveryDatabase('$reindex', (server) => {
  const http = () => server().http;
  const value = (body: { parameter: { name: string; valueInteger?: number }[] }, name: string) =>
    body.parameter.find((parameter) => parameter.name === name)?.valueInteger;
  const done = async () => {
    for (let turn = 0; turn < 600; turn += 1) {
      const { body } = await http().get('/fhir/$reindex').expect(200);
      if (value(body, 'incomplete') === 0) return;
      await sleep(25);
    }
    assert.fail('it does not end');
  };
  const found = async (search: string): Promise<string[]> =>
    ((await http().get(`/fhir/${search}`).expect(200)).body.entry ?? []).map(
      (entry: { resource: { id: string } }) => entry.resource.id,
    );

  before(async () => {
    for (const [id, birthDate] of [
      ['maria', '1984-06-02'],
      ['jonas', '1990-01-15'],
    ])
      await http()
        .put(`/fhir/Patient/${id}`)
        .send({ resourceType: 'Patient', id, birthDate, name: [{ family: id }], gender: 'other' })
        .expect(201);
  });

  it('mends rows that are missing or wrong, of one parameter', async () => {
    const [parameter] = await server().store.query<{ number: number }>(
      sql`SELECT number FROM search_parameter WHERE code = 'birthdate' AND url LIKE '%birthdate'
        AND number IN (SELECT param FROM date_index)`,
    );
    await server().store.transact((session) =>
      session.execute(sql`UPDATE date_index SET low = 0, high = 1 WHERE param = ${parameter?.number}`),
    );
    assert.deepEqual(await found('Patient?birthdate=1984-06-02'), []);
    const { body } = await http().post('/fhir/Patient/$reindex?parameter=birthdate').expect(200);
    assert.equal(value(body, 'incomplete'), 1);
    await done();
    assert.deepEqual(await found('Patient?birthdate=1984-06-02'), ['maria']);
    assert.deepEqual(await found('Patient?birthdate=1970-01-01'), []);
  });

  it('goes over everything, while searches are answered', async () => {
    await server().store.transact((session) => session.execute(sql`DELETE FROM token_index`));
    const { body } = await http().post('/fhir/$reindex').expect(200);
    assert.ok((value(body, 'incomplete') ?? 0) > 20);
    assert.deepEqual(await found('Patient?name=jonas'), ['jonas']);
    await done();
    assert.deepEqual(await found('Patient?gender=other'), ['maria', 'jonas']);
  });

  it('refuses a parameter that is none', async () => {
    const { body } = await http().post('/fhir/Patient/$reindex?parameter=birthdte').expect(400);
    assert.match(body.issue[0].diagnostics, /no search parameter 'birthdte'.*did you mean 'birthdate'/);
  });
});
