/**
 * The actions of a plan definition that apply to a client, each with its definition and the time that it gets from the plan, from another action or
 * from its definition. https://hl7.org/fhir/R4/plandefinition.html#applying-a-plandefinition
 */
import { unprocessable } from '../../../resources/outcome.ts';
import { BASE } from '../../../resources/publication.ts';
import { formatCanonical } from '../../../resources/reference.ts';
import type {
  ActivityDefinition,
  AnyResource,
  Expression,
  Patient,
  PlanDefinition,
  PlanDefinitionAction,
} from '../../../resources/types.ts';
import { definitionAt } from './definitions.ts';
import { plainValue, type Variables } from './evaluation.ts';
import type { Situation } from './situation.ts';
import { type When, whenOf, whenRelated } from './timing.ts';

/** Ours; HL7's extension of the same meaning is read too. */
const VARIABLES: readonly string[] = [
  `${BASE}/StructureDefinition/plan-variable`,
  'http://hl7.org/fhir/StructureDefinition/variable',
];

export type StepDefinition =
  | { readonly kind: 'activity'; readonly canonical: string | undefined; readonly activity: ActivityDefinition }
  | { readonly kind: 'plan'; readonly plan: PlanDefinition }
  | { readonly kind: 'questionnaire'; readonly canonical: string | undefined };

/** An action that applies. */
export interface Step {
  readonly action: PlanDefinitionAction;
  /** Where it stands: `PlanDefinition.action[2]`. */
  readonly place: string;
  readonly definition?: StepDefinition;
  readonly steps: readonly Step[];
}

/** The variables that the extensions of a definition declare, after those that are known. */
export async function declaredIn(
  { extension = [], resourceType }: PlanDefinition | ActivityDefinition,
  known: Variables,
  { evaluation }: Situation,
): Promise<Variables> {
  let variables = known;
  for (const [at, { url, valueExpression }] of extension.entries())
    if (VARIABLES.includes(url) && valueExpression)
      variables = await evaluation.declared(valueExpression, variables, `${resourceType}.extension[${at}]`);
  return variables;
}

/** The actions of `plan` whose conditions hold, those inside others included. */
export const applicable = (
  plan: PlanDefinition,
  variables: Variables,
  situation: Situation,
): Promise<readonly Step[]> => applicableOf(plan.action ?? [], plan, variables, situation, 'PlanDefinition');

async function applicableOf(
  actions: readonly PlanDefinitionAction[],
  plan: PlanDefinition,
  variables: Variables,
  situation: Situation,
  path: string,
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const [at, action] of actions.entries()) {
    const place = `${path}.action[${at}]`;
    if (!(await applies(action, variables, situation, place))) continue;
    const definition = await definitionOf(action, plan, place, situation);
    const inside = await applicableOf(action.action ?? [], plan, variables, situation, place);
    // A group of which nothing applies is nothing.
    if ((action.action?.length ?? 0) > 0 && inside.length === 0) continue;
    steps.push({ action, place, steps: inside, ...(definition ? { definition } : {}) });
  }
  return steps;
}

/** A condition holds when its expression gives true; what is not known does not hold. */
async function applies(
  { condition = [] }: PlanDefinitionAction,
  variables: Variables,
  { evaluation }: Situation,
  place: string,
): Promise<boolean> {
  for (const [at, { kind, expression }] of condition.entries()) {
    if (kind !== 'applicability') continue;
    const where = `${place}.condition[${at}].expression`;
    const [result] = await evaluation.values(expression ?? ({} as Expression), variables, where);
    if (result === undefined || plainValue(result) !== true) return false;
  }
  return true;
}

async function definitionOf(
  { definitionCanonical, definitionUri, transform }: PlanDefinitionAction,
  plan: PlanDefinition,
  place: string,
  { definitions, context }: Situation,
): Promise<StepDefinition | undefined> {
  if (definitionUri !== undefined || transform !== undefined)
    throw unprocessable(
      `${place} has ${definitionUri === undefined ? 'a transform' : 'a definitionUri'}; this server applies definitionCanonical and dynamicValue`,
      { expression: place },
    );
  if (definitionCanonical === undefined) return undefined;
  if (definitionCanonical.startsWith('#')) return containedDefinition(definitionCanonical, plan, place);
  const lookup =
    definitions.get(definitionCanonical) ?? definitionAt(definitionCanonical, `${place}.definitionCanonical`, context);
  definitions.set(definitionCanonical, lookup);
  return stepDefinition(await lookup, definitionCanonical);
}

function stepDefinition(found: AnyResource, canonical: string | undefined): StepDefinition {
  switch (found.resourceType) {
    case 'ActivityDefinition':
      return { kind: 'activity', canonical, activity: found as unknown as ActivityDefinition };
    case 'PlanDefinition':
      return { kind: 'plan', plan: found as unknown as PlanDefinition };
    default:
      return { kind: 'questionnaire', canonical };
  }
}

const DEFINITIONS: readonly string[] = ['ActivityDefinition', 'PlanDefinition', 'Questionnaire'];

/** A definition that the plan definition contains; a request that comes of it points back where it has a URL. */
function containedDefinition(reference: string, { contained = [] }: PlanDefinition, place: string): StepDefinition {
  const found = contained.find(({ id, resourceType }) => `#${id}` === reference && DEFINITIONS.includes(resourceType));
  if (!found)
    throw unprocessable(
      `${place}.definitionCanonical is ${reference}; the PlanDefinition contains no definition with this id`,
      {
        expression: `${place}.definitionCanonical`,
      },
    );
  const { url, version } = found as { url?: string; version?: string };
  return stepDefinition(
    found as unknown as AnyResource,
    url === undefined ? undefined : formatCanonical({ url, ...(version ? { version } : {}) }),
  );
}

/** When each step is to happen; a relation to an action that does not apply says nothing. */
export function timesOf(
  steps: readonly Step[],
  { start, now, variables }: Situation,
): (step: Step) => When | undefined {
  const patient = variables.get('subject') as unknown as Patient | undefined;
  const flat = flattened(steps);
  const known = new Map<Step, When | undefined>();
  const under = new Set<Step>();
  function timeOf(step: Step): When | undefined {
    if (known.has(step) || under.has(step)) return known.get(step);
    under.add(step);
    const when = own(step) ?? related(step) ?? defined(step);
    under.delete(step);
    known.set(step, when);
    return when;
  }
  const own = ({ action }: Step) => whenOf(action, start, now, patient);
  const defined = ({ definition }: Step) =>
    definition?.kind === 'activity' ? whenOf(definition.activity, start, now, patient) : undefined;
  function related({ action: { relatedAction = [] } }: Step): When | undefined {
    for (const relation of relatedAction) {
      const other = flat.find(({ action }) => action.id !== undefined && action.id === relation.actionId);
      const when = other && whenRelated(relation, timeOf(other), start);
      if (when) return when;
    }
    return undefined;
  }
  return timeOf;
}

const flattened = (steps: readonly Step[]): readonly Step[] =>
  steps.flatMap((step) => [step, ...flattened(step.steps)]);
