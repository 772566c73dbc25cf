/** The Appointments of a client, one for each visit of the story. https://hl7.org/fhir/R4/appointment.html */
import type { Appointment, AppointmentParticipant, CodeableConcept } from '../../resources/types.ts';
import { momentOf, workdayUpTo } from './calendar.ts';
import { concept, identifierSystem } from './coding.ts';
import type { Random } from './random.ts';
import { idOf, patientReference, randomFor, referenceTo, type Story } from './story.ts';
import type { Visit } from './visits.ts';

const purposes: Readonly<Record<Visit['with'], string>> = {
  coordinator: 'Care coordination check-in',
  primaryCare: 'Primary care visit',
  therapist: 'Psychotherapy session',
};

const cancellations: readonly (readonly [code: string, display: string])[] = [
  ['pat', 'Patient'],
  ['pat-fb', 'Patient: Feeling Better'],
  ['pat-lt', 'Patient: Lack of Transportation'],
  ['prov-pers', 'Provider: Personal'],
  ['oth-int', 'Other: No Interpreter Available'],
  ['oth-weath', 'Other: Weather'],
];

type Answers = readonly [client: AppointmentParticipant['status'], colleague: AppointmentParticipant['status']];

/** What the client and the colleague have answered to the invitation, by the status of the appointment. */
const answers: Readonly<Record<Appointment['status'], Answers>> = {
  proposed: ['needs-action', 'needs-action'],
  pending: ['tentative', 'accepted'],
  booked: ['accepted', 'accepted'],
  arrived: ['accepted', 'accepted'],
  fulfilled: ['accepted', 'accepted'],
  cancelled: ['declined', 'accepted'],
  noshow: ['accepted', 'accepted'],
  'entered-in-error': ['needs-action', 'needs-action'],
  'checked-in': ['accepted', 'accepted'],
  waitlist: ['tentative', 'needs-action'],
};

/** Given for cancelled appointments alone: invariant app-4 as published spells the other status `no-show`, which no code is. */
function reasonFor({ status }: Visit, random: Random): { cancelationReason?: CodeableConcept } {
  return status === 'cancelled' ? { cancelationReason: concept('cancellation', ...random.pick(cancellations)) } : {};
}

function appointment(story: Story, visit: Visit): Appointment {
  const random = randomFor(story, `appointment-${visit.number}`);
  const colleague = story.team[visit.with];
  const [client, other] = answers[visit.status];
  // Asked for some days before, and never before the client was known or after the story is told.
  const created = workdayUpTo(Math.max(story.enrolled, Math.min(visit.day - random.integer(2, 28), story.end)));
  return {
    resourceType: 'Appointment',
    id: idOf(story, 'appointment', visit.number),
    identifier: [{ system: identifierSystem.appointment, value: idOf(story, 'A', visit.number) }],
    status: visit.status,
    ...reasonFor(visit, random),
    serviceType: [{ text: purposes[visit.with] }],
    appointmentType:
      visit.number === 1
        ? concept('appointmentReason', 'CHECKUP', 'A routine check-up, such as an annual physical')
        : concept('appointmentReason', 'FOLLOWUP', 'A follow up visit from a previous appointment'),
    reasonReference: [referenceTo(story, 'Condition', 'condition', 1)],
    priority: random.chance(0.1) ? 1 : 5,
    description: purposes[visit.with] + (visit.virtual ? ' by video' : ''),
    start: momentOf(visit.day, visit.minute),
    end: momentOf(visit.day, visit.minute + visit.lengthMinutes),
    minutesDuration: visit.lengthMinutes,
    created: momentOf(created, 0).slice(0, 10),
    ...(random.chance(0.2) ? { comment: 'Please ask about transport & medication refills.' } : {}),
    participant: [
      { actor: patientReference(story), required: 'required', status: client },
      { actor: colleague.practitioner, required: 'required', status: other },
      ...(visit.virtual
        ? []
        : [{ actor: { reference: 'Location/palo-verde-clinic' }, required: 'required' as const, status: other }]),
      ...(story.person.interpreter
        ? [
            {
              type: [concept('participation', 'SPRF', 'secondary performer', 'Interpreter')],
              required: 'required' as const,
              status: other,
            },
          ]
        : []),
    ],
  };
}

export const appointments = (story: Story): Appointment[] => story.visits.map((visit) => appointment(story, visit));
