/** Responses to PRAPARE that partners send: known by LOINC codes, they lead to what our intake leads to. */
import { strict as assert } from 'node:assert';
import type { Condition, Goal, Observation, Procedure, ServiceRequest } from '../../resources/types.ts';
import { onEveryDatabase } from '../server-under-test.ts';
import { type Server, speaking, teamOf } from './speaking.ts';

const LOINC = 'http://loinc.org';
const SDOHCC = 'http://hl7.org/fhir/us/sdoh-clinicalcare';
const CATEGORY = `${SDOHCC}/CodeSystem/SDOHCC-CodeSystemTemporaryCodes`;
const GRAVITY = `${SDOHCC}/Questionnaire/SDOHCC-QuestionnairePRAPARE`;

const coding = (code: string) => ({ valueCoding: { system: LOINC, code } });

/** @param answers by linkId */
const prapare = (
  person: string,
  answers: Readonly<Record<string, readonly (string | object)[]>>,
  more: object = {},
) => ({
  resourceType: 'QuestionnaireResponse',
  id: person,
  questionnaire: GRAVITY,
  status: 'completed',
  subject: { reference: `Patient/${person}` },
  authored: '2026-04-26T13:56:33Z',
  item: [
    {
      linkId: '/93025-5',
      item: Object.entries(answers).map(([linkId, all]) => ({
        linkId,
        answer: all.map((each) => (typeof each === 'string' ? coding(each) : each)),
      })),
    },
  ],
  ...more,
});

const [HOME, WORRY, WORK] = ['/93042-0/71802-3', '/93042-0/93033-9', '/93041-2/67875-5'];
const [INSURANCE, MATERIAL, TRANSPORT] = ['/93041-2/76437-3', '/93041-2/93031-3', '/93041-2/93030-5'];
const [COMPANY, STRESS, PARTNER] = ['/93040-4/93029-7', '/93040-4/93038-8', '/93039-6/76501-6'];
const [YES, NO, UNANSWERED] = ['LA33-6', 'LA32-8', 'LA30122-8'];

const positive: readonly (readonly [linkId: string, answer: string, need: string])[] = [
  [HOME, 'LA30190-5', 'homelessness'],
  [WORRY, YES, 'housing-instability'],
  [WORK, 'LA17956-6', 'employment-status'],
  [INSURANCE, 'LA30194-7', 'health-insurance-coverage-status'],
  [MATERIAL, 'LA30125-1', 'food-insecurity'],
  [MATERIAL, 'LA30126-9', 'material-hardship'],
  [MATERIAL, 'LA30124-4', 'utility-insecurity'],
  [MATERIAL, 'LA30127-7', 'material-hardship'],
  [MATERIAL, 'LA30128-5', 'medical-cost-burden'],
  [MATERIAL, 'LA30129-3', 'digital-access'],
  [MATERIAL, 'LA46-8', 'material-hardship'],
  [TRANSPORT, 'LA30133-5', 'transportation-insecurity'],
  [TRANSPORT, 'LA30134-3', 'transportation-insecurity'],
  [COMPANY, 'LA27722-0', 'social-connection'],
  [COMPANY, 'LA30130-1', 'social-connection'],
  [STRESS, 'LA13902-4', 'stress'],
  [STRESS, 'LA13914-9', 'stress'],
  [PARTNER, YES, 'intimate-partner-violence'],
];

const negative: readonly (readonly [linkId: string, ...answers: readonly string[]])[] = [
  [HOME, 'LA30189-7', UNANSWERED],
  [WORRY, NO, UNANSWERED],
  [WORK, 'LA30138-4', 'LA30136-8', 'LA30137-6', UNANSWERED],
  [INSURANCE, 'LA17849-3', 'LA30195-4', 'LA15652-3', 'LA30196-2', 'LA30197-0', 'LA6350-8'],
  [MATERIAL, UNANSWERED],
  [TRANSPORT, NO, 'LA30257-2'],
  [COMPANY, 'LA30131-9', 'LA30132-7', UNANSWERED],
  [STRESS, 'LA6568-5', 'LA13863-8', 'LA13909-9', UNANSWERED],
  [PARTNER, NO],
];

