/** Which care plan a goal of a client joins: the one that is named, or the only active one. None is guessed. https://hl7.org/fhir/R4/careplan.html */
import { localId } from '../local-reference.ts';
import { patientOf, searchValue } from '../patient-reference.ts';
import type { Derived, Facts } from '../reaction.ts';
import type { CarePlan, Reference } from '../types.ts';

export type StoredPlan = CarePlan & { readonly id: string };

/** The plan; or, as a sentence, why there is none. */
export type Choice = { readonly plan: StoredPlan } | { readonly none: string };

const NOT_ENDED: readonly string[] = ['draft', 'active', 'on-hold'];

/** The plan for `goal` (`Goal/1`) of `patient` (`Patient/1`); `named` is what a person has named. */
export async function planOfGoal(
  goal: string,
  patient: string,
  named: readonly Reference[],
  facts: Facts,
): Promise<Choice> {
  const ids = named.flatMap((reference) => localId(reference, 'CarePlan') ?? []);
  if (ids.length > 0) return namedPlan(ids, patient, facts);
  const plans = (await facts.find(
    `CarePlan?subject=${searchValue(patient)}&status=active`,
  )) as unknown as readonly StoredPlan[];
  const holding = plans.find((plan) => hasGoal(plan, goal));
  const plan = holding ?? (plans.length === 1 ? plans[0] : undefined);
  if (plan) return { plan };
  if (plans.length === 0) return { none: 'The client has no active care plan' };
  const names = plans.map(({ id }) => `CarePlan/${id}`).sort();
  return { none: `The client has ${plans.length} active care plans (${names.join(', ')})` };
}

async function namedPlan(ids: readonly string[], patient: string, facts: Facts): Promise<Choice> {
  const [id = '', ...more] = new Set(ids);
  if (more.length > 0) return { none: `${more.length + 1} care plans are named` };
  const found = await facts.get('CarePlan', id);
  const plan = found as unknown as StoredPlan | undefined;
  if (!plan || patientOf(found) !== patient) return { none: `CarePlan/${id} is no plan of this client` };
  return NOT_ENDED.includes(plan.status) ? { plan } : { none: `CarePlan/${id} is ${plan.status}` };
}

const hasGoal = ({ goal = [] }: CarePlan, wanted: string): boolean =>
  goal.some(({ reference }) => reference === wanted);

/** The plan with the goal; nothing when it has it. */
export const withGoal = (plan: StoredPlan, goal: string): readonly Derived[] =>
  hasGoal(plan, goal)
    ? []
    : [{ kind: 'put', resource: { ...plan, goal: [...(plan.goal ?? []), { reference: goal }] } }];
