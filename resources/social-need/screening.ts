/**
 * What a response says about social needs: for each need that it asks about whether it is there, and whether help is wanted. Our intake, the Hunger
 * Vital Sign and PRAPARE are read. https://hl7.org/fhir/us/core/StructureDefinition-us-core-observation-screening-assessment.html
 */
import { type Answers, INTAKE_ANSWER, intakeIn } from '../intake/intake.ts';
import type { DerivedObservation } from '../observation/restated.ts';
import { counted, instrumentOf } from '../questionnaire-response/counted.ts';
import { hungerVitalSign } from '../questionnaire-response/hunger-vital-sign.ts';
import { LOINC } from '../questionnaire-response/instrument.ts';
import { circumstances, observationId, survey } from '../questionnaire-response/observations.ts';
import { derivedId, type Facts } from '../reaction.ts';
import type { AnyResource, CodeableConcept } from '../types.ts';
import { categoryOf, type Domain, domains, type IntakeDomain } from './domain.ts';
import { prapareDomains } from './prapare.ts';
import { isPrapare, type PrapareAnswers, prapareIn, toldOf } from './prapare-answers.ts';

/** `not-asked` where the form has no such question: somebody has to ask. */
export type Help = 'wants-help' | 'has-help' | 'declines-help' | 'not-asked';

export interface Screening {
  readonly domain: Domain;
  readonly isPositive: boolean;
  readonly help: Help;
  /** The Observation that tells it, as a reference. */
  readonly evidence: string;
  /** The Observation itself, where no other rule makes it. */
  readonly observation?: DerivedObservation;
}

/** By the code of the need; undefined when there is no response that counts. */
export type Screenings = ReadonlyMap<string, Screening>;

export async function screeningsIn(
  image: AnyResource | undefined,
  instant: string,
  facts: Facts,
): Promise<Screenings | undefined> {
  const intake = intakeIn(image);
  if (intake) return byCode(domains.flatMap((domain) => ofIntake(domain, intake, instant)));
  const prapare = await prapareIn(image, facts);
  if (prapare) return byCode(prapareDomains.flatMap((domain) => ofPrapare(domain, prapare, instant)));
  return instrumentOf(image) === hungerVitalSign ? ofHunger(image, facts) : undefined;
}

const byCode = (all: readonly Screening[]): Screenings => new Map(all.map((each) => [each.domain.code, each]));

const food = domains.filter(({ code }) => code === 'food-insecurity');

async function ofHunger(image: AnyResource | undefined, facts: Facts): Promise<Screenings | undefined> {
  const form = await counted(image, facts);
  if (!form) return undefined;
  const { total } = form.score;
  if (total === undefined) return new Map();
  const evidence = `Observation/${observationId(hungerVitalSign, 'total', form.response.id ?? '')}`;
  const isPositive = total >= (hungerVitalSign.positive?.from ?? 1);
  return byCode(food.map((domain) => ({ domain, isPositive, help: 'not-asked', evidence })));
}

function ofIntake(domain: IntakeDomain, answers: Answers, instant: string): readonly Screening[] {
  const isPositive = answers.boolean(domain.linkId);
  if (isPositive === undefined) return [];
  const observation = observed(domain, isPositive, answers, instant);
  const evidence = `Observation/${observation.id}`;
  return [{ domain, isPositive, help: helpOf(domain, answers), evidence, observation }];
}

function helpOf({ linkId }: IntakeDomain, answers: Answers): Help {
  const codes = answers.codings(`${linkId}.help`).flatMap(({ system, code }) => (system === INTAKE_ANSWER ? code : []));
  const help = codes[0];
  return help === 'wants-help' || help === 'has-help' || help === 'declines-help' ? help : 'not-asked';
}

const intakeObservationId = (domain: Domain, responseId: string): string =>
  derivedId('intake', domain.code, responseId);

const prapareObservationId = (domain: Domain, responseId: string): string =>
  derivedId('prapare', domain.code, responseId);

/** The ids of the Observations that this rule may make of a response. */
export function ownObservationIds(image: AnyResource | undefined, responseId: string): readonly string[] {
  if (intakeIn(image)) return domains.map((domain) => intakeObservationId(domain, responseId));
  return isPrapare(image) ? prapareDomains.map((domain) => prapareObservationId(domain, responseId)) : [];
}

const sdoh: CodeableConcept = {
  coding: [{ system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-category', code: 'sdoh', display: 'SDOH' }],
};

function observed(domain: Domain, value: boolean, { response }: Answers, instant: string): DerivedObservation {
  return {
    resourceType: 'Observation',
    id: intakeObservationId(domain, response.id ?? ''),
    ...circumstances(response, instant),
    status: response.status === 'amended' ? 'amended' : 'final',
    category: [survey, sdoh, { coding: [categoryOf(domain)] }],
    code: { coding: [categoryOf(domain)], text: `${domain.display}, asked at intake` },
    valueBoolean: value,
  };
}

function ofPrapare(domain: Domain, answers: PrapareAnswers, instant: string): readonly Screening[] {
  const told = toldOf(domain, answers);
  if (!told) return [];
  const { response } = answers;
  const id = prapareObservationId(domain, response.id ?? '');
  const screening: Screening = { domain, isPositive: false, help: 'not-asked', evidence: `Observation/${id}` };
  if (told.positive.length === 0) return [screening];
  const code: CodeableConcept = {
    coding: [{ system: LOINC, code: told.question }],
    text: `${domain.display}, asked by PRAPARE`,
  };
  const values = told.positive.map((coding) => ({ valueCodeableConcept: { coding: [coding] } }));
  const observation: DerivedObservation = {
    resourceType: 'Observation',
    id,
    ...circumstances(response, instant),
    status: response.status === 'amended' ? 'amended' : 'final',
    category: [survey, socialHistory, sdoh, { coding: [categoryOf(domain)] }],
    code,
    ...(values.length === 1 ? values[0] : { component: values.map((value) => ({ code, ...value })) }),
  };
  return [{ ...screening, isPositive: true, observation }];
}

const socialHistory: CodeableConcept = {
  coding: [
    {
      system: 'http://terminology.hl7.org/CodeSystem/observation-category',
      code: 'social-history',
      display: 'Social History',
    },
  ],
};
