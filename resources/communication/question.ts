/**
 * A client asks about the plan: a Task for the coordinator. A reply of the team completes it, and what is owed for a complaint; a reply that is taken
 * back opens them again. https://hl7.org/fhir/R4/communication.html
 */
import { patientIn, patientOf } from '../patient-reference.ts';
import type { Derived, Facts, Reacting, Reaction } from '../reaction.ts';
import {
  cancelled,
  clientTasks,
  completed,
  dueIn,
  isOpen,
  newTask,
  type StoredTask,
  tasksAbout,
} from '../task/care-task.ts';
import { questionIn, repliedTo, wordsIn } from './client-message.ts';

const { question, recovery } = clientTasks;

/** `dueDays`: so soon a question is answered. */
export const clientQuestion = ({ dueDays }: { readonly dueDays: number }): Reaction => ({
  name: 'client-question',
  on: 'Communication',
  concerns: ({ before, after }) => questionIn(before) !== undefined || questionIn(after) !== undefined,
  async derive(change, facts) {
    const { id, instant, before, after } = change;
    const patient = patientOf(after ?? before);
    if (!patient) return [];
    const asked = questionIn(after);
    if (asked && questionIn(before)) return [];
    const focus = `Communication/${id}`;
    const open = before ? (await tasksAbout(focus, [question], facts)).find(isOpen) : undefined;
    if (!asked) return open ? [cancelled(open, instant, 'The question was taken back')] : [];
    if (open) return [];
    const about = asked.about?.[0];
    return [
      await newTask(question, patient, change, facts, {
        priority: asked.priority ?? 'routine',
        description: `The client asks: "${wordsIn(asked)}"`,
        focus: { reference: focus },
        requester: { reference: patient },
        ...(about ? { reasonReference: about } : {}),
        ...dueIn(instant, dueDays),
      }),
    ];
  },
});

export const clientReply: Reaction = {
  name: 'client-reply',
  on: 'Communication',
  concerns: ({ before, after }) => repliedTo(before).join() !== repliedTo(after).join(),
  async derive(change, facts) {
    const patient = patientOf(change.after ?? change.before);
    const now = repliedTo(change.after);
    const all = [...new Set([...repliedTo(change.before), ...now])];
    const derived = await Promise.all(all.map((focus) => settle(focus, now.includes(focus), patient, change, facts)));
    return derived.flat();
  },
};

/** The Tasks about what was replied to: completed by the reply, or open again without it. */
async function settle(
  focus: string,
  isReplied: boolean,
  patient: string | undefined,
  { id, instant }: Reacting,
  facts: Facts,
): Promise<readonly Derived[]> {
  const reply = { reference: `Communication/${id}` };
  const tasks = await tasksAbout(focus, [question, recovery], facts);
  return tasks.flatMap((task): Derived[] => {
    if (patientIn(task.for) !== patient) return [];
    if (isReplied)
      return isOpen(task) ? [completed(task, instant, { type: { text: 'reply' }, valueReference: reply })] : [];
    const left = (task.output ?? []).filter(({ valueReference }) => valueReference?.reference !== reply.reference);
    return left.length < (task.output ?? []).length && left.length === 0 ? [reopened(task, instant)] : [];
  });
}

function reopened(task: StoredTask, instant: string): Derived {
  const { output: _taken, executionPeriod: _ended, ...rest } = task;
  return { kind: 'put', resource: { ...rest, status: 'requested', lastModified: instant } };
}
