/**
 * A request for help follows its Task: sent when somebody outside is to see to it, completed with it, taken back with it. What an organization turns down
 * goes back to the coordinator. The goal and the Condition stay with people. http://hl7.org/fhir/us/sdoh-clinicalcare
 */
import { localId } from '../local-reference.ts';
import { issue } from '../outcome.ts';
import { patientIn, patientOf, searchValue } from '../patient-reference.ts';
import type { Derived, Facts, Reacting, Reaction } from '../reaction.ts';
import { clientTasks, isOfKind, isOpen, type StoredTask } from '../task/care-task.ts';
import type { AnyResource, Reference, ServiceRequest, Task } from '../types.ts';
import { FULFILL, needTask, type StoredRequest } from './chain.ts';

const taskIn = (image: AnyResource | undefined): Task | undefined => image as unknown as Task | undefined;

const requestId = ({ focus }: Task): string | undefined => localId(focus, 'ServiceRequest');

/** Who is to see to it outside the team. */
const outsider = ({ owner }: Task): Reference | undefined =>
  ['Organization', 'HealthcareService'].some((type) => owner?.reference?.includes(`${type}/`)) ? owner : undefined;

const isSent = (task: Task): boolean => outsider(task) !== undefined;

/** `dueDays`: so soon a request that came back is met. */
export const referral = ({ dueDays }: { readonly dueDays: number }): Reaction => ({
  name: 'referral',
  on: `Task?code=${searchValue(FULFILL.system)}|${FULFILL.code}`,
  concerns({ before, after }) {
    const [was, is] = [taskIn(before), taskIn(after)];
    if (!is || requestId(is) === undefined) return false;
    return was?.status !== is.status || was.owner?.reference !== is.owner?.reference;
  },
  async derive(change, facts) {
    const task = taskIn(change.after);
    const patient = patientIn(task?.for);
    const id = task && requestId(task);
    const found = id === undefined ? undefined : await facts.get('ServiceRequest', id);
    if (!task || !patient || patientOf(found) !== patient) return [];
    const request = found as unknown as StoredRequest;
    const status = await statusOf(request, task, facts);
    const helper = isOpen(task) && !request.performer ? outsider(task) : undefined;
    const changed = status !== request.status || helper !== undefined;
    const wasOpen = change.before !== undefined && isOpen(change.before as unknown as Task);
    return [
      ...(changed
        ? [{ kind: 'put' as const, resource: { ...request, status, ...(helper ? { performer: [helper] } : {}) } }]
        : []),
      ...(wasOpen && isReturned(task) ? await askAgain(request, task, patient, change, dueDays, facts) : []),
      ...(wasOpen ? withoutWords(task, change) : []),
    ];
  },
});

/** The status of a request that is not closed, by its Task. */
async function statusOf({ status }: ServiceRequest, task: Task, facts: Facts): Promise<ServiceRequest['status']> {
  if (!['draft', 'active', 'on-hold'].includes(status)) return status;
  if (task.status === 'completed') return 'completed';
  const isOurs = isOfKind(task, clientTasks.need);
  if (task.status === 'cancelled' && isOurs && !(await isFollowedElsewhere(task, facts))) return 'revoked';
  const isTaken = ['accepted', 'in-progress'].includes(task.status) || (task.status === 'requested' && isSent(task));
  return isTaken && status === 'draft' ? 'active' : status;
}

async function isFollowedElsewhere({ id, focus }: Task, facts: Facts): Promise<boolean> {
  const others = await facts.find(`Task?focus=${searchValue(focus?.reference ?? '')}`);
  return others.some((other) => other.id !== id && isOpen(other as unknown as Task));
}

/** Turned down or failed by an organization that a need was sent to. */
const isReturned = (task: Task): boolean =>
  (task.status === 'rejected' || task.status === 'failed') && isSent(task) && isOfKind(task, clientTasks.need);

/** A Task for the coordinator in the place of the one that came back. */
async function askAgain(
  request: StoredRequest,
  task: Task,
  patient: string,
  change: Reacting,
  dueDays: number,
  facts: Facts,
): Promise<readonly Derived[]> {
  if (await isFollowedElsewhere(task, facts)) return [];
  const why = task.statusReason?.text ?? task.statusReason?.coding?.[0]?.display ?? 'without a reason';
  const again = await needTask(request, task.reasonReference, patient, change, dueDays, facts, {
    description: `${request.code?.text ?? 'Help'}: ${task.owner?.display ?? task.owner?.reference} has not taken it (${why}). Find somebody else.`,
    ...(task.input ? { input: task.input } : {}),
    partOf: [{ reference: `Task/${(task as StoredTask).id}` }],
  });
  return [again];
}

/** Who closes a referral says what came of it. */
function withoutWords(task: Task, { type, id }: Reacting): readonly Derived[] {
  const isSilent =
    task.status === 'completed' ? !task.output : ['rejected', 'failed'].includes(task.status) && !task.statusReason;
  if (!isSilent) return [];
  const element = task.status === 'completed' ? 'output' : 'statusReason';
  const text = `${type}/${id}, a referral, is ${task.status} without a word on what came of it: expected ${element}`;
  return [
    {
      kind: 'issue',
      issue: issue('business-rule', text, {
        severity: 'warning',
        expression: `Task.${element}`,
        rule: 'referral',
      }),
    },
  ];
}
