/** The rows of one client: the resources of the synthetic population, told as the old programs of the practice keep them. */
import type { CareTeamParticipant, Goal } from '../../../resources/types.ts';
import { appointments } from '../appointment.ts';
import { type Day, dateOf, dayOf, momentOf } from '../calendar.ts';
import { carePlans } from '../care-plan.ts';
import { careTeam } from '../care-team.ts';
import { goals } from '../goal.ts';
import { type Colleague, colleaguesAs } from '../practice.ts';
import type { Random } from '../random.ts';
import { staffRoles } from '../staff.ts';
import { randomFor, type Story } from '../story.ts';
import { clientRow } from './client-row.ts';
import { letter, said } from './letter.ts';
import { localTime, savedOn, staffCode, typedPhone, usDate } from './old-form.ts';
import type { LegacyTable } from './tables.ts';

export type Row = Readonly<Record<string, string | number | null>>;
export type RowsOfClient = Readonly<Record<LegacyTable, readonly Row[]>>;

/** The next free key of each table. */
export type Keys = Record<LegacyTable, number>;

const dateOrNull = (date: string | undefined): string | null => (date === undefined ? null : usDate(date));

/** The colleague behind a reference such as `Practitioner/maribel-ontiveros`. */
function colleague(reference: string | undefined): Colleague | undefined {
  const roles = Object.keys(staffRoles) as readonly (keyof typeof staffRoles)[];
  return roles.flatMap(colleaguesAs).find(({ practitioner }) => practitioner.reference === reference);
}

const codeOf = (found: Colleague | undefined): string | null => (found ? staffCode(found) : null);

/** All rows of a client. `keys` are used up: the rows of a client depend on those before. */
export function rowsOf(story: Story, keys: Keys): RowsOfClient {
  const random = randomFor(story, 'legacy');
  const someone = random.pick(['mbarnes', 'frontdesk2', 'jtorres', 'import']);
  const saved = (day: Day) => ({ modified_at: savedOn(Math.min(day, story.until - 1), random), modified_by: someone });
  const clientId = keys.clients++;
  return {
    clients: [{ ...clientRow(story, clientId, random), ...saved(story.end - random.integer(1, 60)) }],
    enrolments: enrolmentRows(story, clientId, keys, random).map((row) => ({ ...row, ...saved(story.end - 1) })),
    ...planRows(story, clientId, keys, saved),
    team_members: teamRows(story, clientId, keys, random),
    visits: visitRows(story, clientId, keys, saved),
    phq9_screens: screenRows(story, clientId, keys, random),
  };
}

/** The enrolment of today, and for some an earlier one that ended. */
function enrolmentRows(story: Story, clientId: number, keys: Keys, random: Random): Row[] {
  const { enrolled, end, deceased, trajectory } = story;
  const over = deceased ? 'X' : trajectory === 'remitting' && random.chance(0.3) ? 'G' : null;
  const row = { client_id: clientId, program: 'CCM' };
  const before = random.chance(0.1)
    ? [
        {
          ...row,
          enrol_id: keys.enrolments++,
          status_cd: 'L',
          start_dt: dateOf(enrolled - 400),
          end_dt: dateOf(enrolled - 200),
          reason: 'No answer to five calls',
          is_current: 0,
        },
      ]
    : [];
  const current = {
    ...row,
    enrol_id: keys.enrolments++,
    status_cd: over ?? random.pick(['E', 'E', 'E', 'E', 'P']),
    start_dt: dateOf(enrolled),
    end_dt: over === null ? null : dateOf(end),
    reason: over === 'G' ? 'Goals met' : null,
    is_current: 1,
  };
  return [...before, current];
}

type Saved = (day: Day) => Row;

function planRows(story: Story, clientId: number, keys: Keys, saved: Saved): Pick<RowsOfClient, 'plans' | 'goals'> {
  const told = carePlans(story);
  const plans = told.map(
    ({ title, description, status, period, author, note }): Row => ({
      plan_id: keys.plans++,
      client_id: clientId,
      plan_name: title ?? null,
      summary: description ?? null,
      status: said(letter.plan, status),
      start_dt: period?.start ?? null,
      end_dt: period?.end ?? null,
      review_dt: status === 'active' ? dateOf(story.end + 30) : null,
      author_code: codeOf(colleague(author?.reference)),
      notes: note?.[0]?.text ?? null,
      ...saved(story.end - 2),
    }),
  );
  const current = plans.at(-1)?.plan_id ?? null;
  return { plans, goals: goals(story).map((goal) => goalRow(goal, clientId, current, keys, saved)) };
}

