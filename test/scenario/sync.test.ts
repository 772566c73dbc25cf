/** A practice's own tables and FHIR, kept in step: every kind of practice database with a store on SQLite, and one with a store on PostgreSQL. */
import { strict as assert } from 'node:assert';
import sql from 'sql-template-tag';
import type { Binding } from '../../server/sync/binding.ts';
import { compileBinding } from '../../server/sync/lens.ts';
import type { Practice } from '../../server/sync/practice.ts';
import { type PullOptions, pull } from '../../server/sync/pull.ts';
import { push } from '../../server/sync/push.ts';
import { openReport, type Report, type Reported } from '../../server/sync/report.ts';
import { type Choice, resolve, waitingRows } from '../../server/sync/resolve.ts';
import type { Sync } from '../../server/sync/sync.ts';
import { northside } from '../server/sync/northside.ts';
import { fill, makeTables } from '../server/sync/northside-tables.ts';
import { practicesUnderTest } from '../server/sync/practice-under-test.ts';
import { openServer, type ServerUnderTest } from '../server-under-test.ts';
import { storesUnderTest } from '../store-under-test.ts';

const PATCH = 'application/json-patch+json';

/** The binding with settings of some of its tables changed. */
const withTables = (changes: Readonly<Record<string, object>>): Binding => ({
  ...northside,
  tables: northside.tables.map((table) => ({ ...table, ...changes[table.name ?? table.table] })),
});

interface Run {
  readonly report: Report;
  readonly problems: readonly Reported[];
}

interface Setting {
  readonly server: ServerUnderTest;
  readonly practice: Practice;
  run(work: (sync: Sync) => Promise<unknown>, more?: Partial<Sync> & { readonly with?: Binding }): Promise<Run>;
  pull(options?: PullOptions & { readonly with?: Binding }): Promise<Run>;
  push(options?: { readonly with?: Binding }): Promise<Run>;
}

function settingOf(server: ServerUnderTest, practice: Practice): Setting {
  const run: Setting['run'] = async (work, { with: binding = northside, ...more } = {}) => {
    const problems: Reported[] = [];
    const report = openReport((reported) => problems.push(reported));
    await work({
      binding,
      lenses: compileBinding(binding).lenses,
      practice,
      fhir: { store: server.store, transact: server.app.transact },
      report,
      dryRun: false,
      signal: new AbortController().signal,
      now: () => Date.parse('2026-11-21T23:05:00Z'),
      places: new Map(),
      advance: () => undefined,
      ...more,
    });
    return { report, problems };
  };
  return {
    server,
    practice,
    run,
    pull: (options = {}) => run((sync) => pull(sync, options), options),
    push: (options = {}) => run(push, options),
  };
}

const rowOf = async ({ knex }: Practice, table: string, where: object): Promise<Record<string, unknown>> =>
  (await knex(table).where(where).first()) as Record<string, unknown>;

const countsOf = ({ report }: Run, table: string): Record<string, number> =>
  Object.fromEntries(Object.entries(report.tables().get(table)?.counts ?? {}).filter(([, count]) => count > 0));

