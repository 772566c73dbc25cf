/** Words of what passes between people: hand-offs, referrals, contacts. */
import { table } from '../table.ts';
import { hl7, terminology } from './system.ts';

/** https://hl7.org/fhir/R4/valueset-task-status.html */
export const handoffStatus = table(
  'handoff-status',
  `${hl7}/task-status`,
  [
    ['draft', 'draft', 'Draft'],
    ['asked', 'requested', 'Requested'],
    ['asked', 'received', 'Received'],
    ['accepted', 'accepted', 'Accepted'],
    ['accepted', 'ready', 'Ready'],
    ['declined', 'rejected', 'Rejected'],
    ['in-progress', 'in-progress', 'In Progress'],
    ['paused', 'on-hold', 'On Hold'],
    ['completed', 'completed', 'Completed'],
    ['failed', 'failed', 'Failed'],
    ['cancelled', 'cancelled', 'Cancelled'],
    ['entered-in-error', 'entered-in-error', 'Entered in Error'],
  ],
  'received and ready are read as asked and accepted: our hand-off profile does not use them',
);

/** https://hl7.org/fhir/R4/valueset-request-priority.html */
export const urgency = table('urgency', `${hl7}/request-priority`, [
  ['routine', 'routine', 'Routine'],
  ['soon', 'asap', 'ASAP'],
  ['urgent', 'urgent', 'Urgent'],
  ['emergency', 'stat', 'STAT'],
]);

/** https://hl7.org/fhir/R4/valueset-request-status.html */
export const referralStatus = table('referral-status', `${hl7}/request-status`, [
  ['draft', 'draft', 'Draft'],
  ['open', 'active', 'Active'],
  ['paused', 'on-hold', 'On Hold'],
  ['cancelled', 'revoked', 'Revoked'],
  ['completed', 'completed', 'Completed'],
  ['entered-in-error', 'entered-in-error', 'Entered in Error'],
  ['unknown', 'unknown', 'Unknown'],
]);

/** https://hl7.org/fhir/R4/valueset-event-status.html */
export const contactStatus = table('contact-status', `${hl7}/event-status`, [
  ['planned', 'preparation', 'Preparation'],
  ['in-progress', 'in-progress', 'In Progress'],
  ['not-reached', 'not-done', 'Not Done'],
  ['paused', 'on-hold', 'On Hold'],
  ['stopped', 'stopped', 'Stopped'],
  ['done', 'completed', 'Completed'],
  ['entered-in-error', 'entered-in-error', 'Entered in Error'],
  ['unknown', 'unknown', 'Unknown'],
]);

/** https://terminology.hl7.org/CodeSystem-v3-ParticipationMode.html */
export const medium = table('medium', `${terminology}/v3-ParticipationMode`, [
  ['phone', 'PHONE', 'telephone'],
  ['chat', 'ONLINEWRIT', 'online written'],
  ['email', 'EMAILWRIT', 'email'],
  ['video', 'VIDEOCONF', 'videoconferencing'],
  ['in-person', 'FACE', 'face-to-face'],
  ['letter', 'MAILWRIT', 'mail'],
]);
