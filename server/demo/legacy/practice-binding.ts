/**
 * The binding file of the practice database: YAML as a practice would write it, comments included. It is kept as a text so that the codes of the
 * staff come from the staff, and so that the build has nothing to copy.
 */
import { staff } from '../staff.ts';
import { staffCode } from './old-form.ts';

const staffValues = staff
  .map((member) => {
    const name = [member.prefix, member.given, member.family].filter((part) => part !== undefined).join(' ');
    return `          ${staffCode(member)}: ${name}`;
  })
  .join('\n');

/** `practice.yaml`: what binds the tables of `tables.ts` to the model. */
export const practiceBinding = `# The binding of the practice database of "throughline sync example".
# docs/sync.md says what can stand here; docs/sync-example.md walks through this file.

binding: palo-verde
title: Palo Verde Care Cooperative, the practice program of 1997
timeZone: America/Phoenix
provenance: true

tables:
  - table: clients
    model: Client
    key: client_id
    changed: { column: modified_at }
    stamp: &stamp { modified_by: FHIR, modified_at: { now: YYYY-MM-DD HH:mm:ss } }
    deleted: { column: deleted, value: 1 }
    columns:
      chart_no: recordNumber
      client_name: { to: [legalName.family, 'legalName.given[0]'], split: ', ' }
      middle_name: legalName.given[1]
      known_as: preferredName.given[0]
      pronouns: pronouns
      # A birth date that cannot be read does not keep the client away.
      dob: { to: bornOn, format: MM/DD/YYYY, onBad: leave-out }
      sex: { to: sex, values: { M: male, F: female, X: another, U: unknown } }
      home_phone: phones[use=home].number
      cell_phone: phones[use=mobile].number
      email: emails[use=home].address
      street: addresses[use=home].lines[0]
      city: addresses[use=home].city
      state: addresses[use=home].state
      zip: addresses[use=home].postalCode
      lang:
        to: languages[0].language
        values: { ENG: en, SPA: es, NAV: nv, VIE: vi, FRE: fr, POL: pl, POR: pt, ARA: ar, CHI: zh }
      interp: { to: interpreterNeeded, values: { Y: true, N: false } }
      pcp_code:
        to: primaryCareProvider.name
        values: &staff
${staffValues}
      coord_code: { to: coordinator.name, values: *staff }
      risk_level: { to: riskTier, values: { 1: low, 2: rising, 3: high, 4: crisis } }
      emerg_name: emergencyContacts[0].name.text
      emerg_rel:
        to: emergencyContacts[0].relation
        values:
          MO: mother
          FA: father
          SP: spouse
          DA: daughter
          SO: son
          SI: sister
          BR: brother
          FR: friend
          NB: neighbor
      emerg_phone: emergencyContacts[0].phone
      consent: { to: consentToShare.decision, values: { Y: agreed, L: limited, N: refused } }
      consent_date: consentToShare.date
      contact_pref: communicationPreferences
      status: { to: active, values: { A: true, I: false } }
      died_on: { to: 'deceased[kind=on].date', format: MM/DD/YYYY }
      # front_desk_note is bound to nothing: it stays in the practice.
    joins:
      enrolment:
        table: enrolments
        on: { client_id: client_id }
        where: { is_current: 1 }
        changed: modified_at
        columns:
          status_cd:
            to: enrolment.status
            values:
              R: referred
              E: enrolled
              P: paused
              G: graduated
              D: declined
              L: lost
              T: transferred
              X: deceased
          start_dt: enrolment.start
          end_dt: enrolment.end
          reason: enrolment.reason

  # One care team for each client, of whom the old program keeps only the members.
  - table: clients
    name: teams
    model: CareTeam
    key: client_id
    changed: hash
    where: { deleted: 0 }
    columns:
      client_id: { to: clientId, ref: clients }
      status: { to: status, values: { A: active, I: inactive }, direction: pull }
    constants:
      name: Care team
    lists:
      members:
        table: team_members
        on: { client_id: client_id }
        key: member_id
        where: { removed: 0 }
        identity: [who.name, role]
        create: { key: next }
        remove: { column: removed, value: 1 }
        columns:
          member_name: who.name
          role_cd:
            to: role
            values:
              CC: coordinator
              PCP: primary-care
              PSY: psychiatrist
              THE: psychologist
              RN: nurse
              SW: social-worker
              PHA: pharmacist
              FAM: caregiver
          phone: phone
          from_dt: { to: start, format: MM/DD/YYYY }
          thru_dt: { to: end, format: MM/DD/YYYY }

  - table: goals
    model: Goal
    key: goal_id
    changed: { column: modified_at }
    stamp: *stamp
    deleted: { column: deleted, value: 1 }
    columns:
      client_id: { to: clientId, ref: clients }
      goal_text: statement
      status: { to: status, values: { PR: proposed, AC: active, HO: paused, DN: completed, CA: cancelled } }
      status_dt: statusOn
      progress:
        to: achievement
        values:
          P: in-progress
          I: improving
          W: worsening
          N: no-change
          A: achieved
          S: sustaining
          X: not-achieved
          U: not-attainable
      priority: { to: priority, values: { 1: high, 2: medium, 3: low } }
      start_dt: start
      target_dt: targets[0].due
      measure: { to: 'targets[0].measure.code', values: { PHQ9: 44261-6, A1C: 4548-4, BPS: 8480-6 } }
      target_value: targets[0].aim[kind=amount].value
      target_unit: targets[0].aim[kind=amount].unit
      comments: notes[0].text
    constants:
      targets[0].measure.system: http://loinc.org
      targets[0].aim[kind=amount].comparator: below

  - table: plans
    model: CarePlan
    key: plan_id
    changed: { column: modified_at }
    stamp: *stamp
    columns:
      client_id: { to: clientId, ref: clients }
      plan_name: title
      summary: description
      status: { to: status, values: { D: draft, A: active, H: paused, C: completed, X: ended-early } }
      start_dt: start
      end_dt: end
      review_dt: reviewOn
      author_code: { to: author.name, values: *staff }
      notes: notes[0].text
    lists:
      goalIds:
        table: goals
        on: { plan_id: plan_id }
        key: goal_id
        where: { deleted: 0 }
        value: { column: goal_id, ref: goals }
        direction: pull
      teamIds:
        table: clients
        on: { client_id: client_id }
        key: client_id
        value: { column: client_id, ref: teams }
        direction: pull

  - table: visits
    model: Appointment
    key: visit_id
    changed: { column: modified_at }
    stamp: *stamp
    create: { key: next }
    columns:
      client_id: { to: clientId, ref: clients }
      begins_at: start
      ends_at: end
      minutes: minutes
      status:
        to: status
        values:
          R: proposed
          P: requested
          S: booked
          A: arrived
          I: checked-in
          K: done
          N: no-show
          C: cancelled
          W: waitlist
          E: entered-in-error
      visit_type: { to: kind, values: { NP: first, FU: follow-up, RT: routine, WI: walk-in } }
      place: { to: modality, values: { O: in-person, V: video, H: home-visit, F: field } }
      staff_code: { to: 'attendees[0].who.name', values: *staff }
      title: title
      why_cancelled: cancellation.text
      comments: comment
      booked_on: created
    constants:
      clientResponse: accepted
      attendees[0].response: accepted

  # Nothing tells when a screen changed, so all are compared.
  - table: phq9_screens
    model: Phq9Assessment
    key: screen_id
    changed: hash
    deleted: { column: voided, value: 1 }
    direction: pull
    columns:
      client_id: { to: clientId, ref: clients }
      screened_at: answeredAt
      q1: interest
      q2: mood
      q3: sleep
      q4: energy
      q5: appetite
      q6: selfWorth
      q7: concentration
      q8: movement
      q9: selfHarm
      difficulty: { to: difficulty, values: { 0: none, 1: somewhat, 2: very, 3: extreme } }
      how: { to: mode, values: { P: written, T: electronic, V: spoken } }
      entered_by: { to: administeredBy.name, values: *staff }
      # score is not bound: the total follows from the answers.
    constants:
      status: completed
`;