for (const { name: storeName, open: openStore } of storesUnderTest())
  for (const { name: practiceName, open } of practicesUnderTest().filter(({ name }) =>
    [name, 'SQLite'].includes(storeName),
  ))
    describe(`sync of a practice on ${practiceName} with FHIR on ${storeName}`, () => {
      let setting: Setting;
      beforeEach(async () => {
        const practice = await open();
        await makeTables(practice);
        await fill(practice, 3);
        setting = settingOf(await openServer(await openStore()), practice);
      });
      afterEach(async () => {
        await setting.server.close();
        await setting.practice.close();
      });

      const get = async (path: string) => (await setting.server.http.get(`/fhir/${path}`).expect(200)).body;
      const goalId = async (): Promise<string> =>
        (await get('Goal?patient=Patient/client-1')).entry[0].resource.id as string;
      const patch = async (path: string, operations: readonly object[]) =>
        setting.server.http.patch(`/fhir/${path}`).set('Content-Type', PATCH).send(operations).expect(200);

      it('pulls rows as resources that say what the rows say, and passes over what has not changed', async () => {
        const first = await setting.pull();
        assert.deepEqual(countsOf(first, 'client'), { new: 3 });
        assert.deepEqual(first.problems, []);
        const client = await get('Patient/client-1');
        assert.equal(client.name[0].family, 'Okafor');
        assert.equal(client.telecom[0].value, '+1 312 555 0001');
        assert.match(client.meta.source, /^urn:throughline:sync:northside#client\/1@[0-9a-f]{8}$/);
        const [{ resource: visit }] = (await get('Appointment?patient=Patient/client-1')).entry;
        assert.equal(visit.start, '2026-03-09T09:30:00-05:00');
        assert.equal(visit.end, '2026-03-09T10:00:00-05:00');
        const second = await setting.pull();
        assert.deepEqual(countsOf(second, 'client'), { same: 3 });
        assert.equal((await get('Patient/client-1')).meta.versionId, '1');
      });

      it('writes a goal that was changed by PATCH to its row, that column alone', async () => {
        await setting.pull();
        const before = await rowOf(setting.practice, 'plan_goal', { goal_id: 10 });
        await patch(`Goal/${await goalId()}`, [{ op: 'replace', path: '/lifecycleStatus', value: 'completed' }]);
        const pushed = await setting.push();
        assert.deepEqual(countsOf(pushed, 'goal'), { 'row-changed': 1 });
        assert.deepEqual(await rowOf(setting.practice, 'plan_goal', { goal_id: 10 }), { ...before, status: 'met' });
        assert.deepEqual(countsOf(await setting.pull(), 'goal'), { same: 3 });
        assert.deepEqual(countsOf(await setting.push(), 'goal'), {});
      });

      it('makes a new version of what the practice changes, of which history tells the source, and keeps what has no column', async () => {
        await setting.pull();
        const stranger = { system: 'https://hospital.example/mrn', value: 'H-77' };
        await patch('Patient/client-1', [
          { op: 'add', path: '/identifier/-', value: stranger },
          { op: 'add', path: '/maritalStatus', value: { text: 'Widowed' } },
        ]);
        await setting.push();
        await setting.practice.knex('client').where({ client_id: 1 }).update({ zip: '60622', goes_by: 'Chi' });
        const pulled = await setting.pull();
        assert.deepEqual(countsOf(pulled, 'client'), { changed: 1, same: 2 });
        const response = await setting.server.http.get('/fhir/Patient/client-1').expect(200);
        assert.equal(response.headers.etag, 'W/"3"');
        assert.equal(response.body.address[0].postalCode, '60622');
        assert.deepEqual(response.body.identifier[1], stranger);
        assert.equal(response.body.maritalStatus.text, 'Widowed');
        const history = await get('Patient/client-1/_history');
        const sources = history.entry.map(
          ({ resource }: { resource: { meta: { source: string } } }) => resource.meta.source,
        );
        // The second version is nobody's of the sync: its source is that of the first.
        assert.equal(sources[1], sources[2]);
        assert.notEqual(sources[0], sources[1]);
      });

      it('reports a conflict when both have changed, writes neither, and carries out the decision', async () => {
        await setting.pull();
        const id = await goalId();
        await setting.practice
          .knex('plan_goal')
          .where({ goal_id: 10 })
          .update({ goal_text: 'Walk to the park', status: 'met' });
        await patch(`Goal/${id}`, [{ op: 'replace', path: '/lifecycleStatus', value: 'cancelled' }]);
        for (const run of [await setting.pull(), await setting.push()]) assert.equal(countsOf(run, 'goal').conflict, 1);
        assert.equal((await get(`Goal/${id}`)).lifecycleStatus, 'cancelled');
        assert.equal((await rowOf(setting.practice, 'plan_goal', { goal_id: 10 })).status, 'met');
        let waiting: Awaited<ReturnType<typeof waitingRows>> = [];
        await setting.run(async (sync) => {
          waiting = await waitingRows(sync);
        });
        assert.deepEqual(
          waiting.map(({ table, row, waiting: conflict }) => [table, row.key, conflict]),
          [
            [
              'goal',
              '10',
              {
                kind: 'changed',
                parts: [
                  {
                    part: 'goal_text',
                    fields: ['statement'],
                    before: 'Walk to the library',
                    theirs: 'Walk to the park',
                    ours: 'Walk to the library',
                  },
                  { part: 'status', fields: ['status'], before: 'active', theirs: 'completed', ours: 'cancelled' },
                ],
              },
            ],
          ],
        );
        const choice: Choice = new Map([
          ['goal_text', 'theirs'],
          ['status', 'ours'],
        ]);
        await setting.run((sync) => resolve(sync, 'goal/10', choice));
        assert.equal((await get(`Goal/${id}`)).description.text, 'Walk to the park');
        assert.equal((await rowOf(setting.practice, 'plan_goal', { goal_id: 10 })).status, 'dropped');
        assert.deepEqual(countsOf(await setting.pull(), 'goal'), { same: 3 });
        assert.deepEqual(countsOf(await setting.push(), 'goal'), {});
      });

      it('refuses a decision on what has changed since', async () => {
        await setting.pull();
        await setting.practice.knex('client').where({ client_id: 2 }).update({ zip: '60001' });
        await patch('Patient/client-2', [{ op: 'replace', path: '/address/0/postalCode', value: '60002' }]);
        await setting.pull();
        await setting.practice.knex('client').where({ client_id: 2 }).update({ zip: '60003' });
        await assert.rejects(
          setting.run((sync) => resolve(sync, 'client/2', 'theirs')),
          /has changed since/,
        );
        await setting.pull();
        await setting.run((sync) => resolve(sync, 'client/2', 'theirs'));
        assert.equal((await get('Patient/client-2')).address[0].postalCode, '60003');
      });

      it('merges by field where the binding says so, and still reports what both have changed', async () => {
        const byField = withTables({ client: { conflict: 'by-field' } });
        await setting.pull({ with: byField });
        await setting.practice.knex('client').where({ client_id: 1 }).update({ zip: '60001' });
        await setting.practice.knex('client').where({ client_id: 2 }).update({ zip: '60001' });
        await patch('Patient/client-1', [{ op: 'replace', path: '/birthDate', value: '1970-01-02' }]);
        await patch('Patient/client-2', [{ op: 'replace', path: '/address/0/postalCode', value: '60009' }]);
        assert.deepEqual(countsOf(await setting.pull({ with: byField }), 'client'), {
          changed: 1,
          same: 1,
          conflict: 1,
        });
        assert.deepEqual(countsOf(await setting.push({ with: byField }), 'client'), { 'row-changed': 1, conflict: 1 });
        const merged = await get('Patient/client-1');
        assert.deepEqual([merged.birthDate, merged.address[0].postalCode], ['1970-01-02', '60001']);
        const row = await rowOf(setting.practice, 'client', { client_id: 1 });
        assert.deepEqual([row.born, row.zip], ['01/02/1970', '60001']);
        assert.deepEqual(countsOf(await setting.pull({ with: byField }), 'client'), { same: 2, conflict: 1 });
      });

      it('merges by field too when the push comes first', async () => {
        const byField = withTables({ client: { conflict: 'by-field' } });
        await setting.pull({ with: byField });
        await setting.practice.knex('client').where({ client_id: 1 }).update({ zip: '60001' });
        await patch('Patient/client-1', [{ op: 'replace', path: '/birthDate', value: '1970-01-02' }]);
        await setting.push({ with: byField });
        await setting.pull({ with: byField });
        const merged = await get('Patient/client-1');
        assert.deepEqual([merged.birthDate, merged.address[0].postalCode], ['1970-01-02', '60001']);
        assert.equal((await rowOf(setting.practice, 'client', { client_id: 1 })).born, '01/02/1970');
      });

      it('leaves out a row that is wrong and takes all others, with table, key, column, value and reason', async () => {
        const { knex } = setting.practice;
        await knex('plan_goal').where({ goal_id: 20 }).update({ status: 'lost' });
        await knex('client').where({ client_id: 3 }).update({ risk: 'wild' });
        await knex('visit').where({ visit_id: 100 }).update({ client_id: 99 });
        const run = await setting.pull();
        assert.deepEqual(countsOf(run, 'goal'), { new: 2, bad: 1 });
        assert.deepEqual(countsOf(run, 'client'), { new: 3 });
        assert.deepEqual(
          run.problems.map(({ table, key, column, value, effect }) => ({
            table,
            key,
            column,
            value: String(value),
            effect,
          })),
          [
            { table: 'client', key: '3', column: 'risk', value: 'wild', effect: 'value left out' },
            { table: 'goal', key: '20', column: 'status', value: 'lost', effect: 'row left out' },
            { table: 'visit', key: '100', column: 'client_id', value: '99', effect: 'row left out' },
          ],
        );
        await knex('plan_goal').where({ goal_id: 20 }).update({ status: 'open' });
        assert.deepEqual(countsOf(await setting.pull(), 'goal'), { new: 1, same: 2 });
      });

      it('leaves out what validation refuses, and names the column', async () => {
        // A goal with an aim needs a measure: gol-1 of https://hl7.org/fhir/R4/goal.html
        await setting.practice.knex('plan_goal').where({ goal_id: 10 }).update({ weight_lb: 150 });
        const run = await setting.pull();
        assert.deepEqual(countsOf(run, 'goal'), { new: 2, bad: 1 });
        assert.equal(run.problems[0]?.column, 'due');
        assert.match(run.problems[0]?.reason ?? '', /gol-1/);
      });

      it('ends where a value is bad whose column says stop', async () => {
        await setting.practice.knex('plan_goal').where({ goal_id: 20 }).update({ status: 'lost' });
        await assert.rejects(
          setting.pull({ with: withTables({ goal: { onBad: 'stop' } }) }),
          /goal\/20 stops the sync: status/,
        );
      });

      it('deletes what the row says is deleted, brings back what is there again, and says in the row what FHIR deletes', async () => {
        await setting.pull();
        const flag = (value: number) =>
          setting.practice.knex('client').where({ client_id: 1 }).update({ is_deleted: value });
        await flag(1);
        assert.deepEqual(countsOf(await setting.pull(), 'client'), { deleted: 1, same: 2 });
        await setting.server.http.get('/fhir/Patient/client-1').expect(410);
        await flag(0);
        assert.deepEqual(countsOf(await setting.pull(), 'client'), { new: 1, same: 2 });
        await setting.server.http.get('/fhir/Patient/client-1').expect(200);
        await setting.server.http.delete('/fhir/Patient/client-2').expect(204);
        assert.deepEqual(countsOf(await setting.push(), 'client'), { 'row-deleted': 1 });
        assert.equal(Number((await rowOf(setting.practice, 'client', { client_id: 2 })).is_deleted), 1);
        assert.deepEqual(countsOf(await setting.pull(), 'client'), { same: 3 });
      });

      it('deletes what is gone where the binding goes by that', async () => {
        const missing = withTables({ goal: { deleted: 'missing' } });
        await setting.pull({ with: missing });
        const id = await goalId();
        await setting.practice.knex('plan_goal').where({ goal_id: 10 }).delete();
        assert.deepEqual(countsOf(await setting.pull({ with: missing }), 'goal'), { deleted: 1, same: 2 });
        await setting.server.http.get(`/fhir/Goal/${id}`).expect(410);
        const [other] = (await get('Goal?patient=Patient/client-2')).entry;
        await setting.server.http.delete(`/fhir/Goal/${other.resource.id}`).expect(204);
        await setting.push({ with: missing });
        assert.equal(await rowOf(setting.practice, 'plan_goal', { goal_id: 20 }), undefined);
      });

      it('waits for people where one side is gone and the other has changed', async () => {
        await setting.pull();
        await setting.practice.knex('client').where({ client_id: 1 }).update({ is_deleted: 1 });
        await patch('Patient/client-1', [{ op: 'replace', path: '/birthDate', value: '1970-01-02' }]);
        assert.equal(countsOf(await setting.pull(), 'client').conflict, 1);
        await setting.server.http.get('/fhir/Patient/client-1').expect(200);
        await setting.run((sync) => resolve(sync, 'client/1', 'theirs'));
        await setting.server.http.get('/fhir/Patient/client-1').expect(410);
      });

      it('keeps joined tables and lists in step both ways', async () => {
        await setting.pull();
        await setting.practice.knex('team_member').where({ member_id: 2 }).delete();
        await setting.practice.knex('enrolment').where({ client_id: 1 }).update({ status_cd: 'G' });
        await setting.pull();
        const [{ resource: team }] = (await get('CareTeam?patient=Patient/client-1')).entry;
        assert.deepEqual(
          team.participant.map(({ member }: { member: { display: string } }) => member.display),
          ['Tom Reyes'],
        );
        await patch(`CareTeam/${team.id}`, [
          {
            op: 'add',
            path: '/participant/-',
            value: { member: { reference: 'Practitioner/staff-7', display: 'Ann Lee' } },
          },
        ]);
        const client = await get('Patient/client-1');
        const at = client.extension.findIndex(({ url }: { url: string }) => url.endsWith('client-enrolment'));
        await patch('Patient/client-1', [
          { op: 'replace', path: `/extension/${at}/extension/0/valueCode`, value: 'paused' },
        ]);
        await setting.push();
        const members = await setting.practice.knex('team_member').where({ team_id: 1 }).orderBy('member_id');
        assert.deepEqual(
          members.map((row: Record<string, unknown>) => [row.staff_id, row.staff_name]),
          [
            [2, 'Tom Reyes'],
            [7, 'Ann Lee'],
          ],
        );
        assert.equal((await rowOf(setting.practice, 'enrolment', { client_id: 1 })).status_cd, 'P');
        for (const run of [await setting.pull(), await setting.push()])
          assert.equal(run.report.total('changed', 'row-changed', 'conflict', 'bad'), 0);
      });

      it('makes rows of what is made in FHIR for clients of the practice, where the binding says so', async () => {
        const making = withTables({ goal: { create: { key: 'next' } } });
        await setting.pull({ with: making });
        const goal = (client: string) => ({
          resourceType: 'Goal',
          lifecycleStatus: 'active',
          description: { text: 'Call my sister' },
          subject: { reference: `Patient/${client}` },
        });
        const { body: made } = await setting.server.http.post('/fhir/Goal').send(goal('client-1')).expect(201);
        await setting.server.http.post('/fhir/Goal').send(goal('of-another-practice')).expect(201);
        assert.deepEqual(countsOf(await setting.push({ with: making }), 'goal'), { 'row-new': 1 });
        const row = await rowOf(setting.practice, 'plan_goal', { goal_text: 'Call my sister' });
        assert.deepEqual([row.goal_id, row.client_id, row.status], [31, 1, 'open']);
        assert.deepEqual(countsOf(await setting.pull({ with: making }), 'goal'), { same: 4 });
        await setting.practice.knex('plan_goal').where({ goal_id: 31 }).update({ goal_text: 'Visit my sister' });
        await setting.pull({ with: making });
        assert.equal((await get(`Goal/${made.id}`)).description.text, 'Visit my sister');
      });

      it('tells what the practice refuses, and tries it again', async () => {
        const making = withTables({ goal: { create: { key: 'next' } } });
        await setting.pull({ with: making });
        await setting.server.http
          .post('/fhir/Goal')
          .send({
            resourceType: 'Goal',
            id: 'x',
            lifecycleStatus: 'active',
            description: { coding: [{ code: 'x' }] },
            subject: { reference: 'Patient/client-1' },
          })
          .expect(201);
        const refused = await setting.push({ with: making });
        assert.match(refused.problems[0]?.reason ?? '', /refuses it/);
        assert.equal(countsOf(await setting.push({ with: making }), 'goal').bad, 1);
        const [goal] = (await get('Goal?patient=Patient/client-1&_sort=-_lastUpdated')).entry;
        await patch(`Goal/${goal.resource.id}`, [{ op: 'add', path: '/description/text', value: 'Rest' }]);
        assert.deepEqual(countsOf(await setting.push({ with: making }), 'goal'), { 'row-new': 1 });
        assert.deepEqual(countsOf(await setting.push({ with: making }), 'goal'), {});
      });

      it('does not write over a row that somebody changes meanwhile', async () => {
        await setting.pull();
        await patch('Patient/client-1', [{ op: 'replace', path: '/birthDate', value: '1970-01-02' }]);
        await setting.practice.knex('client').where({ client_id: 1 }).update({ born: '05/05/1955' });
        assert.equal(countsOf(await setting.push(), 'client').conflict, 1);
        assert.equal((await rowOf(setting.practice, 'client', { client_id: 1 })).born, '05/05/1955');
      });

      it('leaves nothing of a dry run on either side', async () => {
        const dry = await setting.run((sync) => pull(sync), { dryRun: true });
        assert.deepEqual(countsOf(dry, 'goal'), { new: 3 });
        await setting.server.http.get('/fhir/Patient/client-1').expect(404);
        await setting.pull();
        await patch('Patient/client-1', [{ op: 'replace', path: '/birthDate', value: '1970-01-02' }]);
        const before = await rowOf(setting.practice, 'client', { client_id: 1 });
        assert.deepEqual(countsOf(await setting.run(push, { dryRun: true }), 'client'), { 'row-changed': 1 });
        assert.deepEqual(await rowOf(setting.practice, 'client', { client_id: 1 }), before);
        assert.deepEqual(countsOf(await setting.push(), 'client'), { 'row-changed': 1 });
      });

      it('goes on where an interrupted pull has stopped', async () => {
        const { knex } = setting.practice;
        const more = Array.from({ length: 597 }, (_, at) => ({
          client_id: 1000 + at,
          mrn: `M${at}`,
          full_name: 'Lopez, Ana',
          is_deleted: 0,
        }));
        await knex.batchInsert('client', more, 50);
        const controller = new AbortController();
        const first = await setting.run((sync) => pull(sync), {
          signal: controller.signal,
          advance: () => controller.abort(),
        });
        const begun = first.report.total('new');
        assert.ok(begun >= 100 && begun < 600, `${begun} of 600 clients`);
        assert.deepEqual(countsOf(await setting.pull(), 'client'), { new: 600 - begun });
      });

      it('asks for what has changed by a change column, and for everything when told', async () => {
        const { knex } = setting.practice;
        await knex.schema.alterTable('client', (table) => void table.integer('revision').notNullable().defaultTo(1));
        const byColumn = withTables({ client: { changed: { column: 'revision' } } });
        await setting.pull({ with: byColumn });
        await knex('client').where({ client_id: 1 }).update({ zip: '60001', revision: 2 });
        // Changed behind the back of the change column.
        await knex('client').where({ client_id: 2 }).update({ zip: '60002', revision: 0 });
        const changed = await setting.pull({ with: byColumn });
        assert.deepEqual(countsOf(changed, 'client'), { changed: 1, same: 1 });
        assert.deepEqual(countsOf(await setting.pull({ with: byColumn, full: true }), 'client'), {
          changed: 1,
          same: 2,
        });
      });

      it('looks at every row again when the binding has changed', async () => {
        await setting.pull();
        const { columns } = northside.tables[0] ?? { columns: {} };
        const wider = withTables({ client: { columns: { ...columns, front_desk: 'communicationPreferences' } } });
        assert.deepEqual(countsOf(await setting.pull({ with: wider }), 'client'), { changed: 3 });
        assert.deepEqual(countsOf(await setting.pull({ with: wider }), 'client'), { same: 3 });
      });

      it('says in the row who has written it and when, on the clock of the practice', async () => {
        const { knex } = setting.practice;
        await knex.schema.alterTable('plan_goal', (table) => {
          table.string('modified_by', 20);
          table.string('modified_at', 20);
        });
        const stamping = withTables({
          goal: { stamp: { modified_by: 'throughline', modified_at: { now: 'YYYY-MM-DD HH:mm' } } },
        });
        await setting.pull({ with: stamping });
        await patch(`Goal/${await goalId()}`, [{ op: 'replace', path: '/description/text', value: 'Read' }]);
        await setting.push({ with: stamping });
        const row = await rowOf(setting.practice, 'plan_goal', { goal_id: 10 });
        assert.deepEqual(
          [row.goal_text, row.modified_by, row.modified_at],
          ['Read', 'throughline', '2026-11-21 17:05'],
        );
        assert.equal((await rowOf(setting.practice, 'plan_goal', { goal_id: 20 })).modified_by, null);
        assert.deepEqual(countsOf(await setting.pull({ with: stamping }), 'goal'), { same: 3 });
      });

      it('finds in step what is alike when nothing is remembered, fills what one side lacks, and reports what differs', async () => {
        await setting.pull();
        await setting.server.store.transact((session) => session.execute(sql`DELETE FROM sync_row`));
        await setting.practice.knex('client').where({ client_id: 2 }).update({ goes_by: 'Lin' });
        await setting.practice.knex('client').where({ client_id: 3 }).update({ zip: '60001' });
        const pulled = await setting.pull();
        assert.deepEqual(countsOf(pulled, 'client'), { settled: 1, changed: 1, conflict: 1 });
        assert.deepEqual(countsOf(pulled, 'goal'), { settled: 3 });
        assert.equal((await get('Patient/client-2')).name[1].given[0], 'Lin');
        assert.equal((await get('Patient/client-3')).address[0].postalCode, '60608');
        await setting.run((sync) => resolve(sync, 'client/3', 'ours'));
        assert.equal((await rowOf(setting.practice, 'client', { client_id: 3 })).zip, '60608');
      });

      it('leaves out a row whose key makes no id', async () => {
        const odd = withTables({ team: { key: 'team_name', id: 'team-{key}' } });
        const run = await setting.pull({ with: odd });
        assert.deepEqual(countsOf(run, 'team'), { bad: 3 });
        assert.match(run.problems[0]?.reason ?? '', /the key makes the id "team-Team 1"/);
      });

      it('writes a Provenance for each version where the binding says so', async () => {
        await setting.pull({ with: { ...northside, provenance: true } });
        const { entry } = await get('Patient?_id=client-1&_revinclude=Provenance:target');
        const provenance = entry[1].resource;
        assert.equal(provenance.target[0].reference, 'Patient/client-1/_history/1');
        assert.equal(provenance.agent[0].who.display, 'Northside practice');
        assert.equal(provenance.entity[0].what.identifier.value, 'client/1');
      });
    });
