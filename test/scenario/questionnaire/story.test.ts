/** A PHQ-9 from the empty form to what a partner gets of it: found, populated, answered, scored, extracted. */
import { strict as assert } from 'node:assert';
import { phq9 } from '../../../resources/questionnaire-response/phq9.ts';
import { linkIdOf } from '../../../resources/questionnaire-response/questionnaire.ts';
import type { Bundle, Observation, Parameters, QuestionnaireResponse } from '../../../resources/types.ts';
import { onEveryDatabase } from '../../server-under-test.ts';

onEveryDatabase(
  'a PHQ-9 from the form to the partner',
  (server) => {
    const post = async <T>(path: string, body?: object, status = 200): Promise<T> => {
      const request = server().http.post(`/fhir/${path}`);
      const answer = await (body ? request.set('Content-Type', 'application/fhir+json').send(body) : request);
      assert.equal(answer.status, status, answer.text.slice(0, 500));
      return answer.body as T;
    };
    const get = async <T>(path: string): Promise<T> => (await server().http.get(`/fhir/${path}`)).body as T;
    const content = (observations: readonly Observation[]) =>
      observations
        .map((observation) => ({ ...observation, meta: undefined }))
        .sort((a, b) => String(a.id).localeCompare(String(b.id)));
    const inBundle = ({ entry = [] }: Bundle) =>
      entry.flatMap(({ resource }) => (resource ? [resource as Observation] : []));

    it('is the same at the end as it was stored', async () => {
      await server().http.put('/fhir/Patient/maria').send({ resourceType: 'Patient', id: 'maria' });
      const found = await get<Bundle>(`Questionnaire?url=${encodeURIComponent(phq9.canonicals[0] ?? '')}`);
      const [form] = found.entry ?? [];
      assert.ok(form?.fullUrl?.endsWith('/Questionnaire/phq-9'));

      const populated = await post<Parameters>('Questionnaire/phq-9/$populate', {
        resourceType: 'Parameters',
        parameter: [{ name: 'subject', valueReference: { reference: 'Patient/maria' } }],
      });
      const draft = populated.parameter?.[0]?.resource as QuestionnaireResponse;

      // Several days to everything, and more than half the days to sleep.
      const item = (draft.item ?? []).map((each) => {
        const question = phq9.items.find((asked) => linkIdOf(asked) === each.linkId);
        const { code, display } = question?.options[question.code === '44259-0' ? 2 : 1] ?? {};
        return question ? { ...each, answer: [{ valueCoding: { system: 'http://loinc.org', code, display } }] } : each;
      });
      const finished = { ...draft, status: 'completed', authored: '2026-03-02T09:30:00Z', item };
      const { issue } = await post<{ issue: { severity: string; diagnostics: string }[] }>(
        'QuestionnaireResponse/$validate',
        finished,
      );
      assert.deepEqual(
        issue.filter(({ severity }) => severity === 'error'),
        [],
      );
      const { id } = await post<QuestionnaireResponse>('QuestionnaireResponse', finished, 201);

      const search = `Observation?derived-from=QuestionnaireResponse/${id}`;
      const stored = inBundle(await get<Bundle>(search));
      assert.equal(stored.length, 11);
      const total = stored.find(({ code }) => code.coding?.[0]?.code === '44261-6');
      assert.equal(total?.valueQuantity?.value, 10);
      assert.equal(total?.interpretation?.[0]?.coding?.[0]?.code, 'LA6710-3');

      const extracted = await post<Parameters>(`QuestionnaireResponse/${id}/$extract`);
      const bundle = extracted.parameter?.[0]?.resource as Bundle;
      assert.deepEqual(content(inBundle(bundle)), content(stored));
      for (const _time of ['first', 'second']) await post('', bundle);
      assert.deepEqual(content(inBundle(await get<Bundle>(search))), content(stored));
    });

    it('is the amended one after an amendment', async () => {
      const all = await get<Bundle>('QuestionnaireResponse?patient=maria');
      const response = all.entry?.[0]?.resource as QuestionnaireResponse;
      const item = (response.item ?? []).map((each) =>
        each.linkId === '/44250-9'
          ? { ...each, answer: [{ valueCoding: { system: 'http://loinc.org', code: 'LA6568-5' } }] }
          : each,
      );
      const amended = { ...response, status: 'amended', item };
      assert.equal((await server().http.put(`/fhir/QuestionnaireResponse/${response.id}`).send(amended)).status, 200);
      const stored = inBundle(await get<Bundle>(`Observation?derived-from=QuestionnaireResponse/${response.id}`));
      const extracted = await post<Parameters>(`QuestionnaireResponse/${response.id}/$extract`);
      assert.deepEqual(content(inBundle(extracted.parameter?.[0]?.resource as Bundle)), content(stored));
      assert.ok(stored.every(({ status }) => status === 'amended'));
    });

    it('is populated for a whole waiting room at once', async () => {
      const forms = Array.from({ length: 40 }, () => get<Parameters>('Questionnaire/phq-9/$populate'));
      for (const { parameter } of await Promise.all(forms))
        assert.equal((parameter?.[0]?.resource as QuestionnaireResponse | undefined)?.item?.length, 12);
    });
  },
  { ownDefinitions: true },
);
