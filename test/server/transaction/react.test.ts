/** Reactions: what follows from a change, in the same transaction. ARCHITECTURE, "Reactions". */
import { strict as assert } from 'node:assert';
import { derivedId, type Reaction } from '../../../resources/reaction.ts';
import type { Observation } from '../../../resources/types.ts';
import { onEveryDatabase } from '../../server-under-test.ts';

/** A high total opens one flag for the person, however many totals there are. */
const flagged: Reaction = {
  name: 'high-total',
  on: 'Observation?code=http://loinc.org|44261-6&value-quantity=ge10',
  async derive({ after }) {
    const subject = (after as Observation | undefined)?.subject;
    if (!subject?.reference) return [];
    const id = derivedId('high-total', subject.reference);
    return [
      { kind: 'put', resource: { resourceType: 'Flag', id, status: 'active', code: { text: 'high total' }, subject } },
    ];
  },
};

/** A flag makes a task that counts the totals of the person: the second round, and a question to the facts. */
const counted: Reaction = {
  name: 'task-for-flag',
  on: 'Flag?_id:missing=false',
  async derive({ after, id }, facts) {
    const subject = (after as { subject?: { reference: string } } | undefined)?.subject;
    if (!subject) return [];
    const totals = await facts.find(`Observation?subject=${subject.reference}&code=44261-6`);
    const description = `${totals.length} totals`;
    const task = {
      resourceType: 'Task',
      id: derivedId('task', id),
      status: 'requested',
      intent: 'order',
      description,
    } as const;
    return [{ kind: 'put', resource: { ...task, for: subject } }];
  },
};

/** The first of a kind makes the list, those after it find it there: by a search, and by its id. */
const listed: readonly Reaction[] = (['find', 'get'] as const).map((by) => ({
  name: `list-by-${by}`,
  on: `Basic?code=list-by-${by}`,
  async derive({ id }, facts) {
    const list = { id: derivedId(by, 'list'), title: `Made by ${id}` };
    const known =
      by === 'find' ? (await facts.find('List?code=by-find'))[0] : await facts.get('List', derivedId(by, 'list'));
    if (known) return [];
    return [
      {
        kind: 'put',
        resource: {
          resourceType: 'List',
          ...list,
          // Under an id of its own, so that only the search tells that there is one.
          ...(by === 'find' ? { id: derivedId(id, 'list') } : {}),
          status: 'current',
          mode: 'working',
          code: { coding: [{ code: `by-${by}` }] },
        },
      },
    ];
  },
}));

/** A rule that would fail on all that does not concern it. */
const concerned: Reaction = {
  name: 'concerned',
  on: 'Basic?code=concern',
  concerns: ({ before, after }) => after?.created !== before?.created,
  async derive({ before, after, id }) {
    if (after?.created === before?.created) throw new Error('it was asked about what is none of its concern');
    const resource = { resourceType: 'List', id: `of-${id}`, status: 'current', mode: 'working' } as const;
    return [{ kind: 'put', resource }];
  },
};

const failing: Reaction = {
  name: 'breaks',
  on: 'Basic?code=break',
  async derive() {
    throw new Error('a mistake in the rule');
  },
};

const restless: Reaction = {
  name: 'restless',
  on: 'Basic?code=restless',
  async derive({ after, id }) {
    if (!after) return [];
    const count = Number((after as { created?: string }).created?.slice(0, 4) ?? 2000) + 1;
    return [{ kind: 'put', resource: { ...after, id, created: String(count) } }];
  },
};

const total = (person: string, value: number) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '44261-6' }] },
  subject: { reference: `Patient/${person}` },
  valueQuantity: { value },
});
const basic = (code: string) => ({ resourceType: 'Basic', code: { coding: [{ code }] } });

