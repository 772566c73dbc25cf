/** The Goals of a plan definition for a client: what they address, and targets that are due so long after the plan begins. */
import type {
  Condition,
  Expression,
  Goal,
  GoalTarget,
  PlanDefinitionGoal,
  PlanDefinitionGoalTarget,
} from '../../../resources/types.ts';
import { later } from './dates.ts';
import { plainValue, type Variables } from './evaluation.ts';
import { isSame } from './performer.ts';
import type { Situation } from './situation.ts';

/** https://hl7.org/fhir/R4/extension-cqf-expression.html */
const CQF_EXPRESSION = 'http://hl7.org/fhir/StructureDefinition/cqf-expression';

/** The active Conditions with any of the codes. */
export const addressed = (codes: PlanDefinitionGoal['addresses'], { conditions }: Situation): readonly Condition[] =>
  conditions.filter(({ code }) => code && codes?.some((each) => isSame(code, each)));

/** A goal as a proposal; undefined when it has targets and none of them has a value for this client. */
export async function goalOf(
  definition: PlanDefinitionGoal,
  variables: Variables,
  situation: Situation,
  place: string,
): Promise<Goal | undefined> {
  const { category, description, priority, addresses, target = [] } = definition;
  const targets: GoalTarget[] = [];
  for (const [at, each] of target.entries()) {
    const made = await targetOf(each, variables, situation, `${place}.target[${at}]`);
    if (made) targets.push(made);
  }
  if (target.length > 0 && targets.length === 0) return undefined;
  const problems = addressed(addresses, situation).map(({ id }) => ({ reference: `Condition/${id}` }));
  return {
    resourceType: 'Goal',
    lifecycleStatus: 'proposed',
    ...(category ? { category: [category] } : {}),
    ...(priority ? { priority } : {}),
    description,
    subject: { reference: situation.subject },
    startDate: situation.start,
    ...(targets.length > 0 ? { target: targets } : {}),
    statusDate: situation.start,
    ...(situation.practitioner ? { expressedBy: { reference: situation.practitioner } } : {}),
    ...(problems.length > 0 ? { addresses: problems } : {}),
  };
}

/** Undefined when an expression for the value of the quantity gives nothing. */
async function targetOf(
  { measure, detailQuantity, detailRange, detailCodeableConcept, due }: PlanDefinitionGoalTarget,
  variables: Variables,
  situation: Situation,
  place: string,
): Promise<GoalTarget | undefined> {
  const rest: GoalTarget = {
    ...(measure ? { measure } : {}),
    ...(detailRange ? { detailRange } : {}),
    ...(detailCodeableConcept ? { detailCodeableConcept } : {}),
    ...(due ? { dueDate: later(situation.start, due).slice(0, 10) } : {}),
  };
  if (!detailQuantity) return rest;
  // The types of @types/fhir give `_value` to strings only.
  const { _value, ...quantity } = detailQuantity as typeof detailQuantity & { _value?: Held };
  const expression = _value?.extension?.find(({ url }) => url === CQF_EXPRESSION)?.valueExpression;
  if (!expression) return { ...rest, detailQuantity };
  const [result] = await situation.evaluation.values(expression, variables, `${place}.detail.value`);
  const value = result && Number(plainValue(result));
  return value === undefined || Number.isNaN(value) ? undefined : { ...rest, detailQuantity: { ...quantity, value } };
}

interface Held {
  readonly extension?: readonly { readonly url: string; readonly valueExpression?: Expression }[];
}
