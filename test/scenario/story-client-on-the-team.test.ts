/** Story: the client is on the team. Rosa proposes a goal, asks about her plan and complains, and has an answer each time. */
import { strict as assert } from 'node:assert';
import type { CarePlan, Goal, Task } from '../../resources/types.ts';
import { ruleSettings } from '../../server/config.ts';
import { onEveryDatabase } from '../server-under-test.ts';
import { ANA, type Server, speaking, teamOf } from './speaking.ts';

const personOf = (id: string, language = 'en') => ({
  resourceType: 'Patient',
  id,
  name: [{ given: [id] }],
  communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: language }] }, preferred: true }],
});
const planOf = (id: string, name = 'plan', status = 'active') => ({
  resourceType: 'CarePlan',
  id: `${name}-${id}`,
  status,
  intent: 'plan',
  subject: { reference: `Patient/${id}` },
});
const goalOf = (id: string, more: object = {}) => ({
  resourceType: 'Goal',
  id: `goal-${id}`,
  lifecycleStatus: 'proposed',
  description: { text: 'Sing in the choir again' },
  subject: { reference: `Patient/${id}` },
  expressedBy: { reference: `Patient/${id}` },
  ...more,
});
const acceptance = (status: string) => ({
  url: 'http://hl7.org/fhir/StructureDefinition/goal-acceptance',
  extension: [
    { url: 'individual', valueReference: ANA },
    { url: 'status', valueCode: status },
  ],
});

