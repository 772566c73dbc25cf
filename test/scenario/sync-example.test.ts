/**
 * The walk of docs/sync-example.md: the invented practice is pulled, a specialist works on a plan over FHIR, the practice goes on in its own program,
 * and what both have changed waits for people.
 */
import { strict as assert } from 'node:assert';
import { practiceBinding } from '../../server/demo/legacy/practice-binding.ts';
import { type PracticeDatabase, writePracticeDatabase } from '../../server/demo/legacy/practice-database.ts';
import { checkSchema } from '../../server/sync/check.ts';
import { compileBinding } from '../../server/sync/lens.ts';
import type { Practice } from '../../server/sync/practice.ts';
import { pull } from '../../server/sync/pull.ts';
import { push } from '../../server/sync/push.ts';
import { readBinding } from '../../server/sync/read-binding.ts';
import { openReport, type Report, type Reported } from '../../server/sync/report.ts';
import { resolve, waitingRows } from '../../server/sync/resolve.ts';
import type { Sync } from '../../server/sync/sync.ts';
import { practicesUnderTest } from '../server/sync/practice-under-test.ts';
import { openServer, type ServerUnderTest } from '../server-under-test.ts';
import { storesUnderTest } from '../store-under-test.ts';

const CLIENTS = 24;
const ACHIEVEMENT = 'http://terminology.hl7.org/CodeSystem/goal-achievement';

const binding = readBinding(practiceBinding, 'yaml');
const { lenses } = compileBinding(binding);

/** What the clock on the wall of the practice shows in so many minutes. */
const practiceTime = (minutes: number): string =>
  new Date(Date.now() + (minutes - 7 * 60) * 60_000).toISOString().slice(0, 19).replace('T', ' ');

interface Run {
  readonly report: Report;
  readonly problems: readonly Reported[];
}