function goalRow(goal: Goal, clientId: number, planId: string | number | null, keys: Keys, saved: Saved): Row {
  const [target] = goal.target ?? [];
  const { value, unit, code } = target?.detailQuantity ?? {};
  return {
    goal_id: keys.goals++,
    plan_id: planId,
    client_id: clientId,
    goal_text: goal.description.text ?? '',
    status: said(letter.goal, goal.lifecycleStatus),
    status_dt: goal.statusDate ?? null,
    progress: said(letter.progress, goal.achievementStatus?.coding?.[0]?.code),
    priority: said(letter.priority, goal.priority?.coding?.[0]?.code),
    start_dt: goal.startDate ?? null,
    target_dt: target?.dueDate ?? null,
    measure: said(letter.measure, target?.measure?.coding?.[0]?.code),
    target_value: value ?? null,
    target_unit: code ?? unit ?? null,
    comments: goal.note?.[0]?.text ?? null,
    deleted: 0,
    ...saved(dayOf(goal.statusDate ?? goal.startDate ?? '2026-01-01')),
  };
}

function teamRows(story: Story, clientId: number, keys: Keys, random: Random): Row[] {
  const { participant = [] } = careTeam(story);
  return participant
    .filter(({ member }) => !member?.reference?.startsWith('Patient/'))
    .map((each): Row => {
      const found = colleague(each.member?.reference);
      const { relative } = story.person;
      return {
        member_id: keys.team_members++,
        client_id: clientId,
        member_name: found ? `${found.family}, ${found.given}` : `${relative.family}, ${relative.given}`,
        role_cd: said(letter.role, roleOf(each)),
        phone: found ? typedPhone(`+1 520-555-01${random.integer(30, 63)}`, random) : null,
        from_dt: dateOrNull(each.period?.start),
        thru_dt: dateOrNull(each.period?.end),
        removed: 0,
      };
    });
}

const roleOf = ({ role }: CareTeamParticipant): string | undefined => role?.[0]?.coding?.[0]?.code;

function visitRows(story: Story, clientId: number, keys: Keys, saved: Saved): Row[] {
  const told = appointments(story);
  return story.visits.map((visit, at): Row => {
    const { start, end, minutesDuration, status, description, comment, created, cancelationReason } = told[at] ?? {};
    return {
      visit_id: keys.visits++,
      client_id: clientId,
      begins_at: start === undefined ? null : localTime(start),
      ends_at: end === undefined ? null : localTime(end),
      minutes: minutesDuration ?? null,
      status: said(letter.visit, status),
      visit_type: visit.number === 1 ? 'NP' : 'FU',
      place: visit.virtual ? 'V' : 'O',
      staff_code: staffCode(story.team[visit.with]),
      title: description ?? null,
      why_cancelled: cancelationReason?.coding?.[0]?.display ?? null,
      comments: comment ?? null,
      booked_on: created ?? null,
      ...saved(visit.day),
    };
  });
}

function screenRows(story: Story, clientId: number, keys: Keys, random: Random): Row[] {
  return story.screenings.map(({ number, day, answers, total }): Row => {
    const visit = story.visits.find(({ screening }) => screening === number);
    const items = Object.fromEntries(answers.map((answer, at) => [`q${at + 1}`, answer]));
    return {
      screen_id: keys.phq9_screens++,
      client_id: clientId,
      screened_at: localTime(momentOf(day, (visit?.minute ?? 540) + 10)).slice(0, 16),
      ...items,
      difficulty: total > 0 && random.chance(0.8) ? Math.min(3, Math.floor(total / 7)) : null,
      score: total,
      how: random.pick(['T', 'T', 'P', 'V']),
      entered_by: staffCode(story.team.coordinator),
      voided: 0,
    };
  });
}