const personOf = (linkId: string, answer: string) => `p${linkId}-${answer}`.replaceAll('/', '-');
const codesOf = (all: readonly { coding?: readonly { code?: string }[] }[] = []) =>
  all.map((each) => each.coding?.[0]?.code);

onEveryDatabase('a response to PRAPARE', (server: Server) => {
  const { put, get, patch, found, tasks } = speaking(server);
  const observations = (person: string) => found<Observation>(`Observation?subject=Patient/${person}`);
  const conditions = (person: string) => found<Condition>(`Condition?subject=Patient/${person}`);
  const requests = (person: string) => found<ServiceRequest>(`ServiceRequest?subject=Patient/${person}`);
  const goals = (person: string) => found<Goal>(`Goal?subject=Patient/${person}`);
  const needs = (person: string) => tasks(person, 'social-need');
  const needOf = ({ category = [] }: Condition) =>
    category.flatMap(({ coding = [] }) => coding).find(({ system }) => system === CATEGORY)?.code;
  const said = async (resource: { resourceType: string; id: string }) => {
    const { status, text } = await server()
      .http.put(`/fhir/${resource.resourceType}/${resource.id}`)
      .set('Prefer', 'return=OperationOutcome')
      .send(resource);
    assert.equal(status, 201, text);
    return text;
  };

  for (const [linkId, answer, need] of positive)
    it(`${linkId} ${answer} tells of ${need}`, async () => {
      const person = personOf(linkId, answer);
      await put(teamOf(person));
      await put(prapare(person, { [linkId]: [answer] }));
      const [observation, ...others] = await observations(person);
      assert.deepEqual(others, []);
      assert.deepEqual(observation?.code.coding, [{ system: LOINC, code: linkId.split('/').at(-1) }]);
      assert.deepEqual(observation?.valueCodeableConcept?.coding, [{ system: LOINC, code: answer }]);
      assert.deepEqual(codesOf(observation?.category), ['survey', 'social-history', 'sdoh', need]);
      assert.equal(observation?.status, 'final');
      assert.equal(observation?.effectiveDateTime, '2026-04-26T13:56:33Z');
      const [condition, ...more] = await conditions(person);
      assert.deepEqual(more, []);
      assert.equal(condition && needOf(condition), need);
      assert.deepEqual(condition?.evidence?.[0]?.detail, [{ reference: `Observation/${observation?.id}` }]);
      const [goal] = await goals(person);
      assert.deepEqual(goal?.addresses, [{ reference: `Condition/${condition?.id}` }]);
      const [request] = await requests(person);
      assert.equal(request?.status, 'draft');
      const [task, ...further] = await needs(person);
      assert.deepEqual(further, []);
      assert.deepEqual(task?.focus, { reference: `ServiceRequest/${request?.id}` });
      assert.deepEqual(task?.owner, { reference: 'Practitioner/ana', display: 'Ana Ruiz' });
      assert.match(task?.description ?? '', /ask whether the client wants it/);
    });

  for (const [linkId, ...answers] of negative)
    for (const answer of answers)
      it(`${linkId} ${answer} tells of no need`, async () => {
        const person = personOf(linkId, answer);
        assert.doesNotMatch(await said(prapare(person, { [linkId]: [answer] })), /not understood/);
        assert.deepEqual([await observations(person), await conditions(person), await needs(person)], [[], [], []]);
      });

  it('tells of several needs at once, two answers of one kind as one need; it records no decline', async () => {
    await put(prapare('bo', { [HOME]: ['LA30190-5'], [MATERIAL]: ['LA30125-1', 'LA30126-9', 'LA30127-7'] }));
    const told = (await conditions('bo')).map(needOf).sort();
    assert.deepEqual(told, ['food-insecurity', 'homelessness', 'material-hardship']);
    assert.equal((await needs('bo')).length, 3);
    const hardship = (await observations('bo')).find(({ component }) => component !== undefined);
    assert.equal(hardship?.valueCodeableConcept, undefined);
    assert.deepEqual(
      hardship?.component?.map(({ valueCodeableConcept }) => valueCodeableConcept?.coding?.[0]?.code),
      ['LA30126-9', 'LA30127-7'],
    );
    assert.deepEqual(await found<Procedure>('Procedure?subject=Patient/bo'), []);
  });

  for (const [title, questionnaire] of [
    ['LOINC', `${LOINC}/q/93025-5`],
    ['LOINC, with a version', `${LOINC}/q/93025-5|2.77`],
    ['Gravity, with a version', `${GRAVITY}|2.2.0`],
  ] as const)
    it(`is known by the canonical of ${title}`, async () => {
      const person = `by-${title.replaceAll(/\W/g, '')}`;
      await put(prapare(person, { '/93025-5/93041-2/93030-5': ['LA30133-5'] }, { questionnaire }));
      assert.deepEqual((await conditions(person)).map(needOf), ['transportation-insecurity']);
    });

  it('is not every form of LOINC', async () => {
    await put(prapare('other', { [HOME]: ['LA30190-5'] }, { questionnaire: `${LOINC}/q/93025-50` }));
    assert.deepEqual(await conditions('other'), []);
  });

  it('keeps the words that the partner sent with the answer', async () => {
    const answer = { valueCoding: { system: LOINC, code: 'LA33-6', display: 'Yes' } };
    await put(prapare('words', { [WORRY]: [answer] }));
    const [observation] = await observations('words');
    assert.deepEqual(observation?.valueCodeableConcept?.coding, [answer.valueCoding]);
  });

  for (const [title, answer, told] of [
    ['an answer of another question', coding('LA13914-9'), 'http://loinc.org|LA13914-9'],
    ['a code of another system', { valueCoding: { system: 'urn:oid:1.2', code: 'LA30190-5x' } }, 'LA30190-5x'],
    ['a text', { valueString: 'With my cousin' }, 'With my cousin'],
    ['a number', { valueInteger: 1 }, 'the integer 1'],
  ] as const)
    it(`is told that ${title} is not understood, and no need is read from it`, async () => {
      const person = `unknown-${title.replaceAll(' ', '-')}`;
      const text = await said(prapare(person, { [HOME]: [answer], [WORK]: ['LA17956-6'] }));
      assert.ok(text.includes('/93042-0/71802-3 is not understood'), text);
      assert.ok(text.includes(told), text);
      assert.ok(text.includes('QuestionnaireResponse.item[0].item[0].answer[0]'), text);
      assert.deepEqual((await conditions(person)).map(needOf), ['employment-status']);
    });

  it('leaves the questions that tell of no need alone', async () => {
    const text = await said(
      prapare('rest', { '/93043-8/32624-9': ['LA4457-3'], '/93042-0/63512-8': [{ valueInteger: 4 }] }),
    );
    assert.doesNotMatch(text, /not understood/);
    assert.deepEqual(await observations('rest'), []);
  });

  it('in progress tells of nothing yet', async () => {
    await put(prapare('half', { [HOME]: ['LA30190-5'] }, { status: 'in-progress' }));
    assert.deepEqual(await conditions('half'), []);
  });

  it('amended to the same makes nothing twice; to the opposite takes all back, and back again opens one', async () => {
    const told = (answer: string, status = 'amended') => put(prapare('iris', { [HOME]: [answer] }, { status }));
    const picture = async () => [
      (await observations('iris')).map(({ status }) => status).join(),
      (await conditions('iris')).map(({ verificationStatus }) => verificationStatus?.coding?.[0]?.code).join(),
      (await requests('iris'))
        .map(({ status }) => status)
        .sort()
        .join(),
      (await needs('iris'))
        .map(({ status }) => status)
        .sort()
        .join(),
      (await goals('iris')).map(({ lifecycleStatus }) => lifecycleStatus).join(),
    ];
    await told('LA30190-5', 'completed');
    await told('LA30190-5');
    assert.deepEqual(await picture(), ['amended', 'unconfirmed', 'draft', 'requested', 'proposed']);
    await told('LA30189-7');
    const gone = ['entered-in-error', 'entered-in-error', 'revoked', 'cancelled', 'cancelled'];
    assert.deepEqual(await picture(), gone);
    await told('LA30190-5');
    assert.deepEqual(await picture(), ['amended', 'unconfirmed', 'draft,revoked', 'cancelled,requested', 'proposed']);
  });

  for (const status of ['entered-in-error', 'deleted'])
    it(`that is ${status} takes back what followed, except what somebody works on`, async () => {
      const person = `sam-${status}`;
      const answers = { [HOME]: ['LA30190-5'], [WORRY]: [YES] };
      await put(prapare(person, answers));
      const [worked] = await needs(person);
      await patch(`Task/${worked?.id}`, { op: 'replace', path: '/status', value: 'accepted' });
      if (status === 'deleted') await server().http.delete(`/fhir/QuestionnaireResponse/${person}`).expect(204);
      else await put(prapare(person, answers, { status }));
      assert.deepEqual(
        (await observations(person)).map((each) => each.status),
        ['entered-in-error', 'entered-in-error'],
      );
      assert.deepEqual((await needs(person)).map((each) => each.status).sort(), ['accepted', 'cancelled']);
      const kept = await get<Condition>(worked?.reasonReference?.reference ?? '');
      assert.equal(kept.verificationStatus?.coding?.[0]?.code, 'unconfirmed');
    });

  it('adds to a need that is open, and a later negative one is noted', async () => {
    await put(prapare('mo', { [MATERIAL]: ['LA30125-1'] }));
    const later = { id: 'mo-2', authored: '2026-06-01T09:00:00Z' };
    await put(prapare('mo', { [MATERIAL]: ['LA30125-1'] }, later));
    assert.equal((await conditions('mo')).length, 1);
    await put(prapare('mo', { [MATERIAL]: ['LA30124-4'] }, { ...later, id: 'mo-3' }));
    const notes = (await needs('mo')).flatMap(({ note = [] }) => note.map(({ text }) => text));
    assert.match(notes[0] ?? '', /Food Insecurity was found again by QuestionnaireResponse\/mo-2/);
    assert.match(notes[1] ?? '', /Food Insecurity was not found any more by QuestionnaireResponse\/mo-3/);
    assert.deepEqual((await conditions('mo')).map(needOf).sort(), ['food-insecurity', 'utility-insecurity']);
  });

  it('without a time keeps that of its first reading', async () => {
    const timeless = { authored: undefined };
    await put(prapare('ann', { [HOME]: ['LA30190-5'] }, timeless));
    const [first] = await observations('ann');
    await put(prapare('ann', { [HOME]: ['LA30190-5'], [WORRY]: [NO] }, timeless));
    const [again] = await observations('ann');
    assert.equal(again?.meta?.versionId, '1');
    assert.equal(again?.issued, first?.issued);
  });

  it('is read by the codes of its Questionnaire where that is stored', async () => {
    await put({
      resourceType: 'Questionnaire',
      id: 'prapare-of-a-partner',
      url: `${LOINC}/q/93025-5`,
      version: 'partner',
      status: 'active',
      item: [{ linkId: 'q7', type: 'choice', code: [{ system: LOINC, code: '71802-3' }] }],
    });
    await put(prapare('coded', { q7: ['LA30190-5'] }, { questionnaire: `${LOINC}/q/93025-5|partner` }));
    assert.deepEqual((await conditions('coded')).map(needOf), ['homelessness']);
  });
});
