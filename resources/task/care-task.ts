/**
 * The Tasks that rules keep for a client: of each kind at most one is open, further causes are noted on it, and what a person has closed stays
 * closed. https://hl7.org/fhir/R4/task.html
 */
import { coordinatorOf } from '../care-team/coordinator.ts';
import { searchValue } from '../patient-reference.ts';
import { BASE } from '../publication.ts';
import { type Derived, derivedId, type Facts, type Reacting } from '../reaction.ts';
import type { Meta, Reference, Task, TaskOutput } from '../types.ts';

export type StoredTask = Task & { readonly id: string };

/** What a Task is about: a code of ours with its display. */
export interface CareTask {
  readonly code: string;
  readonly display: string;
}

/** The code system of the codes. */
export const SYSTEM = `${BASE}/CodeSystem/care-task`;
const CLOSED: readonly string[] = ['completed', 'cancelled', 'failed', 'rejected', 'entered-in-error'];

export const isOpen = ({ status }: Task): boolean => !CLOSED.includes(status);

/** The kinds that rules keep. All are asked for at once, so that the rules that look at one change share a search. */
export const careTasks = {
  completeForm: { code: 'complete-questionnaire', display: 'Complete a questionnaire' },
  safety: { code: 'safety-follow-up', display: 'Safety follow-up' },
  review: { code: 'review-plan', display: 'Review of the care plan' },
  phq9Due: { code: 'phq9-due', display: 'PHQ-9 due' },
} as const satisfies Readonly<Record<string, CareTask>>;

/** The kinds that the client or the intake sets off, each about one resource. */
export const clientTasks = {
  goal: { code: 'review-proposed-goal', display: 'Review of a proposed goal' },
  question: { code: 'answer-question', display: 'Answer a question' },
  answers: { code: 'review-answers', display: 'Look at answers' },
  recovery: { code: 'service-recovery', display: 'Service recovery' },
  need: { code: 'social-need', display: 'Social need' },
} as const satisfies Readonly<Record<string, CareTask>>;

/** The search that Tasks of these kinds match. */
export const tasksOfKind = (...kinds: readonly CareTask[]): string =>
  `Task?code=${kinds.map(({ code }) => `${searchValue(SYSTEM)}|${code}`).join(',')}`;

const KINDS = Object.values(careTasks)
  .map(({ code }) => `${searchValue(SYSTEM)}|${code}`)
  .join(',');

/** The Tasks of a kind for `patient` (`Patient/1`), open and closed. */
export async function tasksOf(patient: string, kind: CareTask, facts: Facts): Promise<readonly StoredTask[]> {
  const found = (await facts.find(`Task?patient=${searchValue(patient)}&code=${KINDS}`)) as unknown as StoredTask[];
  return found.filter((task) => isOfKind(task, kind));
}

export const isOfKind = ({ code }: Task, kind: CareTask): boolean =>
  code?.coding?.some((coding) => coding.system === SYSTEM && coding.code === kind.code) ?? false;

/** The Tasks of these kinds with `focus` (`Goal/1`) in focus, the latest first. */
export async function tasksAbout(
  focus: string,
  kinds: readonly CareTask[],
  facts: Facts,
): Promise<readonly StoredTask[]> {
  const found = await facts.find(`${tasksOfKind(...kinds)}&focus=${searchValue(focus)}`);
  return (found as unknown as readonly StoredTask[]).toSorted((a, b) =>
    (b.authoredOn ?? '').localeCompare(a.authoredOn ?? ''),
  );
}

/** What a Task says that has nobody to see to it. */
export const WAITS = 'Waits for a coordinator: no active care team names one';

/** Who is to see to a Task: the coordinator, or that there has to be one. */
export async function ownedBy(patient: string, instant: string, facts: Facts): Promise<Partial<Task>> {
  const owner = await coordinatorOf(patient, instant, facts);
  if (owner) return { owner };
  return {
    performerType: [
      {
        coding: [{ system: 'http://snomed.info/sct', code: '768820003', display: 'Care coordinator' }],
        text: 'Care coordinator',
      },
    ],
    businessStatus: { text: WAITS },
  };
}

/** A Task that has not been there before. Its id follows from the version that causes it. */
export async function newTask(
  kind: CareTask,
  patient: string,
  { type, id, after, instant }: Reacting,
  facts: Facts,
  rest: Partial<Task>,
): Promise<Derived> {
  const { security } = after?.meta ?? {};
  return {
    kind: 'put',
    resource: {
      resourceType: 'Task',
      id: derivedId(kind.code, patient, type, id, after?.meta?.versionId ?? ''),
      ...(security ? { meta: { security } satisfies Meta } : {}),
      status: 'requested',
      intent: 'order',
      code: { coding: [{ system: SYSTEM, ...kind }], text: kind.display },
      for: { reference: patient },
      authoredOn: instant,
      lastModified: instant,
      ...(await ownedBy(patient, instant, facts)),
      ...rest,
    },
  };
}

/** Whether `task` came from the resource or has a note about it. */
export function isAbout(task: Task, type: string, id: string): boolean {
  const reference = `${type}/${id}`;
  const points = (to: Reference | undefined) => to?.reference === reference;
  return (
    points(task.focus) || points(task.reasonReference) || (task.note ?? []).some((note) => note.id === noteId(type, id))
  );
}

/** What `task` says of the resource: why it was opened, when it came from it, and the note about it. */
export function tells(task: Task, type: string, id: string): string {
  const own = task.reasonReference?.reference === `${type}/${id}` ? [task.reasonCode?.text ?? ''] : [];
  const notes = (task.note ?? []).flatMap((note) => (note.id === noteId(type, id) ? [note.text] : []));
  return [...own, ...notes].join(' ');
}

const noteId = (type: string, id: string): string => derivedId('note', type, id);

/** The Task with a note about the resource that changed, in the place of an earlier note about it; none when it says so already. */
export function noted(task: StoredTask, { type, id, instant }: Reacting, text: string): readonly Derived[] {
  const own = noteId(type, id);
  const notes = task.note ?? [];
  if (notes.some((note) => note.id === own && note.text === text)) return [];
  const note = [...notes.filter((each) => each.id !== own), { id: own, time: instant, text }];
  return [{ kind: 'put', resource: { ...task, note, lastModified: instant } }];
}

/** The Task, completed with this output. */
export function completed(task: StoredTask, instant: string, ...output: readonly TaskOutput[]): Derived {
  const { businessStatus: _waits, ...rest } = task;
  return {
    kind: 'put',
    resource: {
      ...rest,
      status: 'completed',
      lastModified: instant,
      executionPeriod: { ...task.executionPeriod, end: instant },
      output: [...(task.output ?? []), ...output],
    },
  };
}

/** The Task, cancelled for this reason. */
export const cancelled = (task: StoredTask, instant: string, text: string): Derived => ({
  kind: 'put',
  resource: { ...task, status: 'cancelled', statusReason: { text }, lastModified: instant },
});

/** `instant` and so many days, as the end of what a Task is restricted to: the day on which it is due. */
export const dueIn = (instant: string, days: number): Pick<Task, 'restriction'> => ({
  restriction: { period: { start: instant, end: hoursAfter(instant, days * 24) } },
});

/** `instant` and so many hours. */
export const hoursAfter = (instant: string, hours: number): string =>
  new Date(Date.parse(instant) + hours * 3_600_000).toISOString();