onEveryDatabase(
  'reactions',
  (server) => {
    const flag = (person: string) => server().http.get(`/fhir/Flag/${derivedId('high-total', `Patient/${person}`)}`);

    it('write what follows in the same transaction, round by round', async () => {
      const { body } = await server().http.post('/fhir/Observation').send(total('maria', 12));
      const opened = await flag('maria');
      assert.equal(opened.status, 200);
      assert.equal(opened.body.meta.lastUpdated, body.meta.lastUpdated);
      const tasks = await server().http.get('/fhir/Task?patient=Patient/maria');
      assert.equal(tasks.body.entry[0].resource.description, '1 totals');
    });

    it('leave alone what does not match', async () => {
      await server().http.post('/fhir/Observation').send(total('jonas', 9));
      assert.equal((await flag('jonas')).status, 404);
    });

    it('leave alone what matches and does not concern them, told from both images', async () => {
      const put = (more: object) =>
        server()
          .http.put('/fhir/Basic/of-concern')
          .send({ ...basic('concern'), id: 'of-concern', ...more });
      const list = async () => (await server().http.get('/fhir/List/of-of-concern')).status;
      assert.equal((await put({})).status, 201);
      assert.equal(await list(), 404);
      assert.equal((await put({ created: '2026-11-21' })).status, 200);
      assert.equal(await list(), 200);
      assert.equal((await put({ created: '2026-11-21', language: 'en' })).status, 200);
    });

    it('change nothing that is so already', async () => {
      for (const value of [11, 15]) await server().http.post('/fhir/Observation').send(total('paula', value));
      assert.equal((await flag('paula')).body.meta.versionId, '1');
    });

    it('follow from entries of a transaction and see all of them', async () => {
      const entry = [20, 21, 3].map((value) => ({
        resource: total('ines', value),
        request: { method: 'POST', url: 'Observation' },
      }));
      const { status } = await server().http.post('/fhir').send({ resourceType: 'Bundle', type: 'transaction', entry });
      assert.equal(status, 200);
      const tasks = await server().http.get('/fhir/Task?patient=Patient/ines');
      assert.equal(tasks.body.entry.length, 1);
      assert.equal(tasks.body.entry[0].resource.description, '3 totals');
    });

    for (const by of ['find', 'get'])
      it(`see, by ${by}, what others of the same round have made`, async () => {
        const entry = [1, 2, 3].map(() => ({
          resource: basic(`list-by-${by}`),
          request: { method: 'POST', url: 'Basic' },
        }));
        const { status } = await server()
          .http.post('/fhir')
          .send({ resourceType: 'Bundle', type: 'transaction', entry });
        assert.equal(status, 200);
        const { body } = await server().http.get(`/fhir/List?code=by-${by}`);
        assert.equal(body.entry.length, 1);
        assert.equal(body.entry[0].resource.meta.versionId, '1');
      });

    it('of 50 parallel submissions for one person make one flag', async () => {
      const statuses = await Promise.all(
        Array.from(
          { length: 50 },
          async (_, index) =>
            (
              await server()
                .http.post('/fhir/Observation')
                .send(total('tom', 10 + (index % 10)))
            ).status,
        ),
      );
      assert.deepEqual([...new Set(statuses)], [201]);
      const { body } = await server().http.get('/fhir/Flag?patient=Patient/tom');
      assert.equal(body.entry.length, 1);
      assert.equal(body.entry[0].resource.meta.versionId, '1');
    });

    it('that fail refuse the write with their name and leave nothing behind', async () => {
      const { status, body } = await server()
        .http.put('/fhir/Basic/broken')
        .send({ ...basic('break'), id: 'broken' });
      assert.equal(status, 500);
      assert.match(body.issue[0].diagnostics, /rule breaks failed; nothing was written/);
      assert.equal((await server().http.get('/fhir/Basic/broken')).status, 404);
    });

    it('that do not come to rest are stopped, with their name', async () => {
      const { status, body } = await server()
        .http.put('/fhir/Basic/restless')
        .send({ ...basic('restless'), id: 'restless' });
      assert.equal(status, 500);
      assert.match(body.issue[0].diagnostics, /restless do not come to rest/);
    });
  },
  { reactions: [flagged, counted, ...listed, concerned, failing, restless] },
);
