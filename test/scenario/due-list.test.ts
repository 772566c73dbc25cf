/**
 * The reassessment due list, told as the coordinator Ana works it: whose PHQ-9 is due, who is late, and what time has made due while nobody wrote anything.
 */
import { strict as assert } from 'node:assert';
import type { CarePlan, Goal, QuestionnaireResponse, Task } from '../../resources/types.ts';
import { ruleSettings } from '../../server/config.ts';
import { onEveryDatabase, openServer } from '../server-under-test.ts';
import { responseOf } from '../spec/phq9-cases.ts';
import { type Server, speaking as spokenWith } from './speaking.ts';

const DAY = 86_400_000;
const daysFromNow = (days: number) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
const after = (day: string, days: number) => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
const today = daysFromNow(0);

const teamOf = (person: string) => ({
  resourceType: 'CareTeam',
  id: `team-${person}`,
  status: 'active',
  subject: { reference: `Patient/${person}` },
  participant: [
    {
      role: [{ coding: [{ system: 'http://snomed.info/sct', code: '768820003' }] }],
      member: { reference: 'Practitioner/ana' },
    },
  ],
});

/** A plan that asks for a PHQ-9 every two weeks. */
const planOf = (person: string, start: string, more: Partial<CarePlan> = {}, weeks = 2): CarePlan => ({
  resourceType: 'CarePlan',
  id: `plan-${person}`,
  status: 'active',
  intent: 'plan',
  subject: { reference: `Patient/${person}` },
  period: { start },
  activity: [
    {
      detail: {
        kind: 'Task',
        status: 'not-started',
        instantiatesCanonical: ['http://loinc.org/q/44249-1'],
        scheduledTiming: { repeat: { frequency: 1, period: weeks, periodUnit: 'wk' } },
      },
    },
  ],
  ...more,
});

const answersOf = (id: string, person: string, day: string, more: Partial<QuestionnaireResponse> = {}) => ({
  ...responseOf({ name: '', answers: [1, 1, 1, 0, 0, 0, 0, 0, 0], expect: {} }),
  id,
  subject: { reference: `Patient/${person}` },
  authored: `${day}T10:00:00Z`,
  ...more,
});

function speaking(server: Server) {
  const spoken = spokenWith(server);
  const tasks = (person: string, code = 'phq9-due') =>
    spoken.found<Task>(`Task?patient=Patient/${person}&code=${code}&_sort=_lastUpdated`);
  const open = async (person: string, code?: string) =>
    (await tasks(person, code)).filter(({ status }) => status === 'requested');
  return { ...spoken, tasks, open };
}

