/**
 * A goal that the client proposes: a Task for the coordinator, who accepts it (it joins the care plan) or rejects it (and says why), and an answer that
 * the client can read. https://hl7.org/fhir/R4/goal.html
 */
import { planOfGoal, withGoal } from '../care-plan/plan-of-goal.ts';
import { messageTo, type Sentence } from '../communication/to-client.ts';
import { localId } from '../local-reference.ts';
import { unprocessable } from '../outcome.ts';
import { patientIn, patientOf } from '../patient-reference.ts';
import { type Derived, derivedId, type Facts, type Reacting, type Reaction } from '../reaction.ts';
import {
  cancelled,
  clientTasks,
  completed,
  dueIn,
  isOpen,
  newTask,
  noted,
  type StoredTask,
  tasksAbout,
  tasksOfKind,
} from '../task/care-task.ts';
import type { AnyResource, CodeableConcept, Goal, Reference, Task } from '../types.ts';

const { goal: review } = clientTasks;
const STANDARD = 'http://hl7.org/fhir/StructureDefinition';

const ACCEPTED: readonly string[] = ['planned', 'accepted', 'active', 'on-hold', 'completed'];

/** The id of the goal that a rule proposes for a social need (`Condition/1`); it joins the plan like one of the client's. */
export const needGoalId = (condition: string): string => derivedId('social-need-goal', condition);

const goalOf = (image: AnyResource | undefined): Goal | undefined => image as unknown as Goal | undefined;

const isProposed = (image: AnyResource | undefined): boolean => goalOf(image)?.lifecycleStatus === 'proposed';

/** Whether it is one that a rule has proposed for a social need. */
const isOfNeed = (image: AnyResource | undefined): boolean =>
  (goalOf(image)?.addresses ?? []).some(({ reference = '' }) => needGoalId(reference) === image?.id);

/** Whether the client proposes it. A goal of a need has its own Task already. */
function isOwn(image: AnyResource | undefined): boolean {
  const patient = patientOf(image);
  const isExpressed = patient !== undefined && patientIn(goalOf(image)?.expressedBy) === patient;
  return isExpressed && isProposed(image) && !isOfNeed(image);
}

/** `dueDays`: so soon the coordinator looks at a goal. */
export const proposedGoal = ({ dueDays }: { readonly dueDays: number }): Reaction => ({
  name: 'proposed-goal',
  on: 'Goal?lifecycle-status=proposed',
  concerns: ({ before, after }) =>
    isOwn(before) || isOwn(after) || (isProposed(before) && isOfNeed(before) && !isProposed(after)),
  async derive(change, facts) {
    const { before, after, id, instant } = change;
    const patient = patientOf(after ?? before);
    if (!patient) return [];
    const tasks = isOwn(before) || isOwn(after) ? await tasksAbout(`Goal/${id}`, [review], facts) : [];
    const open = tasks.find(isOpen);
    const goal = goalOf(after);
    if (isOwn(after)) return isOwn(before) || open ? [] : ask(change, patient, dueDays, facts);
    if (goal && ACCEPTED.includes(goal.lifecycleStatus)) return accept(change, goal, patient, open ?? tasks[0], facts);
    if (!isOwn(before)) return [];
    if (goal?.lifecycleStatus === 'rejected') return reject(change, goal, patient, open, facts);
    return open ? [cancelled(open, instant, withdrawn(goal))] : [];
  },
});

const withdrawn = (goal: Goal | undefined): string =>
  goal ? `The goal is ${goal.lifecycleStatus} and not proposed by the client any more` : 'The goal was deleted';

async function ask(change: Reacting, patient: string, dueDays: number, facts: Facts): Promise<readonly Derived[]> {
  const { id, instant, after } = change;
  const focus = `Goal/${id}`;
  const choice = await planOfGoal(focus, patient, [], facts);
  return [
    await newTask(review, patient, change, facts, {
      priority: 'routine',
      description: `The client proposes a goal: "${goalOf(after)?.description.text ?? id}". Accept or reject it, with a reason, together with the client.`,
      focus: { reference: focus },
      requester: { reference: patient },
      ...('plan' in choice ? { basedOn: [{ reference: `CarePlan/${choice.plan.id}` }] } : {}),
      ...dueIn(instant, dueDays),
    }),
  ];
}

async function accept(
  change: Reacting,
  goal: Goal,
  patient: string,
  task: StoredTask | undefined,
  facts: Facts,
): Promise<readonly Derived[]> {
  const reference = `Goal/${change.id}`;
  const choice = await planOfGoal(reference, patient, task?.basedOn ?? [], facts);
  const joins = 'plan' in choice ? withGoal(choice.plan, reference) : [];
  if (!isOwn(change.before)) return joins;
  const message = await messageTo(patient, accepted(goal, 'plan' in choice), decider(goal, 'agree'), change, facts);
  return [...joins, message, ...(task && isOpen(task) ? answered(task, choice, message.resource.id, change) : [])];
}

