/** A response to an instrument scores itself, on every path by which it is written. The table is test/spec/phq9.json. */
import { strict as assert } from 'node:assert';
import { observationId } from '../../resources/questionnaire-response/observations.ts';
import { phq9 } from '../../resources/questionnaire-response/phq9.ts';
import type {
  Bundle,
  BundleEntry,
  Observation,
  OperationOutcome,
  QuestionnaireResponse,
  Task,
} from '../../resources/types.ts';
import { onEveryDatabase, type ServerUnderTest } from '../server-under-test.ts';
import { type Phq9Case, phq9Cases, responseOf } from '../spec/phq9-cases.ts';

type Sent = { readonly id: string; readonly issues: readonly string[] };
type Server = () => ServerUnderTest;

const diagnostics = (body: unknown): string[] =>
  ((body as OperationOutcome | undefined)?.issue ?? []).map(({ diagnostics = '' }) => diagnostics);

/** Each way to write a response; gives its id and what the answer said beside it. */
const paths: Readonly<
  Record<string, (server: ServerUnderTest, response: QuestionnaireResponse, id: string) => Promise<Sent>>
> = {
  async POST({ http }, response) {
    const { status, body, headers } = await http
      .post('/fhir/QuestionnaireResponse')
      .set('Prefer', 'return=OperationOutcome')
      .send(response);
    assert.equal(status, 201, JSON.stringify(body));
    return { id: String(headers.location).split('/').at(-3) ?? '', issues: diagnostics(body) };
  },
  async PUT({ http }, response, id) {
    const { status, body } = await http
      .put(`/fhir/QuestionnaireResponse/${id}`)
      .set('Prefer', 'return=OperationOutcome')
      .send({ ...response, id });
    assert.equal(status, 201, JSON.stringify(body));
    return { id, issues: diagnostics(body) };
  },
  async PATCH({ http }, response, id) {
    const draft = { ...response, id, status: 'in-progress', item: [] };
    const { item, ...empty } = draft;
    assert.deepEqual(item, []);
    assert.equal((await http.put(`/fhir/QuestionnaireResponse/${id}`).send(empty)).status, 201);
    const { status, body } = await http
      .patch(`/fhir/QuestionnaireResponse/${id}`)
      .set('Content-Type', 'application/json-patch+json')
      .set('Prefer', 'return=OperationOutcome')
      .send(
        JSON.stringify([
          { op: 'replace', path: '/status', value: response.status },
          ...((response.item ?? []).length > 0 ? [{ op: 'add', path: '/item', value: response.item }] : []),
        ]),
      );
    assert.equal(status, 200, JSON.stringify(body));
    return { id, issues: diagnostics(body) };
  },
  async transaction({ http }, response, id) {
    const request = { method: 'PUT', url: `QuestionnaireResponse/${id}` };
    const entry = [{ resource: { ...response, id }, request }];
    const { status, body } = await http.post('/fhir').send({ resourceType: 'Bundle', type: 'transaction', entry });
    assert.equal(status, 200, JSON.stringify(body));
    return { id, issues: diagnostics((body as Bundle<never>).entry?.[0]?.response?.outcome) };
  },
};