for (const { name: storeName, open: openStore } of storesUnderTest())
  for (const { name: practiceName, open } of practicesUnderTest().filter(({ name }) =>
    [name, 'SQLite'].includes(storeName),
  ))
    describe(`the invented practice on ${practiceName} with FHIR on ${storeName}`, () => {
      let server: ServerUnderTest;
      let practice: Practice;
      let written: PracticeDatabase;
      before(async () => {
        practice = await open();
        written = await writePracticeDatabase(practice.knex, { clients: CLIENTS, seed: 1, until: '2026-11-01' });
        server = await openServer(await openStore());
      });
      after(async () => {
        await server.close();
        await practice.close();
      });

      async function run(work: (sync: Sync) => Promise<unknown>): Promise<Run> {
        const problems: Reported[] = [];
        const report = openReport((reported) => problems.push(reported));
        const fhir = { store: server.store, transact: server.app.transact };
        const { signal } = new AbortController();
        await work({
          binding,
          lenses,
          practice,
          fhir,
          report,
          dryRun: false,
          signal,
          places: new Map(),
          advance: () => undefined,
        });
        return { report, problems };
      }
      const get = async (path: string) => (await server.http.get(`/fhir/${path}`).expect(200)).body;
      const total = async (type: string): Promise<number> => (await get(`${type}?_summary=count`)).total;
      const goalRow = async () =>
        (await practice.knex('goals').where({ goal_id: 12 }).first()) as Record<string, unknown>;
      const patch = (version: number, code: string) =>
        server.http
          .patch(`/fhir/Goal/${goal}`)
          .set({ 'Content-Type': 'application/json-patch+json', 'If-Match': `W/"${version}"` })
          .send([{ op: 'replace', path: '/achievementStatus/coding', value: [{ system: ACHIEVEMENT, code }] }]);
      let goal = '';

      it('is what the binding says it is', async () => {
        const findings = await checkSchema(practice, lenses);
        assert.deepEqual(
          findings.filter(({ severity }) => severity === 'error'),
          [],
        );
        assert.deepEqual(
          findings.filter(({ severity }) => severity === 'warning').map(({ table, column }) => `${table}.${column}`),
          ['visits.status'],
        );
        assert.ok(findings.some(({ severity, text }) => severity === 'note' && text.includes('front_desk_note')));
      });

      it('is pulled without surprises other than those that were planted', async () => {
        const { report, problems } = await run(pull);
        const planted = written.unreadable.map(({ table, key, column, value }) => ({
          table,
          key: String(key),
          column,
          value: String(value),
        }));
        const found = problems.map(({ table, key, column, value }) => ({ table, key, column, value: String(value) }));
        const sorted = (list: readonly object[]): readonly string[] => list.map((each) => JSON.stringify(each)).sort();
        assert.deepEqual(sorted(found), sorted(planted));
        assert.equal(report.total('conflict'), 0);
        assert.equal(await total('Patient'), CLIENTS);
        assert.equal(await total('CareTeam'), CLIENTS);
        assert.equal(await total('Goal'), written.rows.goals);
        assert.equal(await total('CarePlan'), written.rows.plans);
        assert.equal(
          await total('Appointment'),
          written.rows.visits - written.unreadable.filter(({ table }) => table === 'visits').length,
        );
        assert.equal(
          await total('QuestionnaireResponse'),
          written.rows.phq9_screens - written.unreadable.filter(({ table }) => table === 'phq9_screens').length,
        );
      });

      it('scores the screens by their answers, and not by what the tablet added up', async () => {
        const [wrong] = written.wrongSums;
        const row = (await practice.knex('phq9_screens').where({ screen_id: wrong?.key }).first()) as Record<
          string,
          number
        >;
        const sum = Array.from({ length: 9 }, (_, at) => Number(row[`q${at + 1}`])).reduce(
          (all, each) => all + each,
          0,
        );
        assert.notEqual(row.score, sum);
        const chart = `PV${String(row.client_id).padStart(6, '0')}`;
        const { entry } = await get(`Observation?code=44261-6&subject:Patient.identifier=${chart}&_count=50`);
        const day = String(row.screened_at).slice(0, 10);
        const scores = entry.map(
          ({ resource }: { resource: { effectiveDateTime: string; valueQuantity: { value: number } } }) => [
            resource.effectiveDateTime.slice(0, 10),
            resource.valueQuantity.value,
          ],
        );
        assert.deepEqual(
          scores.filter(([at]: [string]) => at === day),
          [[day, sum]],
        );
      });

      it('lets a specialist read the plan with its goals and its team', async () => {
        const { entry } = await get(
          'CarePlan?status=active&subject:Patient.identifier=PV000004&_include=CarePlan:goal&_include=CarePlan:care-team',
        );
        const types = entry.map(({ resource }: { resource: { resourceType: string } }) => resource.resourceType).sort();
        assert.deepEqual(types, ['CarePlan', 'CareTeam', 'Goal', 'Goal']);
        const cooking = entry.find(({ resource }: { resource: { description?: { text?: string } } }) =>
          resource.description?.text?.startsWith('Cook dinner'),
        );
        goal = cooking.resource.id;
        assert.equal(cooking.resource.achievementStatus.coding[0].code, 'improving');
      });

      it('gets what the specialist says about a goal in the column that says it, and in no other', async () => {
        const before = await goalRow();
        const response = await patch(1, 'achieved').expect(200);
        assert.equal(response.headers.etag, 'W/"2"');
        const { report } = await run(push);
        assert.equal(report.total('row-changed'), 1);
        assert.equal(before.progress, 'I');
        const { modified_at: changedAt, ...after } = await goalRow();
        const { modified_at: _, ...rest } = before;
        assert.deepEqual(after, { ...rest, progress: 'A', modified_by: 'FHIR' });
        assert.ok(Math.abs(Date.parse(`${changedAt}-07:00`) - Date.now()) < 3_600_000, String(changedAt));
        assert.equal((await run(push)).report.total('row-changed'), 0);
      });

      it('changes a row, which becomes a version that says where it comes from', async () => {
        await practice
          .knex('goals')
          .where({ goal_id: 12 })
          .update({
            comments: 'Her daughter cooks with her now.',
            modified_at: practiceTime(1),
            modified_by: 'mbarnes',
          });
        const { report } = await run(pull);
        assert.equal(report.total('changed'), 1);
        const { headers, body } = await server.http.get(`/fhir/Goal/${goal}`).expect(200);
        assert.equal(headers.etag, 'W/"3"');
        assert.equal(body.note[0].text, 'Her daughter cooks with her now.');
        assert.equal(body.achievementStatus.coding[0].code, 'achieved');
        await server.http.get(`/fhir/Goal/${goal}`).set('If-None-Match', 'W/"3"').expect(304);
        const history = await get(`Goal/${goal}/_history`);
        assert.deepEqual(
          history.entry.map(({ resource }: { resource: { meta: { versionId: string } } }) => resource.meta.versionId),
          ['3', '2', '1'],
        );
        const { entry } = await get(`Provenance?target=Goal/${goal}`);
        const told = entry.map(
          ({
            resource,
          }: {
            resource: {
              target: [{ reference: string }];
              agent: [{ who: { display: string } }];
              entity: [{ what: { identifier: { value: string } } }];
            };
          }) => [resource.target[0].reference, resource.agent[0].who.display, resource.entity[0].what.identifier.value],
        );
        const who = 'Palo Verde Care Cooperative, the practice program of 1997';
        assert.deepEqual(told.sort(), [
          [`Goal/${goal}/_history/1`, who, 'goals/12'],
          [`Goal/${goal}/_history/3`, who, 'goals/12'],
        ]);
      });

      it('is told of a conflict when both sides have changed, and neither is written until people decide', async () => {
        await patch(3, 'sustaining').expect(200);
        await practice
          .knex('goals')
          .where({ goal_id: 12 })
          .update({ progress: 'W', target_dt: '2026-12-24', modified_at: practiceTime(2) });
        const { report, problems } = await run(pull);
        assert.equal(report.total('conflict'), 1);
        assert.deepEqual(
          problems.filter(({ effect }) => effect === 'conflict').map(({ column, value }) => [column, value]),
          [
            ['progress', 'worsening'],
            ['target_dt', '2026-12-24'],
          ],
        );
        assert.equal((await run(push)).report.total('row-changed'), 0);
        assert.equal((await get(`Goal/${goal}`)).meta.versionId, '4');
        assert.equal((await goalRow()).progress, 'W');

        await run((sync) =>
          resolve(
            sync,
            'goals/12',
            new Map([
              ['progress', 'ours'],
              ['target_dt', 'theirs'],
            ] as const),
          ),
        );
        const { achievementStatus, target, meta } = await get(`Goal/${goal}`);
        assert.deepEqual(
          [achievementStatus.coding[0].code, target[0].dueDate, meta.versionId],
          ['sustaining', '2026-12-24', '5'],
        );
        assert.equal((await goalRow()).progress, 'S');
        await run(async (sync) => assert.deepEqual(await waitingRows(sync), []));
        for (const again of [pull, push])
          assert.equal((await run(again)).report.total('changed', 'row-changed', 'conflict'), 0);
      });
    });
