/**
 * "Review the care plan": one open Task for a client, that says why. A PHQ-9 total that is high, has risen or does not fall asks for it, a goal that is
 * overdue, and a plan whose day of review has passed. https://hl7.org/fhir/R4/task.html
 */
import { type Course, courseOf } from '../observation/course.ts';
import { patientOf, searchValue } from '../patient-reference.ts';
import { BASE } from '../publication.ts';
import { LOINC } from '../questionnaire-response/instrument.ts';
import { phq9 } from '../questionnaire-response/phq9.ts';
import type { Derived, Facts, Reacting, Reaction } from '../reaction.ts';
import type { AnyResource, CarePlan, Goal, Observation } from '../types.ts';
import { careTasks, hoursAfter, isAbout, isOpen, newTask, noted, tasksOf, tells } from './care-task.ts';

export interface ReviewThresholds {
  /** A total from which the plan is reviewed. */
  readonly total: number;
  /** A rise against the total before. */
  readonly rise: number;
  /** After so many weeks a total should have fallen ... */
  readonly weeks: number;
  /** ... by so many percent of the index score. */
  readonly fall: number;
}

const { review } = careTasks;
const TWO_WEEKS = 14 * 24;
const WEEK_MS = 7 * 24 * 3_600_000;

/** The day on which a plan is to be reviewed; ours, because a CarePlan of R4 has no element for it. */
export const REVIEW_DATE = `${BASE}/StructureDefinition/care-plan-review-due`;

const totals = `code=${searchValue(LOINC)}|${phq9.total.code}`;

export const reviewTotal = (thresholds: ReviewThresholds): Reaction => ({
  name: 'review-total',
  on: `Observation?${totals}`,
  async derive(change, facts) {
    const patient = patientOf(change.after ?? change.before);
    if (!patient || saysTheSame(change)) return [];
    const all = await facts.find(`Observation?subject=${searchValue(patient)}&${totals}`);
    const course = courseOf(phq9, all as unknown as readonly Observation[]);
    if (course.latest?.observation.id === change.id) return ask(change, patient, reasonsOf(course, thresholds), facts);
    return isTakenBack(change) ? ask(change, patient, [], facts) : [];
  },
});

/** An Observation whose value, time and standing are those of before gives no new cause. */
function saysTheSame({ before, after }: Reacting): boolean {
  if (!before || !after) return false;
  const told = ({ status, valueQuantity, valueInteger, effectiveDateTime, subject }: Observation) =>
    JSON.stringify([
      status === 'entered-in-error',
      valueQuantity?.value ?? valueInteger,
      effectiveDateTime,
      subject?.reference,
    ]);
  return told(before as unknown as Observation) === told(after as unknown as Observation);
}

const isTakenBack = ({ after }: Reacting): boolean =>
  (after as unknown as Observation | undefined)?.status === 'entered-in-error' || after === undefined;

/** Why the latest total asks for a review, a sentence for each reason. */
function reasonsOf(
  { latest, previous, index }: Course,
  { total, rise, weeks, fall }: ReviewThresholds,
): readonly string[] {
  if (!latest) return [];
  const { value, date, time } = latest;
  const day = date.slice(0, 10);
  const reasons: string[] = [];
  if (value >= total) reasons.push(`PHQ-9 total of ${value} on ${day}: ${total} or more`);
  if (previous && value - previous.value >= rise)
    reasons.push(
      `PHQ-9 rose from ${previous.value} (${previous.date.slice(0, 10)}) to ${value} (${day}): by ${rise} or more`,
    );
  if (index && time - index.time >= weeks * WEEK_MS && value > index.value * (1 - fall / 100))
    reasons.push(
      `PHQ-9 has not fallen by ${fall} % in ${weeks} weeks: ${index.value} on ${index.date.slice(0, 10)}, ${value} on ${day}`,
    );
  return reasons;
}

/** Something that asks for a review when a day has passed. */
interface Overdue {
  readonly name: string;
  readonly on: string;
  /** The search for those whose day lies before `day`, and not before `since`. */
  sweep(day: string, since?: string): string;
  /** The day, when it lies before `instant`. */
  dueOf(resource: AnyResource, instant: string): string | undefined;
  sentence(resource: AnyResource, due: string): string;
}

