/** Reminders to clients, in their language, and notes of calls with them. https://hl7.org/fhir/R4/communication.html */
import type { Communication } from '../../resources/types.ts';
import { dateOf, momentOf } from './calendar.ts';
import { concept } from './coding.ts';
import { idOf, patientReference, randomFor, referenceTo, type Story } from './story.ts';
import type { Visit } from './visits.ts';

/** How many days before a visit its reminder goes out. */
const reminderDays = 2;

function reminder(story: Story, visit: Visit, number: number): Communication {
  const { culture } = story.person;
  return {
    resourceType: 'Communication',
    id: idOf(story, 'reminder', number),
    language: culture.reminder.startsWith('This is') ? 'en' : culture.language,
    status: 'completed',
    category: [concept('communicationCategory', 'reminder', 'Reminder')],
    priority: 'routine',
    medium: [concept('participationMode', 'EMAILWRIT', 'email')],
    subject: patientReference(story),
    about: [referenceTo(story, 'Appointment', 'appointment', visit.number)],
    sent: momentOf(visit.day - reminderDays, 600),
    recipient: [patientReference(story)],
    sender: story.team.coordinator.practitioner,
    payload: [{ contentString: culture.reminder.replace('{date}', dateOf(visit.day)) }],
  };
}

function callNote(story: Story, missed: Visit): Communication {
  const random = randomFor(story, 'call');
  const reached = random.chance(0.7);
  const sent = momentOf(Math.min(story.end, missed.day + 1), 645);
  return {
    resourceType: 'Communication',
    id: idOf(story, 'call'),
    status: reached ? 'completed' : 'not-done',
    ...(reached ? {} : { statusReason: { text: 'Voicemail full' } }),
    category: [concept('communicationCategory', 'notification', 'Notification')],
    medium: [concept('participationMode', 'PHONE', 'telephone')],
    subject: patientReference(story),
    about: [referenceTo(story, 'Appointment', 'appointment', missed.number)],
    ...(reached
      ? {
          sent,
          payload: [
            { contentString: random.pick(['The bus did not come.', 'Felt too low to leave the house.', 'Forgot.']) },
          ],
        }
      : {}),
    recipient: [patientReference(story)],
    sender: story.team.coordinator.practitioner,
  };
}

export function communications(story: Story): Communication[] {
  const random = randomFor(story, 'communications');
  const reminded = random.sample(
    story.visits.filter(
      ({ day, status }) =>
        day - reminderDays >= story.enrolled && day - reminderDays <= story.end && status !== 'entered-in-error',
    ),
    random.integer(0, 2),
  );
  const missed = story.visits.find(({ status }) => status === 'noshow');
  return [...reminded.map((visit, at) => reminder(story, visit, at + 1)), ...(missed ? [callNote(story, missed)] : [])];
}
