/** The past of a plan, and a protocol applied, show what the caller may see: a caller who has Maria's data, over two clients' data. */
import { strict as assert } from 'node:assert';
import type { ResourceType } from '../../../resources/types.ts';
import { asks } from '../../../server/operation/criteria.ts';
import { operations } from '../../../server/operation/index.ts';
import { all, nothing } from '../../../server/search/expression.ts';
import type { Scope } from '../../../server/search/restrict.ts';
import { storesUnderTest } from '../../store-under-test.ts';
import { openPractice, type Practice, type TestResource } from '../search/practice.ts';
import { answered } from './calling.ts';

const of = (id: string) => ({ subject: { reference: `Patient/${id}` } });
const goal = (id: string, person: string, text: string) => ({
  resourceType: 'Goal',
  id,
  lifecycleStatus: 'active',
  description: { text },
  ...of(person),
});
/** A plan of Maria's that refers, wrongly, to a goal of another client. */
const plan = {
  resourceType: 'CarePlan',
  id: 'plan',
  status: 'active',
  intent: 'plan',
  title: 'Plan',
  ...of('maria'),
  goal: [{ reference: 'Goal/walk' }, { reference: 'Goal/secret' }],
  careTeam: [{ reference: 'CareTeam/team' }],
};
const world: readonly TestResource[] = [
  { resourceType: 'Patient', id: 'maria' },
  { resourceType: 'Patient', id: 'secret', name: [{ family: 'Secret' }] },
  goal('walk', 'maria', 'Walk'),
  goal('secret', 'secret', 'Secret goal'),
  { resourceType: 'CareTeam', id: 'team', name: 'Hidden team', status: 'active', ...of('maria') },
  plan,
  { ...plan, id: 'secret', ...of('secret') },
];

/** What is about Maria; her goals only while they are active; no care teams. */
const mariasScope =
  ({ context }: Practice): Scope =>
  (type) => {
    switch (type) {
      case 'Patient':
        return asks(type, '_id', 'maria', context);
      case 'CarePlan':
      case 'Goal':
      case 'Condition':
        return asks(type, 'subject', 'Patient/maria', context);
      case 'PlanDefinition':
      case 'Practitioner':
        return all;
      default:
        return nothing;
    }
  };

for (const under of storesUnderTest())
  describe(`the scope of operations on plans (${under.name})`, () => {
    let practice: Practice;
    before(async () => {
      practice = await openPractice(under);
      await practice.put(...world);
      await practice.put(
        goal('walk', 'maria', 'Walk every day'),
        goal('secret', 'secret', 'Secret goal, changed'),
        { resourceType: 'CareTeam', id: 'team', name: 'Hidden team, changed', status: 'active', ...of('maria') },
        { ...plan, title: 'Plan, changed' },
      );
      // Maria's goal was once another's: that version is not hers to see.
      await practice.put(goal('taken-over', 'secret', 'Secret once'));
      await practice.put(goal('taken-over', 'maria', 'Mine'), {
        ...plan,
        title: 'Plan, changed',
        goal: [...plan.goal, { reference: 'Goal/taken-over' }],
      });
    });
    after(() => practice.close());

    const definition = (expression: string) => ({
      resourceType: 'PlanDefinition',
      status: 'draft',
      extension: [
        {
          url: 'https://throughline.dev/fhir/StructureDefinition/plan-variable',
          valueExpression: { name: 'people', language: 'application/x-fhir-query', expression },
        },
      ],
      action: [
        {
          description: 'x',
          dynamicValue: [
            {
              path: 'description',
              expression: { language: 'text/fhirpath', expression: '%people.entry.resource.id' },
            },
          ],
        },
      ],
    });
    const calls: readonly (readonly [ResourceType, string, string, Record<string, string>, RegExp, object?])[] = [
      ['CarePlan', 'plan', 'diff', { from: '1' }, /^200 .*Plan, changed.*Walk every day/s],
      ['CarePlan', 'plan', 'as-of', { at: '1' }, /^200 .*"id":"plan".*"id":"walk"/],
      ['CarePlan', 'plan', 'as-of', { at: '3' }, /^200 .*Mine/],
      ['CarePlan', 'secret', 'diff', {}, /^404 /],
      ['CarePlan', 'secret', 'as-of', { at: '1' }, /^404 /],
      ['PlanDefinition', '', 'apply', { subject: 'Patient/secret' }, /^404 /, definition('Patient?_sort=_id')],
      ['PlanDefinition', '', 'apply', { subject: 'Patient/maria' }, /^200 .*maria/, definition('Patient?_sort=_id')],
      [
        'PlanDefinition',
        '',
        'apply',
        { subject: 'Patient/maria' },
        /^200 .*"walk|^200 .*taken-over/,
        definition('Goal?_sort=_id'),
      ],
    ];
    for (const [type, id, operation, query, expected, body] of calls)
      it(`${type}/${id} $${operation} ${Object.values(query).join(' ')}`, async () => {
        const answer = await answered(
          { type, operation, query, ...(id ? { id } : {}), ...(body ? { body } : {}) },
          operations,
          practice,
          mariasScope(practice),
        );
        assert.match(answer, expected);
        if (answer.startsWith('200')) assert.doesNotMatch(answer.replaceAll('Goal/secret', ''), /secret|Hidden/i);
      });

    it('shows no version that was another client’s', async () => {
      const answer = await answered(
        { type: 'CarePlan', id: 'plan', operation: 'diff', query: { from: '1' } },
        operations,
        practice,
        mariasScope(practice),
      );
      assert.doesNotMatch(answer, /Secret once/);
      assert.match(answer, /Goal \\"Mine\\" came to the plan/);
    });
  });
