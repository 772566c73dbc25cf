/** What a screening does to the needs of a client: a need is met, an answer corrected, a need not there any more. */
import { needGoalId } from '../goal/proposed.ts';
import { searchValue } from '../patient-reference.ts';
import type { Derived, Facts, Reacting } from '../reaction.ts';
import { cancelled, clientTasks, isOpen, noted, type StoredTask, SYSTEM } from '../task/care-task.ts';
import type { Condition, Goal, Procedure, ServiceRequest } from '../types.ts';
import {
  conditionId,
  conditionOf,
  declineId,
  declineOf,
  FULFILL,
  goalOf,
  requestOf,
  type StoredCondition,
  type StoredRequest,
} from './chain.ts';
import { type Domain, SDOH_CATEGORY } from './domain.ts';
import type { Help, Screening } from './screening.ts';

/** What is known of the client's needs, and what has changed. */
export interface Scene {
  readonly change: Reacting;
  readonly patient: string;
  readonly conditions: readonly StoredCondition[];
  /** Tasks by which requests for help are followed, whoever made them. */
  readonly tasks: readonly StoredTask[];
  /** Requests for help that are under way. */
  readonly requests: readonly StoredRequest[];
  readonly dueDays: number;
  readonly facts: Facts;
}

export async function sceneOf(
  change: Reacting,
  patient: string,
  all: readonly Domain[],
  dueDays: number,
  facts: Facts,
): Promise<Scene> {
  const subject = `subject=${searchValue(patient)}`;
  const category = `category=${all.map(({ code }) => `${searchValue(SDOH_CATEGORY)}|${code}`).join(',')}`;
  const codes = [{ system: SYSTEM, code: clientTasks.need.code }, FULFILL];
  const code = `code=${codes.map((each) => `${searchValue(each.system)}|${each.code}`).join(',')}`;
  const [conditions, tasks, requests] = await Promise.all([
    facts.find(`Condition?${subject}&${category}`),
    facts.find(`Task?patient=${searchValue(patient)}&${code}`),
    facts.find(`ServiceRequest?${subject}&${category}&status=draft,active,on-hold`),
  ]);
  return {
    change,
    patient,
    dueDays,
    facts,
    conditions: conditions as unknown as readonly StoredCondition[],
    tasks: tasks as unknown as readonly StoredTask[],
    requests: requests as unknown as readonly StoredRequest[],
  };
}

const isOf = ({ category = [] }: Condition | ServiceRequest, domain: Domain): boolean =>
  category.some(({ coding = [] }) =>
    coding.some(({ system, code }) => system === SDOH_CATEGORY && code === domain.code),
  );

const codeIn = (concept: Condition['clinicalStatus']): string => concept?.coding?.[0]?.code ?? '';

const isOpenNeed = ({ clinicalStatus, verificationStatus }: Condition): boolean =>
  ['', 'active', 'recurrence', 'relapse'].includes(codeIn(clinicalStatus)) &&
  !['refuted', 'entered-in-error'].includes(codeIn(verificationStatus));

/** The need that this response has told, and another one of the kind that is open. */
function needsOf(domain: Domain, { change, conditions }: Scene) {
  const id = conditionId(domain, change.id);
  return {
    own: conditions.find((each) => each.id === id),
    other: conditions.find((each) => each.id !== id && isOf(each, domain) && isOpenNeed(each)),
  };
}

/** The open Task for a need: by what it is for, or by the request that it follows. */
function openTask(domain: Domain, { tasks, requests }: Scene, condition?: string): StoredTask | undefined {
  const own = requests.filter((each) => isOf(each, domain)).map(({ id }) => `ServiceRequest/${id}`);
  return tasks.find(
    (task) =>
      isOpen(task) &&
      ((condition !== undefined && task.reasonReference?.reference === condition) ||
        own.includes(task.focus?.reference ?? '')),
  );
}

