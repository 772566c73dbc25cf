/** What the answers to a PHQ-9 ask of people: a conversation today after item 9, a review of the plan after a total, told as a coordinator would. */
import { strict as assert } from 'node:assert';
import type { Flag, Goal, QuestionnaireResponse } from '../../resources/types.ts';
import { ruleSettings } from '../../server/config.ts';
import { onEveryDatabase } from '../server-under-test.ts';
import { responseOf } from '../spec/phq9-cases.ts';
import { type Server, speaking as spokenWith } from './speaking.ts';

const calm = [0, 0, 0, 0, 0, 0, 0, 0, 0];
const thinksOfDeath = [0, 0, 0, 0, 0, 0, 0, 0, 1];
/** Answers with this total and item 9 "not at all". */
const adding = (total: number) => calm.map((_, at) => (at === 8 ? 0 : Math.max(0, Math.min(3, total - 3 * at))));

const form = (id: string, person: string, answers: readonly number[], more: Partial<QuestionnaireResponse> = {}) => ({
  ...responseOf({ name: '', answers, expect: {} }),
  id,
  subject: { reference: `Patient/${person}` },
  authored: '2026-03-02T10:15:00Z',
  ...more,
});

function speaking(server: Server) {
  const spoken = spokenWith(server);
  const flags = (person: string) => spoken.found<Flag>(`Flag?patient=Patient/${person}`);
  return { ...spoken, flags };
}

const teamOf = (person: string, period?: object) => ({
  resourceType: 'CareTeam',
  id: `team-${person}`,
  status: 'active',
  subject: { reference: `Patient/${person}` },
  participant: [
    { role: [{ text: 'Psychologist' }], member: { reference: 'Practitioner/paul' } },
    {
      role: [{ coding: [{ system: 'http://snomed.info/sct', code: '768820003' }] }],
      member: { reference: 'Practitioner/ana' },
      ...(period ? { period } : {}),
    },
  ],
});

