/** Words of appointments. */
import { table } from '../table.ts';
import { hl7, terminology } from './system.ts';

/** https://hl7.org/fhir/R4/valueset-appointmentstatus.html */
export const appointmentStatus = table('appointment-status', `${hl7}/appointmentstatus`, [
  ['proposed', 'proposed', 'Proposed'],
  ['requested', 'pending', 'Pending'],
  ['booked', 'booked', 'Booked'],
  ['arrived', 'arrived', 'Arrived'],
  ['checked-in', 'checked-in', 'Checked In'],
  ['done', 'fulfilled', 'Fulfilled'],
  ['cancelled', 'cancelled', 'Cancelled'],
  ['no-show', 'noshow', 'No Show'],
  ['waitlist', 'waitlist', 'Waitlisted'],
  ['entered-in-error', 'entered-in-error', 'Entered in error'],
]);

/** https://terminology.hl7.org/CodeSystem-v2-0276.html */
export const appointmentKind = table('appointment-kind', `${terminology}/v2-0276`, [
  ['first', 'CHECKUP', 'A routine check-up, such as an annual physical'],
  ['follow-up', 'FOLLOWUP', 'A follow up visit from a previous appointment'],
  ['routine', 'ROUTINE', 'Routine appointment - default if not valued'],
  ['walk-in', 'WALKIN', 'A previously unscheduled walk-in visit'],
  ['emergency', 'EMERGENCY', 'Emergency appointment'],
]);

export const modality = table('modality', `${terminology}/v3-ActCode`, [
  ['in-person', 'AMB', 'ambulatory'],
  ['video', 'VR', 'virtual'],
  ['home-visit', 'HH', 'home health'],
  ['field', 'FLD', 'field'],
]);

/** https://hl7.org/fhir/R4/valueset-participationstatus.html */
export const response = table('response', `${hl7}/participationstatus`, [
  ['accepted', 'accepted', 'Accepted'],
  ['declined', 'declined', 'Declined'],
  ['tentative', 'tentative', 'Tentative'],
  ['waiting', 'needs-action', 'Needs Action'],
]);

/** https://hl7.org/fhir/R4/valueset-participantrequired.html */
export const needed = table('needed', `${hl7}/participantrequired`, [
  ['required', 'required', 'Required'],
  ['optional', 'optional', 'Optional'],
  ['for-information', 'information-only', 'Information Only'],
]);

export const channel = table('channel', `${hl7}/contact-point-system`, [
  ['phone', 'phone', 'Phone'],
  ['text-message', 'sms', 'SMS'],
  ['email', 'email', 'Email'],
  ['letter', 'other', 'Other'],
]);
