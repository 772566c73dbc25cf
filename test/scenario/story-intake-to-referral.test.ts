/** Story: intake with social determinants, a referral to an organization without a FHIR server, and the loop closed. */
import { strict as assert } from 'node:assert';
import { domains } from '../../resources/social-need/domain.ts';
import type { Condition, Goal, Observation, Procedure, ServiceRequest, Task } from '../../resources/types.ts';
import { ruleSettings } from '../../server/config.ts';
import { onEveryDatabase } from '../server-under-test.ts';
import { type Help, intake, type Need } from './intake-answers.ts';
import { ANA, type Server, speaking, teamOf } from './speaking.ts';

const FOOD = 'http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes|food-insecurity';
const TABLE = { reference: 'Organization/harvest-table', display: 'Harvest Table' };

function needsOf(server: Server) {
  const spoken = speaking(server);
  const { found } = spoken;
  const of = (person: string, category = FOOD) => {
    const about = `subject=Patient/${person}&category=${category}`;
    return {
      observations: () => found<Observation>(`Observation?${about}`),
      conditions: () => found<Condition>(`Condition?${about}`),
      requests: () => found<ServiceRequest>(`ServiceRequest?${about}`),
      declines: () => found<Procedure>(`Procedure?${about}`),
    };
  };
  const goals = (person: string) => found<Goal>(`Goal?subject=Patient/${person}`);
  const needs = (person: string) => spoken.tasks(person, 'social-need');
  return { ...spoken, of, goals, needs };
}

const statusesOf = (all: readonly { status: string }[]) => all.map(({ status }) => status).sort();
const verificationOf = (condition: Condition | undefined) => condition?.verificationStatus?.coding?.[0]?.code;