const get = async <T>({ http }: ServerUnderTest, path: string): Promise<T> => {
  const { status, body } = await http.get(`/fhir/${path}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body as T;
};
const found = async <T>(server: ServerUnderTest, path: string): Promise<T[]> =>
  ((await get<Bundle>(server, path)).entry ?? []).map(({ resource }: BundleEntry) => resource as T);

async function checkOutcome(
  server: ServerUnderTest,
  { id, issues }: Sent,
  each: Phq9Case,
  person: string,
): Promise<void> {
  const [response] = await found<QuestionnaireResponse>(server, `QuestionnaireResponse?_id=${id}`);
  const derived = await found<Observation>(server, `Observation?subject=Patient/${person}`);
  const total = derived.find(({ code }) => code.coding?.[0]?.code === '44261-6');
  const panel = derived.find(({ code }) => code.coding?.[0]?.code === '44249-1');
  const { expect } = each;
  assert.equal(total?.valueQuantity?.value, expect.total);
  assert.equal(total?.interpretation?.[0]?.coding?.[0]?.code, expect.band);
  assert.equal(total?.dataAbsentReason !== undefined, expect.total === undefined);
  assert.equal(total?.status, each.status === 'amended' ? 'amended' : 'final');
  assert.equal(total?.category?.[0]?.coding?.[0]?.code, 'survey');
  assert.equal(total?.effectiveDateTime, response?.authored);
  assert.deepEqual(total?.derivedFrom, [{ reference: `QuestionnaireResponse/${id}` }]);
  const members = (panel?.hasMember ?? []).map(({ reference = '' }) => reference.split('/')[1]);
  assert.equal(members.length, 10 - (expect.missing ?? []).length, 'the answers that count, and the total');
  assert.deepEqual([...members, panel?.id].sort(), derived.map((one) => one.id).sort());
  assert.equal(total?.id, observationId(phq9, 'total', id));
  const answered = new Set(derived.map(({ code }) => code.coding?.[0]?.code));
  const missing = phq9.items.map(({ code }) => code).filter((code) => !answered.has(code));
  assert.deepEqual(missing, expect.missing ?? []);
  assert.equal(panel?.dataAbsentReason !== undefined, missing.length > 0);
  const said = (pattern: RegExp) => {
    assert.ok(
      issues.some((text) => pattern.test(text)),
      `${pattern} in ${JSON.stringify(issues)}`,
    );
    assert.ok(
      (total?.note ?? []).some(({ text }) => pattern.test(text)),
      `${pattern} in the notes`,
    );
  };
  if (expect.submittedTotal !== undefined && expect.submittedTotal !== expect.total)
    said(new RegExp(`states a total of ${expect.submittedTotal}\\b`));
  for (const linkId of expect.unknown ?? []) said(new RegExp(`^${linkId} is not understood`));
  if (expect.missing) said(/has no total/);

  const open = await found<Task>(server, `Task?patient=Patient/${person}&status=requested`);
  const codes = open.map(({ code }) => code?.coding?.[0]?.code ?? '').sort();
  const expected = [
    ...(expect.missing ? ['complete-questionnaire'] : []),
    ...(expect.safety ? ['safety-follow-up'] : []),
    ...((expect.total ?? 0) >= 10 ? ['review-plan'] : []),
  ];
  assert.deepEqual(codes, expected.sort());
  const flags = await found(server, `Flag?patient=Patient/${person}`);
  assert.equal(flags.length, expect.safety ? 1 : 0);
}

const authored = '2026-03-02T10:15:00+01:00';

onEveryDatabase('a PHQ-9', (server: Server) => {
  for (const [path, send] of Object.entries(paths))
    describe(`by ${path}`, () => {
      phq9Cases.forEach((each, at) => {
        it(each.name, async () => {
          const person = `${path.toLowerCase()}-${at}`;
          const { item = [], ...form } = responseOf(each);
          const response = {
            ...form,
            ...(item.length > 0 ? { item } : {}),
            subject: { reference: `Patient/${person}` },
            authored,
            author: { reference: 'Practitioner/ana' },
          };
          await checkOutcome(server(), await send(server(), response, `phq9-${person}`), each, person);
        });
      });
    });

  const moderate = (person: string, answers: readonly number[], more: Partial<QuestionnaireResponse> = {}) => ({
    ...responseOf({ name: '', answers, expect: {} }),
    id: `of-${person}`,
    subject: { reference: `Patient/${person}` },
    encounter: { reference: 'Encounter/visit' },
    authored,
    author: { reference: 'Practitioner/ana' },
    ...more,
  });
  const put = async (response: { id: string }, status: number) => {
    const { status: got, body } = await server().http.put(`/fhir/QuestionnaireResponse/${response.id}`).send(response);
    assert.equal(got, status, JSON.stringify(body));
  };
  const totalOf = (person: string) =>
    get<Observation>(server(), `Observation/${observationId(phq9, 'total', `of-${person}`)}`);

  it('carries over whom it is about, when and at which visit it was answered, and who wrote it down', async () => {
    await put(moderate('circumstances', [1, 1, 1, 0, 0, 0, 0, 0, 0]), 201);
    const total = await totalOf('circumstances');
    assert.deepEqual(total.subject, { reference: 'Patient/circumstances' });
    assert.deepEqual(total.encounter, { reference: 'Encounter/visit' });
    assert.deepEqual(total.performer, [{ reference: 'Practitioner/ana' }]);
    assert.equal(total.effectiveDateTime, authored);
    assert.equal(total.issued, authored);
    assert.deepEqual(total.valueQuantity, {
      value: 3,
      unit: '{score}',
      system: 'http://unitsofmeasure.org',
      code: '{score}',
    });
  });

  it('that is put again unchanged changes nothing', async () => {
    const response = moderate('again', [1, 1, 1, 0, 0, 0, 0, 0, 0]);
    await put(response, 201);
    await put(response, 200);
    assert.equal((await totalOf('again')).meta?.versionId, '1');
  });

  it('that is amended amends its Observations and makes no others', async () => {
    await put(moderate('amended', [1, 1, 1, 0, 0, 0, 0, 0, 0]), 201);
    await put(moderate('amended', [1, 1, 2, 0, 0, 0, 0, 0, 0], { status: 'amended' }), 200);
    const total = await totalOf('amended');
    assert.equal(total.status, 'amended');
    assert.equal(total.valueQuantity?.value, 4);
    assert.equal((await found(server(), 'Observation?subject=Patient/amended')).length, 11);
  });

  it('that is completed again with other answers has an amended total', async () => {
    await put(moderate('silently', [1, 1, 1, 0, 0, 0, 0, 0, 0]), 201);
    await put(moderate('silently', [0, 1, 1, 0, 0, 0, 0, 0, 0]), 200);
    assert.equal((await totalOf('silently')).status, 'amended');
  });

  it('amended by taking an answer out leaves that answer entered in error', async () => {
    const { item = [], ...rest } = moderate('withdrawn', [1, 1, 1, 0, 0, 0, 0, 0, 0]);
    await put({ ...rest, item } as { id: string }, 201);
    await put({ ...rest, status: 'amended', item: item.slice(1) } as { id: string }, 200);
    const [first] = await found<Observation>(server(), 'Observation?subject=Patient/withdrawn&code=44250-9');
    assert.equal(first?.status, 'entered-in-error');
    const total = await totalOf('withdrawn');
    assert.equal(total.valueQuantity, undefined);
    assert.ok(total.dataAbsentReason);
  });

  it('whose items are known only by its Questionnaire is scored by that', async () => {
    const items = phq9.items.map(({ code, text }, at) => ({
      linkId: `local-${at}x`,
      text: text.en,
      code: [{ system: 'http://loinc.org', code }],
      type: 'choice',
    }));
    const url = 'https://throughline.dev/fhir/Questionnaire/phq-9';
    const questionnaire = {
      resourceType: 'Questionnaire',
      id: 'ours',
      url,
      version: 'x',
      status: 'active',
      item: items,
    };
    assert.equal((await server().http.put('/fhir/Questionnaire/ours').send(questionnaire)).status, 201);
    const item = items.map(({ linkId }) => ({ linkId, answer: [{ valueInteger: 1 }] }));
    await put({ ...moderate('local', []), questionnaire: `${url}|x`, item } as { id: string }, 201);
    assert.equal((await totalOf('local')).valueQuantity?.value, 9);
  });

  it('entered in error takes its Observations with it', async () => {
    await put(moderate('mistaken', [1, 1, 1, 0, 0, 0, 0, 0, 0]), 201);
    await put(moderate('mistaken', [1, 1, 1, 0, 0, 0, 0, 0, 0], { status: 'entered-in-error' }), 200);
    const statuses = (await found<Observation>(server(), 'Observation?subject=Patient/mistaken')).map(
      ({ status }) => status,
    );
    assert.deepEqual([...new Set(statuses)], ['entered-in-error']);
  });

  it('that is deleted leaves its Observations entered in error', async () => {
    await put(moderate('deleted', [1, 1, 1, 0, 0, 0, 0, 0, 0]), 201);
    assert.equal((await server().http.delete('/fhir/QuestionnaireResponse/of-deleted')).status, 204);
    assert.equal((await totalOf('deleted')).status, 'entered-in-error');
  });

  it('in progress is not scored', async () => {
    await put(moderate('underway', [3, 3, 3, 3, 3, 3, 3, 3, 3], { status: 'in-progress' }), 201);
    assert.deepEqual(await found(server(), 'Observation?subject=Patient/underway'), []);
  });

  it('about nobody is scored and asks nobody for anything', async () => {
    const { subject: _subject, ...anonymous } = moderate('nobody', [3, 3, 3, 3, 3, 3, 3, 3, 3]);
    await put(anonymous, 201);
    assert.equal((await totalOf('nobody')).valueQuantity?.value, 27);
  });

  it('by a device, without a time, is scored at the time of writing and keeps it', async () => {
    const { authored: _authored, ...timeless } = moderate('device', [1, 0, 0, 0, 0, 0, 0, 0, 0]);
    await put({ ...timeless, author: { reference: 'Device/kiosk' } } as { id: string }, 201);
    const first = await totalOf('device');
    assert.equal(first.effectiveDateTime, first.meta?.lastUpdated);
    assert.deepEqual(first.device, { reference: 'Device/kiosk' });
    await put({ ...timeless, author: { reference: 'Device/kiosk' } } as { id: string }, 200);
    assert.equal((await totalOf('device')).meta?.versionId, '1');
  });

  it('with If-None-Exist is scored once', async () => {
    const identifier = { system: 'https://practice.example/forms', value: 'once' };
    for (const expected of [201, 200]) {
      const { id: _id, ...response } = moderate('once', [1, 0, 0, 0, 0, 0, 0, 0, 0], { identifier });
      const { status } = await server()
        .http.post('/fhir/QuestionnaireResponse')
        .set('If-None-Exist', `identifier=${identifier.system}|${identifier.value}`)
        .send(response);
      assert.equal(status, expected);
    }
    assert.equal((await found(server(), 'Observation?subject=Patient/once')).length, 11);
  });

  it('that is completed closes the Task to complete it', async () => {
    const { item = [], ...rest } = moderate('completing', [1, 1, 1, 0, 0, 0, 0, 0, 0]);
    await put({ ...rest, item: item.slice(1) } as { id: string }, 201);
    const [asked] = await found<Task>(server(), 'Task?patient=Patient/completing');
    assert.equal(asked?.status, 'requested');
    assert.equal(asked?.input?.[0]?.valueCanonical, 'http://loinc.org/q/44249-1');
    await put({ ...rest, item } as { id: string }, 200);
    const [closed] = await found<Task>(server(), 'Task?patient=Patient/completing');
    assert.equal(closed?.status, 'completed');
    assert.equal(closed?.output?.[0]?.valueReference?.reference, 'QuestionnaireResponse/of-completing');
  });

  it('is asked for by a PHQ-2 of 3 or more', async () => {
    const two = moderate('stepping', [2, 1, 0, 0, 0, 0, 0, 0, 0]);
    const { item = [], ...rest } = two;
    await put({ ...rest, questionnaire: 'http://loinc.org/q/55757-9', item: item.slice(0, 2) } as { id: string }, 201);
    const [asked] = await found<Task>(server(), 'Task?patient=Patient/stepping');
    assert.match(asked?.description ?? '', /PHQ-9/);
  });
});

onEveryDatabase(
  'a PHQ-9 with the rules turned off',
  (server: Server) => {
    it('is stored, and nothing follows', async () => {
      const response = {
        ...responseOf({ name: '', answers: [3, 3, 3, 3, 3, 3, 3, 3, 3], expect: {} }),
        subject: { reference: 'Patient/off' },
      };
      assert.equal((await server().http.post('/fhir/QuestionnaireResponse').send(response)).status, 201);
      for (const type of ['Observation', 'Flag', 'Task'])
        assert.deepEqual(await found(server(), `${type}?patient=Patient/off`), []);
    });
  },
  {
    rules: {
      off: ['score', 'complete-form', 'safety', 'safety-closing', 'review-total', 'review-goal', 'review-date'],
    },
  },
);
