/**
 * The plan as a living document: Maria's plan, its goals and its team change over the weeks, and it can be told what changed, when, by whom, and how all of
 * it was at any time.
 */
import { strict as assert } from 'node:assert';
import type { AnyResource, Bundle, CarePlan, CareTeam, Goal, Parameters } from '../../resources/types.ts';
import { applyFhirPathPatch } from '../../server/transaction/patch/fhirpath-patch.ts';
import { onEveryDatabase } from '../server-under-test.ts';
import { part } from './parameters.ts';
import { nextInstant, type Server, speaking as spokenWith } from './speaking.ts';

const goalOf = (id: string, text: string, dueDate: string): Goal => ({
  resourceType: 'Goal',
  id,
  lifecycleStatus: 'active',
  description: { text },
  subject: { reference: 'Patient/maria' },
  startDate: '2026-09-01',
  target: [{ measure: { text: 'Days a week' }, detailQuantity: { value: 3 }, dueDate }],
});

const team: CareTeam = {
  resourceType: 'CareTeam',
  id: 'team',
  status: 'active',
  name: 'Team of Maria',
  subject: { reference: 'Patient/maria' },
  participant: [{ role: [{ text: 'care coordinator' }], member: { reference: 'Practitioner/ana' } }],
};

const plan: CarePlan = {
  resourceType: 'CarePlan',
  id: 'plan',
  status: 'active',
  intent: 'plan',
  title: 'Shared plan',
  subject: { reference: 'Patient/maria' },
  period: { start: '2026-09-01' },
  careTeam: [{ reference: 'CareTeam/team' }],
  goal: [{ reference: 'Goal/walk' }],
  activity: [{ detail: { status: 'in-progress', description: 'Therapy every two weeks' } }],
};

interface Change {
  readonly reference: string;
  readonly kind: string;
  readonly words: readonly string[];
  readonly versions: readonly (string | undefined)[];
  readonly written: readonly (readonly [version: string | undefined, who: string | undefined])[];
  readonly patch?: Parameters;
}

const changesOf = ({ parameter = [] }: Parameters): readonly Change[] =>
  parameter
    .filter(({ name }) => name === 'change')
    .map((change) => {
      const patch = part(change, 'patch')?.resource as Parameters | undefined;
      return {
        reference: part(change, 'reference')?.valueReference?.reference ?? '',
        kind: part(change, 'kind')?.valueCode ?? '',
        versions: [part(change, 'fromVersion')?.valueString, part(change, 'toVersion')?.valueString],
        words: (change.part ?? []).flatMap(({ name, valueString = '' }) => (name === 'words' ? [valueString] : [])),
        written: (change.part ?? []).flatMap((each) =>
          each.name === 'written'
            ? [[part(each, 'version')?.valueString, part(each, 'who')?.valueReference?.reference] as const]
            : [],
        ),
        ...(patch ? { patch } : {}),
      };
    });

function speaking(server: Server) {
  const spoken = spokenWith(server);
  const diff = async (query = ''): Promise<readonly Change[]> =>
    changesOf(await spoken.get(`CarePlan/plan/$diff${query}`));
  return { ...spoken, diff };
}

const walk = goalOf('walk', 'Walk 20 minutes a day', '2026-10-01');

