/** Searches by POST, with parameters in the URL, in the body, or in both. https://hl7.org/fhir/R4/http.html#search */
import { strict as assert } from 'node:assert';
import type { Bundle, BundleEntry, OperationOutcome } from '../../resources/types.ts';
import { onEveryDatabase } from '../server-under-test.ts';

const FORM = 'application/x-www-form-urlencoded';

onEveryDatabase('a search by POST', (server) => {
  before(async () => {
    const of = (resourceType: string, id: string, more: object) => ({
      resource: { resourceType, id, ...more },
      request: { method: 'PUT', url: `${resourceType}/${id}` },
    });
    const score = (id: string, patient: string, code: string, value: number) =>
      of('Observation', id, {
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code }] },
        subject: { reference: `Patient/${patient}` },
        valueQuantity: { value },
      });
    const entry = [
      of('Patient', 'maria', { name: [{ family: 'Muñoz' }], gender: 'female' }),
      of('Patient', 'jonas', { name: [{ family: 'Munoz & Berg' }], gender: 'male' }),
      score('phq9', 'maria', '44261-6', 18),
      score('gad7', 'maria', '70274-6', 4),
      score('phq9-jonas', 'jonas', '44261-6', 9),
      of('Condition', 'depression', { subject: { reference: 'Patient/maria' } }),
    ];
    await server().http.post('/fhir').send({ resourceType: 'Bundle', type: 'transaction', entry }).expect(200);
  });

  const post = (path: string, body = '') => server().http.post(`/fhir/${path}`).set('Content-Type', FORM).send(body);
  const found = async (path: string, body?: string): Promise<Bundle> => {
    const { status, body: bundle, text } = await post(path, body);
    assert.equal(status, 200, text);
    return bundle as Bundle;
  };
  const ids = ({ entry = [] }: Bundle) => entry.map(({ resource }: BundleEntry) => resource?.id).sort();
  const self = ({ link = [] }: Bundle) =>
    decodeURIComponent(link.find(({ relation }) => relation === 'self')?.url ?? '');

  for (const [path, body, ...expected] of [
    ['Patient/_search', 'name=munoz', 'jonas', 'maria'],
    ['Patient/_search?name=munoz', '', 'jonas', 'maria'],
    ['Patient/_search?name=munoz', 'gender=male', 'jonas'],
    ['Patient/_search?gender=female', 'gender=male'],
    ['Patient/_search', 'family=munoz+%26+berg', 'jonas'],
    ['Observation/_search?subject:Patient.gender=female', 'code=http%3A%2F%2Floinc.org%7C44261-6', 'phq9'],
    ['_search?_type=Patient,Condition', '_id=depression', 'depression'],
    ['Patient/maria/Observation/_search', '', 'gad7', 'phq9'],
    ['Patient/maria/Observation/_search', 'code=44261-6', 'phq9'],
    ['Patient/maria/Observation/_search?code=44261-6', 'value-quantity=lt10'],
    ['Patient/maria/*/_search', '_type=Condition,Observation', 'depression', 'gad7', 'phq9'],
  ] as const)
    it(`to ${path} with ${body || 'no body'} finds ${expected.join(', ') || 'nothing'}`, async () =>
      assert.deepEqual(ids(await found(path, body)), expected));

  it('states in its self link the parameters of URL and body, and pages on by GET', async () => {
    const bundle = await found('Patient/_search?name=munoz', '_count=1&_sort=-family');
    assert.equal(
      self(await found('Patient/_search?name=munoz', 'gender=male')).split('/fhir/')[1],
      'Patient?name=munoz&gender=male',
    );
    const next = bundle.link?.find(({ relation }) => relation === 'next')?.url.split('/fhir/')[1] ?? '';
    const second = await server().http.get(`/fhir/${next}`).expect(200);
    assert.equal(ids(bundle).concat(ids(second.body)).length, 2);
    assert.notDeepEqual(ids(bundle), ids(second.body));
  });

  it('is told what is wrong in URL and body alike', async () => {
    const { status, body } = await post('Patient/_search?nmae=x', 'gendre=male');
    assert.equal(status, 400);
    const texts = (body as OperationOutcome).issue.map(({ diagnostics }) => diagnostics ?? '');
    assert.equal(texts.length, 2);
    assert.match(texts.join(), /'nmae'.*'gendre'/);
  });

  it('has a body that is a form, or none', async () => {
    const { status } = await server().http.post('/fhir/Patient/_search').send({ name: 'munoz' });
    assert.equal(status, 415);
  });
});