/** Asks once for each day that passes: when it is written, or when time alone has made it so. */
const reviewOverdue = ({ name, on, sweep, dueOf, sentence }: Overdue): Reaction => ({
  name,
  on,
  sweep,
  async derive(change, facts) {
    const { before, after, instant } = change;
    const patient = patientOf(after);
    const due = after && dueOf(after, instant);
    if (!patient || !due) return [];
    const isSwept = before === after;
    if (before && !isSwept && dueOf(before, before.meta?.lastUpdated ?? '') === due) return [];
    return ask(change, patient, [sentence(after, due)], facts, due);
  },
});

const between = (parameter: string, day: string, since: string | undefined): string =>
  `${parameter}=lt${day}${since === undefined ? '' : `&${parameter}=ge${since}`}`;

const UNDER_WAY: readonly string[] = ['planned', 'accepted', 'active', 'on-hold'];

export const reviewGoal = reviewOverdue({
  name: 'review-goal',
  on: `Goal?lifecycle-status=${UNDER_WAY}`,
  sweep: (day, since) => `Goal?lifecycle-status=${UNDER_WAY}&${between('target-date', day, since)}`,
  dueOf(resource, instant) {
    const { lifecycleStatus, achievementStatus, target = [] } = resource as unknown as Goal;
    const isAchieved = achievementStatus?.coding?.some(({ code }) => code === 'achieved' || code === 'sustaining');
    if (!UNDER_WAY.includes(lifecycleStatus) || isAchieved) return undefined;
    return target
      .flatMap(({ dueDate }) => (dueDate !== undefined && isBefore(dueDate, instant) ? [dueDate] : []))
      .sort()[0];
  },
  sentence: (resource, due) =>
    `The goal "${(resource as unknown as Goal).description.text ?? resource.id}" was due on ${due}`,
});

/** The day of review of an active plan, or the end of its period. */
export const reviewDate = reviewOverdue({
  name: 'review-date',
  on: 'CarePlan?status=active',
  sweep: (day, since) => `CarePlan?status=active&${between('review-due', day, since)}`,
  dueOf(resource, instant) {
    const { status, extension = [], period } = resource as unknown as CarePlan;
    const date = extension.find(({ url }) => url === REVIEW_DATE)?.valueDate ?? period?.end;
    return status === 'active' && date !== undefined && isBefore(date, instant) ? date : undefined;
  },
  sentence: (_resource, due) => `The care plan was to be reviewed by ${due}`,
});

/** A partial date has passed when all of it has. */
const isBefore = (date: string, instant: string): boolean =>
  date.slice(0, 10) < instant.slice(0, date.slice(0, 10).length);

/**
 * Opens the Task, or notes the reasons on the one that is open. Without reasons, what it came from is noted to have changed. Of a day that has passed
 * (`due`) a Task that told of it is enough, closed or not.
 */
async function ask(
  change: Reacting,
  patient: string,
  reasons: readonly string[],
  facts: Facts,
  due?: string,
): Promise<readonly Derived[]> {
  const { type, id, instant } = change;
  const tasks = await tasksOf(patient, review, facts);
  const open = tasks.find(isOpen);
  const text = reasons.join('. ');
  if (reasons.length === 0)
    return open && isAbout(open, type, id)
      ? noted(open, change, `${type}/${id} was changed: it asks for no review any more`)
      : [];
  // What was there before the rules and is known to a Task gives no new cause.
  if (!change.before && tasks.some((task) => isAbout(task, type, id))) return [];
  if (due !== undefined && tasks.some((task) => tells(task, type, id).includes(due))) return [];
  if (open) return noted(open, change, text);
  const focus = type === 'CarePlan' ? `CarePlan/${id}` : await planOf(patient, facts);
  const task = await newTask(review, patient, change, facts, {
    priority: 'urgent',
    description: `Review the care plan: ${text}`,
    ...(focus ? { focus: { reference: focus } } : {}),
    reasonCode: { text },
    reasonReference: { reference: `${type}/${id}` },
    restriction: { period: { start: instant, end: hoursAfter(instant, TWO_WEEKS) } },
  });
  return [task];
}

/** The active plan that was made last. */
async function planOf(patient: string, facts: Facts): Promise<string | undefined> {
  const plans = (await facts.find(
    `CarePlan?subject=${searchValue(patient)}&status=active`,
  )) as unknown as readonly CarePlan[];
  const madeAt = ({ created, period, meta, id }: CarePlan) =>
    `${created ?? period?.start ?? ''} ${meta?.lastUpdated} ${id}`;
  const last = plans.toSorted((a, b) => (madeAt(a) < madeAt(b) ? -1 : 1)).at(-1);
  return last && `CarePlan/${last.id}`;
}
