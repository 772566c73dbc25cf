/**
 * Social needs: the Hunger Vital Sign at enrolment and again at the last visit, as US Core screening observations; for those at risk
 * a referral to the community kitchen and the Task that follows it. http://hl7.org/fhir/us/sdoh-clinicalcare
 */
import { hungerVitalSign as instrument } from '../../resources/questionnaire-response/hunger-vital-sign.ts';
import type { InstrumentCode } from '../../resources/questionnaire-response/instrument.ts';
import type { CodeableConcept, Observation, ServiceRequest, Task } from '../../resources/types.ts';
import { type Day, dateOf, momentOf } from './calendar.ts';
import { coding, concept, loinc } from './coding.ts';
import { organizationReference } from './practice.ts';
import { type Random, uuid, type Weighted } from './random.ts';
import { idOf, patientReference, randomFor, referenceTo, type Story } from './story.ts';

/** By the names in the ids of their Observations. */
const items = ['hunger-worried', 'hunger-food-gone'].flatMap((name, at) => {
  const item = instrument.items[at];
  return item ? [{ name, item }] : [];
});

const categories: CodeableConcept[] = [
  concept('observationCategory', 'survey', 'Survey'),
  concept('usCoreCategory', 'sdoh', 'SDOH'),
  concept('sdohCategory', 'food-insecurity', 'Food Insecurity'),
];

/** The two answers and the risk that follows from them: at risk when either is often or sometimes true. */
function hungerVitalSign(story: Story, number: number, day: Day, atRisk: boolean, random: Random): Observation[] {
  const observed = (name: string, code: InstrumentCode, value: InstrumentCode): Observation => ({
    resourceType: 'Observation',
    id: idOf(story, name, number),
    status: 'final',
    category: categories,
    code: loinc(code),
    subject: patientReference(story),
    effectiveDateTime: momentOf(day, 600),
    performer: [patientReference(story)],
    valueCodeableConcept: loinc(value),
  });
  return [
    ...items.map(({ name, item }) =>
      observed(
        name,
        item,
        random.pick(item.options.filter(({ weight }) => (weight === undefined ? false : weight > 0 === atRisk))),
      ),
    ),
    {
      ...observed('hunger-risk', instrument.total, instrument.bands[atRisk ? 1 : 0] ?? instrument.total),
      derivedFrom: items.map(({ name }) => referenceTo(story, 'Observation', name, number)),
    },
  ];
}

export function socialNeeds(story: Story): Observation[] {
  const random = randomFor(story, 'social-needs');
  const last = story.screenings.at(-1)?.day ?? story.end;
  const again = random.chance(0.4);
  return [
    ...hungerVitalSign(story, 1, story.enrolled, story.foodInsecure, random),
    ...(again ? hungerVitalSign(story, 2, last, story.foodInsecure && random.chance(0.5), random) : []),
  ];
}

type Outcome = readonly [order: ServiceRequest['status'], task: Task['status']];

const outcomes: Weighted<Outcome> = [
  [['completed', 'completed'], 55],
  [['active', 'accepted'], 18],
  [['active', 'requested'], 14],
  [['revoked', 'rejected'], 8],
  [['revoked', 'cancelled'], 5],
];

const closed: ReadonlySet<Task['status']> = new Set(['completed', 'rejected', 'cancelled']);

/** The referral to the community kitchen, and the Task by which both sides follow it. */
export function foodReferral(story: Story): (ServiceRequest | Task)[] {
  if (!story.foodInsecure) return [];
  const random = randomFor(story, 'food-referral');
  const [order, told] = random.weighted(outcomes);
  const status = story.deceased && !closed.has(told) ? 'cancelled' : told;
  const authored = momentOf(story.enrolled, 640);
  const changed = closed.has(status) ? momentOf(story.enrolled + random.integer(3, 60), 700) : authored;
  const shared = {
    authoredOn: authored,
    requester: story.team.coordinator.practitioner,
    intent: 'order' as const,
    priority: 'routine' as const,
  };
  return [
    {
      resourceType: 'ServiceRequest',
      id: idOf(story, 'food-referral'),
      ...shared,
      identifier: [{ system: 'urn:ietf:rfc:3986', value: `urn:uuid:${uuid(random)}` }],
      status: status === 'cancelled' ? 'revoked' : order,
      category: [{ coding: [coding('sdohCategory', 'food-insecurity', 'Food Insecurity')] }],
      code: concept('snomed', '713109004', 'Referral to community meals service (procedure)'),
      subject: patientReference(story),
      performer: [organizationReference('harvest-table')],
      reasonReference: [referenceTo(story, 'Condition', 'food-insecurity')],
      supportingInfo: [referenceTo(story, 'Observation', 'hunger-risk', 1)],
    },
    {
      resourceType: 'Task',
      id: idOf(story, 'food-referral-task'),
      ...shared,
      status,
      ...(status === 'rejected' ? { statusReason: { text: 'No delivery to this address' } } : {}),
      ...(status === 'cancelled' ? { statusReason: { text: 'No longer needed' } } : {}),
      code: concept('taskCode', 'fulfill', 'Fulfill the focal request'),
      focus: referenceTo(story, 'ServiceRequest', 'food-referral'),
      for: patientReference(story),
      lastModified: changed,
      owner: organizationReference('harvest-table'),
      restriction: { period: { end: dateOf(story.enrolled + 30) } },
      ...(status === 'completed'
        ? {
            output: [
              { type: { text: 'What was done' }, valueString: 'Weekly meal boxes, for as long as they are wanted' },
            ],
          }
        : {}),
    },
  ];
}