/** Whether this response has asked for the Task. */
const isFrom = ({ input = [] }: StoredTask, { type, id }: Reacting): boolean =>
  input.some(({ valueReference }) => valueReference?.reference === `${type}/${id}`);

/** Nobody has taken it on yet. */
const isUntouched = ({ status }: StoredTask): boolean => status === 'draft' || status === 'requested';

const wantsHelp = (help: Help): boolean => help === 'wants-help' || help === 'not-asked';

const put = (resource: object): Derived => ({
  kind: 'put',
  resource: resource as (Derived & { kind: 'put' })['resource'],
});

/** A need is there: it is recorded, and help is asked for or the decline recorded. */
export async function meet(is: Screening, was: Screening | undefined, scene: Scene): Promise<readonly Derived[]> {
  const { change, patient, tasks } = scene;
  const isNew = !was?.isPositive;
  const { own, other } = needsOf(is.domain, scene);
  const told = own && isOpenNeed(own) ? own : other;
  // What a person has closed stays closed when the same is written again.
  if (!told && own && !isNew) return [];
  const condition = told ?? conditionOf(is, patient, change);
  const recorded = told === undefined ? [put(condition)] : told === other ? withEvidence(told, is.evidence) : [];
  const reference = `Condition/${condition.id}`;
  const open = openTask(is.domain, scene, reference);
  if (!wantsHelp(is.help)) return [...recorded, ...(await decline(is, reference, open, scene))];
  const undeclined = was && !wantsHelp(was.help) ? await withoutDecline(is.domain, scene) : [];
  if (open) {
    const text = `${is.domain.display} was found again by ${change.type}/${change.id}`;
    return [...recorded, ...undeclined, ...(isFrom(open, change) ? [] : noted(open, change, text))];
  }
  const isNewlyWanted = isNew || !was || !wantsHelp(was.help);
  const wasClosed = tasks.some((task) => isFrom(task, change) && task.reasonReference?.reference === reference);
  if (wasClosed && !isNewlyWanted) return [...recorded, ...undeclined];
  return [...recorded, ...undeclined, ...(await askForHelp(is, reference, scene))];
}

function withEvidence(condition: StoredCondition, evidence: string): readonly Derived[] {
  const known = (condition.evidence ?? []).some(({ detail = [] }) =>
    detail.some(({ reference }) => reference === evidence),
  );
  if (known) return [];
  return [put({ ...condition, evidence: [...(condition.evidence ?? []), { detail: [{ reference: evidence }] }] })];
}

async function askForHelp(is: Screening, condition: string, scene: Scene): Promise<readonly Derived[]> {
  const { change, patient, dueDays, facts } = scene;
  const goal = (await facts.get('Goal', needGoalId(condition))) as unknown as Goal | undefined;
  const { request, task } = await requestOf(is, condition, patient, change, dueDays, facts);
  const isMissing = !goal || goal.lifecycleStatus === 'cancelled';
  return [...(isMissing ? [put(goalOf(is, request, condition, patient, change))] : []), put(request), task];
}

async function decline(
  is: Screening,
  condition: string,
  open: StoredTask | undefined,
  scene: Scene,
): Promise<readonly Derived[]> {
  const { change, patient } = scene;
  const recorded = put(declineOf(is, condition, patient, change));
  if (!open) return [recorded];
  const text = is.help === 'has-help' ? 'The client has help already' : 'The client does not want help with this';
  if (isFrom(open, change) && isUntouched(open)) return [recorded, ...(await withdrawn(open, condition, text, scene))];
  return [recorded, ...noted(open, change, `${text}: answered in ${change.type}/${change.id}`)];
}

/** The Task, its request and the goal that nobody has taken up yet, taken back. */
async function withdrawn(
  task: StoredTask,
  condition: string,
  text: string,
  { change, requests, facts }: Scene,
): Promise<readonly Derived[]> {
  const request = requests.find(({ id }) => task.focus?.reference === `ServiceRequest/${id}`);
  const goal = (await facts.get('Goal', needGoalId(condition))) as unknown as Goal | undefined;
  return [
    cancelled(task, change.instant, text),
    ...(request ? [put({ ...request, status: 'revoked' })] : []),
    ...(goal?.lifecycleStatus === 'proposed'
      ? [put({ ...goal, lifecycleStatus: 'cancelled', statusReason: text })]
      : []),
  ];
}

