/**
 * A low rating or a complaint asks for an answer to the client: a Task that is completed by a reply and by nothing else. Story: "you told us, we did".
 * https://hl7.org/fhir/R4/task.html
 */
import { complaintIn, wordsIn } from '../communication/client-message.ts';
import { localId } from '../local-reference.ts';
import { unprocessable } from '../outcome.ts';
import { patientIn, patientOf } from '../patient-reference.ts';
import { counted, responsesTo } from '../questionnaire-response/counted.ts';
import { satisfaction } from '../questionnaire-response/satisfaction.ts';
import type { Derived, Facts, Reacting, Reaction } from '../reaction.ts';
import type { AnyResource, Communication, Reference, Task } from '../types.ts';
import { cancelled, clientTasks, dueIn, isOpen, newTask, noted, tasksAbout, tasksOfKind } from './care-task.ts';

const { recovery } = clientTasks;

export interface RecoveryThresholds {
  /** A satisfaction total of so many points or less, of 5 to 25. */
  readonly total: number;
  /** A rating of so many stars or less, of 1 to 5. */
  readonly rating: number;
  readonly dueDays: number;
}

/** Opens the Task for `cause`, a sentence; without one says on the open Task that there is none any more. */
async function follow(
  change: Reacting,
  cause: string | undefined,
  dueDays: number,
  facts: Facts,
): Promise<readonly Derived[]> {
  const { type, id, instant, before, after } = change;
  const patient = patientOf(after ?? before);
  if (!patient) return [];
  const focus = `${type}/${id}`;
  const tasks = before ? await tasksAbout(focus, [recovery], facts) : [];
  const open = tasks.find(isOpen);
  if (cause === undefined) {
    if (!open) return [];
    const isGone = !after || after.status === 'entered-in-error';
    return isGone
      ? [cancelled(open, instant, 'What the client said was taken back')]
      : noted(open, change, 'What the client said was changed: it asks for no reply any more');
  }
  if (tasks.length > 0) return [];
  return [
    await newTask(recovery, patient, change, facts, {
      priority: 'urgent',
      description: `${cause} Speak with the client, mend what can be mended, and say so in a reply.`,
      focus: { reference: focus },
      requester: { reference: patient },
      reasonCode: { text: cause },
      ...dueIn(instant, dueDays),
    }),
  ];
}

export const recoveryOfForm = ({ total, dueDays }: RecoveryThresholds): Reaction => ({
  name: 'service-recovery',
  on: responsesTo((instrument) => instrument === satisfaction),
  async derive(change, facts) {
    const points = (await counted(change.after, facts))?.score.total;
    const isLow = points !== undefined && points <= total;
    const cause = isLow ? `${satisfaction.title} was answered with ${points} points: ${total} or less.` : undefined;
    return follow(change, cause, dueDays, facts);
  },
});

export const recoveryOfMessage = ({ rating, dueDays }: RecoveryThresholds): Reaction => ({
  name: 'service-recovery',
  on: 'Communication',
  concerns: ({ before, after }) =>
    (complaintIn(before, rating) === undefined) !== (complaintIn(after, rating) === undefined),
  async derive(change, facts) {
    const complaint = complaintIn(change.after, rating);
    return follow(change, complaint && `The client says: "${wordsIn(complaint)}".`, dueDays, facts);
  },
});

const isOpenTask = (image: AnyResource | undefined): boolean => image !== undefined && isOpen(image as unknown as Task);

/** Refuses to complete it without a reply, and to give it up without a reason. */
export const recoveryClosing: Reaction = {
  name: 'recovery-closing',
  on: tasksOfKind(recovery),
  concerns: ({ before, after }) => isOpenTask(before) && after !== undefined && !isOpenTask(after),
  async derive({ id, after }, facts) {
    const task = after as unknown as Task;
    if (task.status !== 'completed') {
      if (task.statusReason || task.status === 'entered-in-error') return [];
      throw unprocessable(`Task/${id}, a service recovery, is ${task.status} without a reason: expected statusReason`, {
        expression: 'Task.statusReason',
        rule: 'recovery-closing',
      });
    }
    const replies = await Promise.all((task.output ?? []).map((each) => isReply(each.valueReference, task, facts)));
    if (replies.includes(true)) return [];
    throw unprocessable(
      `Task/${id}, a service recovery, is completed without a reply to the client: expected output with a Communication to ${task.for?.reference ?? 'the client'}`,
      { expression: 'Task.output', rule: 'recovery-closing' },
    );
  },
};

/** Whether the reference is to a message that the client has been sent. */
async function isReply(reference: Reference | undefined, task: Task, facts: Facts): Promise<boolean> {
  const id = localId(reference, 'Communication');
  const found = id === undefined ? undefined : await facts.get('Communication', id);
  const message = found as unknown as Communication | undefined;
  const patient = patientIn(task.for);
  if (message?.status !== 'completed' || patientOf(found) !== patient || patientIn(message.sender) === patient)
    return false;
  const { recipient = [] } = message;
  return recipient.length === 0 || recipient.some((each) => patientIn(each) === patient);
}