onEveryDatabase('item 9 of the PHQ-9 above "not at all"', (server: Server) => {
  const { put, tasks, open, flags } = speaking(server);
  const SAFETY = 'safety-follow-up';

  it('opens a Flag and a stat Task for the coordinator in the same commit, whatever the total', async () => {
    await put(teamOf('maria'));
    const written = await put(form('maria-1', 'maria', thinksOfDeath));
    const [flag] = await flags('maria');
    assert.equal(flag?.status, 'active');
    assert.equal(flag?.category?.[0]?.coding?.[0]?.code, 'safety');
    assert.equal(flag?.extension?.[0]?.valueReference?.reference, 'QuestionnaireResponse/maria-1');
    const [task] = await tasks('maria', SAFETY);
    assert.equal(task?.priority, 'stat');
    assert.deepEqual(task?.owner, { reference: 'Practitioner/ana' });
    assert.deepEqual(task?.focus, { reference: 'QuestionnaireResponse/maria-1' });
    assert.match(task?.description ?? '', /44260-8.*"Several days".*today/);
    assert.equal(flag?.meta?.lastUpdated, written.meta?.lastUpdated);
    assert.equal(task?.meta?.lastUpdated, written.meta?.lastUpdated);
  });

  it('leaves the Task to nobody when the team has no coordinator at this time', async () => {
    await put(teamOf('jonas', { end: '2020-01-01' }));
    await put(form('jonas-1', 'jonas', thinksOfDeath));
    const [task] = await tasks('jonas', SAFETY);
    assert.equal(task?.owner, undefined);
  });

  it('opens nothing further while Flag and Task are open, and says so on the Task', async () => {
    for (const id of ['tom-1', 'tom-2']) await put(form(id, 'tom', thinksOfDeath));
    assert.equal((await flags('tom')).length, 1);
    const [task, ...more] = await tasks('tom', SAFETY);
    assert.deepEqual(more, []);
    assert.equal(task?.note?.length, 1);
  });

  it('stays open when a later answer is "not at all", which is noted', async () => {
    await put(form('ines-1', 'ines', thinksOfDeath));
    await put(form('ines-2', 'ines', calm));
    const [task] = await open('ines', SAFETY);
    assert.match(task?.note?.[0]?.text ?? '', /"Not at all"\. This stays open until a person closes it/);
    assert.equal((await flags('ines'))[0]?.status, 'active');
  });

  it('stays open when the response is entered in error or deleted, which is noted', async () => {
    await put(form('eva-1', 'eva', thinksOfDeath));
    await put(form('eva-1', 'eva', thinksOfDeath, { status: 'entered-in-error' }));
    assert.match((await open('eva', SAFETY))[0]?.note?.[0]?.text ?? '', /no longer counts/);
    await server().http.delete('/fhir/QuestionnaireResponse/eva-1');
    assert.match((await open('eva', SAFETY))[0]?.note?.[0]?.text ?? '', /was deleted/);
  });

  it('that a person has closed stays closed when the response is written again, and opens anew with the next one', async () => {
    await put(form('luis-1', 'luis', thinksOfDeath));
    const [task] = await tasks('luis', SAFETY);
    const [flag] = await flags('luis');
    await put({ ...task, status: 'completed', statusReason: { text: 'Spoke with Luis; safety plan agreed' } });
    await put({ ...flag, status: 'inactive' });
    await put(form('luis-1', 'luis', thinksOfDeath, { status: 'amended' }));
    assert.deepEqual(await open('luis', SAFETY), []);
    assert.deepEqual(
      (await flags('luis')).map(({ status }) => status),
      ['inactive'],
    );
    await put(form('luis-2', 'luis', thinksOfDeath));
    assert.equal((await open('luis', SAFETY)).length, 1);
    assert.deepEqual((await flags('luis')).map(({ status }) => status).sort(), ['active', 'inactive']);
  });

  it('is closed with a warning when nobody says what was done', async () => {
    await put(form('nora-1', 'nora', thinksOfDeath));
    const [task] = await tasks('nora', SAFETY);
    const close = async (more: object) =>
      server()
        .http.put(`/fhir/Task/${task?.id}`)
        .set('Prefer', 'return=OperationOutcome')
        .send({ ...task, status: 'completed', ...more });
    const silent = await close({});
    assert.equal(silent.status, 200);
    assert.match(JSON.stringify(silent.body), /closed without a word on what was done/);
    await put(task ?? {});
    const told = await close({ statusReason: { text: 'Spoke with Nora by telephone' } });
    assert.ok(!JSON.stringify(told.body).includes('without a word'));
  });

  it('by an amendment is a new cause, even after the first was closed', async () => {
    await put(form('rosa-1', 'rosa', thinksOfDeath));
    const [task] = await tasks('rosa', SAFETY);
    await put({ ...task, status: 'completed' });
    await put(form('rosa-1', 'rosa', calm, { status: 'amended' }));
    assert.deepEqual(await open('rosa', SAFETY), []);
    await put(form('rosa-1', 'rosa', thinksOfDeath, { status: 'amended' }));
    assert.equal((await open('rosa', SAFETY)).length, 1);
  });

  it('in fifty responses at once: fifty results, one open Flag, one open Task, one review', async () => {
    const severe = [3, 3, 3, 3, 3, 0, 0, 0, 1];
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const { id: _id, ...response } = form('', 'fifty', severe);
        return (await server().http.post('/fhir/QuestionnaireResponse').send(response)).status;
      }),
    );
    assert.deepEqual([...new Set(statuses)], [201]);
    const totals = await server().http.get('/fhir/Observation?patient=Patient/fifty&code=44261-6&_summary=count');
    assert.equal(totals.body.total, 50);
    assert.equal((await flags('fifty')).length, 1);
    assert.equal((await tasks('fifty', SAFETY)).length, 1);
    assert.equal((await tasks('fifty', 'review-plan')).length, 1);
  });
});