async function withoutDecline(domain: Domain, { change, facts }: Scene): Promise<readonly Derived[]> {
  const found = (await facts.get('Procedure', declineId(domain, change.id))) as unknown as Procedure | undefined;
  return found && found.status !== 'entered-in-error' ? [put({ ...found, status: 'entered-in-error' })] : [];
}

/**
 * An answer that told of a need was corrected, or the response taken back: what followed from it goes. What somebody works on, or another screening tells
 * as well, is left to people, and noted.
 */
export async function correct(was: Screening, scene: Scene): Promise<readonly Derived[]> {
  const { change } = scene;
  const { domain, evidence } = was;
  const { own, other } = needsOf(domain, scene);
  const condition = [own, other].find((each) => each && isOpenNeed(each));
  const isToldElsewhere = condition !== undefined && withoutEvidence(condition, evidence).length > 0;
  const open = openTask(domain, scene, condition && `Condition/${condition.id}`);
  const isOwn = open !== undefined && isFrom(open, change);
  const text = `The answer in ${change.type}/${change.id} that told of it was corrected or taken back`;
  const undeclined = await withoutDecline(domain, scene);
  if (open && !(isOwn && isUntouched(open) && !isToldElsewhere))
    return [...undeclined, ...noted(open, change, text), ...lessEvidence(condition, evidence)];
  const undone = open ? await withdrawn(open, open.reasonReference?.reference ?? '', text, scene) : [];
  const isGone = condition === own && !isToldElsewhere && !wasHelped(domain, scene);
  return [...undeclined, ...undone, ...(own && isGone ? retracted(own) : lessEvidence(condition, evidence))];
}

const withoutEvidence = ({ evidence = [] }: Condition, gone: string): NonNullable<Condition['evidence']> =>
  evidence.filter(({ detail = [] }) => !detail.some(({ reference }) => reference === gone));

/** The need without what the response told of it, where something else tells it. */
function lessEvidence(condition: StoredCondition | undefined, gone: string): readonly Derived[] {
  if (!condition) return [];
  const left = withoutEvidence(condition, gone);
  return left.length === 0 || left.length === condition.evidence?.length ? [] : [put({ ...condition, evidence: left })];
}

/** Whether what this response asked for has been done. */
const wasHelped = (domain: Domain, { tasks, change }: Scene): boolean =>
  tasks.some(
    (task) =>
      task.status === 'completed' &&
      isFrom(task, change) &&
      task.reasonReference?.reference === `Condition/${conditionId(domain, change.id)}`,
  );

/** A need that nobody has confirmed was recorded in error. */
function retracted({ clinicalStatus: _status, ...condition }: StoredCondition): readonly Derived[] {
  if (codeIn(condition.verificationStatus) !== 'unconfirmed') return [];
  const system = 'http://terminology.hl7.org/CodeSystem/condition-ver-status';
  return [
    put({
      ...condition,
      verificationStatus: { coding: [{ system, code: 'entered-in-error', display: 'Entered in Error' }] },
    }),
  ];
}

/** A later screening tells that a need is not there. That is for people to judge: it is noted. */
export function sayNegative(domain: Domain, scene: Scene): readonly Derived[] {
  const { change } = scene;
  const { own, other } = needsOf(domain, scene);
  const condition = [own, other].find((each) => each && isOpenNeed(each));
  const open = openTask(domain, scene, condition && `Condition/${condition.id}`);
  const isAsked = open && !isFrom(open, change);
  return isAsked ? noted(open, change, `${domain.display} was not found any more by ${change.type}/${change.id}`) : [];
}
