/** How much of the database $care-context asks. */
import { strict as assert } from 'node:assert';
import supertest from 'supertest';
import { ruleNames } from '../../../resources/index.ts';
import { createApp } from '../../../server/app.ts';
import { clientBundle, practiceBundle } from '../../../server/demo/population.ts';
import type { Store } from '../../../server/store/store.ts';
import { defaults } from '../../server-under-test.ts';
import { storesUnderTest } from '../../store-under-test.ts';

const story = { seed: 7, until: '2026-06-30' } as const;

/** A store that counts what reads ask it. */
function counting(store: Store): Store & { statements(): number } {
  let count = 0;
  const counted =
    <A extends unknown[], R>(ask: (...values: A) => R) =>
    (...values: A): R => {
      count += 1;
      return ask(...values);
    };
  return {
    ...store,
    read: counted(store.read),
    query: ((statement) => {
      count += 1;
      return store.query(statement);
    }) satisfies Store['query'],
    statements: () => count,
  };
}

/** So many further plans, goals, problems, tasks, flags and totals of a client. */
function more(client: string, count: number): object {
  const reference = { reference: `Patient/${client}` };
  const goal = {
    resourceType: 'Goal',
    lifecycleStatus: 'active',
    description: { text: 'Walk daily' },
    subject: reference,
  };
  const active = [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }];
  const kinds = [
    { resourceType: 'CarePlan', status: 'active', intent: 'plan', subject: reference },
    goal,
    { resourceType: 'Condition', clinicalStatus: { coding: active }, code: { text: 'Pain' }, subject: reference },
    { resourceType: 'Task', status: 'requested', intent: 'order', for: reference },
    { resourceType: 'Flag', status: 'active', code: { text: 'Lives alone' }, subject: reference },
  ];
  const entry = Array.from({ length: count }, () =>
    kinds.map((resource) => ({ resource, request: { method: 'POST', url: resource.resourceType } })),
  ).flat();
  return { resourceType: 'Bundle', type: 'transaction', entry };
}

for (const { name, open } of storesUnderTest())
  describe(`$care-context (${name})`, () => {
    let store: ReturnType<typeof counting>;
    before(async () => {
      store = counting(await open());
    });
    after(() => store.close());

    it('asks no more statements for a client with much than for one with little', async () => {
      const { express } = await createApp({ ...defaults, store, rules: { off: [...ruleNames] } });
      const http = supertest(express);
      const client = `client-${story.seed}-000003`;
      const post = async (body: object) => assert.equal((await http.post('/fhir').send(body)).status, 200);
      for (const bundle of [practiceBundle(), clientBundle(story, 3)]) await post(bundle);
      const asked = async (): Promise<readonly [resources: number, statements: number]> => {
        const before = store.statements();
        const { status, body } = await http.get(`/fhir/Patient/${client}/$care-context`);
        assert.equal(status, 200);
        return [body.entry.length, store.statements() - before];
      };
      await asked();
      const [few, statements] = await asked();
      await post(more(client, 60));
      const [many, later] = await asked();
      assert.ok(many > few + 200, `${many} resources after ${few}`);
      assert.ok(later <= statements, `${later} statements after ${statements}`);
    });
  });