onEveryDatabase('a positive screening', (server: Server) => {
  const { put, get, patch, found, tasks, of, goals, needs } = needsOf(server);

  it('becomes Observation, Condition, goal, request and Task in one commit, and the organization closes the loop', async () => {
    await put({ resourceType: 'Patient', id: 'rosa', name: [{ family: 'Vega', given: ['Rosalía'] }] });
    await put(teamOf('rosa'));
    await put({
      resourceType: 'CarePlan',
      id: 'plan-rosa',
      status: 'active',
      intent: 'plan',
      subject: { reference: 'Patient/rosa' },
    });
    const written = await put(intake('rosa-intake', 'rosa', { needs: { food: 'wants-help' } }));

    const [observation] = await of('rosa').observations();
    assert.equal(observation?.valueBoolean, true);
    const categories = observation?.category?.map(({ coding }) => coding?.[0]?.code);
    assert.deepEqual(categories, ['survey', 'sdoh', 'food-insecurity']);
    const [condition] = await of('rosa').conditions();
    assert.equal(verificationOf(condition), 'unconfirmed');
    assert.ok(condition?.category?.some(({ coding }) => coding?.[0]?.code === 'health-concern'));
    assert.deepEqual(condition?.evidence?.[0]?.detail, [{ reference: `Observation/${observation?.id}` }]);
    const [goal] = await goals('rosa');
    assert.equal(goal?.lifecycleStatus, 'proposed');
    assert.deepEqual(goal?.expressedBy, { reference: 'Patient/rosa' });
    assert.deepEqual(await tasks('rosa', 'review-proposed-goal'), []);
    assert.deepEqual(goal?.addresses, [{ reference: `Condition/${condition?.id}` }]);
    const [request] = await of('rosa').requests();
    assert.equal(request?.status, 'draft');
    assert.deepEqual(request?.reasonReference, [{ reference: `Condition/${condition?.id}` }]);
    const [task] = await needs('rosa');
    assert.ok(task?.code?.coding?.some(({ code }) => code === 'fulfill'));
    assert.equal(task?.status, 'requested');
    assert.deepEqual(task?.owner, ANA);
    assert.deepEqual(task?.for, { reference: 'Patient/rosa' });
    assert.deepEqual(task?.focus, { reference: `ServiceRequest/${request?.id}` });
    const instants = [observation, condition, goal, request, task].map((each) => each?.meta?.lastUpdated);
    assert.deepEqual([...new Set(instants)], [written.meta?.lastUpdated]);

    // Ana asks the community kitchen, which polls for what it is to do.
    const place = `Task/${task?.id}`;
    await patch(place, { op: 'replace', path: '/owner', value: TABLE });
    const [sent] = await of('rosa').requests();
    assert.equal(sent?.status, 'active');
    assert.deepEqual(sent?.performer, [TABLE]);
    const polled = await found<Task | ServiceRequest>('Task?owner=Organization/harvest-table&_include=Task:focus');
    assert.deepEqual(polled.map(({ resourceType }) => resourceType).sort(), ['ServiceRequest', 'Task']);
    for (const value of ['accepted', 'in-progress']) await patch(place, { op: 'replace', path: '/status', value });
    await put({
      resourceType: 'Procedure',
      id: 'meals',
      status: 'completed',
      subject: { reference: 'Patient/rosa' },
      code: { text: 'Weekly meal boxes' },
    });
    const output = [
      {
        type: {
          coding: [
            {
              system: 'http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes',
              code: 'resulting-activity',
            },
          ],
        },
        valueReference: { reference: 'Procedure/meals' },
      },
    ];
    await patch(
      place,
      { op: 'replace', path: '/status', value: 'completed' },
      { op: 'add', path: '/output', value: output },
    );
    assert.equal((await of('rosa').requests())[0]?.status, 'completed');
    assert.equal((await get<Goal>(`Goal/${goal?.id}`)).achievementStatus, undefined);
    assert.equal(verificationOf((await of('rosa').conditions())[0]), 'unconfirmed');

    // Rosa and Ana make the goal one of the plan.
    await patch(`Goal/${goal?.id}`, { op: 'replace', path: '/lifecycleStatus', value: 'active' });
    const plan = await get<{ goal?: object[] }>('CarePlan/plan-rosa');
    assert.deepEqual(plan.goal, [{ reference: `Goal/${goal?.id}` }]);
  });

  it('that is not met in time is found by task-due', async () => {
    await put(intake('old', 'old', { needs: { food: 'wants-help' } }));
    const late = new Date(Date.now() + 15 * 864e5).toISOString().slice(0, 10);
    const search = (day: string) =>
      found(`Task?patient=Patient/old&status=requested,accepted,in-progress&task-due=lt${day}`);
    assert.equal((await search(late)).length, 1);
    assert.deepEqual(await search(new Date().toISOString().slice(0, 10)), []);
  });

  for (const [person, told, caution] of [
    ['free', {}, /make them the owner\.$/],
    ['shy', { partners: false }, /shares the record with limits \(Not with community organizations\.\): ask before/],
    ['closed', { team: false }, /has refused to share the record: ask before anything is sent/],
  ] as const)
    it(`says what the client has decided about sharing: ${person}`, async () => {
      await put({ resourceType: 'Patient', id: person, name: [{ family: 'Vega' }] });
      await put(intake(person, person, { needs: { food: 'wants-help' }, ...told }));
      assert.match((await needs(person))[0]?.description ?? '', caution);
    });

  it('goes back to the coordinator when the organization turns it down, and says why', async () => {
    await put(teamOf('back'));
    await put(intake('back', 'back', { needs: { food: 'wants-help' } }));
    const [task] = await needs('back');
    await put({ ...task, owner: TABLE });
    await put({ ...task, owner: TABLE, status: 'rejected', statusReason: { text: 'No delivery to this address' } });
    const [again, ...more] = (await needs('back')).filter(({ status }) => status === 'requested');
    assert.deepEqual(more, []);
    assert.deepEqual(again?.owner, ANA);
    assert.match(again?.description ?? '', /Harvest Table has not taken it \(No delivery to this address\)/);
    assert.deepEqual(again?.partOf, [{ reference: `Task/${task?.id}` }]);
    assert.deepEqual(statusesOf(await of('back').requests()), ['active']);
    await put({ ...again, status: 'cancelled', statusReason: { text: 'Moved away' } });
    assert.deepEqual(statusesOf(await of('back').requests()), ['revoked']);
  });

  it('is closed with a warning when nobody says what came of it', async () => {
    await put(intake('mute', 'mute', { needs: { food: 'wants-help' } }));
    const [task] = await needs('mute');
    const { status, text } = await server()
      .http.put(`/fhir/Task/${task?.id}`)
      .set('Prefer', 'return=OperationOutcome')
      .send({ ...task, status: 'completed' });
    assert.equal(status, 200);
    assert.match(text, /a referral, is completed without a word on what came of it: expected output/);
  });

  it('is also one of the Hunger Vital Sign, which does not ask whether help is wanted', async () => {
    await put(hunger('hungry', 'hungry', 'LA6729-3'));
    const [task] = await needs('hungry');
    assert.match(task?.description ?? '', /ask whether the client wants it/);
    const [condition] = await of('hungry').conditions();
    const evidence = condition?.evidence?.[0]?.detail?.[0]?.reference ?? '';
    const observation = await get<Observation>(evidence);
    assert.equal(observation.valueCodeableConcept?.coding?.[0]?.code, 'LA19952-3');
    await put(hunger('fed', 'fed', 'LA28398-8'));
    assert.deepEqual(await needs('fed'), []);
  });

  it('while the need is open adds to it, and a later negative one closes nothing', async () => {
    await put(intake('again-1', 'again', { needs: { food: 'wants-help' } }));
    await put(hunger('again-2', 'again', 'LA28397-0'));
    const [condition, ...others] = await of('again').conditions();
    assert.deepEqual(others, []);
    assert.equal(condition?.evidence?.length, 2);
    const [task, ...more] = await needs('again');
    assert.deepEqual(more, []);
    assert.match(task?.note?.[0]?.text ?? '', /found again by QuestionnaireResponse\/again-2/);
    await put(intake('again-3', 'again', {}, { authored: '2026-05-02T10:15:00Z' }));
    const [noted] = await needs('again');
    assert.equal(noted?.status, 'requested');
    assert.match(noted?.note?.[1]?.text ?? '', /not found any more by QuestionnaireResponse\/again-3/);
    assert.equal(verificationOf((await of('again').conditions())[0]), 'unconfirmed');
    assert.deepEqual((await of('again').observations()).map(({ valueBoolean }) => valueBoolean).sort(), [false, true]);
  });

  it('of a need that a partner has referred already makes no second request', async () => {
    const category = [{ coding: [{ system: FOOD.split('|')[0], code: 'food-insecurity' }] }];
    const subject = { reference: 'Patient/known' };
    await put({ resourceType: 'Condition', id: 'known-hunger', subject, category });
    const request = {
      resourceType: 'ServiceRequest',
      id: 'known-request',
      status: 'active',
      intent: 'order',
      subject,
      category,
    };
    await put(request);
    const code = { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' }] };
    const focus = { reference: 'ServiceRequest/known-request' };
    await put({
      resourceType: 'Task',
      id: 'known-task',
      status: 'accepted',
      intent: 'order',
      code,
      focus,
      for: subject,
    });
    await put(intake('known', 'known', { needs: { food: 'wants-help' } }));
    assert.deepEqual(await needs('known'), []);
    assert.equal((await of('known').requests()).length, 1);
    assert.match((await get<Task>('Task/known-task')).note?.[0]?.text ?? '', /found again/);
    assert.equal((await get<Condition>('Condition/known-hunger')).evidence?.length, 1);
  });

  it('fifty times at once: one need, one request, one Task', async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_, at) => put(intake(`fifty-${at}`, 'fifty', { needs: { food: 'wants-help' } }))),
    );
    assert.equal((await of('fifty').conditions()).length, 1);
    assert.equal((await of('fifty').requests()).length, 1);
    assert.equal((await needs('fifty')).length, 1);
  });
});

