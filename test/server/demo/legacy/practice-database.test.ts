/** The invented practice database: the same for the same seed, on every database, with flaws where they were planted and nowhere else. */
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { staffCode } from '../../../../server/demo/legacy/old-form.ts';
import { legacyClients, writePracticeDatabase } from '../../../../server/demo/legacy/practice-database.ts';
import type { Row } from '../../../../server/demo/legacy/rows.ts';
import { legacyTableNames } from '../../../../server/demo/legacy/tables.ts';
import { staff } from '../../../../server/demo/staff.ts';
import type { Practice } from '../../../../server/sync/practice.ts';
import { golden } from '../../../golden.ts';
import { practicesUnderTest } from '../../sync/practice-under-test.ts';

const options = { clients: 60, seed: 7, until: '2026-11-01' };

describe('the rows of the practice database', () => {
  it('are the same for the same seed', () => {
    const clients = [...legacyClients(options)];
    const summary = legacyTableNames.map((name) => {
      const rows = clients.flatMap((client) => client.rows[name]);
      const hash = createHash('sha256').update(JSON.stringify(rows)).digest('hex');
      return { table: name, rows: rows.length, sha256: hash, first: rows[0] };
    });
    const flaws = clients.flatMap(({ unreadable, wrongSums }) => [...unreadable, ...wrongSums]);
    golden('practice-database.json', `${JSON.stringify({ summary, flaws }, null, 2)}\n`);
  });

  it('of a client are the same however many clients follow', () => {
    const few = [...legacyClients({ ...options, clients: 12 })];
    assert.deepEqual(few, [...legacyClients(options)].slice(0, 12));
  });

  it('have each key once', () => {
    const keys = {
      clients: 'client_id',
      enrolments: 'enrol_id',
      plans: 'plan_id',
      goals: 'goal_id',
      team_members: 'member_id',
      visits: 'visit_id',
      phq9_screens: 'screen_id',
    };
    const clients = [...legacyClients(options)];
    for (const name of legacyTableNames) {
      const all = clients.flatMap(({ rows }) => rows[name].map((row) => row[keys[name]]));
      assert.equal(new Set(all).size, all.length, name);
    }
  });

  it('refer to clients, plans and staff that there are', () => {
    const codes = new Set<unknown>([...staff.map(staffCode), null]);
    assert.equal(codes.size, staff.length + 1, 'two members of staff have one code');
    for (const { rows } of legacyClients(options)) {
      const ids = new Set(rows.clients.map((row) => row.client_id));
      const plans = new Set(rows.plans.map((row) => row.plan_id));
      for (const name of legacyTableNames)
        assert.ok(
          rows[name].every((row) => ids.has(row.client_id ?? -1)),
          name,
        );
      assert.ok(rows.goals.every((row) => plans.has(row.plan_id ?? -1)));
      for (const row of [...rows.clients, ...rows.plans, ...rows.visits, ...rows.phq9_screens])
        for (const column of ['pcp_code', 'coord_code', 'author_code', 'staff_code', 'entered_by'])
          assert.ok(!(column in row) || codes.has(row[column]), `${column} ${row[column]}`);
    }
  });

  const sumOf = (row: Row): number =>
    Array.from({ length: 9 }, (_, at) => Number(row[`q${at + 1}`])).reduce((sum, each) => sum + each, 0);

  it('have scores that are the sums of their answers, but where it was planted', () => {
    const clients = [...legacyClients({ ...options, clients: 130 })];
    const wrong = clients.flatMap(({ rows }) =>
      rows.phq9_screens.filter((row) => sumOf(row) !== row.score).map((row) => row.screen_id),
    );
    const planted = clients.flatMap(({ wrongSums, unreadable }) =>
      [...wrongSums, ...unreadable.filter(({ column }) => column === 'q3')].map(({ key }) => key),
    );
    assert.deepEqual(new Set(wrong), new Set(planted));
    assert.ok(planted.length >= 4);
  });
});

for (const { name, open } of practicesUnderTest())
  describe(`writePracticeDatabase (${name})`, () => {
    let practice: Practice;
    let database: Knex;
    before(async () => {
      practice = await open();
      database = practice.knex;
    });
    after(() => practice.close());

    it('leaves nothing behind when it is stopped', async () => {
      const stop = new AbortController();
      const report = (clients: number): void => (clients === 30 ? stop.abort() : undefined);
      await assert.rejects(writePracticeDatabase(database, options, report, stop.signal), { name: 'AbortError' });
      for (const table of legacyTableNames) assert.equal(await database.schema.hasTable(table), false);
    });

    it('fills the tables with the rows that it counts, and says what is wrong in them', async () => {
      const heard: number[] = [];
      const { rows, unreadable, wrongSums } = await writePracticeDatabase(database, options, (clients) =>
        heard.push(clients),
      );
      for (const table of legacyTableNames)
        assert.equal(Number((await database(table).count('* as n'))[0]?.n), rows[table], table);
      assert.deepEqual(
        heard,
        Array.from({ length: 60 }, (_, at) => at + 1),
      );
      assert.deepEqual(
        new Set(unreadable.map(({ column }) => column)),
        new Set(['dob', 'q3', 'screened_at', 'status']),
      );
      assert.ok(wrongSums.length > 0);
      const [bad] = await database('clients').where({ client_id: 17 }).select('dob');
      assert.equal(bad.dob, '02/30/1961');
    });

    it('writes over nobody', async () => {
      await assert.rejects(writePracticeDatabase(database, options), /there is a table clients already/);
    });
  });