onEveryDatabase('a goal that the client proposes', (server: Server) => {
  const { send, put, get, patch, tasks, inbox } = speaking(server);
  const REVIEW = 'review-proposed-goal';

  it('becomes a Task of the coordinator, joins the plan when accepted, and the client reads so', async () => {
    for (const each of [personOf('rosa', 'es'), teamOf('rosa'), planOf('rosa')]) await put(each);
    await put(goalOf('rosa'));
    const [task, ...more] = await tasks('rosa', REVIEW);
    assert.deepEqual(more, []);
    assert.deepEqual(task?.owner, ANA);
    assert.deepEqual(task?.focus, { reference: 'Goal/goal-rosa' });
    assert.deepEqual(task?.basedOn, [{ reference: 'CarePlan/plan-rosa' }]);
    assert.match(task?.description ?? '', /"Sing in the choir again"/);
    const days =
      (Date.parse(task?.restriction?.period?.end ?? '') - Date.parse(task?.restriction?.period?.start ?? '')) / 864e5;
    assert.equal(days, 7);

    await patch(
      'Goal/goal-rosa',
      { op: 'replace', path: '/lifecycleStatus', value: 'accepted' },
      { op: 'add', path: '/extension', value: [acceptance('agree')] },
    );
    assert.deepEqual((await get<CarePlan>('CarePlan/plan-rosa')).goal, [{ reference: 'Goal/goal-rosa' }]);
    assert.deepEqual((await get<Goal>('Goal/goal-rosa')).extension, [acceptance('agree')]);
    const closed = await get<Task>(`Task/${task?.id}`);
    assert.equal(closed.status, 'completed');
    const [message] = await inbox('rosa');
    assert.equal(
      message?.payload?.[0]?.contentString,
      'Su meta "Sing in the choir again" fue aceptada y forma parte de su plan de cuidado.',
    );
    assert.deepEqual(message?.about, [{ reference: 'Goal/goal-rosa' }]);
    assert.deepEqual(message?.sender, ANA);
    assert.equal(closed.output?.[2]?.valueReference?.reference, `Communication/${message?.id}`);
    assert.equal(message?.meta?.lastUpdated, closed.meta?.lastUpdated);
  });

  it('is not asked about again when it is written again, and answered once', async () => {
    for (const each of [teamOf('tess'), planOf('tess'), goalOf('tess'), goalOf('tess')]) await put(each);
    assert.equal((await tasks('tess', REVIEW)).length, 1);
    for (const status of ['active', 'active', 'completed']) await put(goalOf('tess', { lifecycleStatus: status }));
    assert.equal((await inbox('tess')).length, 1);
    assert.equal((await get<CarePlan>('CarePlan/plan-tess')).goal?.length, 1);
    assert.equal((await get<CarePlan>('CarePlan/plan-tess')).meta?.versionId, '2');
  });

  it('cannot be rejected without a reason; with one, the client reads it', async () => {
    for (const each of [teamOf('ben'), planOf('ben'), goalOf('ben')]) await put(each);
    const silent = await send(goalOf('ben', { lifecycleStatus: 'rejected' }));
    assert.equal(silent.status, 422);
    assert.match(silent.text, /rejected without a reason: expected statusReason/);
    assert.match(silent.text, /Goal\.statusReason/);
    assert.equal((await get<Goal>('Goal/goal-ben')).lifecycleStatus, 'proposed');
    const request = { method: 'PUT', url: 'Goal/goal-ben' };
    const entry = [
      { resource: planOf('ben'), request: { method: 'PUT', url: 'CarePlan/plan-ben' } },
      { resource: goalOf('ben', { lifecycleStatus: 'rejected' }), request },
    ];
    const inBundle = await server().http.post('/fhir').send({ resourceType: 'Bundle', type: 'transaction', entry });
    assert.equal(inBundle.status, 422);
    assert.match(inBundle.text, /Bundle\.entry\[1\]\.resource\.statusReason/);
    const [open] = await tasks('ben', REVIEW);
    assert.equal(open?.status, 'requested');
    await put(goalOf('ben', { lifecycleStatus: 'rejected', statusReason: 'The choir rests until spring' }));
    const [task] = await tasks('ben', REVIEW);
    assert.equal(task?.status, 'completed');
    assert.equal(task?.statusReason?.text, 'The choir rests until spring');
    const [message] = await inbox('ben');
    assert.match(
      message?.payload?.[0]?.contentString ?? '',
      /not taken into your care plan: The choir rests until spring/,
    );
    assert.equal((await get<CarePlan>('CarePlan/plan-ben')).goal, undefined);
  });

  it('joins none of two plans by guess: the Task stays open and says so, until a person names one', async () => {
    for (const each of [teamOf('lea'), planOf('lea', 'one'), planOf('lea', 'two'), goalOf('lea')]) await put(each);
    await put(goalOf('lea', { lifecycleStatus: 'accepted' }));
    const [task] = await tasks('lea', REVIEW);
    assert.equal(task?.status, 'in-progress');
    assert.equal(task?.businessStatus?.text, 'Accepted, in no care plan yet');
    assert.match(task?.note?.[0]?.text ?? '', /2 active care plans \(CarePlan\/one-lea, CarePlan\/two-lea\)/);
    for (const name of ['one', 'two']) assert.equal((await get<CarePlan>(`CarePlan/${name}-lea`)).goal, undefined);
    await put({ ...task, basedOn: [{ reference: 'CarePlan/plan-tess' }] });
    assert.match((await get<Task>(`Task/${task?.id}`)).note?.at(-1)?.text ?? '', /plan-tess is no plan of this client/);
    await put({ ...task, basedOn: [{ reference: 'CarePlan/two-lea' }] });
    assert.deepEqual((await get<CarePlan>('CarePlan/two-lea')).goal, [{ reference: 'Goal/goal-lea' }]);
    const closed = await get<Task>(`Task/${task?.id}`);
    assert.equal(closed.status, 'completed');
    assert.equal(closed.businessStatus, undefined);
  });

  it('without a plan is told to the client as accepted, and the Task waits for a plan', async () => {
    for (const each of [teamOf('abe'), goalOf('abe')]) await put(each);
    await put(goalOf('abe', { lifecycleStatus: 'planned' }));
    const [task] = await tasks('abe', REVIEW);
    assert.match(task?.note?.[0]?.text ?? '', /no active care plan/);
    assert.equal(
      (await inbox('abe'))[0]?.payload?.[0]?.contentString,
      'Your goal "Sing in the choir again" was accepted.',
    );
  });

  it('that is withdrawn, entered in error or deleted needs no review any more', async () => {
    for (const [person, end] of [
      ['wil', () => put(goalOf('wil', { lifecycleStatus: 'cancelled' }))],
      ['eve', () => put(goalOf('eve', { lifecycleStatus: 'entered-in-error' }))],
      ['del', () => server().http.delete('/fhir/Goal/goal-del')],
    ] as const) {
      await put(goalOf(person));
      await end();
      const [task] = await tasks(person, REVIEW);
      assert.equal(task?.status, 'cancelled', person);
      assert.ok(task?.statusReason?.text);
      assert.deepEqual(await inbox(person), []);
    }
  });

  it('of a client without a coordinator waits for one, and the worklist finds it', async () => {
    await put(goalOf('solo'));
    const [task] = await speaking(server).found<Task>(`Task?patient=Patient/solo&status=requested&performer=768820003`);
    assert.equal(task?.owner, undefined);
    assert.match(task?.businessStatus?.text ?? '', /Waits for a coordinator/);
    await put({ ...task, owner: ANA });
    const taken = await get<Task>(`Task/${task?.id}`);
    assert.deepEqual(taken.owner, ANA);
    assert.equal(taken.businessStatus, undefined);
  });

  it('of a client whose record names a coordinator goes to that coordinator', async () => {
    const url = 'https://throughline.dev/fhir/StructureDefinition/client-coordinator';
    await put({ ...personOf('nina'), extension: [{ url, valueReference: ANA }] });
    await put(goalOf('nina'));
    assert.deepEqual((await tasks('nina', REVIEW))[0]?.owner, ANA);
  });

  it('by somebody else of the team is no proposal of the client', async () => {
    await put(goalOf('ida', { expressedBy: ANA }));
    await put(goalOf('ida', { expressedBy: ANA, lifecycleStatus: 'rejected' }));
    assert.deepEqual(await tasks('ida', REVIEW), []);
    assert.deepEqual(await inbox('ida'), []);
  });

  it('is decided in one transaction with the plan, which gets its goal once', async () => {
    for (const each of [teamOf('uma'), planOf('uma'), goalOf('uma')]) await put(each);
    const entry = [
      goalOf('uma', { lifecycleStatus: 'active' }),
      { ...planOf('uma'), title: 'Spring', goal: [{ reference: 'Goal/goal-uma' }] },
    ].map((resource) => ({ resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } }));
    const { status, text } = await server()
      .http.post('/fhir')
      .send({ resourceType: 'Bundle', type: 'transaction', entry });
    assert.equal(status, 200, text);
    const plan = await get<CarePlan>('CarePlan/plan-uma');
    assert.equal(plan.title, 'Spring');
    assert.deepEqual(plan.goal, [{ reference: 'Goal/goal-uma' }]);
  });

  it('ten at once: ten Tasks, and all ten in the plan after ten acceptances at once', async () => {
    for (const each of [teamOf('max'), planOf('max')]) await put(each);
    const ids = Array.from({ length: 10 }, (_, at) => `max-${at}`);
    const all = (lifecycleStatus: string) =>
      Promise.all(ids.map((id) => put({ ...goalOf('max', { lifecycleStatus }), id })));
    await all('proposed');
    assert.equal((await tasks('max', REVIEW)).length, 10);
    await all('accepted');
    assert.equal((await get<CarePlan>('CarePlan/plan-max')).goal?.length, 10);
  });
});