const hunger = (id: string, person: string, code: string) => ({
  resourceType: 'QuestionnaireResponse',
  id,
  questionnaire: 'http://loinc.org/q/88121-9',
  status: 'completed',
  subject: { reference: `Patient/${person}` },
  authored: '2026-04-02T10:15:00Z',
  item: ['/88122-7', '/88123-5'].map((linkId) => ({
    linkId,
    answer: [{ valueCoding: { system: 'http://loinc.org', code } }],
  })),
});

onEveryDatabase('correcting the answers of an intake', (server: Server) => {
  const { put, patch, of, goals, needs } = needsOf(server);
  const food = (person: string, need: Need, more: object = {}) =>
    put(intake(person, person, { needs: { food: need } }, more));
  const amended = { status: 'amended' } as const;

  /** What is there of the need: [observations, verification, requests, tasks, goals, declines]. */
  const picture = async (person: string) => [
    statusesOf(await of(person).observations()).join(),
    (await of(person).conditions()).map(verificationOf).join(),
    statusesOf(await of(person).requests()).join(),
    statusesOf(await needs(person)).join(),
    (await goals(person)).map(({ lifecycleStatus }) => lifecycleStatus).join(),
    statusesOf(await of(person).declines()).join(),
  ];

  it('to the same changes nothing', async () => {
    await food('same', 'wants-help');
    const versions = async () =>
      [
        ...(await of('same').conditions()),
        ...(await of('same').requests()),
        ...(await needs('same')),
        ...(await of('same').observations()),
      ].map(({ meta }) => meta?.versionId);
    await food('same', 'wants-help');
    assert.deepEqual(await versions(), ['1', '1', '1', '1']);
  });

  for (const [title, person, steps, expected] of [
    [
      'that there is no need takes all back',
      'none',
      [['wants-help'], [false, amended]],
      ['amended', 'entered-in-error', 'revoked', 'cancelled', 'cancelled', ''],
    ],
    [
      'that the client declines takes the request back and records it',
      'decl',
      [['wants-help'], ['declines-help', amended]],
      ['amended', 'unconfirmed', 'revoked', 'cancelled', 'cancelled', 'not-done'],
    ],
    [
      'that the client wants help after all asks for it',
      'all',
      [['declines-help'], ['wants-help', amended]],
      ['amended', 'unconfirmed', 'draft', 'requested', 'proposed', 'entered-in-error'],
    ],
    [
      'back and forth leaves one of each open',
      'forth',
      [['wants-help'], [false, amended], ['wants-help', amended]],
      ['amended', 'unconfirmed', 'draft,revoked', 'cancelled,requested', 'proposed', ''],
    ],
    [
      'by taking them back takes all back',
      'error',
      [['wants-help'], ['wants-help', { status: 'entered-in-error' }]],
      ['entered-in-error', 'entered-in-error', 'revoked', 'cancelled', 'cancelled', ''],
    ],
    [
      'by taking a decline back takes that back',
      'derr',
      [['declines-help'], ['declines-help', { status: 'entered-in-error' }]],
      ['entered-in-error', 'entered-in-error', '', '', '', 'entered-in-error'],
    ],
  ] as readonly [string, string, readonly [Need, object?][], readonly string[]][])
    it(title, async () => {
      for (const [need, more] of steps) await food(person, need, more);
      assert.deepEqual(await picture(person), expected);
    });

  it('leaves what somebody works on to people, and says so', async () => {
    await food('work', 'wants-help');
    const [task] = await needs('work');
    await patch(`Task/${task?.id}`, { op: 'replace', path: '/status', value: 'accepted' });
    await food('work', false, amended);
    const [noted] = await needs('work');
    assert.equal(noted?.status, 'accepted');
    assert.match(noted?.note?.[0]?.text ?? '', /was corrected or taken back/);
    assert.deepEqual(statusesOf(await of('work').requests()), ['active']);
    assert.equal(verificationOf((await of('work').conditions())[0]), 'unconfirmed');
  });

  it('leaves a need that another screening tells as well', async () => {
    await food('two', 'wants-help');
    await put(hunger('two-hunger', 'two', 'LA28397-0'));
    await food('two', false, amended);
    const [condition] = await of('two').conditions();
    assert.equal(verificationOf(condition), 'unconfirmed');
    assert.equal(condition?.evidence?.length, 1);
    assert.deepEqual(statusesOf(await needs('two')), ['requested']);
  });

  it('does not open again what a person has closed', async () => {
    await food('shut', 'wants-help');
    const [task] = await needs('shut');
    await put({
      ...task,
      status: 'completed',
      output: [{ type: { text: 'What was done' }, valueString: 'Meal boxes' }],
    });
    await food('shut', 'wants-help', amended);
    assert.deepEqual(statusesOf(await needs('shut')), ['completed']);
  });

  it('by deleting the response takes all back', async () => {
    await food('gone', 'wants-help');
    await server().http.delete('/fhir/QuestionnaireResponse/gone');
    assert.deepEqual(await picture('gone'), [
      'entered-in-error',
      'entered-in-error',
      'revoked',
      'cancelled',
      'cancelled',
      '',
    ]);
  });
});

