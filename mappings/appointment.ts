/** Appointment <-> Appointment. https://hl7.org/fhir/R4/appointment.html */
import { dateTime, instant, positiveInteger, reference, text } from './codec.ts';
import { type Condition, test } from './condition.ts';
import { element, extension } from './element.ts';
import { mapping } from './mapping.ts';
import type { Appointment, Attendance } from './model.ts';
import { attendee, EXTENSION, ours, part } from './parts.ts';
import { list, record, required, rule } from './rule.ts';
import { anyConcept, coded, concept } from './table.ts';
import { appointmentKind, appointmentStatus, channel, modality, needed, response } from './words.ts';

/** The participant who is the client: the one whose actor is a Patient. */
const isClient: Condition = { kind: 'refers', element: 'actor', type: 'Patient' };
const actorIsPatient = test('actorIsPatient', isClient);
const isAnother = test('isAnother', { kind: 'not', condition: isClient });

const attendance = record<Attendance>({
  who: rule(element('actor'), attendee, 'A person, place, service or device.'),
  response: required(element('status'), coded(response), 'What they have answered.'),
  needed: rule(element('required'), coded(needed), 'Whether it can be without them.'),
});

const span = record<{ readonly start?: string; readonly end?: string }>({
  start: rule(element('start'), dateTime, 'From when.'),
  end: rule(element('end'), dateTime, 'Until when.'),
});

const reminder = record<NonNullable<Appointment['reminders']>[number]>({
  at: part('at', 'valueInstant', instant, 'When it is sent.', true),
  by: part('by', 'valueCode', coded(channel), 'How it is sent.'),
});

export const appointment = mapping<Appointment>({
  name: 'Appointment',
  title: 'Appointment',
  doc: 'A visit of one client: when, how, with whom, and what became of it.',
  plural: 'appointments',
  type: 'Appointment',
  profile: `${EXTENSION}/appointment`,
  rules: {
    clientId: required(
      element('participant', actorIsPatient, 'actor'),
      reference('Patient', '[^\\s]*/Patient/[^\\s]*'),
      'Who comes.',
    ),
    clientResponse: required(
      element('participant', actorIsPatient, 'status'),
      coded(response),
      'What the client has answered to the invitation.',
    ),
    status: required(element('status'), coded(appointmentStatus), 'Where it stands.'),
    kind: rule(element('appointmentType'), concept(appointmentKind), 'What kind of visit it is.'),
    modality: ours('appointment-modality', 'valueCode', coded(modality), 'How client and team meet.'),
    title: rule(element('description'), text, 'What it is, in a line.'),
    reason: rule(element('reasonCode', {}, 'text'), text, 'Why the client comes.'),
    start: rule(element('start'), instant, 'Begin.'),
    end: rule(element('end'), instant, 'End.'),
    minutes: rule(element('minutesDuration'), positiveInteger, 'Length in minutes, where it is not from begin to end.'),
    created: rule(element('created'), dateTime, 'When it was asked for.'),
    attendees: rule(
      element('participant'),
      list(attendance, { accepts: isAnother, key: ({ who }) => who }),
      'Who and what else takes part: staff, family, the place.',
    ),
    requestedTimes: rule(element('requestedPeriod'), list(span), 'Times that would suit the client.'),
    reminders: rule(
      element('extension'),
      list(reminder, { where: { url: `${EXTENSION}/appointment-reminder` }, key: ({ at }) => at }),
      'Reminders that are planned or sent.',
    ),
    cancellation: rule(element('cancelationReason'), anyConcept, 'Why it was cancelled or missed.'),
    rescheduledFromId: rule(
      extension(`${EXTENSION}/appointment-rescheduled-from`, 'valueReference'),
      reference('Appointment'),
      'The appointment that it replaces.',
    ),
    comment: rule(element('comment'), text, 'Remarks for the team.'),
    instructions: rule(element('patientInstruction'), text, 'What the client should know or bring.'),
  },
});
