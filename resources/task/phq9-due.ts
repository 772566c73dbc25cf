/**
 * "PHQ-9 due": one open Task for a client whose active plan asks for a PHQ-9 again and again. A new total, from whatever channel, closes it and makes the
 * next one; one that nobody answers for some days is marked late, so that somebody reaches out. https://hl7.org/fhir/R4/task.html
 */
import { phq9Schedule, type Schedule } from '../care-plan/phq9-schedule.ts';
import { type Course, courseOf, type Point } from '../observation/course.ts';
import { patientIn, patientOf, searchValue } from '../patient-reference.ts';
import { BASE } from '../publication.ts';
import { LOINC } from '../questionnaire-response/instrument.ts';
import { phq9 } from '../questionnaire-response/phq9.ts';
import { type Derived, derivedId, type Facts, type Reacting, type Reaction } from '../reaction.ts';
import type { AnyResource, Observation, Task } from '../types.ts';
import {
  cancelled,
  careTasks,
  completed,
  isOpen,
  newTask,
  type StoredTask,
  tasksOf,
  tasksOfKind,
} from './care-task.ts';

const { phq9Due: due } = careTasks;
const DAY_MS = 24 * 3_600_000;

const totals = `code=${searchValue(LOINC)}|${phq9.total.code}`;
/** Why the rule itself takes a Task back; one that a person cancels stays cancelled until there is a new answer. */
const NOT_ASKED = 'No active plan asks for a PHQ-9 any more';

/** The triggers of the rule: plans, and totals. */
export const phq9Due: readonly Reaction[] = [
  // What time makes due is there beforehand as a Task. A first look finds plans that are older than the rule.
  {
    on: 'CarePlan?status=active',
    sweep: (_day: string, since?: string) => (since === undefined ? 'CarePlan?status=active' : undefined),
  },
  { on: `Observation?${totals}` },
  // What comes from elsewhere, by hand or by import, stands in the place of what the rule has made.
  { on: tasksOfKind(due) },
].map((trigger) => ({ name: 'phq9-due', ...trigger, derive }));

async function derive(change: Reacting, facts: Facts): Promise<readonly Derived[]> {
  const { type, before, after, instant } = change;
  if (type === 'Task') return replaced(change, facts);
  const patient = patientOf(after ?? before);
  if (!patient) return [];
  const schedule = await phq9Schedule(patient, instant.slice(0, 10), facts);
  const tasks = await tasksOf(patient, due, facts);
  const open = tasks.find(isOpen);
  if (!schedule) return open ? [cancelled(open, instant, NOT_ASKED)] : [];
  const all = (await facts.find(
    `Observation?subject=${searchValue(patient)}&${totals}`,
  )) as unknown as readonly Observation[];
  const course = courseOf(phq9, all);
  const { latest } = course;
  if (!open)
    return tasks.some((task) => closedByHand(task, latest))
      ? []
      : [await next(schedule, latest, patient, change, facts)];
  if (basisOf(open) === referenceTo(latest))
    return isAsked(open, schedule) ? [] : [asked(open, schedule, latest, instant)];
  if (!latest || !isAnswer(latest, open, course))
    // What nobody has touched is made anew, so that its id follows from what it counts from.
    return isOwn(open, patient)
      ? [{ kind: 'delete', type: 'Task', id: open.id }, await next(schedule, latest, patient, change, facts)]
      : [asked(open, schedule, latest, instant)];
  return [
    completed(open, instant, { type: { text: 'response' }, valueReference: { reference: sourceOf(latest) } }),
    await next(schedule, latest, patient, change, facts),
  ];
}

/** A Task of the rule that nobody has touched goes when there is another one, open or closed by a person, in its place. */
async function replaced({ after, id }: Reacting, facts: Facts): Promise<readonly Derived[]> {
  const patient = patientIn((after as Task | undefined)?.for);
  if (!patient) return [];
  const tasks = await tasksOf(patient, due, facts);
  return tasks.flatMap((task): Derived[] => {
    const others = tasks.filter((other) => other.id !== task.id && (isOpen(other) || isClosedAlike(other, task)));
    return task.id !== id && isOpen(task) && isOwn(task, patient) && others.length > 0
      ? [{ kind: 'delete', type: 'Task', id: task.id }]
      : [];
  });
}

const isClosedAlike = (other: Task, task: Task): boolean =>
  basisOf(other) === basisOf(task) && other.statusReason?.text !== NOT_ASKED;

/** Whether the rule has made the Task and nobody has touched it since. */
const isOwn = ({ id, meta, focus, restriction, ...task }: StoredTask, patient: string): boolean =>
  meta?.versionId === '1' &&
  id === idOf(patient, focus?.reference ?? '', basisOf(task) ?? restriction?.period?.start ?? '');

/** @param from the total from which it counts, or the day on which the plan begins */
const idOf = (patient: string, plan: string, from: string): string => derivedId(due.code, patient, plan, from);

const referenceTo = (point: Point | undefined): string | undefined => point && `Observation/${point.observation.id}`;

