/** A practice that sends PHQ-9s: what is said of them, by $validate and on a write. */
import { strict as assert } from 'node:assert';
import type { OperationOutcome, Questionnaire } from '../../resources/types.ts';
import { onEveryDatabase } from '../server-under-test.ts';
import { phq9Cases, responseOf } from '../spec/phq9-cases.ts';

const JSON_TYPE = 'application/fhir+json';
const complete = phq9Cases.find(({ name }) => name === 'a total of 14');
const incomplete = phq9Cases.find(({ name }) => name === 'without item 8, self-harm reported');

onEveryDatabase('answers against their Questionnaire', (server) => {
  const post = (path: string, body: object) =>
    server().http.post(`/fhir/${path}`).set('Content-Type', JSON_TYPE).send(body);
  const rules = ({ issue }: OperationOutcome, severity: string): readonly string[] =>
    issue.filter((each) => each.severity === severity).map(({ details }) => details?.coding?.[0]?.code ?? '');
  const subject = { reference: 'Patient/maria', display: 'Maria Delgado' };

  it('knows the PHQ-9 without being told of it', async () => {
    assert.ok(complete && incomplete);
    const good = await post('QuestionnaireResponse/$validate', { ...responseOf(complete), subject });
    assert.deepEqual(rules(good.body, 'error'), []);
    const wrong = await post('QuestionnaireResponse/$validate', { ...responseOf(incomplete), subject });
    assert.deepEqual(rules(wrong.body, 'error'), ['item-required']);
    assert.match(JSON.stringify(wrong.body), /'\/44253-3' \(Moving or speaking so slowly/);
  });

  it('takes a response that departs from its form, and says so', async () => {
    assert.ok(incomplete);
    const { status, body } = await post('QuestionnaireResponse', responseOf(incomplete)).set(
      'Prefer',
      'return=OperationOutcome',
    );
    assert.equal(status, 201);
    assert.ok(rules(body, 'warning').includes('item-required'));
  });

  it('checks by a Questionnaire of the practice as soon as it is stored', async () => {
    const form: Questionnaire = {
      resourceType: 'Questionnaire',
      url: 'https://practice.example/Questionnaire/transport',
      status: 'active',
      item: [{ linkId: 'bus', type: 'boolean', required: true }],
    };
    const answers = { resourceType: 'QuestionnaireResponse', questionnaire: form.url, status: 'completed' };
    const before = await post('QuestionnaireResponse/$validate', answers);
    assert.ok(rules(before.body, 'warning').includes('questionnaire-unknown'));
    assert.equal((await post('Questionnaire', form)).status, 201);
    const after = await post('QuestionnaireResponse/$validate', answers);
    assert.deepEqual(rules(after.body, 'error'), ['item-required']);
  });

  it('holds a care plan to our profile', async () => {
    const plan = { resourceType: 'CarePlan', status: 'active', intent: 'plan', subject };
    const profile = encodeURIComponent('https://throughline.dev/fhir/StructureDefinition/care-plan');
    const { body } = await post(`CarePlan/$validate?profile=${profile}`, plan);
    assert.deepEqual(rules(body, 'error'), [
      'care-plan-1',
      'care-plan-2',
      'care-plan-3',
      'profile-min',
      'slice-min',
      'profile-min',
    ]);
  });
});
