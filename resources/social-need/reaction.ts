/**
 * A positive screening for a social need leads to a Condition, a goal, a request for help and its Task; or, when the client wants no help, to a record of
 * that. A client has one open need of a kind: a further screening is noted on it. Correcting the answers corrects what followed, unless somebody works on
 * it already; a later screening that is negative closes nothing. http://hl7.org/fhir/us/sdoh-clinicalcare
 */
import { responsesToIntake } from '../intake/intake.ts';
import { type DerivedObservation, enteredInError, restated } from '../observation/restated.ts';
import { patientOf } from '../patient-reference.ts';
import { responsesTo } from '../questionnaire-response/counted.ts';
import { hungerVitalSign } from '../questionnaire-response/hunger-vital-sign.ts';
import type { Derived, Facts, Reacting, Reaction } from '../reaction.ts';
import type { Observation } from '../types.ts';
import type { Domain } from './domain.ts';
import { correct, meet, type Scene, sayNegative, sceneOf } from './follow.ts';
import { prapareIn, responsesToPrapare } from './prapare-answers.ts';
import { ownObservationIds, type Screening, screeningsIn } from './screening.ts';

/** The triggers of the rule: our intake, the Hunger Vital Sign, and PRAPARE. `dueDays`: so soon a request for help is met. */
export const socialNeeds = ({ dueDays }: { readonly dueDays: number }): readonly Reaction[] =>
  [responsesToIntake, responsesTo((instrument) => instrument === hungerVitalSign), responsesToPrapare].map((on) => ({
    name: 'social-need',
    on,
    derive: (change, facts) => derive(change, facts, dueDays),
  }));

async function derive(change: Reacting, facts: Facts, dueDays: number): Promise<readonly Derived[]> {
  const { before, after } = change;
  const patient = patientOf(after ?? before);
  if (!patient) return [];
  const time = await timeOf(change, facts);
  const now = await screeningsIn(after, time, facts);
  const former = await screeningsIn(before, time, facts);
  const all = [...new Map([...(former ?? []), ...(now ?? [])]).values()].map(({ domain }) => domain);
  const derived: Derived[] = [...((await prapareIn(after, facts))?.unknown ?? [])];
  if (all.length === 0) return derived;
  const scene = await sceneOf(change, patient, all, dueDays, facts);
  for (const domain of all) {
    const [is, was] = [now?.get(domain.code), former?.get(domain.code)];
    derived.push(...(await observed(is, was, facts)), ...(await follow(domain, is, was, scene)));
  }
  return derived;
}

/** When a response that does not say it was answered: at its first screening. */
async function timeOf({ id, after, instant }: Reacting, facts: Facts): Promise<string> {
  if (typeof after?.authored === 'string') return instant;
  for (const own of ownObservationIds(after, id)) {
    const found = await facts.get('Observation', own);
    const issued = (found as unknown as Observation | undefined)?.issued;
    if (issued) return issued;
  }
  return instant;
}

/** What the response says of the need, as an Observation; none where the score has it. */
async function observed(
  is: Screening | undefined,
  was: Screening | undefined,
  facts: Facts,
): Promise<readonly Derived[]> {
  const id = (is?.observation ?? was?.observation)?.id;
  if (id === undefined) return [];
  const current = (await facts.get('Observation', id)) as unknown as DerivedObservation | undefined;
  if (is?.observation) return [restated(is.observation, current)];
  return current ? [enteredInError(current)] : [];
}

function follow(
  domain: Domain,
  is: Screening | undefined,
  was: Screening | undefined,
  scene: Scene,
): Promise<readonly Derived[]> | readonly Derived[] {
  if (is?.isPositive) return meet(is, was, scene);
  if (was?.isPositive) return correct(was, scene);
  return is ? sayNegative(domain, scene) : [];
}
