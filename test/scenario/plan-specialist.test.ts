/**
 * A specialist sees the unified plan in one request: Dr Keller opens the app for Maria, and gets the plan with goals, team, problems and activities, who signed
 * it, and what has changed since she last looked.
 */
import { strict as assert } from 'node:assert';
import type { Bundle, CarePlan, Parameters } from '../../resources/types.ts';
import { onEveryDatabase } from '../server-under-test.ts';
import { type Server, speaking } from './speaking.ts';

onEveryDatabase('the unified plan of a specialist', (server: Server) => {
  const { put, get } = speaking(server);
  const plans = new Map<string, CarePlan>();

  before(async () => {
    await put({ resourceType: 'Practitioner', id: 'ana', name: [{ family: 'Ruiz', given: ['Ana'] }] });
    for (const person of ['maria', 'tom']) {
      const subject = { reference: `Patient/${person}` };
      await put({ resourceType: 'Patient', id: person, name: [{ given: [person] }] });
      await put({
        resourceType: 'Condition',
        id: `depression-${person}`,
        clinicalStatus: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
        },
        code: { coding: [{ system: 'http://snomed.info/sct', code: '35489007' }] },
        subject,
      });
      await put({
        resourceType: 'CareTeam',
        id: `team-${person}`,
        status: 'active',
        subject,
        participant: [
          {
            role: [{ coding: [{ system: 'http://snomed.info/sct', code: '768820003' }] }],
            member: { reference: 'Practitioner/ana' },
          },
        ],
      });
      await put({
        resourceType: 'Observation',
        id: `total-${person}`,
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '44261-6' }] },
        subject,
        effectiveDateTime: '2026-03-02',
        valueQuantity: { value: 16, unit: '{score}', system: 'http://unitsofmeasure.org', code: '{score}' },
      });
      const { status, body } = await server()
        .http.post('/fhir/PlanDefinition/depression-stepped-care/$enact')
        .query({ subject: `Patient/${person}`, practitioner: 'Practitioner/ana' });
      assert.equal(status, 201, JSON.stringify(body));
      plans.set(person, body);
    }
    const { status } = await server()
      .http.post(`/fhir/CarePlan/${plans.get('maria')?.id}/$sign-off`)
      .query({ who: 'Practitioner/ana' });
    assert.equal(status, 201);
  });

  it('comes with goals, team, people, problems, activities and signatures in one search', async () => {
    const category = 'http://hl7.org/fhir/us/core/CodeSystem/careplan-category|assess-plan';
    const include = ['goal', 'care-team', 'condition', 'activity-reference'].map((each) => `_include=CarePlan:${each}`);
    const { entry = [] } = await get<Bundle>(
      `CarePlan?patient=maria&category=${category}&status=active&${include.join('&')}&_include:iterate=CareTeam:participant&_revinclude=Provenance:target`,
    );
    const types = entry.map(({ resource }) => resource?.resourceType).sort();
    assert.deepEqual(types, [
      'CarePlan',
      'CareTeam',
      'Condition',
      'Goal',
      'Goal',
      'Practitioner',
      'Provenance',
      'Provenance',
      'RequestGroup',
      'ServiceRequest',
    ]);
    assert.doesNotMatch(JSON.stringify(entry), /tom/);
  });

  it('comes in $care-context, with the open Tasks and the last total', async () => {
    const { entry = [] } = await get<Bundle>('Patient/maria/$care-context');
    const keys = entry.map(({ resource }) => `${resource?.resourceType}/${resource?.id}`);
    for (const key of [`CarePlan/${plans.get('maria')?.id}`, 'CareTeam/team-maria', 'Observation/total-maria'])
      assert.ok(keys.includes(key), `${key} is missing`);
    assert.ok(keys.some((key) => key.startsWith('Task/')));
    assert.doesNotMatch(JSON.stringify(entry), /tom/);
  });

  it('tells in words what has changed since the last visit', async () => {
    const plan = plans.get('maria');
    const goal = plan?.goal?.[0]?.reference ?? '';
    const stored = (await server().http.get(`/fhir/${goal}`)).body;
    await put({ ...stored, target: [{ ...stored.target[0], dueDate: '2027-12-01' }] });
    const since = plan?.meta?.lastUpdated ?? '';
    const { body } = await server().http.get(`/fhir/CarePlan/${plan?.id}/$diff`).query({ from: since });
    const words = ((body as Parameters).parameter ?? [])
      .filter(({ name }) => name === 'change')
      .flatMap(({ part = [] }) => part.flatMap(({ name, valueString }) => (name === 'words' ? [valueString] : [])));
    assert.equal(words.length, 1);
    assert.match(words[0] ?? '', /^Goal "PHQ-9 total score below 5": target due date moved from .* to 2027-12-01$/);
  });
});
