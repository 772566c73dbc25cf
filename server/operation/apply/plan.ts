/**
 * A plan definition applied to a client: a CarePlan, a draft and a proposal, that contains its goals and requests. Nothing is stored.
 * https://hl7.org/fhir/R4/plandefinition.html#applying-a-plandefinition
 *
 * Activities that are asked for stand in the plan one by one; those among which people choose stand in a RequestGroup, as options. What happens again
 * and again and is no request, such as a questionnaire, is an activity of the plan itself.
 */
import { unprocessable } from '../../../resources/outcome.ts';
import { BASE } from '../../../resources/publication.ts';
import { formatCanonical } from '../../../resources/reference.ts';
import { REVIEW_DATE } from '../../../resources/task/review-plan.ts';
import type {
  AnyResource,
  CarePlan,
  CodeableConcept,
  PlanDefinition,
  PlanDefinitionAction,
  Reference,
} from '../../../resources/types.ts';
import { activityOf, groupAction, idIn, type Made, type Part } from './activity.ts';
import { dayOf, later } from './dates.ts';
import type { Variables } from './evaluation.ts';
import { addressed, goalOf } from './goal.ts';
import type { Situation } from './situation.ts';
import { applicable, declaredIn, type Step, timesOf } from './step.ts';

const REVIEW_AFTER = `${BASE}/StructureDefinition/plan-review-after`;
const ASSESS_PLAN: CodeableConcept = {
  coding: [{ system: 'http://hl7.org/fhir/us/core/CodeSystem/careplan-category', code: 'assess-plan' }],
};
/** Plans inside plans. */
const DEEPEST = 5;
/** Plans that one plan consists of, its actions, and activities that come of it: more than anybody carries out. */
const [MOST_PLANS, MOST_ACTIONS, MOST_ACTIVITIES] = [50, 500, 200];
const CHOICES: readonly string[] = ['any', 'exactly-one', 'at-most-one', 'one-or-more'];

/** @throws FhirError 422, naming the element of the definition that cannot be applied */
export async function appliedPlan(definition: PlanDefinition, situation: Situation): Promise<CarePlan> {
  const made: Made = {
    goals: [],
    contained: [],
    activities: [],
    plans: [],
    canonicals: [],
    reviews: [],
    ids: new Set(),
  };
  await addPlan(definition, situation.variables, 0, made, situation);
  const { subject, encounter, practitioner, organization, teams, start, now } = situation;
  const review = made.reviews.sort()[0];
  const problems = new Map(
    [...made.goals.flatMap(({ addresses = [] }) => addresses), ...topicProblems(definition, situation)].map((each) => [
      each.reference,
      each,
    ]),
  );
  const author = practitioner ?? organization;
  const contained = [...made.goals, ...made.contained];
  return {
    resourceType: 'CarePlan',
    // What is contained is of any type, which `FhirResource` of @types/fhir cannot be known to cover.
    ...(contained.length > 0 ? { contained: contained as unknown as CarePlan['contained'] } : {}),
    ...(review === undefined ? {} : { extension: [{ url: REVIEW_DATE, valueDate: review }] }),
    ...(made.canonicals.length > 0 ? { instantiatesCanonical: made.canonicals } : {}),
    status: 'draft',
    intent: 'proposal',
    category: [ASSESS_PLAN],
    ...(definition.title ? { title: definition.title } : {}),
    ...(definition.description ? { description: definition.description } : {}),
    subject: { reference: subject },
    ...(encounter ? { encounter: { reference: encounter } } : {}),
    period: { start },
    created: now,
    ...(author ? { author: { reference: author } } : {}),
    ...(teams.length > 0 ? { careTeam: teams.map(({ id }) => ({ reference: `CareTeam/${id}` })) } : {}),
    ...(problems.size > 0 ? { addresses: [...problems.values()] } : {}),
    ...(made.goals.length > 0 ? { goal: made.goals.map(({ id }) => ({ reference: `#${id}` })) } : {}),
    ...(made.activities.length > 0 ? { activity: made.activities } : {}),
  };
}

const topicProblems = ({ topic }: PlanDefinition, situation: Situation): readonly Reference[] =>
  addressed(topic, situation).map(({ id }) => ({ reference: `Condition/${id}` }));

async function addPlan(
  definition: PlanDefinition,
  known: Variables,
  depth: number,
  made: Made,
  situation: Situation,
): Promise<void> {
  if (depth > DEEPEST)
    throw unprocessable(`${definition.url ?? 'The definition'} stands in more than ${DEEPEST} others, or in itself`, {
      expression: 'PlanDefinition.action.definitionCanonical',
    });
  made.plans.push(definition);
  const actions = made.plans.reduce((sum, { action = [] }) => sum + countOf(action), 0);
  if (made.plans.length > MOST_PLANS || actions > MOST_ACTIONS)
    throw unprocessable(
      `The definition, with those inside it, has more than ${MOST_PLANS} plans or ${MOST_ACTIONS} actions`,
    );
  const { url, version, extension = [] } = definition;
  if (url !== undefined) made.canonicals.push(formatCanonical({ url, ...(version ? { version } : {}) }));
  for (const { url: name, valueDuration } of extension)
    if (name === REVIEW_AFTER && valueDuration) made.reviews.push(dayOf(later(situation.start, valueDuration)));
  const variables = await declaredIn(definition, known, situation);
  const goals = new Map<string, Reference>();
  for (const [at, each] of (definition.goal ?? []).entries()) {
    const goal = await goalOf(each, variables, situation, `PlanDefinition.goal[${at}]`);
    if (!goal) continue;
    const id = idIn(made, each.id ?? `goal-${at + 1}`);
    const { resourceType, ...elements } = goal;
    made.goals.push({ resourceType, id, ...elements });
    if (each.id !== undefined) goals.set(each.id, { reference: `#${id}` });
  }
  const steps = await applicable(definition, variables, situation);
  const part: Part = { variables, timeOf: timesOf(steps, situation), goals, depth };
  for (const step of steps) await addStep(step, part, made, situation);
}
const countOf = (actions: readonly PlanDefinitionAction[]): number =>
  actions.reduce((sum, { action = [] }) => sum + 1 + countOf(action), 0);

async function addStep(step: Step, part: Part, made: Made, situation: Situation): Promise<void> {
  if (made.activities.length >= MOST_ACTIVITIES)
    throw unprocessable(`The definition gives more than ${MOST_ACTIVITIES} activities`, { expression: step.place });
  const { action, definition, steps } = step;
  if (definition?.kind === 'plan') await addPlan(definition.plan, part.variables, part.depth + 1, made, situation);
  else if (steps.length > 0 && !CHOICES.includes(action.selectionBehavior ?? ''))
    for (const each of steps) await addStep(each, part, made, situation);
  else if (steps.length > 0) {
    const group: AnyResource = {
      resourceType: 'RequestGroup',
      id: idIn(made, action.id ?? 'choice'),
      ...(made.canonicals.length > 0 ? { instantiatesCanonical: [...made.canonicals] } : {}),
      status: 'draft',
      intent: 'proposal',
      subject: { reference: situation.subject },
      ...(situation.encounter ? { encounter: { reference: situation.encounter } } : {}),
      authoredOn: situation.now,
      action: [await groupAction(step, part, made, situation)],
    };
    made.contained.push(group);
    made.activities.push({ reference: { reference: `#${group.id}` } });
  } else made.activities.push(await activityOf(step, part, made, situation));
}