const says = (id: string, person: string, more: object = {}) => ({
  resourceType: 'Communication',
  id,
  status: 'completed',
  subject: { reference: `Patient/${person}` },
  sender: { reference: `Patient/${person}` },
  recipient: [ANA],
  payload: [{ contentString: 'Why do I have to see the dietitian twice?' }],
  ...more,
});
const reply = (id: string, person: string, more: object = {}) =>
  says(id, person, {
    sender: ANA,
    recipient: [{ reference: `Patient/${person}` }],
    payload: [{ contentString: 'Once for the start, once to see how it went.' }],
    ...more,
  });
const kind = (code: string) => [
  { coding: [{ system: 'https://throughline.dev/fhir/CodeSystem/communication-kind', code }] },
];

onEveryDatabase('a question of the client about the plan', (server: Server) => {
  const { put, get, tasks } = speaking(server);
  const ANSWER = 'answer-question';
  const about = (id: string) => ({ about: [{ reference: `CarePlan/plan-${id}` }] });

  it('becomes a Task of the coordinator, completed by the reply, which both sides see', async () => {
    await put(teamOf('rosa'));
    await put(says('rosa-asks', 'rosa', about('rosa')));
    const [task] = await tasks('rosa', ANSWER);
    assert.deepEqual(task?.owner, ANA);
    assert.deepEqual(task?.focus, { reference: 'Communication/rosa-asks' });
    assert.match(task?.description ?? '', /Why do I have to see the dietitian twice\?/);
    await put(reply('ana-replies', 'rosa', { inResponseTo: [{ reference: 'Communication/rosa-asks' }] }));
    const closed = await get<Task>(`Task/${task?.id}`);
    assert.equal(closed.status, 'completed');
    assert.deepEqual(closed.output?.[0]?.valueReference, { reference: 'Communication/ana-replies' });
    const seen = await speaking(server).found('Communication?subject=Patient/rosa&_sort=sent');
    assert.equal(seen.length, 2);
  });

  it('is open again when the reply is taken back', async () => {
    await put(says('kim-asks', 'kim', about('kim')));
    const answer = reply('kim-is-told', 'kim', { inResponseTo: [{ reference: 'Communication/kim-asks' }] });
    await put(answer);
    await put({ ...answer, status: 'entered-in-error' });
    const [task] = await tasks('kim', ANSWER);
    assert.equal(task?.status, 'requested');
    assert.equal(task?.output, undefined);
  });

  it('that is taken back needs no answer', async () => {
    await put(says('joe-asks', 'joe', about('joe')));
    await server().http.delete('/fhir/Communication/joe-asks');
    assert.equal((await tasks('joe', ANSWER))[0]?.status, 'cancelled');
  });

  for (const [what, message] of [
    ['a message of the team', reply('t-1', 'quiet', about('quiet'))],
    ['a draft', says('t-2', 'quiet', { ...about('quiet'), status: 'preparation' })],
    ['a message about nothing', says('t-3', 'quiet')],
    [
      'a message from another person',
      says('t-4', 'quiet', { ...about('quiet'), sender: { reference: 'Patient/loud' } }),
    ],
    ['feedback', says('t-5', 'quiet', { ...about('quiet'), category: kind('feedback') })],
  ] as const)
    it(`is not ${what}`, async () => {
      await put(message);
      assert.deepEqual(await tasks('quiet', ANSWER), []);
    });

  it('is not answered by the client, by a draft, or by a message to somebody else', async () => {
    await put(says('pat-asks', 'pat', about('pat')));
    const inResponseTo = [{ reference: 'Communication/pat-asks' }];
    await put(says('pat-adds', 'pat', { inResponseTo }));
    await put(reply('ana-drafts', 'pat', { inResponseTo, status: 'preparation' }));
    await put(reply('ana-asks-paul', 'pat', { inResponseTo, recipient: [{ reference: 'Practitioner/paul' }] }));
    assert.equal((await tasks('pat', ANSWER))[0]?.status, 'requested');
    await put(reply('ana-drafts', 'pat', { inResponseTo }));
    assert.equal((await tasks('pat', ANSWER))[0]?.status, 'completed');
  });
});

