/** Resources of the wrong shape, let in because validation is off, meet the rules: no rule fails, none looks at them, and the author is told. */
import { strict as assert } from 'node:assert';
import type { AnyResource } from '../../resources/types.ts';
import { openStore } from '../../server/store/open.ts';
import { openServer, type ServerUnderTest } from '../server-under-test.ts';
import { intake } from './intake-answers.ts';

const rosa = { reference: 'Patient/rosa' };
const ours = (system: string, code: string) => ({ system: `https://throughline.dev/fhir/CodeSystem/${system}`, code });
const acceptance = {
  url: 'http://hl7.org/fhir/StructureDefinition/goal-acceptance',
  extension: [{ url: 'individual', valueReference: { reference: 'Practitioner/ana' } }],
};

const told: readonly (AnyResource & { readonly id: string })[] = [
  {
    resourceType: 'Goal',
    id: 'sings',
    lifecycleStatus: 'proposed',
    description: { text: 'Sing again' },
    subject: rosa,
    expressedBy: rosa,
    addresses: [{ reference: 'Condition/low' }],
    extension: [acceptance],
  },
  {
    resourceType: 'Communication',
    id: 'complains',
    status: 'completed',
    subject: rosa,
    sender: rosa,
    recipient: [rosa],
    about: [{ reference: 'CarePlan/plan' }],
    inResponseTo: [{ reference: 'Communication/first' }],
    payload: [{ contentString: 'Nobody called' }],
    category: [{ coding: [ours('communication-kind', 'complaint')] }],
  },
  { ...intake('intake', 'rosa', { needs: { food: 'wants-help' }, limits: 'My debts', harm: true }) },
  {
    resourceType: 'Task',
    id: 'task',
    status: 'requested',
    intent: 'order',
    code: {
      coding: [
        { system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' },
        ours('care-task', 'service-recovery'),
        ours('care-task', 'review-proposed-goal'),
      ],
    },
    focus: { reference: 'ServiceRequest/food' },
    for: rosa,
    owner: { reference: 'Organization/harvest-table' },
    basedOn: [{ reference: 'CarePlan/plan' }],
    input: [{ type: { text: 'screening' }, valueReference: rosa }],
    output: [{ type: { text: 'reply' }, valueReference: rosa }],
  },
  {
    resourceType: 'Patient',
    id: 'rosa',
    name: [{ use: 'usual', given: ['Rosa'] }],
    telecom: [{ system: 'phone', value: '555 010 2233' }],
    contact: [{ name: { text: 'Marta' } }],
    communication: [{ language: { coding: [{ code: 'es' }] } }],
  },
];

const junk: readonly unknown[] = [null, 'x', 5, [], {}, [null], ['x']];

/** `value` with each of its parts in turn replaced by each kind of junk. */
function* spoiled(value: unknown, depth = 0): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    if (depth === 0 && (key === 'resourceType' || key === 'id')) continue;
    for (const other of [...junk, ...spoiled(part, depth + 1)])
      yield Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other };
  }
}

describe('rules and resources of the wrong shape', () => {
  let server: ServerUnderTest;
  before(async () => {
    server = await openServer(await openStore({ url: 'sqlite::memory:' }), { validation: 'off' });
  });
  after(() => server.close());

  for (const resource of told)
    it(`${resource.resourceType}, in any of its parts`, async () => {
      const place = `/fhir/${resource.resourceType}/${resource.id}`;
      for (const wrong of spoiled(resource)) {
        const { status, text } = await server.http.put(place).send(wrong as object);
        assert.ok(status < 500, `${JSON.stringify(wrong)} -> ${text}`);
      }
      // What is stored wrong spoils nothing for those who come later.
      const later = intake('later', 'rosa', { needs: { food: 'wants-help' } });
      assert.ok((await server.http.put('/fhir/QuestionnaireResponse/later').send(later)).status < 300);
      assert.ok((await server.http.put(place).send(resource)).status < 300);
    });

  it('tells the author that no rule looks at it', async () => {
    const { status, text } = await server.http.put('/fhir/Goal/odd').set('Prefer', 'return=OperationOutcome').send({
      resourceType: 'Goal',
      id: 'odd',
      lifecycleStatus: 'proposed',
      description: 'Sing',
      subject: rosa,
      expressedBy: rosa,
    });
    assert.equal(status, 201);
    assert.match(text, /No rule looks at Goal\/odd: it has not the shape of a Goal/);
  });
});