/** The total from which a Task counts; undefined for the first PHQ-9 of a plan. */
const basisOf = ({ reasonReference }: Task): string | undefined => reasonReference?.reference;

/** The response that a total comes from, where there is one. */
const sourceOf = ({ observation: { id, derivedFrom = [] } }: Point): string =>
  derivedFrom.find(({ reference = '' }) => reference.startsWith('QuestionnaireResponse/'))?.reference ??
  `Observation/${id}`;

/** A Task after the same total that a person has closed. */
const closedByHand = (task: StoredTask, latest: Point | undefined): boolean =>
  basisOf(task) === referenceTo(latest) && task.statusReason?.text !== NOT_ASKED;

/**
 * Whether a total is given on the day of the Task or later, after that from which it counts; what is older is known later, as after an import. Where that from
 * which the Task counts was taken back, it is of a day after the Task begins.
 */
function isAnswer(latest: Point, task: Task, { points }: Course): boolean {
  const day = latest.date.slice(0, 10);
  if (day < (task.authoredOn ?? '').slice(0, 10)) return false;
  const basis = points.find((point) => referenceTo(point) === basisOf(task));
  if (basis) return latest.time >= basis.time;
  const start = task.restriction?.period?.start ?? '';
  if (basisOf(task) !== undefined) return day > start;
  return day >= start && timeOf(latest.observation.meta?.lastUpdated) >= timeOf(task.authoredOn);
}

const timeOf = (instant: string | undefined): number => (instant === undefined ? 0 : Date.parse(instant));

function wanted({ plan, everyDays, words, start }: Schedule, latest: Point | undefined, instant: string) {
  const from = latest?.date.slice(0, 10) ?? start ?? instant.slice(0, 10);
  const end = latest ? new Date(Date.parse(from) + everyDays * DAY_MS).toISOString().slice(0, 10) : from;
  const last = latest ? `; the last one was ${latest.value} on ${from}` : '; there is none yet';
  const basis = referenceTo(latest);
  return {
    description: `PHQ-9 ${words}${last}`,
    focus: { reference: plan },
    ...(basis === undefined ? {} : { reasonReference: { reference: basis } }),
    restriction: { period: { start: from, end } },
  } satisfies Partial<Task>;
}

/** Whether the plan asks for it as it did when the Task was made: what a person has changed about the Task stays. */
const isAsked = ({ focus, description = '' }: Task, { plan, words }: Schedule): boolean =>
  focus?.reference === plan && description.startsWith(`PHQ-9 ${words};`);

/** The open Task as the plan asks for it. */
function asked(task: StoredTask, schedule: Schedule, latest: Point | undefined, instant: string): Derived {
  const { reasonReference: _basis, ...rest } = task;
  return { kind: 'put', resource: { ...rest, ...wanted(schedule, latest, instant), lastModified: instant } };
}

function next(
  schedule: Schedule,
  latest: Point | undefined,
  patient: string,
  change: Reacting,
  facts: Facts,
): Promise<Derived> {
  const asks = wanted(schedule, latest, change.instant);
  return newTask(due, patient, change, facts, {
    id: idOf(patient, schedule.plan, referenceTo(latest) ?? asks.restriction.period.start),
    priority: 'routine',
    ...asks,
    input: [{ type: { text: 'questionnaire' }, valueCanonical: phq9.canonicals[0] }],
  });
}

const LATE = { system: `${BASE}/CodeSystem/due-status`, code: 'late', display: 'Late: reach out to the client' };
const OPEN = 'status=requested,received,accepted,ready,in-progress,on-hold';

/** `lateDays` after its day an open Task is marked late, once. */
export const phq9Late = ({ lateDays }: { readonly lateDays: number }): Reaction => ({
  name: 'phq9-late',
  on: tasksOfKind(due),
  sweep(day, since) {
    const window = [
      `task-due=lt${daysBefore(day, lateDays)}`,
      ...(since === undefined ? [] : [`task-due=ge${daysBefore(since, lateDays)}`]),
    ];
    return `${tasksOfKind(due)}&${OPEN}&${window.join('&')}`;
  },
  async derive({ after, instant }) {
    const task = after as (AnyResource & StoredTask) | undefined;
    const end = task?.restriction?.period?.end?.slice(0, 10);
    if (!task || !isOpen(task) || end === undefined || !patientIn(task.for)) return [];
    const isLate = end < daysBefore(instant.slice(0, 10), lateDays);
    const isMarked = task.businessStatus?.coding?.some(
      ({ system, code }) => system === LATE.system && code === LATE.code,
    );
    if (!isLate || isMarked) return [];
    return [
      {
        kind: 'put',
        resource: {
          ...task,
          priority: 'urgent',
          businessStatus: { coding: [LATE], text: `${LATE.display}: it was due on ${end}` },
          lastModified: instant,
        },
      },
    ];
  },
});

const daysBefore = (day: string, days: number): string =>
  new Date(Date.parse(day) - days * DAY_MS).toISOString().slice(0, 10);