onEveryDatabase('CarePlan/$diff and $as-of', (server: Server) => {
  const { put, get, diff } = speaking(server);
  let beforeAll: string;
  let firstWeek: string;

  before(async () => {
    beforeAll = new Date(Date.now() - 1000).toISOString();
    await put({ resourceType: 'Patient', id: 'maria', name: [{ given: ['Maria'], family: 'Delgado' }] });
    await put({ resourceType: 'Practitioner', id: 'ana', name: [{ family: 'Ruiz', given: ['Ana'] }] });
    await put({ resourceType: 'Practitioner', id: 'keller', name: [{ prefix: ['Dr'], family: 'Keller' }] });
    await put(walk);
    await put(team);
    firstWeek = (await put(plan)).meta?.lastUpdated ?? '';
    await nextInstant();
  });

  it('says nothing where nothing has changed', async () => {
    assert.deepEqual(await diff(), []);
  });

  it('tells of a goal that moved though the plan itself did not change', async () => {
    await put({ ...walk, target: [{ ...walk.target?.[0], dueDate: '2026-12-01' }] });
    const [change, ...others] = await diff();
    assert.deepEqual(others, []);
    assert.deepEqual([change?.reference, change?.kind, change?.versions], ['Goal/walk', 'changed', ['1', '2']]);
    assert.deepEqual(change?.words, [
      'Goal "Walk 20 minutes a day": target due date moved from 2026-10-01 to 2026-12-01',
    ]);
  });

  it('tells of people who join the team, by name and role', async () => {
    await put({
      ...team,
      participant: [
        ...(team.participant ?? []),
        { role: [{ text: 'psychiatrist' }], member: { reference: 'Practitioner/keller' } },
      ],
    });
    const change = (await diff()).find(({ reference }) => reference === 'CareTeam/team');
    assert.deepEqual(change?.words, ['Member added to the team: Dr Keller (psychiatrist)']);
  });

  it('tells of goals that come to the plan, and of activities', async () => {
    await put(goalOf('sleep', 'Sleep through the night', '2026-11-01'));
    await nextInstant();
    await put({
      ...plan,
      goal: [...(plan.goal ?? []), { reference: 'Goal/sleep' }],
      activity: [
        { detail: { status: 'in-progress', description: 'Therapy every two weeks' } },
        {
          detail: {
            status: 'not-started',
            description: 'PHQ-9',
            scheduledTiming: { repeat: { frequency: 1, period: 4, periodUnit: 'wk' } },
          },
        },
      ],
    });
    const changes = await diff('?from=1&to=2');
    const own = changes.find(({ reference }) => reference === 'CarePlan/plan');
    assert.deepEqual(own?.words, [
      'Goal added to the plan: Sleep through the night',
      'Activity added to the plan: "PHQ-9"',
    ]);
    assert.equal(changes.find(({ reference }) => reference === 'Goal/sleep')?.kind, 'added');
  });

  it('gives patches that turn the earlier version into the later one', async () => {
    const changes = await diff('?from=1');
    const patched = changes.filter(({ patch }) => patch);
    assert.equal(patched.length, 3);
    for (const { reference, versions, patch } of patched) {
      const version = (at: number) => get<AnyResource>(`${reference}/_history/${versions[at]}`);
      const [before, after] = await Promise.all([version(0), version(1)]);
      const { meta: _stamps, ...applied } = applyFhirPathPatch(before, patch as Parameters);
      const { meta: _others, ...wanted } = after;
      assert.deepEqual(applied, wanted);
    }
  });

  it('gives patches that the server takes', async () => {
    const [change] = await diff('?from=1&to=2');
    const copy = { ...plan, id: 'copy' };
    await put(copy);
    const { status, body } = await server()
      .http.patch('/fhir/CarePlan/copy')
      .set('Content-Type', 'application/fhir+json')
      .send(change?.patch);
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(body.goal, [{ reference: 'Goal/walk' }, { reference: 'Goal/sleep' }]);
  });

  it('says who wrote a version, where a Provenance says it', async () => {
    await put({
      resourceType: 'Provenance',
      id: 'by-ana',
      target: [{ reference: 'Goal/walk/_history/2' }],
      recorded: '2026-10-02T09:00:00Z',
      agent: [{ who: { reference: 'Practitioner/ana' } }],
    });
    const change = (await diff('?from=1')).find(({ reference }) => reference === 'Goal/walk');
    assert.deepEqual(change?.written, [['2', 'Practitioner/ana']]);
  });

  it('says who wrote a version by a Provenance of the same transaction', async () => {
    const resource = { ...walk, lifecycleStatus: 'on-hold' };
    const provenance = {
      resourceType: 'Provenance',
      target: [{ reference: 'Goal/walk' }],
      recorded: '2026-10-02T09:00:00Z',
      agent: [{ who: { reference: 'Practitioner/keller' } }],
    };
    const entry = [
      { resource, request: { method: 'PUT', url: 'Goal/walk' } },
      { resource: provenance, request: { method: 'POST', url: 'Provenance' } },
    ];
    const { status } = await server().http.post('/fhir').send({ resourceType: 'Bundle', type: 'transaction', entry });
    assert.equal(status, 200);
    const change = (await diff('?from=1')).find(({ reference }) => reference === 'Goal/walk');
    assert.deepEqual(change?.written, [
      ['2', 'Practitioner/ana'],
      ['3', 'Practitioner/keller'],
    ]);
    assert.deepEqual(change?.words, ['Goal "Walk 20 minutes a day": status changed from active to on-hold']);
  });

  it('takes times in place of versions, and is called by POST too', async () => {
    const parameter = [{ name: 'from', valueString: firstWeek }];
    const { status, body } = await server()
      .http.post('/fhir/CarePlan/plan/$diff')
      .send({ resourceType: 'Parameters', parameter });
    assert.equal(status, 200);
    assert.deepEqual(
      changesOf(body)
        .map(({ reference }) => reference)
        .sort(),
      ['CarePlan/plan', 'CareTeam/team', 'Goal/sleep', 'Goal/walk'],
    );
    const today = new Date().toISOString().slice(0, 10);
    const all = await diff(`?from=${today}&to=${today}`);
    assert.deepEqual(
      all.map(({ kind }) => kind),
      ['added', 'added', 'added', 'added'],
      'in the morning there was no plan',
    );
  });

  it('gives the plan as it was, with its goals and team as they were', async () => {
    const { type, entry = [] }: Bundle = await get('CarePlan/plan/$as-of?at=1');
    assert.equal(type, 'collection');
    assert.deepEqual(
      entry.map(({ resource }) => `${resource?.resourceType}/${resource?.id} ${resource?.meta?.versionId}`),
      ['CarePlan/plan 1', 'Goal/walk 1', 'CareTeam/team 1'],
    );
    assert.deepEqual((await get(`CarePlan/plan/$as-of?at=${firstWeek}`)) as Bundle, {
      resourceType: 'Bundle',
      type: 'collection',
      timestamp: firstWeek,
      entry,
    });
  });

  it('knows a goal that was deleted since', async () => {
    assert.equal((await server().http.delete('/fhir/Goal/sleep')).status, 204);
    const at = ({ entry = [] }: Bundle) => entry.map(({ resource }) => resource?.id);
    assert.ok(at(await get('CarePlan/plan/$as-of?at=2')).includes('sleep'));
    assert.ok(!at(await get('CarePlan/plan/$as-of?at=2030')).includes('sleep'));
    const change = (await diff('?from=2')).find(({ reference }) => reference === 'Goal/sleep');
    assert.deepEqual([change?.kind, change?.versions], ['removed', ['1', undefined]]);
  });

  for (const [what, path, status] of [
    ['a plan that is not known', 'CarePlan/nobody/$diff', 404],
    ['a version that there is not', 'CarePlan/plan/$diff?from=77', 404],
    ['what is neither a version nor a time', 'CarePlan/plan/$diff?from=yesterday', 400],
    ['an end before the beginning', 'CarePlan/plan/$diff?from=2&to=1', 400],
    ['a time before the plan', 'CarePlan/plan/$as-of?at=1990', 404],
    ['no time', 'CarePlan/plan/$as-of', 400],
    ['an operation of plans on a goal', 'Goal/walk/$diff', 404],
  ] as const)
    it(`answers ${status} for ${what}`, () => get(path, status));

  it('lets only one of two editors write: the other reads what the first has written', async () => {
    const read: CarePlan = await get('CarePlan/plan');
    const version = Number(read.meta?.versionId);
    await put({ ...read, title: 'Plan, edited by Ana' }, version);
    const second = await server()
      .http.put('/fhir/CarePlan/plan')
      .set('If-Match', `W/"${version}"`)
      .send({ ...read, title: 'Plan, edited by Dr Keller' });
    assert.equal(second.status, 412);
    const [change] = await diff(`?from=${version}`);
    assert.deepEqual(change?.words, [
      'Plan "Plan, edited by Ana": title changed from "Shared plan" to "Plan, edited by Ana"',
    ]);
  });

  it('tells of a plan after its deletion, as history does', async () => {
    assert.equal((await server().http.delete('/fhir/CarePlan/plan')).status, 204);
    const { entry = [] }: Bundle = await get('CarePlan/plan/$as-of?at=1');
    assert.equal(entry[0]?.resource?.id, 'plan');
    assert.ok(beforeAll < firstWeek);
  });
});
