/**
 * What the coordinator is asked to do, each Task from its cause in the story: enrolment, an answer about self-harm, a rise in the
 * PHQ-9, a missed visit, a discharge. https://hl7.org/fhir/R4/task.html
 */
import type { Reference, Task } from '../../resources/types.ts';
import { type Day, dateOf, momentOf } from './calendar.ts';
import { carePlans } from './care-plan.ts';
import { concept } from './coding.ts';
import { raisesSafety, totalReference } from './phq9-series.ts';
import type { Random } from './random.ts';
import { idOf, patientReference, randomFor, referenceTo, type Story } from './story.ts';

interface Cause {
  readonly code: readonly [code: string, display: string];
  readonly focus: Reference;
  /** The measurement that asked for it. */
  readonly reason?: Reference;
  readonly since: Day;
  readonly dueDays: number;
  readonly priority: NonNullable<Task['priority']>;
  readonly description: string;
}

/** A rise of this many points asks for a review of the plan. */
const meaningfulRise = 5;

function causesOf(story: Story): Cause[] {
  const plan = referenceTo(story, 'CarePlan', 'care-plan');
  const causes: Cause[] = [
    {
      code: ['welcome-call', 'Welcome call'],
      focus: plan,
      since: story.enrolled,
      dueDays: 7,
      priority: 'routine',
      description: 'Call to welcome the client and agree on the next visit',
    },
  ];
  for (const [at, screening] of story.screenings.entries()) {
    if (raisesSafety(screening))
      causes.push({
        code: ['safety-follow-up', 'Safety follow-up'],
        focus: referenceTo(story, 'QuestionnaireResponse', 'phq9', screening.number),
        reason: totalReference(story, screening),
        since: screening.day,
        dueDays: 1,
        priority: 'stat',
        description: 'Item 9 of the PHQ-9 is above "not at all": speak with the client today',
      });
    const before = story.screenings[at - 1];
    if (before && screening.total - before.total >= meaningfulRise)
      causes.push({
        code: ['review-plan', 'Review of the care plan'],
        focus: plan,
        reason: totalReference(story, screening),
        since: screening.day,
        dueDays: 14,
        priority: 'urgent',
        description: `PHQ-9 rose from ${before.total} to ${screening.total}`,
      });
  }
  for (const visit of story.visits)
    if (visit.status === 'noshow')
      causes.push({
        code: ['re-engage', 'Re-engagement after a missed visit'],
        focus: referenceTo(story, 'Appointment', 'appointment', visit.number),
        since: visit.day,
        dueDays: 3,
        priority: 'routine',
        description: 'The client did not come; ask what got in the way',
      });
  if (story.stay)
    causes.push({
      code: ['contact-after-discharge', 'Contact after discharge'],
      focus: referenceTo(story, 'Encounter', 'hospital-stay'),
      since: story.stay.discharged,
      dueDays: 2,
      priority: 'asap',
      description: 'Discharged from San Jacinto Wells Hospital: contact within two days',
    });
  const last = story.screenings.at(-1);
  // A plan that is over or rests asks for nothing.
  if (last && carePlans(story).some(({ status }) => status === 'active'))
    causes.push({
      code: ['phq9-due', 'PHQ-9 due'],
      focus: plan,
      reason: totalReference(story, last),
      since: last.day,
      dueDays: 28,
      priority: 'routine',
      // As the rule phq9-due says it: it finds its Task here.
      description: `PHQ-9 every 4 weeks; the last one was ${last.total} on ${dateOf(last.day)}`,
    });
  return causes;
}

/** Tasks whose day has passed are done, most of them; those to come are under way. */
function statusOf(story: Story, due: Day, random: Random): Task['status'] {
  if (due <= story.end)
    return random.weighted<Task['status']>([
      ['completed', 84],
      ['in-progress', story.deceased ? 0 : 7],
      ['failed', 4],
      ['cancelled', 5],
    ]);
  if (story.deceased) return 'cancelled';
  return random.weighted<Task['status']>([
    ['requested', 45],
    ['accepted', 25],
    ['in-progress', 20],
    ['on-hold', 5],
    ['draft', 5],
  ]);
}

const reasons: Readonly<Partial<Record<Task['status'], string>>> = {
  failed: 'No answer after three calls',
  cancelled: 'No longer needed',
  'on-hold': 'The client is away',
};

function task(story: Story, cause: Cause, at: number): Task {
  const random = randomFor(story, `task-${at + 1}`);
  const due = cause.since + cause.dueDays;
  const status = statusOf(story, due, random);
  const reason = reasons[status];
  const closed = status === 'completed' || status === 'failed' || status === 'cancelled';
  const authored = momentOf(cause.since, 1020);
  const changed = Math.min(story.end, cause.since + random.integer(1, cause.dueDays));
  return {
    resourceType: 'Task',
    id: idOf(story, 'task', at + 1),
    status,
    ...(reason ? { statusReason: { text: reason } } : {}),
    intent: 'order',
    priority: cause.priority,
    code: concept('careTask', ...cause.code),
    description: cause.description,
    focus: cause.focus,
    ...(cause.reason ? { reasonReference: cause.reason } : {}),
    for: patientReference(story),
    ...(status === 'completed' ? { executionPeriod: { end: momentOf(changed, 1050) } } : {}),
    authoredOn: authored,
    lastModified: closed ? momentOf(changed, 1050) : authored,
    requester: story.team.primaryCare.practitioner,
    owner: story.team.coordinator.practitioner,
    restriction: { period: { start: dateOf(cause.since), end: dateOf(due) } },
  };
}

export const tasks = (story: Story): Task[] => causesOf(story).map((cause, at) => task(story, cause, at));
