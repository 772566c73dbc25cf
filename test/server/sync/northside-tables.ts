/** The tables that the binding of northside.ts names, and some rows. */
import type { Practice } from '../../../server/sync/practice.ts';

export async function makeTables({ knex }: Practice): Promise<void> {
  await knex.schema.createTable('client', (table) => {
    table.integer('client_id').primary();
    table.string('mrn', 20).notNullable();
    table.string('full_name', 100).notNullable();
    table.string('goes_by', 40);
    table.string('born', 10);
    table.string('sex_cd', 1);
    table.string('mobile', 30);
    table.string('home_phone', 30);
    table.string('addr1', 100);
    table.string('addr2', 100);
    table.string('zip', 10);
    table.string('language', 5);
    table.boolean('interpreter');
    table.integer('coordinator_id');
    table.string('risk', 10);
    table.smallint('is_deleted').notNullable().defaultTo(0);
    table.string('front_desk', 200);
  });
  await knex.schema.createTable('enrolment', (table) => {
    table.integer('client_id').primary();
    table.string('status_cd', 1);
    table.date('started');
  });
  await knex.schema.createTable('plan_goal', (table) => {
    table.integer('goal_id').primary();
    table.integer('client_id');
    table.string('goal_text', 60).notNullable();
    table.string('status', 10).notNullable();
    table.date('due');
    table.integer('weight_lb');
  });
  await knex.schema.createTable('visit', (table) => {
    table.integer('visit_id').primary();
    table.integer('client_id');
    table.string('visit_date', 10);
    table.string('visit_time', 8);
    table.datetime('ends', { useTz: false, precision: 0 });
    table.integer('minutes');
    table.string('status', 1);
  });
  await knex.schema.createTable('team', (table) => {
    table.integer('team_id').primary();
    table.integer('client_id');
    table.string('team_name', 60);
  });
  await knex.schema.createTable('team_member', (table) => {
    table.integer('member_id').primary();
    table.integer('team_id').notNullable();
    table.integer('staff_id');
    table.string('staff_name', 60);
    table.date('joined');
  });
}

const NAMES = ['Delgado, María', 'Okafor, Chidi', 'Nguyen, Linh', 'Yazzie, Ben', 'Haddad, Sara', 'Kowalska, Ewa'];

/** Clients 1 to `clients`, each with an enrolment, a goal, a visit and a team of two. */
export async function fill({ knex }: Practice, clients: number): Promise<void> {
  const ids = Array.from({ length: clients }, (_, at) => at + 1);
  await knex.batchInsert(
    'client',
    ids.map((id) => ({
      client_id: id,
      mrn: `N${String(id).padStart(5, '0')}`,
      full_name: NAMES[id % NAMES.length],
      born: `0${1 + (id % 9)}/1${id % 10}/19${50 + (id % 40)}`,
      sex_cd: id % 2 === 0 ? 'M' : 'F',
      mobile: `+1 312 555 ${String(id % 10_000).padStart(4, '0')}`,
      addr1: `${id} Ashland Ave`,
      zip: '60608',
      language: id % 3 === 0 ? 'ES' : 'EN',
      interpreter: id % 3 === 0,
      coordinator_id: 1 + (id % 4),
      risk: id % 5 === 0 ? 'high' : 'low',
      front_desk: 'parks behind the house',
    })),
    50,
  );
  await knex.batchInsert(
    'enrolment',
    ids.map((id) => ({ client_id: id, status_cd: 'A', started: '2026-01-12' })),
    50,
  );
  await knex.batchInsert(
    'plan_goal',
    ids.map((id) => ({
      goal_id: id * 10,
      client_id: id,
      goal_text: 'Walk to the library',
      status: 'on',
      due: '2026-12-01',
    })),
    50,
  );
  await knex.batchInsert(
    'visit',
    ids.map((id) => ({
      visit_id: id * 100,
      client_id: id,
      visit_date: '2026-03-09',
      visit_time: '09:30',
      ends: '2026-03-09 10:00:00',
      minutes: 30,
      status: 'S',
    })),
    50,
  );
  await knex.batchInsert(
    'team',
    ids.map((id) => ({ team_id: id, client_id: id, team_name: `Team ${id}` })),
    50,
  );
  await knex.batchInsert(
    'team_member',
    ids.flatMap((id): object[] => [
      { member_id: id * 2, team_id: id, staff_id: 1, staff_name: 'Ruth Begay', joined: '2026-01-12' },
      { member_id: id * 2 + 1, team_id: id, staff_id: 2, staff_name: 'Tom Reyes', joined: null },
    ]),
    50,
  );
}