onEveryDatabase('every positive screening', (server: Server) => {
  const { put, found } = needsOf(server);
  const names = domains.map(({ linkId }) => linkId.slice('needs.'.length));

  it('has an open Task, or a documented decline, whatever was answered and however it was corrected', async () => {
    const random = sequence(20260302);
    for (let at = 0; at < 25; at += 1) {
      const person = `any-${at}`;
      const rounds = 1 + Math.floor(random() * 3);
      let needs: Readonly<Record<string, Need>> = {};
      for (let round = 0; round < rounds; round += 1) {
        needs = Object.fromEntries(names.map((name) => [name, any(random)]));
        await put(intake(person, person, { needs }, { status: round === 0 ? 'completed' : 'amended' }));
      }
      await holds(person, needs);
    }
  });

  /** The law: for each need exactly the one open Task, exactly the one decline, or neither. */
  async function holds(person: string, needs: Readonly<Record<string, Need>>) {
    const conditions = await found<Condition>(`Condition?subject=Patient/${person}&_count=200`);
    const tasks = await found<Task>(`Task?patient=Patient/${person}&code=social-need&status=requested&_count=200`);
    const declines = await found<Procedure>(`Procedure?subject=Patient/${person}&status=not-done&_count=200`);
    for (const { linkId, code } of domains) {
      const need = needs[linkId.slice('needs.'.length)];
      const open = conditions.filter(
        (each) =>
          verificationOf(each) === 'unconfirmed' && each.category?.some(({ coding }) => coding?.[0]?.code === code),
      );
      const told = open.map(({ id }) => `Condition/${id}`);
      const asked = tasks.filter(({ reasonReference }) => told.includes(reasonReference?.reference ?? ''));
      const declined = declines.filter(({ category }) => category?.coding?.[0]?.code === code);
      const expected = need === false ? [0, 0, 0] : need === 'wants-help' ? [1, 1, 0] : [1, 0, 1];
      assert.deepEqual([open.length, asked.length, declined.length], expected, `${person} ${linkId} ${need}`);
    }
    assert.equal(tasks.length, Object.values(needs).filter((need) => need === 'wants-help').length);
  }
});

