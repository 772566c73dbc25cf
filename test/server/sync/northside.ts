/** A small practice for the tests of lenses: its binding, and rows of its tables. */
import type { Binding } from '../../../server/sync/binding.ts';
import type { Links } from '../../../server/sync/convert.ts';
import { compileBinding, type Lens } from '../../../server/sync/lens.ts';
import { readBinding } from '../../../server/sync/read-binding.ts';

export const NORTHSIDE = `
binding: northside
title: Northside practice
timeZone: America/Chicago
tables:
  - table: client
    model: Client
    key: client_id
    id: client-{key}
    deleted: { column: is_deleted, value: 1 }
    columns:
      mrn: recordNumber
      full_name: { to: [legalName.family, "legalName.given[0]"], split: ", " }
      goes_by: "preferredName.given[0]"
      born: { to: bornOn, format: MM/DD/YYYY }
      sex_cd: { to: sex, values: { F: female, M: male, X: another, U: unknown } }
      mobile: phones[use=mobile].number
      home_phone: phones[use=home].number
      addr1: "addresses[use=home].lines[0]"
      addr2: "addresses[use=home].lines[1]"
      zip: addresses[use=home].postalCode
      language: { to: "languages[0].language", case: { model: lower, column: upper } }
      interpreter: interpreterNeeded
      coordinator_id: { to: "coordinator[kind=practitioner].id", text: "staff-{value}" }
      risk: { to: riskTier, onBad: leave-out }
    joins:
      enrolment:
        table: enrolment
        on: { client_id: client_id }
        create: true
        columns:
          status_cd: { to: enrolment.status, values: { R: referred, A: enrolled, P: paused, G: graduated } }
          started: enrolment.start
  - table: plan_goal
    name: goal
    model: Goal
    key: goal_id
    columns:
      client_id: { to: clientId, ref: client }
      goal_text: statement
      status: { to: status, values: { open: active, on: active, met: completed, dropped: cancelled }, lossy: "open and on are the same" }
      due: "targets[0].due"
      weight_lb: { to: "targets[0].aim[kind=amount].value", unit: { from: "[lb_av]", to: kg }, decimals: 1, columnDecimals: 0 }
    constants:
      "targets[0].aim.unit": kg
  - table: visit
    model: Appointment
    key: visit_id
    columns:
      client_id: { to: clientId, ref: client }
      visit_date: { to: start, with: [visit_time] }
      ends: end
      minutes: minutes
      status: { to: status, values: { S: booked, D: done, N: no-show }, onBad: skip-row }
    constants: { clientResponse: accepted }
  - table: team
    model: CareTeam
    key: team_id
    columns:
      client_id: { to: clientId, ref: client }
      team_name: name
    constants: { status: active }
    lists:
      members:
        table: team_member
        on: { team_id: team_id }
        key: member_id
        identity: [who.id]
        columns:
          staff_id: { to: "who[kind=practitioner].id", text: "staff-{value}" }
          staff_name: who.name
          joined: start
        create: { key: next }
        remove: delete
`;

export const northside: Binding = readBinding(NORTHSIDE, 'yaml');

const compiled = compileBinding(northside);

export function lensOf(name: string): Lens {
  const found = compiled.lenses.find((lens) => lens.name === name);
  if (!found) throw new Error(`there is no table ${name}`);
  return found;
}

export const links: Links = {
  idOf: (table, key) => lensOf(table).idOf(key),
  keyOf: (_, id) => /^client-(.+)$/.exec(id)?.[1],
};

export const maria = {
  client_id: 4711,
  mrn: '0004711',
  full_name: 'Delgado, María',
  goes_by: null,
  born: '03/09/1961',
  sex_cd: 'F',
  mobile: '+1 312 555 0136 ',
  home_phone: '',
  addr1: null,
  addr2: 'Apt 4',
  zip: '60608',
  language: 'ES',
  interpreter: 1,
  coordinator_id: 12,
  risk: 'rising',
  is_deleted: 0,
};

export const mariasEnrolment = { client_id: 4711, status_cd: 'A', started: '2026-01-12' };
