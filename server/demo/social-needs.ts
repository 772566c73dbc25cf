/**
 * Social needs: the Hunger Vital Sign at enrolment and again at the last visit, as US Core screening observations; for those at risk
 * a referral to the community kitchen and the Task that follows it. http://hl7.org/fhir/us/sdoh-clinicalcare
 */
import type { CodeableConcept, Observation, ServiceRequest, Task } from '../../resources/types.ts';
import { type Day, dateOf, momentOf } from './calendar.ts';
import { coding, concept } from './coding.ts';
import type { LoincCode } from './phq9.ts';
import { organizationReference } from './practice.ts';
import { type Random, uuid, type Weighted } from './random.ts';
import { idOf, patientReference, randomFor, referenceTo, type Story } from './story.ts';

const items: readonly (readonly [name: string, code: LoincCode])[] = [
  ['hunger-worried', ['88122-7', 'Within the past 12 months we worried whether our food would run out']],
  ['hunger-food-gone', ['88123-5', "Within the past 12 months the food we bought just didn't last"]],
];
const riskCode: LoincCode = ['88124-3', 'Food insecurity risk [HVS]'];

const often: LoincCode = ['LA28397-0', 'Often true'];
const sometimes: LoincCode = ['LA6729-3', 'Sometimes true'];
const never: LoincCode = ['LA28398-8', 'Never true'];

const categories: CodeableConcept[] = [
  concept('observationCategory', 'survey', 'Survey'),
  concept('usCoreCategory', 'sdoh', 'SDOH'),
  concept('sdohCategory', 'food-insecurity', 'Food Insecurity'),
];

/** The two answers and the risk that follows from them: at risk when either is often or sometimes true. */
function hungerVitalSign(story: Story, number: number, day: Day, atRisk: boolean, random: Random): Observation[] {
  const answer = (): LoincCode => (atRisk ? random.pick([often, sometimes]) : never);
  const observed = (name: string, code: LoincCode, value: LoincCode): Observation => ({
    resourceType: 'Observation',
    id: idOf(story, name, number),
    status: 'final',
    category: categories,
    code: concept('loinc', ...code),
    subject: patientReference(story),
    effectiveDateTime: momentOf(day, 600),
    performer: [patientReference(story)],
    valueCodeableConcept: concept('loinc', ...value),
  });
  return [
    ...items.map(([name, code]) => observed(name, code, answer())),
    {
      ...observed('hunger-risk', riskCode, atRisk ? ['LA19952-3', 'At risk'] : ['LA19983-8', 'No risk']),
      derivedFrom: items.map(([name]) => referenceTo(story, 'Observation', name, number)),
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
