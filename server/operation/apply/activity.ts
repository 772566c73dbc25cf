/**
 * What one action of a plan definition becomes: a request that the plan contains, a detail of the plan, or an action of a RequestGroup.
 * https://hl7.org/fhir/R4/plandefinition.html#applying-a-plandefinition
 */
import { formatCanonical } from '../../../resources/reference.ts';
import type {
  ActivityDefinition,
  AnyResource,
  CarePlanActivity,
  CarePlanActivityDetail,
  Extension,
  Goal,
  PlanDefinition,
  PlanDefinitionAction,
  PlanDefinitionActionDynamicValue,
  Reference,
  RequestGroupAction,
} from '../../../resources/types.ts';
import type { MutableObject } from '../../transaction/patch/element.ts';
import { writeValue } from './dynamic-value.ts';
import type { Variables } from './evaluation.ts';
import { performersOf } from './performer.ts';
import { type Asked, repeats, requestOf } from './request.ts';
import type { Situation } from './situation.ts';
import { declaredIn, type Step, timesOf } from './step.ts';
import type { When } from './timing.ts';

/** https://hl7.org/fhir/R4/extension-resource-pertainstogoal.html */
const PERTAINS_TO_GOAL = 'http://hl7.org/fhir/StructureDefinition/resource-pertainsToGoal';

/** What the plan definition and those inside it have made so far. */
export interface Made {
  readonly goals: (Goal & { readonly id: string })[];
  readonly contained: AnyResource[];
  readonly activities: CarePlanActivity[];
  readonly plans: PlanDefinition[];
  readonly canonicals: string[];
  readonly reviews: string[];
  readonly ids: Set<string>;
}

/** One plan definition, with what its actions are carried out with. */
export interface Part {
  readonly variables: Variables;
  readonly timeOf: (step: Step) => When | undefined;
  /** By the id of the goal in the definition. */
  readonly goals: ReadonlyMap<string, Reference>;
  readonly depth: number;
}

/** An id that nothing in the plan has yet. */
export function idIn({ ids }: Made, wanted: string): string {
  const plain = wanted.replaceAll(/[^A-Za-z0-9\-.]/g, '-').slice(0, 56);
  let id = plain;
  for (let count = 2; ids.has(id); count += 1) id = `${plain}-${count}`;
  ids.add(id);
  return id;
}
/** A single action as an activity of the plan: a request that it contains, or a detail. */
export async function activityOf(step: Step, part: Part, made: Made, situation: Situation): Promise<CarePlanActivity> {
  const asked = askedBy(step, part, 'proposal', situation);
  const isRepeated = asked.when?.kind === 'timing' && !repeats(asked.kind);
  if (step.definition && !isRepeated) return { reference: await contain(asked, step, part, made, situation) };
  const detail = detailOf(step, asked, part);
  await writeDynamic(step, part.variables, detail as unknown as MutableObject, 'CarePlan.activity.detail', situation);
  return { detail };
}

/** Kinds that a detail can name. https://hl7.org/fhir/R4/valueset-care-plan-activity-kind.html */
const KINDS: readonly string[] = [
  ...['Appointment', 'CommunicationRequest', 'DeviceRequest', 'MedicationRequest', 'NutritionOrder', 'Task'],
  ...['ServiceRequest', 'VisionPrescription'],
];

function detailOf(step: Step, asked: Asked, { goals }: Part): CarePlanActivityDetail {
  const { when, performers, code, reasons, title, description, questionnaire, canonical } = asked;
  const goal = goalsOf(step, goals);
  const instantiates = questionnaire ?? canonical;
  return {
    ...(KINDS.includes(asked.kind) ? { kind: asked.kind as 'Task' } : {}),
    ...(instantiates === undefined ? {} : { instantiatesCanonical: [instantiates] }),
    ...(code ? { code } : title === undefined ? {} : { code: { text: title } }),
    ...(reasons.length > 0 ? { reasonCode: [...reasons] } : {}),
    ...(goal.length > 0 ? { goal: [...goal] } : {}),
    status: 'not-started',
    ...(when?.kind === 'timing' ? { scheduledTiming: when.timing } : {}),
    ...(when?.kind === 'period' ? { scheduledPeriod: when.period } : {}),
    ...(performers.references.length > 0 ? { performer: [...performers.references] } : {}),
    description: [title, description].filter((each) => each !== undefined).join(': ') || step.place,
  };
}

const goalsOf = ({ action: { goalId = [] } }: Step, goals: Part['goals']): readonly Reference[] =>
  goalId.flatMap((id) => goals.get(id) ?? []);

/** What an action asks for: what the plan says of it, and what its definition says where the plan says nothing. */
function askedBy(step: Step, part: Part, intent: Asked['intent'], situation: Situation): Asked {
  const { action, definition } = step;
  const activity = definition?.kind === 'activity' ? definition.activity : undefined;
  const participants = action.participant ?? activity?.participant ?? [];
  return {
    kind: activity?.kind ?? 'Task',
    intent,
    title: action.title ?? activity?.title,
    description: action.description ?? action.textEquivalent ?? activity?.description,
    code: action.code?.[0] ?? activity?.code,
    priority: action.priority ?? activity?.priority,
    when: part.timeOf(step),
    performers: performersOf(participants, situation),
    reasons: action.reason ?? [],
    canonical: definition?.kind === 'activity' ? definition.canonical : undefined,
    questionnaire: definition?.kind === 'questionnaire' ? definition.canonical : undefined,
    activity,
    extension: goalsOf(step, part.goals).map(
      (valueReference): Extension => ({ url: PERTAINS_TO_GOAL, valueReference }),
    ),
  };
}