const anything: readonly Need[] = [false, false, 'wants-help', 'has-help', 'declines-help' satisfies Help];
const any = (random: () => number): Need => anything[Math.floor(random() * anything.length)] ?? false;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

onEveryDatabase(
  'needs by configuration',
  (server: Server) => {
    const { put, of, needs } = needsOf(server);
    it('are due when the installation says', async () => {
      await put(intake('due', 'due', { needs: { food: 'wants-help' } }));
      const [task] = await needs('due');
      const { start = '', end = '' } = task?.restriction?.period ?? {};
      assert.equal((Date.parse(end) - Date.parse(start)) / 864e5, 30);
      assert.equal((await of('due').observations()).length, 1);
    });
  },
  { rules: ruleSettings('need-days=30, intake=off') },
);

const ours = (name: string) => [`https://throughline.dev/fhir/StructureDefinition/${name}`];

onEveryDatabase(
  'what follows from an intake, where our profiles are required',
  (server: Server) => {
    const { put, goals } = needsOf(server);
    it('meets them', async () => {
      await put({
        resourceType: 'Patient',
        id: 'strict',
        identifier: [{ system: 'https://throughline.dev/fhir/id/mrn', value: 'mrn-strict' }],
        name: [{ use: 'official', family: 'Vega', given: ['Rosalía'] }],
        gender: 'female',
      });
      await put(intake('strict', 'strict', { needs: { food: 'wants-help', work: 'declines-help' }, partners: false }));
      assert.equal((await goals('strict')).length, 1);
    });
  },
  {
    requiredProfiles: new Map([
      ['Patient', ours('client')],
      ['Goal', ours('goal')],
    ]),
  },
);