onEveryDatabase('a PHQ-9 that is due', (server: Server) => {
  const { put, found, tasks, open } = speaking(server);

  it('is a Task of the coordinator from the day on which the plan begins', async () => {
    await put(teamOf('maria'));
    await put(planOf('maria', daysFromNow(-3)));
    const [task, ...others] = await open('maria');
    assert.deepEqual(others, []);
    assert.deepEqual(task?.owner, { reference: 'Practitioner/ana' });
    assert.deepEqual(task?.focus, { reference: 'CarePlan/plan-maria' });
    assert.equal(task?.restriction?.period?.end, daysFromNow(-3));
    assert.equal(task?.input?.[0]?.valueCanonical, 'http://loinc.org/q/44249-1');
    assert.equal(task?.description, 'PHQ-9 every 2 weeks; there is none yet');
  });

  it('stands on the due list of its owner', async () => {
    const list = `Task?code=phq9-due&status=requested&owner=Practitioner/ana&task-due=lt${today}`;
    assert.deepEqual(
      (await found<Task>(list)).map((task) => task.for?.reference),
      ['Patient/maria'],
    );
  });

  it('is closed by the answer, and the next one is made from its day', async () => {
    await put(answersOf('maria-1', 'maria', today));
    const [first, second, ...others] = await tasks('maria');
    assert.deepEqual(others, []);
    const [closed, next] = first?.status === 'completed' ? [first, second] : [second, first];
    assert.equal(closed?.status, 'completed');
    assert.deepEqual(closed?.output?.[0]?.valueReference, { reference: 'QuestionnaireResponse/maria-1' });
    assert.equal(next?.restriction?.period?.end, after(today, 14));
    assert.match(next?.description ?? '', new RegExp(`the last one was 3 on ${today}`));
  });

  it('is not closed by answers that are not complete', async () => {
    await put(planOf('rosa', daysFromNow(-3)));
    await put(answersOf('rosa-1', 'rosa', today, { status: 'in-progress' }));
    await put({
      ...responseOf({ name: '', answers: [1, 1], expect: {} }),
      id: 'rosa-2',
      subject: { reference: 'Patient/rosa' },
      authored: `${today}T10:00:00Z`,
    });
    assert.equal((await open('rosa')).length, 1);
  });

  it('is closed by a total that another system measured', async () => {
    await put({
      resourceType: 'Observation',
      id: 'of-the-hospital',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '44261-6' }] },
      subject: { reference: 'Patient/rosa' },
      effectiveDateTime: today,
      valueQuantity: { value: 8, unit: '{score}', system: 'http://unitsofmeasure.org', code: '{score}' },
    });
    const closed = (await tasks('rosa')).filter(({ status }) => status === 'completed');
    assert.deepEqual(closed[0]?.output?.[0]?.valueReference, { reference: 'Observation/of-the-hospital' });
    assert.equal((await open('rosa'))[0]?.restriction?.period?.end, after(today, 14));
  });

  it('does not count answers of before the plan as an answer', async () => {
    await put(planOf('eva', daysFromNow(-3)));
    await put(answersOf('eva-old', 'eva', daysFromNow(-40)));
    const [task, ...others] = await tasks('eva');
    assert.deepEqual(others, []);
    assert.equal(task?.status, 'requested');
    assert.equal(task?.restriction?.period?.end, daysFromNow(-26));
  });

  it('counts from the last answer when the plan begins later', async () => {
    await put(answersOf('jose-1', 'jose', daysFromNow(-5)));
    await put(planOf('jose', today));
    assert.equal((await open('jose'))[0]?.restriction?.period?.end, daysFromNow(9));
  });

  it('moves when the plan asks for it more or less often', async () => {
    await put(planOf('jose', today, {}, 4));
    const [task, ...others] = await tasks('jose');
    assert.deepEqual(others, []);
    assert.equal(task?.restriction?.period?.end, daysFromNow(23));
  });

  it('stays as the coordinator has moved it', async () => {
    const [task] = await open('jose');
    await put({ ...task, restriction: { period: { ...task?.restriction?.period, end: daysFromNow(30) } } });
    await put(planOf('jose', today, { title: 'A title' }, 4));
    assert.equal((await open('jose'))[0]?.restriction?.period?.end, daysFromNow(30));
  });

  it('goes back to the answer before when the last one was entered in error', async () => {
    await put(answersOf('jose-2', 'jose', today));
    assert.equal((await open('jose'))[0]?.restriction?.period?.end, after(today, 28));
    await put(answersOf('jose-2', 'jose', today, { status: 'entered-in-error' }));
    const [task, ...others] = await open('jose');
    assert.deepEqual(others, []);
    assert.equal(task?.restriction?.period?.end, daysFromNow(23));
  });

  it('is not asked again when the coordinator has cancelled it, until there is a new answer', async () => {
    const [task] = await open('jose');
    await put({ ...task, status: 'cancelled', statusReason: { text: 'In hospital' } });
    await put(planOf('jose', today, { title: 'Another title' }, 4));
    assert.equal((await open('jose')).length, 0);
    await put(answersOf('jose-3', 'jose', today));
    assert.equal((await open('jose')).length, 1);
  });

  it('is taken back when no active plan asks for it, and comes again with the plan', async () => {
    await put(planOf('jose', today, { status: 'on-hold' }, 4));
    assert.equal((await open('jose')).length, 0);
    await put(planOf('jose', today, {}, 4));
    const [task, ...others] = await open('jose');
    assert.deepEqual(others, []);
    assert.equal(task?.statusReason, undefined);
  });

  it('is one Task after a record came in any order, and no Task for what was answered long ago', async () => {
    await put(planOf('lena', daysFromNow(-100)));
    for (const days of [90, 60, 75, 5]) await put(answersOf(`lena-${days}`, 'lena', daysFromNow(-days)));
    const [task, ...others] = await tasks('lena');
    assert.deepEqual(others, []);
    assert.deepEqual([task?.status, task?.restriction?.period?.end], ['requested', daysFromNow(9)]);
  });

  it('gives way to the Task of another system for the same', async () => {
    const [own] = await open('lena');
    await put({ ...own, id: 'of-the-hospital', owner: { reference: 'Practitioner/keller' } });
    assert.deepEqual(
      (await open('lena')).map(({ id }) => id),
      ['of-the-hospital'],
    );
  });

  const changed = (more: object) => ({ ...planOf('x', today).activity?.[0]?.detail, ...more });
  for (const [what, detail] of [
    ['stopped', changed({ status: 'stopped' })],
    ['not to be done', changed({ doNotPerform: true })],
    ['another questionnaire', changed({ instantiatesCanonical: ['http://loinc.org/q/69737-5'] })],
    ['without a timing', changed({ scheduledTiming: undefined })],
    [
      'over',
      changed({
        scheduledTiming: { repeat: { period: 2, periodUnit: 'wk', boundsPeriod: { end: daysFromNow(-1) } } },
      }),
    ],
  ] as const)
    it(`is none for an activity that is ${what}`, async () => {
      const person = what.replaceAll(' ', '-');
      await put({ ...planOf(person, today), activity: [{ detail }] });
      assert.deepEqual(await tasks(person), []);
    });

  it('goes with the protocol: $enact of stepped care puts it on the list', async () => {
    await put({ resourceType: 'Patient', id: 'nina' });
    await put(answersOf('nina-1', 'nina', daysFromNow(-1)));
    const { status } = await server()
      .http.post('/fhir/PlanDefinition/depression-stepped-care/$enact')
      .query({ subject: 'Patient/nina' });
    assert.equal(status, 201);
    assert.equal((await open('nina'))[0]?.restriction?.period?.end, daysFromNow(27));
  });
});

