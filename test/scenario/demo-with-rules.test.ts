/** The demo population and the rules of the clinic tell one story: nothing is there twice, however often it is loaded. */
import { strict as assert } from 'node:assert';
import { population } from '../../server/demo/population.ts';
import { onEveryDatabase } from '../server-under-test.ts';

onEveryDatabase('the demo population', (server) => {
  const count = async (search: string): Promise<number> => {
    const { body } = await server().http.get(`/fhir/${search}&_summary=count`);
    return body.total as number;
  };

  it('has one total for each PHQ-9, and no Flag and no Task of the rules beside its own', async () => {
    const bundles = [...population({ clients: 6, seed: 7, until: '2026-11-02' })];
    const written = bundles.flatMap(({ entry = [] }) => entry.map(({ resource }) => resource));
    const own = (type: string, code = '') =>
      written.filter((one) => one?.resourceType === type && JSON.stringify(one).includes(code)).length;
    for (let time = 0; time < 2; time += 1) {
      for (const bundle of bundles) {
        const { status, body } = await server().http.post('/fhir').send(bundle);
        assert.equal(status, 200, JSON.stringify(body).slice(0, 500));
      }
      assert.equal(await count('Observation?code=44261-6'), own('QuestionnaireResponse', '44249-1'));
      assert.equal(await count('Observation?code=44249-1'), own('QuestionnaireResponse', '44249-1'));
      assert.equal(await count('Flag?_id:missing=false'), own('Flag'));
      assert.equal(await count('Task?code=safety-follow-up'), own('Task', 'safety-follow-up'));
      assert.equal(await count('Task?code=phq9-due'), own('Task', 'phq9-due'));
    }
  });
});