/** Puts the request into the plan, and refers to it. */
async function contain(asked: Asked, step: Step, part: Part, made: Made, situation: Situation): Promise<Reference> {
  const { activity } = asked;
  const variables = activity ? await declaredIn(activity, part.variables, situation) : part.variables;
  const id = idIn(made, step.action.id ?? asked.kind.toLowerCase());
  const { resourceType, ...elements } = requestOf(asked, situation);
  const request = { resourceType, id, ...elements };
  const target = request as unknown as MutableObject;
  await writeAll(activity?.dynamicValue ?? [], 'ActivityDefinition', variables, target, resourceType, situation);
  await writeDynamic(step, variables, target, resourceType, situation);
  made.contained.push(request);
  return { reference: `#${id}` };
}

/** The values of the action itself; `%action.title` in a path is an element of the RequestGroup's action, which `groupAction` writes. */
const writeDynamic = (
  { action, place }: Step,
  variables: Variables,
  target: MutableObject,
  type: string,
  situation: Situation,
): Promise<void> =>
  writeAll(
    (action.dynamicValue ?? []).filter((each) => !isOfAction(each)),
    place,
    variables,
    target,
    type,
    situation,
  );

const isOfAction = ({ path = '' }: PlanDefinitionActionDynamicValue): boolean => path.startsWith('%action.');

async function writeAll(
  dynamicValues: readonly PlanDefinitionActionDynamicValue[],
  place: string,
  variables: Variables,
  target: MutableObject,
  type: string,
  { evaluation }: Situation,
): Promise<void> {
  for (const [at, { path = '', expression }] of dynamicValues.entries()) {
    const where = `${place}.dynamicValue[${at}]`;
    const values = await evaluation.values(expression ?? { language: '' }, variables, `${where}.expression`);
    writeValue(target, type, path.replace(/^%(action|resource)\./, ''), values, `${where}.path`);
  }
}

/** Elements that an action of a RequestGroup has from that of the definition as they are. */
const KEPT = [
  ...(['id', 'prefix', 'title', 'description', 'textEquivalent', 'priority', 'code', 'documentation', 'type'] as const),
  ...([
    'groupingBehavior',
    'selectionBehavior',
    'requiredBehavior',
    'precheckBehavior',
    'cardinalityBehavior',
  ] as const),
] satisfies readonly (keyof PlanDefinitionAction)[];

export async function groupAction(
  step: Step,
  part: Part,
  made: Made,
  situation: Situation,
): Promise<RequestGroupAction> {
  const { action, steps } = step;
  const when = part.timeOf(step);
  const asked = askedBy(step, part, 'option', situation);
  const conditions = (action.condition ?? []).filter(({ kind }) => kind !== 'applicability');
  const inside: RequestGroupAction[] = [];
  for (const each of steps) inside.push(await groupAction(each, part, made, situation));
  const ids = new Set(inside.map(({ id }) => id));
  const result: RequestGroupAction = {
    ...Object.fromEntries(KEPT.flatMap((name) => (action[name] === undefined ? [] : [[name, action[name]]]))),
    ...(asked.title === undefined ? {} : { title: asked.title }),
    ...(conditions.length > 0 ? { condition: conditions } : {}),
    ...(when?.kind === 'timing' ? { timingTiming: when.timing } : {}),
    ...(when?.kind === 'period' ? { timingPeriod: when.period } : {}),
    ...(asked.performers.references.length > 0 ? { participant: [...asked.performers.references] } : {}),
    ...(steps.length > 0
      ? { action: inside.map((each) => withRelations(each, ids)) }
      : { resource: await contain(asked, step, part, made, situation) }),
    ...(action.relatedAction ? { relatedAction: action.relatedAction } : {}),
  };
  const own = (action.dynamicValue ?? []).filter(isOfAction);
  await writeAll(own, step.place, part.variables, result as unknown as MutableObject, 'RequestGroup.action', situation);
  return result;
}

/** Without relations to actions that are not in the group. */
function withRelations(action: RequestGroupAction, ids: ReadonlySet<string | undefined>): RequestGroupAction {
  const { relatedAction = [], ...rest } = action;
  const kept = relatedAction.filter(({ actionId }) => ids.has(actionId));
  return { ...rest, ...(kept.length > 0 ? { relatedAction: kept } : {}) };
}
/** An activity definition by itself: the request, a proposal. */
export async function appliedActivity(activity: ActivityDefinition, situation: Situation): Promise<AnyResource> {
  const canonical =
    activity.url && formatCanonical({ url: activity.url, ...(activity.version ? { version: activity.version } : {}) });
  const action: PlanDefinitionAction = {};
  const step: Step = {
    action,
    place: 'ActivityDefinition',
    steps: [],
    definition: { kind: 'activity', canonical: canonical ?? '', activity },
  };
  const variables = await declaredIn(activity, situation.variables, situation);
  const part: Part = { variables, timeOf: timesOf([step], situation), goals: new Map(), depth: 0 };
  const asked = { ...askedBy(step, part, 'proposal', situation), canonical };
  const request = requestOf(asked, situation);
  await writeAll(
    activity.dynamicValue ?? [],
    'ActivityDefinition',
    variables,
    request as unknown as MutableObject,
    request.resourceType,
    situation,
  );
  return request;
}
