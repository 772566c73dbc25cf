/** `_explain`: how a search is understood and carried out, for those who run the server. */
import { strict as assert } from 'node:assert';
import type { ParametersParameter } from '../../resources/types.ts';
import { onEveryDatabase } from '../server-under-test.ts';

onEveryDatabase('_explain', (server) => {
  const explain = (query: string) => server().http.get(`/fhir/Observation?${query}`);
  before(async () => {
    const code = { coding: [{ system: 'http://loinc.org', code: '44261-6' }] };
    await server().http.post('/fhir/Observation').send({ resourceType: 'Observation', status: 'final', code });
  });

  it('tells expression, plan, statement, values and what the database makes of it', async () => {
    const { status, body } = await explain('code=44261-6&status=final&_explain=true');
    assert.equal(status, 200);
    const of = (name: string) =>
      body.parameter
        .filter((each: ParametersParameter) => each.name === name)
        .map(({ valueString }: ParametersParameter) => valueString);
    assert.match(of('expression')[0], /^Observation: .*code.*44261-6.*status/s);
    assert.match(of('sql')[0], /token_index/);
    assert.ok(of('value').includes('44261-6'));
    assert.ok(of('database').length > 0);
    assert.equal(of('plan').length, 1);
  });

  it('holds back nothing that is written afterwards', async () => {
    const observation = (id: string) => ({
      resourceType: 'Observation',
      id,
      status: 'amended',
      code: { text: 'Weight' },
    });
    for (const id of ['monday', 'tuesday', 'wednesday']) {
      await explain('status=amended&_explain=true').expect(200);
      await server().http.put(`/fhir/Observation/${id}`).send(observation(id)).expect(201);
      const { body } = await explain('status=amended');
      assert.equal(body.entry?.at(-1)?.resource.id, id);
    }
  });

  it('refuses what is neither true nor false', async () => {
    assert.equal((await explain('_explain=maybe')).status, 400);
  });
});

onEveryDatabase(
  '_explain, where it is not configured',
  (server) => {
    it('is refused', async () => {
      const { status, body } = await server().http.get('/fhir/Observation?_explain=true');
      assert.equal(status, 400);
      assert.match(body.issue[0].diagnostics, /EXPLAIN/);
    });
  },
  { explain: false },
);