onEveryDatabase('the review of a care plan', (server: Server) => {
  const { put, found, tasks, open } = speaking(server);
  const REVIEW = 'review-plan';
  const on = (day: string) => ({ authored: `${day}T09:00:00Z` });
  const texts = async (person: string) =>
    (await open(person, REVIEW)).map(({ reasonCode, note = [] }) => [
      reasonCode?.text,
      ...note.map(({ text }) => text),
    ]);

  it('is asked for by a total of 10 or more, with the plan in focus and the total as the reason', async () => {
    await put({
      resourceType: 'CarePlan',
      id: 'plan-maria',
      status: 'active',
      intent: 'plan',
      subject: { reference: 'Patient/maria' },
    });
    await put(teamOf('maria'));
    await put(form('m-1', 'maria', adding(14)));
    const [task] = await open('maria', REVIEW);
    assert.deepEqual(task?.focus, { reference: 'CarePlan/plan-maria' });
    assert.deepEqual(task?.owner, { reference: 'Practitioner/ana' });
    assert.equal(task?.reasonCode?.text, 'PHQ-9 total of 14 on 2026-03-02: 10 or more');
    const [total] = await found<{ id: string }>('Observation?patient=Patient/maria&code=44261-6');
    assert.deepEqual(task?.reasonReference, { reference: `Observation/${total?.id}` });
  });

  it('is not asked for by a total of 9', async () => {
    await put(form('nine-1', 'nine', adding(9)));
    assert.deepEqual(await tasks('nine', REVIEW), []);
  });

  it('is asked for by a rise of 5 against the total before, and not by one of 4', async () => {
    await put(form('rise-1', 'rise', adding(2), on('2026-01-05')));
    await put(form('rise-2', 'rise', adding(6), on('2026-02-05')));
    assert.deepEqual(await tasks('rise', REVIEW), []);
    await put(form('rise-3', 'rise', adding(1), on('2026-02-20')));
    await put(form('rise-4', 'rise', adding(6), on('2026-03-05')));
    assert.deepEqual(await texts('rise'), [['PHQ-9 rose from 1 (2026-02-20) to 6 (2026-03-05): by 5 or more']]);
  });

  it('is asked for when 8 weeks have not brought the index score down by half', async () => {
    await put(form('slow-1', 'slow', adding(12), on('2026-01-05')));
    const [first] = await open('slow', REVIEW);
    await put({ ...first, status: 'completed' });
    await put(form('slow-2', 'slow', adding(7), on('2026-02-20')));
    assert.deepEqual(await open('slow', REVIEW), []);
    await put(form('slow-3', 'slow', adding(7), on('2026-03-02')));
    assert.deepEqual(await texts('slow'), [
      ['PHQ-9 has not fallen by 50 % in 8 weeks: 12 on 2026-01-05, 7 on 2026-03-02'],
    ]);
  });

  it('is not asked for when it has fallen by half', async () => {
    await put(form('half-1', 'half', adding(12), on('2026-01-05')));
    const [first] = await open('half', REVIEW);
    await put({ ...first, status: 'completed' });
    await put(form('half-2', 'half', adding(6), on('2026-03-02')));
    assert.deepEqual(await open('half', REVIEW), []);
  });

  it('is not asked for by a form of the past that comes in late', async () => {
    await put(form('late-2', 'late', adding(3), on('2026-03-02')));
    await put(form('late-1', 'late', adding(20), on('2026-01-05')));
    assert.deepEqual(await tasks('late', REVIEW), []);
  });

  it('is one Task while it is open; a further reason is noted on it', async () => {
    await put(form('one-1', 'one', adding(11), on('2026-01-05')));
    await put(form('one-2', 'one', adding(13), on('2026-01-12')));
    assert.deepEqual(await texts('one'), [
      ['PHQ-9 total of 11 on 2026-01-05: 10 or more', 'PHQ-9 total of 13 on 2026-01-12: 10 or more'],
    ]);
  });

  it('says so when the total that asked for it is taken back', async () => {
    await put(form('back-1', 'back', adding(11)));
    await put(form('back-1', 'back', adding(11), { status: 'entered-in-error' }));
    const [task] = await open('back', REVIEW);
    assert.match(task?.note?.[0]?.text ?? '', /asks for no review any more/);
  });

  it('is asked for by a total that a partner sends without a response', async () => {
    await put({
      resourceType: 'Observation',
      id: 'partner-total',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '44261-6' }] },
      subject: { reference: 'Patient/partner' },
      effectiveDateTime: '2026-03-02',
      valueQuantity: { value: 18 },
    });
    assert.equal((await open('partner', REVIEW)).length, 1);
  });

  const goal = (person: string, more: Partial<Goal> = {}) => ({
    resourceType: 'Goal',
    id: `goal-${person}`,
    lifecycleStatus: 'active',
    description: { text: 'Walk the dog every day' },
    subject: { reference: `Patient/${person}` },
    target: [{ dueDate: '2026-01-31' }],
    ...more,
  });

  it('is asked for by a goal that is overdue when it is written, once', async () => {
    await put(goal('gina'));
    const [task] = await open('gina', REVIEW);
    assert.equal(task?.reasonCode?.text, 'The goal "Walk the dog every day" was due on 2026-01-31');
    assert.deepEqual(task?.reasonReference, { reference: 'Goal/goal-gina' });
    await put({ ...task, status: 'completed' });
    await put(goal('gina'));
    assert.deepEqual(await open('gina', REVIEW), []);
  });

  for (const [what, more] of [
    [
      'is achieved',
      {
        achievementStatus: {
          coding: [{ code: 'achieved', system: 'http://terminology.hl7.org/CodeSystem/goal-achievement' }],
        },
      },
    ],
    ['is due in a year that is not over', { target: [{ dueDate: '2999' }] }],
    ['has no day', { target: [] }],
    ['was only proposed', { lifecycleStatus: 'proposed' }],
  ] as readonly [string, Partial<Goal>][])
    it(`is not asked for by a goal that ${what}`, async () => {
      const person = `g${what.length}`;
      const { target, ...rest } = goal(person, more);
      await put(target?.length === 0 ? rest : { ...rest, target });
      assert.deepEqual(await tasks(person, REVIEW), []);
    });

  it('is asked for by a plan whose day of review has passed', async () => {
    await put({
      resourceType: 'CarePlan',
      id: 'plan-due',
      extension: [
        { url: 'https://throughline.dev/fhir/StructureDefinition/care-plan-review-due', valueDate: '2026-02-01' },
      ],
      status: 'active',
      intent: 'plan',
      subject: { reference: 'Patient/due' },
    });
    const [task] = await open('due', REVIEW);
    assert.equal(task?.reasonCode?.text, 'The care plan was to be reviewed by 2026-02-01');
    assert.deepEqual(task?.focus, { reference: 'CarePlan/plan-due' });
  });
});

onEveryDatabase(
  'thresholds and rules by configuration',
  (server: Server) => {
    const { put, tasks, flags, found } = speaking(server);
    it('move the total that asks for a review, and turn one rule off without the others', async () => {
      await put(form('c-1', 'carl', [3, 3, 3, 3, 0, 0, 0, 0, 2]));
      assert.deepEqual(await tasks('carl', 'review-plan'), []);
      assert.deepEqual(await flags('carl'), []);
      assert.equal((await found('Observation?patient=Patient/carl&code=44261-6')).length, 1);
      await put(form('c-2', 'carl', adding(15), { authored: '2026-03-09' }));
      assert.equal((await tasks('carl', 'review-plan')).length, 1);
    });
  },
  { rules: ruleSettings('safety=off, review-total=15') },
);

describe('the setting of the rules', () => {
  it('names what it does not know', () => {
    assert.throws(
      () => ruleSettings('safty=off'),
      /"safty=off" is neither off, nor a rule \(score, .*\) and =off, nor a threshold \(review-total/,
    );
    assert.throws(() => ruleSettings('review-total=many'), /review-total=many/);
  });
});