const statements = ['listened', 'explained', 'decided', 'reached', 'together'];
const agreement = ['strongly-disagree', 'disagree', 'neither', 'agree', 'strongly-agree'];
const satisfied = (id: string, person: string, points: number, more: object = {}) => ({
  resourceType: 'QuestionnaireResponse',
  id,
  questionnaire: 'https://throughline.dev/fhir/Questionnaire/satisfaction',
  status: 'completed',
  subject: { reference: `Patient/${person}` },
  source: { reference: `Patient/${person}` },
  authored: '2026-03-02T10:15:00Z',
  item: statements.map((code) => ({
    linkId: `/${code}`,
    answer: [
      {
        valueCoding: { system: 'https://throughline.dev/fhir/CodeSystem/agreement', code: agreement[points - 1] },
      },
    ],
  })),
  ...more,
});

onEveryDatabase('a complaint or a low rating', (server: Server) => {
  const { send, put, get, tasks } = speaking(server);
  const RECOVERY = 'service-recovery';

  it('cannot be completed without a reply: "you told us, we did"', async () => {
    await put(teamOf('rosa'));
    await put(satisfied('rosa-unhappy', 'rosa', 2));
    const [task] = await tasks('rosa', RECOVERY);
    assert.deepEqual(task?.owner, ANA);
    assert.match(task?.description ?? '', /answered with 10 points: 12 or less/);
    const close = (more: object) => send({ ...task, ...more });
    const silent = await close({ status: 'completed' });
    assert.equal(silent.status, 422);
    assert.match(silent.text, /completed without a reply to the client/);
    const unsent = await close({
      status: 'completed',
      output: [{ type: {}, valueReference: { reference: 'Communication/none' } }],
    });
    assert.equal(unsent.status, 422);
    assert.equal((await close({ status: 'cancelled' })).status, 422);
    assert.equal((await get<Task>(`Task/${task?.id}`)).status, 'requested');
    await put(reply('we-did', 'rosa', { about: [{ reference: 'QuestionnaireResponse/rosa-unhappy' }] }));
    const closed = await get<Task>(`Task/${task?.id}`);
    assert.equal(closed.status, 'completed');
    assert.deepEqual(closed.output?.[0]?.valueReference, { reference: 'Communication/we-did' });
  });

  it('may be completed by hand with the reply as output', async () => {
    await put(says('hal-complains', 'hal', { category: kind('complaint') }));
    const [task] = await tasks('hal', RECOVERY);
    await put(reply('hal-is-called', 'hal'));
    const output = [{ type: { text: 'reply' }, valueReference: { reference: 'Communication/hal-is-called' } }];
    assert.equal((await send({ ...task, status: 'completed', output })).status, 200);
  });

  for (const [what, message, opens] of [
    ['a complaint', { category: kind('complaint') }, true],
    ['feedback of 2 stars', { category: kind('feedback'), extension: [stars(2)] }, true],
    ['feedback of 3 stars', { category: kind('feedback'), extension: [stars(3)] }, false],
    ['feedback without stars', { category: kind('feedback') }, false],
  ] as const)
    it(`${opens ? 'is' : 'is not'} ${what}`, async () => {
      const person = what.replaceAll(' ', '-');
      await put(says(`says-${person}`, person, message));
      assert.equal((await tasks(person, RECOVERY)).length, opens ? 1 : 0);
    });

  it('is not 13 points or more; answers in between are looked at, and full marks need nobody', async () => {
    await put(satisfied('mid', 'mid', 3));
    await put(satisfied('top', 'top', 5));
    for (const person of ['mid', 'top']) assert.deepEqual(await tasks(person, RECOVERY), []);
    assert.equal((await tasks('mid', 'review-answers')).length, 1);
    assert.deepEqual(await tasks('top', 'review-answers'), []);
    assert.deepEqual(await tasks('rosa', 'review-answers'), []);
  });

  it('that is taken back is owed no reply', async () => {
    await put(satisfied('ed-unhappy', 'ed', 1));
    await put(satisfied('ed-unhappy', 'ed', 1, { status: 'entered-in-error' }));
    assert.equal((await tasks('ed', RECOVERY))[0]?.status, 'cancelled');
  });
});

