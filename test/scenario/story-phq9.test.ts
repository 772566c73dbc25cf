/** Story: Maria's depression, from the form to the score, the safety of today, the review of the plan, and how it went. */
import { strict as assert } from 'node:assert';
import type {
  Bundle,
  Flag,
  Observation,
  OperationOutcome,
  Parameters,
  Questionnaire,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
} from '../../resources/types.ts';
import { onEveryDatabase } from '../server-under-test.ts';
import { ANA, type Server, speaking, teamOf } from './speaking.ts';

const answers = ['LA6568-5', 'LA6569-3', 'LA6570-1', 'LA6571-9'];
/** The nine items of the form; what is asked beside them is left out. */
const isScored = ({ linkId }: QuestionnaireResponseItem) => /^\/44\d{3}-\d$/.test(linkId) && linkId !== '/44261-6';

/** Observations by id, without what the server stamps. */
const contentOf = (observations: readonly Observation[]) =>
  observations
    .map((observation) => ({ ...observation, meta: undefined }))
    .sort((a, b) => String(a.id).localeCompare(String(b.id)));

onEveryDatabase(
  'the story of a PHQ-9',
  (server: Server) => {
    const { put, get, found, tasks, open } = speaking(server);
    const post = async <T>(path: string, body?: object) => {
      const answered = await server().http.post(`/fhir/${path}`).send(body);
      assert.ok(answered.status < 300, answered.text);
      return answered.body as T;
    };
    /** Maria fills in the form that the server gives her. */
    const answered = async (authored: string, points: readonly number[]): Promise<QuestionnaireResponse> => {
      const subject = { name: 'subject', valueReference: { reference: 'Patient/maria' } };
      const { parameter = [] } = await post<Parameters>('Questionnaire/phq-9/$populate', {
        resourceType: 'Parameters',
        parameter: [subject],
      });
      const form = parameter.find(({ name }) => name === 'response')?.resource as QuestionnaireResponse;
      const items = (form.item ?? []).filter(isScored);
      assert.equal(items.length, 9);
      return {
        ...form,
        status: 'completed',
        authored,
        source: { reference: 'Patient/maria' },
        item: items.map((item, at) => ({
          ...item,
          answer: [{ valueCoding: { system: 'http://loinc.org', code: answers[points[at] ?? 0] } }],
        })),
      };
    };
    const totals = () =>
      found<Observation>('Observation?patient=Patient/maria&code=http://loinc.org|44261-6&_sort=date');
    const valuesOf = (all: readonly Observation[]) => all.map(({ valueQuantity }) => valueQuantity?.value);

    before(async () => {
      for (const resource of [
        { resourceType: 'Patient', id: 'maria', name: [{ family: 'Delgado', given: ['Maria'] }] },
        teamOf('maria'),
        {
          resourceType: 'CarePlan',
          id: 'plan',
          status: 'active',
          intent: 'plan',
          subject: { reference: 'Patient/maria' },
        },
      ])
        await put(resource);
    });

    it('begins with the form, found by its canonical', async () => {
      const [form] = await found<Questionnaire>('Questionnaire?url=http://loinc.org/q/44249-1');
      assert.equal(form?.id, 'phq-9');
    });

    it('is valid when she has filled it in', async () => {
      const filled = await answered('2026-01-19T09:10:00Z', [3, 3, 3, 3, 2, 2, 1, 1, 0]);
      const { issue } = await post<OperationOutcome>('QuestionnaireResponse/$validate', filled);
      assert.deepEqual(
        issue.filter(({ severity }) => severity === 'error'),
        [],
      );
    });

    it('has the score, the severity and every answer in the commit that stores the form', async () => {
      const stored = await post<QuestionnaireResponse>(
        'QuestionnaireResponse',
        await answered('2026-01-19T09:10:00Z', [3, 3, 3, 3, 2, 2, 1, 1, 0]),
      );
      const [total] = await totals();
      assert.equal(total?.valueQuantity?.value, 18);
      assert.equal(total?.interpretation?.[0]?.coding?.[0]?.code, 'LA6711-1');
      assert.equal(total?.meta?.lastUpdated, stored.meta?.lastUpdated);
      const [panel] = await found<Observation>('Observation?patient=Patient/maria&code=http://loinc.org|44249-1');
      assert.equal(panel?.hasMember?.length, 10);
      assert.deepEqual(panel?.derivedFrom, [{ reference: `QuestionnaireResponse/${stored.id}` }]);
    });

    it('asks Ana to review the plan, with the total as the reason, and for no safety follow-up', async () => {
      const [review, ...more] = await tasks('maria', 'review-plan');
      assert.deepEqual(more, []);
      assert.deepEqual(review?.owner, ANA);
      assert.deepEqual(review?.focus, { reference: 'CarePlan/plan' });
      assert.match(review?.reasonCode?.text ?? '', /total of 18/);
      assert.deepEqual(await tasks('maria', 'safety-follow-up'), []);
    });

    it('is one story however often the form is sent', async () => {
      const [form] = await found<QuestionnaireResponse>('QuestionnaireResponse?patient=Patient/maria');
      const { id: _id, meta: _meta, ...again } = form as QuestionnaireResponse;
      const { status } = await server()
        .http.post('/fhir/QuestionnaireResponse')
        .set('If-None-Exist', 'patient=Patient/maria&authored=2026-01-19T09:10:00Z')
        .send(again);
      assert.equal(status, 200);
      assert.equal((await totals()).length, 1);
    });

    it('of few points with item 9 above "not at all" has somebody speak with Maria today', async () => {
      await post('QuestionnaireResponse', await answered('2026-03-23T15:30:00Z', [1, 1, 1, 1, 0, 1, 0, 0, 1]));
      assert.deepEqual(valuesOf(await totals()), [18, 6]);
      const [flag] = await found<Flag>('Flag?patient=Patient/maria');
      assert.equal(flag?.status, 'active');
      const [task] = await open('maria', 'safety-follow-up');
      assert.equal(task?.priority, 'stat');
      assert.deepEqual(task?.owner, ANA);
      const hours = Date.parse(task?.restriction?.period?.end ?? '') - Date.parse(task?.authoredOn ?? '');
      assert.equal(hours / 3_600_000, 4);
      const { body } = await server().http.get(
        '/fhir/Task?owner=Practitioner/ana&status=requested&priority=stat&_include=Task:focus',
      );
      assert.deepEqual(((body as Bundle).entry ?? []).map(({ resource }) => resource?.resourceType).sort(), [
        'QuestionnaireResponse',
        'Task',
      ]);
    });

    it('amended, is amended in what followed and not doubled; the safety of today stays with people', async () => {
      const [, march] = await found<QuestionnaireResponse>(
        'QuestionnaireResponse?patient=Patient/maria&_sort=authored',
      );
      const form = await answered('2026-03-23T15:30:00Z', [1, 1, 1, 1, 0, 1, 0, 0, 0]);
      await put({ ...form, id: march?.id, status: 'amended' });
      const all = await totals();
      assert.deepEqual(valuesOf(all), [18, 5]);
      assert.deepEqual(
        all.map(({ status }) => status),
        ['final', 'amended'],
      );
      assert.match(
        (await open('maria', 'safety-follow-up'))[0]?.note?.[0]?.text ?? '',
        /stays open until a person closes it/,
      );
    });

    it('ends with the trend: half the index score or less is a response, 5 is no remission', async () => {
      const { parameter = [] } = await get<Parameters>('Patient/maria/$phq9-trend');
      const value = (name: string) => parameter.find((each) => each.name === name);
      assert.equal(value('response')?.valueBoolean, true);
      assert.equal(value('remission')?.valueBoolean, false);
      assert.equal((await tasks('maria', 'review-plan')).length, 1);
    });

    it('gives a partner by $extract what is stored, final and amended, and takes it again without a change', async () => {
      const forms = await found<QuestionnaireResponse>('QuestionnaireResponse?patient=Patient/maria&_sort=authored');
      for (const [form, status] of [
        [forms[0], 'final'],
        [forms[1], 'amended'],
      ] as const) {
        const stored = async () =>
          contentOf(await found<Observation>(`Observation?derived-from=QuestionnaireResponse/${form?.id}`));
        const before = await stored();
        assert.equal(before.length, 11);
        assert.ok(before.every((each) => each.status === status));
        const { parameter = [] } = await post<Parameters>(`QuestionnaireResponse/${form?.id}/$extract`);
        const bundle = parameter[0]?.resource as Bundle;
        assert.deepEqual(contentOf((bundle.entry ?? []).map(({ resource }) => resource as Observation)), before);
        for (const _time of ['first', 'second']) await post('', bundle);
        assert.deepEqual(await stored(), before);
      }
    });

    it('is populated for a whole waiting room at once', async () => {
      const forms = Array.from({ length: 40 }, () => get<Parameters>('Questionnaire/phq-9/$populate'));
      for (const { parameter } of await Promise.all(forms))
        assert.equal((parameter?.[0]?.resource as QuestionnaireResponse | undefined)?.item?.length, 12);
    });
  },
  { ownDefinitions: true },
);