onEveryDatabase('what time alone makes due', (server: Server) => {
  const { put, tasks, open, found } = speaking(server);
  const sweep = () => server().app.sweep();

  /** Writes as on a server on which no rule is on, as an import may do: nothing is said of what is overdue. */
  const imported = async (...resources: readonly object[]) => {
    const quiet = await openServer(server().store, { rules: ruleSettings('off') });
    for (const resource of resources) {
      const { resourceType, id } = resource as { resourceType: string; id: string };
      const { status, body } = await quiet.http.put(`/fhir/${resourceType}/${id}`).send(resource);
      assert.ok(status < 300, JSON.stringify(body));
    }
    await quiet.app.drain();
  };

  const goalOf = (id: string, person: string, dueDate: string): Goal => ({
    resourceType: 'Goal',
    id,
    lifecycleStatus: 'active',
    description: { text: 'Walk 20 minutes a day' },
    subject: { reference: `Patient/${person}` },
    target: [{ dueDate }],
  });
  const reviewed = (day: string) => ({
    extension: [{ url: 'https://throughline.dev/fhir/StructureDefinition/care-plan-review-due', valueDate: day }],
  });

  it('is found by a sweep: overdue goals, plans past their review, and plans without a Task for the PHQ-9', async () => {
    await imported(
      teamOf('maria'),
      planOf('maria', daysFromNow(-60), reviewed(daysFromNow(-2))),
      goalOf('walk', 'maria', daysFromNow(-1)),
      goalOf('later', 'maria', daysFromNow(5)),
    );
    assert.deepEqual(await open('maria'), []);
    const swept = await sweep();
    assert.deepEqual([swept?.failed, swept?.reasons], [0, []]);
    const [review, ...others] = await open('maria', 'review-plan');
    assert.deepEqual(others, []);
    const said = [review?.reasonCode?.text, ...(review?.note ?? []).map(({ text }) => text)].join('. ');
    assert.match(said, new RegExp(`The goal "Walk 20 minutes a day" was due on ${daysFromNow(-1)}`));
    assert.match(said, new RegExp(`The care plan was to be reviewed by ${daysFromNow(-2)}`));
    assert.doesNotMatch(said, new RegExp(daysFromNow(5)));
    assert.equal((await open('maria')).length, 1);
  });

  it('marks a PHQ-9 late after a week, so that somebody reaches out', async () => {
    await sweep();
    const [task] = await open('maria');
    assert.equal(task?.priority, 'urgent');
    assert.match(task?.businessStatus?.text ?? '', /reach out to the client/);
    const late = await found<Task>(`Task?business-status=https://throughline.dev/fhir/CodeSystem/due-status|late`);
    assert.equal(late.length, 1);
  });

  it('changes nothing the second time', async () => {
    const versions = async () =>
      (await found<Task>('Task?_count=100')).map(({ id, meta }) => `${id} ${meta?.versionId}`).sort();
    const before = await versions();
    assert.equal((await sweep())?.changed, 0);
    assert.deepEqual(await versions(), before);
  });

  it('does not say again what a person has closed', async () => {
    const [review] = await open('maria', 'review-plan');
    await put({ ...review, status: 'completed' });
    assert.equal((await sweep())?.changed, 0);
    assert.deepEqual(await open('maria', 'review-plan'), []);
  });

  it('says it when a further day has passed', async () => {
    await imported(goalOf('later', 'maria', daysFromNow(-3)));
    await sweep();
    const [review] = await open('maria', 'review-plan');
    assert.match(review?.reasonCode?.text ?? '', new RegExp(daysFromNow(-3)));
  });

  it('finds plans by their day of review, for a worklist', async () => {
    const ids = async (search: string) => (await found<CarePlan>(search)).map(({ id }) => id);
    assert.deepEqual(await ids(`CarePlan?review-due=lt${today}`), ['plan-maria']);
    assert.deepEqual(await ids(`CarePlan?review-due=gt${today}`), []);
  });

  it('is looked at by one of several processes that sweep at once', async () => {
    await imported(goalOf('dance', 'rosa', daysFromNow(-1)));
    const all = await Promise.all([sweep(), sweep(), sweep()]);
    assert.ok(all.some((each) => each !== undefined && each.changed === 1));
    assert.equal((await tasks('rosa', 'review-plan')).length, 1);
  });

  it('is looked at by a server in the background', async () => {
    await imported(goalOf('sing', 'eva', daysFromNow(-1)));
    const other = await openServer(server().store, { sweepMinutes: 60 });
    for (let count = 0; count < 500 && (await tasks('eva', 'review-plan')).length === 0; count += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await other.app.drain();
    assert.equal((await tasks('eva', 'review-plan')).length, 1);
  });

  it('is not told by rules that are off', async () => {
    await imported(goalOf('read', 'jose', daysFromNow(-1)));
    const quiet = await openServer(server().store, { rules: ruleSettings('review-goal=off') });
    await quiet.app.sweep();
    await quiet.app.drain();
    assert.deepEqual(await tasks('jose', 'review-plan'), []);
  });

  it('goes on after a resource at which a rule fails, and tells of it', async () => {
    const strict = await openServer(server().store, {
      requiredProfiles: new Map([['Task', ['https://throughline.dev/fhir/StructureDefinition/handoff-task']]]),
    });
    const swept = await strict.app.sweep();
    await strict.app.drain();
    assert.ok((swept?.failed ?? 0) > 0);
    assert.match(swept?.reasons.join() ?? '', /review-goal, Goal\/read: /);
  });
});