function stars(valueInteger: number) {
  return { url: 'https://throughline.dev/fhir/StructureDefinition/feedback-rating', valueInteger };
}

onEveryDatabase('a form that the client answers', (server: Server) => {
  const { put, tasks } = speaking(server);
  const LOOK = 'review-answers';
  const diary = (id: string, person: string, text: string, more: object = {}) => ({
    resourceType: 'QuestionnaireResponse',
    id,
    questionnaire: 'https://practice.example/Questionnaire/diary',
    status: 'completed',
    subject: { reference: `Patient/${person}` },
    source: { reference: `Patient/${person}` },
    item: [{ linkId: 'day', answer: [{ valueString: text }] }],
    ...more,
  });

  it('is looked at by the coordinator, once for each change of the answers', async () => {
    await put(teamOf('rosa'));
    await put(diary('rosa-diary', 'rosa', 'Slept well'));
    const [task] = await tasks('rosa', LOOK);
    assert.deepEqual(task?.owner, ANA);
    await put(diary('rosa-diary', 'rosa', 'Slept well'));
    await put(diary('rosa-diary', 'rosa', 'Slept badly', { status: 'amended' }));
    const [noted, ...more] = await tasks('rosa', LOOK);
    assert.deepEqual(more, []);
    assert.equal(noted?.note?.[0]?.text, 'The answers were changed');
    await put({ ...noted, status: 'completed' });
    await put(diary('rosa-diary', 'rosa', 'Did not sleep', { status: 'amended' }));
    assert.equal((await tasks('rosa', LOOK)).length, 2);
  });

  it('is not one that a person of the team has filled in, or that is still in progress', async () => {
    await put(diary('vi-1', 'vi', 'Fine', { source: ANA }));
    await put(diary('vi-2', 'vi', 'Fine', { status: 'in-progress' }));
    assert.deepEqual(await tasks('vi', LOOK), []);
  });

  it('that is taken back needs no look', async () => {
    await put(diary('gus', 'gus', 'Fine'));
    await put(diary('gus', 'gus', 'Fine', { status: 'entered-in-error' }));
    assert.equal((await tasks('gus', LOOK))[0]?.status, 'cancelled');
  });
});

onEveryDatabase(
  'with rules and days by configuration',
  (server: Server) => {
    const { put, send, tasks } = speaking(server);
    it('a rule is off without the others, and a Task is due when the installation says', async () => {
      await put(goalOf('otto'));
      assert.deepEqual(await tasks('otto', 'review-proposed-goal'), []);
      assert.equal((await send(goalOf('otto', { lifecycleStatus: 'rejected' }))).status, 200);
      await put(says('otto-asks', 'otto', { about: [{ reference: 'CarePlan/plan-otto' }] }));
      const [task] = await tasks('otto', 'answer-question');
      const { start = '', end = '' } = task?.restriction?.period ?? {};
      assert.equal((Date.parse(end) - Date.parse(start)) / 864e5, 5);
    });
  },
  { rules: ruleSettings('proposed-goal=off,question-days=5') },
);
