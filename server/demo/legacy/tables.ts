/**
 * The tables of an invented practice database that has grown since the 1990s: letters for states, names as `Last, First`, dates as texts and as local
 * times without a zone, flags for what was deleted. The same on SQLite, PostgreSQL and MariaDB.
 */
import type { Knex } from 'knex';

type Columns = (table: Knex.CreateTableBuilder) => void;

/** Written by the practice's programs whenever they change a row; local time. */
const changed: Columns = (table) => {
  table.datetime('modified_at', { useTz: false, precision: 0 });
  table.string('modified_by', 20);
};

export const legacyTables = {
  clients(table) {
    table.integer('client_id').primary();
    table.string('chart_no', 12).notNullable().unique();
    table.string('client_name', 120).notNullable().comment('Last, First');
    table.string('middle_name', 60);
    table.string('known_as', 40);
    table.string('pronouns', 20);
    table.string('dob', 10).comment('MM/DD/YYYY');
    table.string('sex', 1).comment('M, F, X, U');
    table.string('home_phone', 20);
    table.string('cell_phone', 20);
    table.string('email', 120);
    table.string('street', 120);
    table.string('city', 60);
    table.string('state', 2);
    table.string('zip', 10);
    table.string('lang', 3).comment('ENG, SPA, ...');
    table.string('interp', 1).comment('Y, N');
    table.string('pcp_code', 6);
    table.string('coord_code', 6);
    table.smallint('risk_level').comment('1 low to 4 crisis');
    table.string('emerg_name', 120);
    table.string('emerg_rel', 2);
    table.string('emerg_phone', 20);
    table.string('consent', 1).comment('Y, N, L with limits');
    table.date('consent_date');
    table.string('contact_pref', 200);
    table.string('status', 1).comment('A, I');
    table.string('died_on', 10).comment('MM/DD/YYYY');
    table.smallint('deleted').notNullable().defaultTo(0);
    table.text('front_desk_note').comment('For the front desk alone');
    changed(table);
  },
  enrolments(table) {
    table.integer('enrol_id').primary();
    table.integer('client_id').notNullable().index();
    table.string('program', 20).notNullable();
    table.string('status_cd', 1).notNullable().comment('R, E, P, G, D, L, T, X');
    table.date('start_dt');
    table.date('end_dt');
    table.string('reason', 200);
    table.smallint('is_current').notNullable();
    changed(table);
  },
  plans(table) {
    table.integer('plan_id').primary();
    table.integer('client_id').notNullable().index();
    table.string('plan_name', 160);
    table.text('summary');
    table.string('status', 1).notNullable().comment('D, A, H, C, X');
    table.date('start_dt');
    table.date('end_dt');
    table.date('review_dt');
    table.string('author_code', 6);
    table.text('notes');
    changed(table);
  },
  goals(table) {
    table.integer('goal_id').primary();
    table.integer('plan_id').notNullable().index();
    table.integer('client_id').notNullable().index();
    table.text('goal_text').notNullable();
    table.string('status', 2).notNullable().comment('PR, AC, HO, DN, CA');
    table.date('status_dt');
    table.string('progress', 1).comment('P, I, W, N, A, S, X, U');
    table.smallint('priority').comment('1 high to 3 low');
    table.date('start_dt');
    table.date('target_dt');
    table.string('measure', 4).comment('PHQ9, A1C, BPS');
    table.decimal('target_value', 8, 2);
    table.string('target_unit', 20).comment('UCUM');
    table.text('comments');
    table.smallint('deleted').notNullable().defaultTo(0);
    changed(table);
  },
  // Of the oldest program: nothing tells when a row changed.
  team_members(table) {
    table.integer('member_id').primary();
    table.integer('client_id').notNullable().index();
    table.string('member_name', 120).notNullable();
    table.string('role_cd', 3).notNullable();
    table.string('phone', 20);
    table.string('from_dt', 10).comment('MM/DD/YYYY');
    table.string('thru_dt', 10).comment('MM/DD/YYYY');
    table.smallint('removed').notNullable().defaultTo(0);
  },
  visits(table) {
    table.integer('visit_id').primary();
    table.integer('client_id').notNullable().index();
    table.datetime('begins_at', { useTz: false, precision: 0 });
    table.datetime('ends_at', { useTz: false, precision: 0 });
    table.smallint('minutes');
    table.string('status', 1).notNullable().comment('R, P, S, A, I, K, N, C, W, E');
    table.string('visit_type', 2).comment('NP, FU, RT, WI');
    table.string('place', 1).comment('O office, V video, H home, F field');
    table.string('staff_code', 6);
    table.string('title', 120);
    table.string('why_cancelled', 120);
    table.text('comments');
    table.date('booked_on');
    changed(table);
  },
  // Filled by tablets in the waiting room: rows are made and voided, never changed.
  phq9_screens(table) {
    table.integer('screen_id').primary();
    table.integer('client_id').notNullable().index();
    table.string('screened_at', 16).notNullable().comment('YYYY-MM-DD HH:MM, local');
    for (let item = 1; item <= 9; item++) table.smallint(`q${item}`);
    table.smallint('difficulty').comment('0 to 3');
    table.smallint('score').comment('As the tablet added it up');
    table.string('how', 1).comment('P paper, T tablet, V voice');
    table.string('entered_by', 6);
    table.smallint('voided').notNullable().defaultTo(0);
  },
} as const satisfies Readonly<Record<string, Columns>>;

export type LegacyTable = keyof typeof legacyTables;

export const legacyTableNames = Object.keys(legacyTables) as readonly LegacyTable[];

/** Makes the tables. @throws Error when one of them is there already: nobody's tables are written over */
export async function createLegacyTables(database: Knex): Promise<void> {
  for (const name of legacyTableNames)
    if (await database.schema.hasTable(name))
      throw new Error(`there is a table ${name} already; expected an empty database`);
  for (const name of legacyTableNames) await database.schema.createTable(name, legacyTables[name]);
}

/** Takes the tables away that `createLegacyTables` has made. */
export async function dropLegacyTables(database: Knex): Promise<void> {
  for (const name of legacyTableNames) await database.schema.dropTableIfExists(name);
}
