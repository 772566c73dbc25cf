/** Referrals of a client within the practice. https://hl7.org/fhir/R4/servicerequest.html */
import type { ServiceRequest } from '../../resources/types.ts';
import { momentOf } from './calendar.ts';
import { concept } from './coding.ts';
import type { Colleague } from './practice.ts';
import { idOf, patientReference, randomFor, referenceTo, type Story } from './story.ts';

function referral(story: Story, name: string, to: Colleague, code: ServiceRequest['code']): ServiceRequest {
  const random = randomFor(story, name);
  return {
    resourceType: 'ServiceRequest',
    id: idOf(story, name),
    status: story.deceased ? 'revoked' : random.chance(0.6) ? 'completed' : 'active',
    intent: 'order',
    category: [concept('snomed', '409063005', 'Counselling')],
    priority: random.chance(0.15) ? 'urgent' : 'routine',
    code,
    subject: patientReference(story),
    encounter: referenceTo(story, 'Encounter', 'encounter', 1),
    authoredOn: momentOf(story.enrolled, 660),
    requester: story.team.primaryCare.practitioner,
    performer: [to.practitionerRole],
    reasonReference: [referenceTo(story, 'Condition', 'condition', 1)],
  };
}

/** To the therapist always; to the psychiatrist where there is one. */
export const referrals = (story: Story): ServiceRequest[] => [
  referral(
    story,
    'therapy-referral',
    story.team.therapist,
    concept('snomed', '308459004', 'Referral to psychologist (procedure)'),
  ),
  ...(story.team.psychiatrist
    ? [
        referral(
          story,
          'psychiatry-referral',
          story.team.psychiatrist,
          concept('snomed', '308477009', 'Referral to psychiatrist (procedure)'),
        ),
      ]
    : []),
];