/** Completed, once the goal is in a plan; until then the Task says what it waits for. */
function answered(
  task: StoredTask,
  choice: Awaited<ReturnType<typeof planOfGoal>>,
  message: string,
  change: Reacting,
): readonly Derived[] {
  const told = { type: { text: 'answer' }, valueReference: { reference: `Communication/${message}` } };
  if ('plan' in choice)
    return [
      completed(
        task,
        change.instant,
        { type: { text: 'decision' }, valueString: 'accepted' },
        { type: { text: 'care plan' }, valueReference: { reference: `CarePlan/${choice.plan.id}` } },
        told,
      ),
    ];
  const text = `${choice.none}: the goal is accepted and in none. Name the plan in Task.basedOn, or add the goal to it and complete this.`;
  const waiting: StoredTask = {
    ...task,
    status: 'in-progress',
    businessStatus: { text: 'Accepted, in no care plan yet' },
    output: [...(task.output ?? []), told],
  };
  return noted(waiting, change, text);
}

async function reject(
  change: Reacting,
  goal: Goal,
  patient: string,
  open: StoredTask | undefined,
  facts: Facts,
): Promise<readonly Derived[]> {
  const reason = reasonOf(goal);
  if (reason === undefined)
    throw unprocessable(
      `Goal/${change.id} was proposed by the client and is rejected without a reason: expected statusReason, in words that the client can read`,
      { expression: 'Goal.statusReason', rule: 'proposed-goal' },
    );
  const message = await messageTo(patient, rejected(goal, reason), decider(goal, 'disagree'), change, facts);
  if (!open) return [message];
  const closed: StoredTask = { ...open, statusReason: { text: reason } };
  return [
    message,
    completed(
      closed,
      change.instant,
      { type: { text: 'decision' }, valueString: 'rejected' },
      { type: { text: 'answer' }, valueReference: { reference: `Communication/${message.resource.id}` } },
    ),
  ];
}

/** The reason, in words: `statusReason`, or the extension for the reason of a rejection. */
function reasonOf({ statusReason, extension = [] }: Goal): string | undefined {
  const refusal = extension.find(({ url }) => url === `${STANDARD}/goal-reasonRejected`)?.valueCodeableConcept;
  return statusReason ?? wordsOf(refusal);
}

const wordsOf = (concept: CodeableConcept | undefined): string | undefined =>
  concept?.text ?? concept?.coding?.find(({ display }) => display !== undefined)?.display;

/** Who of the team has said so in the goal (extension goal-acceptance), when it is one. */
function decider({ extension = [] }: Goal, answer: 'agree' | 'disagree'): Reference | undefined {
  const people = extension
    .filter(({ url }) => url === `${STANDARD}/goal-acceptance`)
    .flatMap(({ extension: parts = [] }) => {
      const individual = parts.find(({ url }) => url === 'individual')?.valueReference;
      const status = parts.find(({ url }) => url === 'status')?.valueCode;
      return individual?.reference && status === answer && !patientIn(individual) ? [individual] : [];
    });
  return people.length === 1 ? people[0] : undefined;
}

const named = ({ description }: Goal): string => description.text ?? '';

const accepted = (goal: Goal, isInPlan: boolean): Sentence => ({
  en: `Your goal "${named(goal)}" was accepted${isInPlan ? ' and is part of your care plan' : ''}.`,
  es: `Su meta "${named(goal)}" fue aceptada${isInPlan ? ' y forma parte de su plan de cuidado' : ''}.`,
});

const rejected = (goal: Goal, reason: string): Sentence => ({
  en: `Your goal "${named(goal)}" was not taken into your care plan: ${reason}`,
  es: `Su meta "${named(goal)}" no se incluyó en su plan de cuidado: ${reason}`,
});

const plansOf = (image: AnyResource | undefined): readonly string[] =>
  ((image as unknown as Task | undefined)?.basedOn ?? []).flatMap((reference) => localId(reference, 'CarePlan') ?? []);

/** A plan that a person names in the Task of an accepted goal takes the goal in. */
export const goalIntoPlan: Reaction = {
  name: 'proposed-goal',
  on: tasksOfKind(review),
  concerns: ({ before, after }) =>
    before !== undefined &&
    after !== undefined &&
    isOpen(after as unknown as Task) &&
    plansOf(after).length > 0 &&
    plansOf(after).join() !== plansOf(before).join(),
  async derive(change, facts) {
    const task = change.after as unknown as StoredTask;
    const id = localId(task.focus, 'Goal');
    const patient = patientIn(task.for);
    const goal = id === undefined ? undefined : await facts.get('Goal', id);
    const reference = `Goal/${id}`;
    const status = goalOf(goal)?.lifecycleStatus ?? '';
    if (!patient || patientOf(goal) !== patient || !ACCEPTED.includes(status)) return [];
    const choice = await planOfGoal(reference, patient, task.basedOn ?? [], facts);
    if ('none' in choice) return noted(task, change, choice.none);
    return [
      ...withGoal(choice.plan, reference),
      completed(
        task,
        change.instant,
        { type: { text: 'decision' }, valueString: 'accepted' },
        { type: { text: 'care plan' }, valueReference: { reference: `CarePlan/${choice.plan.id}` } },
      ),
    ];
  },
};
