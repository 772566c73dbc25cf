/** Patient/[id]/$care-context: what a specialist needs to know of a client in one request. */
import { strict as assert } from 'node:assert';
import type { Bundle, Flag, Parameters } from '../../resources/types.ts';
import { clientBundle, practiceBundle } from '../../server/demo/population.ts';
import { onEveryDatabase } from '../server-under-test.ts';

const today = new Date();
const soon = new Date(today.getTime() + 3 * 86_400_000).toISOString();
const options = { seed: 7, until: today.toISOString().slice(0, 10) } as const;

onEveryDatabase('$care-context', (server) => {
  const client = 'client-7-000003';
  const ask = async (address: string, headers: Record<string, string> = {}) =>
    server().http.get(`/fhir/Patient/${address}`).set(headers);
  const urls = ({ entry = [] }: Bundle, mode?: string) =>
    entry
      .filter(({ search }) => !mode || search?.mode === mode)
      .map(({ resource }) => `${resource?.resourceType}/${resource?.id}`);
  const types = (bundle: Bundle, mode?: string) => new Set(urls(bundle, mode).map((url) => url.split('/')[0]));
  const search = async (query: string) => urls((await server().http.get(`/fhir/${query}&_count=200`)).body as Bundle);

  before(async () => {
    for (const bundle of [practiceBundle(), clientBundle(options, 3), clientBundle(options, 4)])
      assert.equal((await server().http.post('/fhir').send(bundle)).status, 200);
    const flag = {
      resourceType: 'Flag',
      status: 'active',
      code: { text: 'Lives alone' },
      subject: { reference: `Patient/${client}` },
    };
    const visit = {
      resourceType: 'Appointment',
      status: 'booked',
      start: soon,
      end: soon,
      participant: [{ actor: { reference: `Patient/${client}` }, status: 'accepted' }],
    };
    const handoff = {
      resourceType: 'Task',
      status: 'completed',
      intent: 'order',
      code: { coding: [{ system: 'https://throughline.dev/fhir/CodeSystem/care-task', code: 'transition-of-care' }] },
      for: { reference: `Patient/${client}` },
      authoredOn: '2026-01-01',
    };
    for (const each of [flag, visit, handoff, { ...flag, status: 'inactive', code: { text: 'Past' } }])
      assert.equal((await server().http.post(`/fhir/${each.resourceType}`).send(each)).status, 201);
  });

  it('has the client, plans, goals, the team, problems, flags, tasks, appointments, totals and the last hand-off', async () => {
    const { status, body } = await ask(`${client}/$care-context`);
    assert.equal(status, 200, JSON.stringify(body));
    const found = types(body as Bundle);
    for (const type of [
      'Patient',
      'CarePlan',
      'Goal',
      'CareTeam',
      'Practitioner',
      'Condition',
      'Flag',
      'Task',
      'Appointment',
      'Observation',
    ])
      assert.ok(found.has(type), `${type} among ${[...found]}`);
    assert.equal(urls(body as Bundle, 'match')[0], `Patient/${client}`);
    assert.equal(body.total, urls(body as Bundle, 'match').length);
    const flags = ((body as Bundle<Flag>).entry ?? []).flatMap(({ resource }) =>
      resource?.resourceType === 'Flag' ? [resource.status] : [],
    );
    assert.ok(flags.every((each) => each === 'active'));
    assert.ok(JSON.stringify(body).includes('transition-of-care'));
  });

  it('has what the plain search with includes has', async () => {
    const { body } = await ask(`${client}/$care-context`);
    const all = new Set(urls(body as Bundle));
    const plain = await search(
      `CarePlan?patient=${client}&status=active&_include=CarePlan:goal&_include=CarePlan:care-team&_include:iterate=CareTeam:participant`,
    );
    assert.ok(plain.length > 3);
    for (const url of plain) assert.ok(all.has(url), url);
    for (const url of await search(`Task?patient=${client}&status=requested,accepted,in-progress`))
      assert.ok(all.has(url), url);
  });

  it('has each resource once, and nothing of another client', async () => {
    const { body, text } = await ask(`${client}/$care-context`);
    const all = urls(body as Bundle);
    assert.equal(new Set(all).size, all.length);
    assert.ok(!text.includes('client-7-000004'));
  });

  it('answers 304 while nothing has changed, and anew when something has', async () => {
    const { headers } = await ask(`${client}/$care-context`);
    const tag = { 'If-None-Match': String(headers.etag) };
    const again = await ask(`${client}/$care-context`, tag);
    assert.equal(again.status, 304);
    assert.equal(again.headers.etag, headers.etag);
    const note = {
      resourceType: 'Flag',
      status: 'active',
      code: { text: 'New' },
      subject: { reference: `Patient/${client}` },
    };
    assert.equal((await server().http.post('/fhir/Flag').send(note)).status, 201);
    assert.equal((await ask(`${client}/$care-context`, tag)).status, 200);
  });

  it('gives with _since what was written since, and with _elements parts', async () => {
    const later = await ask(`${client}/$care-context?_since=2999-01-01T00:00:00Z`);
    assert.deepEqual((later.body as Bundle).entry ?? [], []);
    const parts = await ask(`${client}/$care-context?_elements=status`);
    const task = (parts.body as Bundle).entry?.find(({ resource }) => resource?.resourceType === 'Task')?.resource;
    assert.ok(task && 'status' in task && !('description' in task));
  });

  it('says so when a part has more than it gives', async () => {
    const entry = Array.from({ length: 201 }, (_, at) => ({
      resource: {
        resourceType: 'Goal',
        lifecycleStatus: 'active',
        description: { text: `${at}` },
        subject: { reference: 'Patient/many' },
      },
      request: { method: 'POST', url: 'Goal' },
    }));
    const patient = {
      resource: { resourceType: 'Patient', id: 'many' },
      request: { method: 'PUT', url: 'Patient/many' },
    };
    const bundle = { resourceType: 'Bundle', type: 'transaction', entry: [patient, ...entry] };
    assert.equal((await server().http.post('/fhir').send(bundle)).status, 200);
    const { body } = await ask('many/$care-context');
    assert.match(JSON.stringify((body as Bundle).entry?.at(-1)), /more than 200 resources Goal/);
  });

  it('is 404 for nobody and refuses what it does not know', async () => {
    assert.equal((await ask('nobody/$care-context')).status, 404);
    const { status, body } = await ask(`${client}/$care-context?_element=status`);
    assert.equal(status, 400);
    assert.match(
      (body as Parameters & { issue: { diagnostics: string }[] }).issue[0]?.diagnostics ?? '',
      /did you mean _elements/,
    );
  });
});
