/** The words of the model for codes of FHIR: one table for each enumeration. Each becomes a ConceptMap. */
import { BASE } from '../resources/publication.ts';
import { table } from './table.ts';

const hl7 = 'http://hl7.org/fhir';
const terminology = 'http://terminology.hl7.org/CodeSystem';
const LOINC = 'http://loinc.org';
const SNOMED = 'http://snomed.info/sct';
const OURS = `${BASE}/CodeSystem`;

/** https://hl7.org/fhir/R4/valueset-administrative-gender.html */
export const sex = table('sex', `${hl7}/administrative-gender`, [
  ['female', 'female', 'Female'],
  ['male', 'male', 'Male'],
  ['another', 'other', 'Other'],
  ['unknown', 'unknown', 'Unknown'],
]);

/** US Core birth sex: a code without system in the extension. */
export const birthSex = table('birth-sex', `${terminology}/v3-AdministrativeGender`, [
  ['female', 'F', 'Female'],
  ['male', 'M', 'Male'],
  ['unknown', 'UNK', 'Unknown', `${terminology}/v3-NullFlavor`],
]);

/** https://hl7.org/fhir/R4/valueset-contact-point-use.html */
export const contactUse = table('contact-use', `${hl7}/contact-point-use`, [
  ['home', 'home', 'Home'],
  ['work', 'work', 'Work'],
  ['mobile', 'mobile', 'Mobile'],
  ['temporary', 'temp', 'Temp'],
  ['former', 'old', 'Old'],
]);

/** https://hl7.org/fhir/R4/valueset-address-use.html */
export const addressUse = table('address-use', `${hl7}/address-use`, [
  ['home', 'home', 'Home'],
  ['work', 'work', 'Work'],
  ['temporary', 'temp', 'Temporary'],
  ['former', 'old', 'Old / Incorrect'],
  ['billing', 'billing', 'Billing'],
]);

/** Who an emergency contact is to the client. https://terminology.hl7.org/CodeSystem-v3-RoleCode.html */
export const relation = table('relation', `${terminology}/v3-RoleCode`, [
  ['spouse', 'SPS', 'spouse'],
  ['partner', 'DOMPART', 'domestic partner'],
  ['mother', 'MTH', 'mother'],
  ['father', 'FTH', 'father'],
  ['parent', 'PRN', 'parent'],
  ['daughter', 'DAU', 'natural daughter'],
  ['son', 'SON', 'natural son'],
  ['child', 'CHILD', 'child'],
  ['sister', 'SIS', 'sister'],
  ['brother', 'BRO', 'brother'],
  ['sibling', 'SIB', 'sibling'],
  ['grandparent', 'GRPRN', 'grandparent'],
  ['guardian', 'GUARD', 'guardian'],
  ['neighbor', 'NBOR', 'neighbor'],
  ['friend', 'FRND', 'unrelated friend'],
  ['roommate', 'ROOM', 'Roommate'],
]);

export const sharing = table('sharing', `${OURS}/sharing`, [
  ['agreed', 'agreed', 'Agreed'],
  ['limited', 'limited', 'Agreed with limits'],
  ['refused', 'refused', 'Refused'],
  ['not-asked', 'not-asked', 'Not asked yet'],
]);

export const enrolment = table('enrolment', `${OURS}/enrolment`, [
  ['referred', 'referred', 'Referred'],
  ['enrolled', 'enrolled', 'Enrolled'],
  ['paused', 'paused', 'Paused'],
  ['graduated', 'graduated', 'Graduated'],
  ['declined', 'declined', 'Declined'],
  ['lost', 'lost', 'Lost to follow-up'],
  ['transferred', 'transferred', 'Transferred'],
  ['deceased', 'deceased', 'Deceased'],
]);

export const riskTier = table('risk-tier', `${OURS}/risk-tier`, [
  ['low', 'low', 'Low'],
  ['rising', 'rising', 'Rising'],
  ['high', 'high', 'High'],
  ['crisis', 'crisis', 'In crisis'],
]);

/** https://hl7.org/fhir/R4/valueset-request-status.html */
export const planStatus = table('plan-status', `${hl7}/request-status`, [
  ['draft', 'draft', 'Draft'],
  ['active', 'active', 'Active'],
  ['paused', 'on-hold', 'On Hold'],
  ['ended-early', 'revoked', 'Revoked'],
  ['completed', 'completed', 'Completed'],
  ['entered-in-error', 'entered-in-error', 'Entered in Error'],
  ['unknown', 'unknown', 'Unknown'],
]);

/** https://hl7.org/fhir/R4/valueset-care-plan-activity-status.html */
export const activityStatus = table('activity-status', `${hl7}/care-plan-activity-status`, [
  ['planned', 'not-started', 'Not Started'],
  ['scheduled', 'scheduled', 'Scheduled'],
  ['in-progress', 'in-progress', 'In Progress'],
  ['paused', 'on-hold', 'On Hold'],
  ['done', 'completed', 'Completed'],
  ['cancelled', 'cancelled', 'Cancelled'],
  ['stopped', 'stopped', 'Stopped'],
  ['unknown', 'unknown', 'Unknown'],
  ['entered-in-error', 'entered-in-error', 'Entered in Error'],
]);

/** UCUM units of time, as a Timing repeats. https://hl7.org/fhir/R4/valueset-units-of-time.html */
export const periodUnit = table('period-unit', 'http://unitsofmeasure.org', [
  ['hour', 'h', 'hour'],
  ['day', 'd', 'day'],
  ['week', 'wk', 'week'],
  ['month', 'mo', 'month'],
  ['year', 'a', 'year'],
]);

/** https://hl7.org/fhir/R4/valueset-quantity-comparator.html */
export const comparator = table('comparator', `${hl7}/quantity-comparator`, [
  ['below', '<', 'Less than'],
  ['at-most', '<=', 'Less or Equal to'],
  ['at-least', '>=', 'Greater or Equal to'],
  ['above', '>', 'Greater than'],
]);

/** https://hl7.org/fhir/R4/valueset-goal-status.html */
export const goalStatus = table('goal-status', `${hl7}/goal-status`, [
  ['proposed', 'proposed', 'Proposed'],
  ['planned', 'planned', 'Planned'],
  ['accepted', 'accepted', 'Accepted'],
  ['active', 'active', 'Active'],
  ['paused', 'on-hold', 'On Hold'],
  ['completed', 'completed', 'Completed'],
  ['cancelled', 'cancelled', 'Cancelled'],
  ['entered-in-error', 'entered-in-error', 'Entered in Error'],
  ['rejected', 'rejected', 'Rejected'],
]);

/** https://hl7.org/fhir/R4/valueset-goal-achievement.html */
export const achievement = table('achievement', `${terminology}/goal-achievement`, [
  ['in-progress', 'in-progress', 'In Progress'],
  ['improving', 'improving', 'Improving'],
  ['worsening', 'worsening', 'Worsening'],
  ['no-change', 'no-change', 'No Change'],
  ['achieved', 'achieved', 'Achieved'],
  ['sustaining', 'sustaining', 'Sustaining'],
  ['not-achieved', 'not-achieved', 'Not Achieved'],
  ['no-progress', 'no-progress', 'No Progress'],
  ['not-attainable', 'not-attainable', 'Not Attainable'],
]);

/** https://hl7.org/fhir/R4/valueset-goal-priority.html */
export const goalPriority = table('goal-priority', `${terminology}/goal-priority`, [
  ['high', 'high-priority', 'High Priority'],
  ['medium', 'medium-priority', 'Medium Priority'],
  ['low', 'low-priority', 'Low Priority'],
]);

/** https://hl7.org/fhir/R4/extension-goal-acceptance.html */
export const acceptance = table('acceptance', `${hl7}/goal-acceptance-status`, [
  ['agrees', 'agree', 'Agree'],
  ['disagrees', 'disagree', 'Disagree'],
  ['undecided', 'pending', 'Pending'],
]);

/** https://hl7.org/fhir/R4/valueset-care-team-status.html */
export const teamStatus = table('team-status', `${hl7}/care-team-status`, [
  ['proposed', 'proposed', 'Proposed'],
  ['active', 'active', 'Active'],
  ['suspended', 'suspended', 'Suspended'],
  ['inactive', 'inactive', 'Inactive'],
  ['entered-in-error', 'entered-in-error', 'Entered in Error'],
]);

/** What somebody is in a team. The coordinator's code is the one that our CareTeam profile asks for. */
export const teamRole = table('team-role', SNOMED, [
  ['client', '116154003', 'Patient'],
  ['caregiver', '133932002', 'Caregiver'],
  ['coordinator', '768820003', 'Care coordinator'],
  ['primary-care', '446050000', 'Primary care provider'],
  ['psychologist', '59944000', 'Psychologist'],
  ['psychiatrist', '80584001', 'Psychiatrist'],
  ['nurse', '106292003', 'Professional nurse'],
  ['social-worker', '106328005', 'Social worker'],
  ['pharmacist', '46255001', 'Pharmacist'],
  ['dietitian', '159033005', 'Dietitian'],
]);

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

/** https://hl7.org/fhir/R4/valueset-questionnaire-answers-status.html */
export const formStatus = table('form-status', `${hl7}/questionnaire-answers-status`, [
  ['in-progress', 'in-progress', 'In Progress'],
  ['completed', 'completed', 'Completed'],
  ['amended', 'amended', 'Amended'],
  ['entered-in-error', 'entered-in-error', 'Entered in Error'],
  ['stopped', 'stopped', 'Stopped'],
]);

/** https://hl7.org/fhir/R4/extension-questionnaireresponse-completionmode.html */
export const formMode = table('form-mode', `${terminology}/v3-ParticipationMode`, [
  ['electronic', 'ELECTRONIC', 'electronic data'],
  ['written', 'WRITTEN', 'written'],
  ['spoken', 'VERBAL', 'verbal'],
]);

/** LOINC answer list LL359-1. */
export const difficulty = table('difficulty', LOINC, [
  ['none', 'LA6572-7', 'Not difficult at all'],
  ['somewhat', 'LA6573-5', 'Somewhat difficult'],
  ['very', 'LA6575-0', 'Very difficult'],
  ['extreme', 'LA6574-3', 'Extremely difficult'],
]);

/** LOINC answer list of the PHQ-9 total. */
export const severity = table('severity', LOINC, [
  ['minimal', 'LA6708-7', 'None/minimal'],
  ['mild', 'LA6709-5', 'Mild'],
  ['moderate', 'LA6710-3', 'Moderate'],
  ['moderately-severe', 'LA6711-1', 'Moderately severe'],
  ['severe', 'LA6712-9', 'Severe'],
]);

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

/** Gravity's categories of social needs. http://hl7.org/fhir/us/sdoh-clinicalcare */
export const need = table('need', `${hl7}/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes`, [
  ['food', 'food-insecurity', 'Food Insecurity'],
  ['housing', 'housing-instability', 'Housing Instability'],
  ['homelessness', 'homelessness', 'Homelessness'],
  ['poor-housing', 'inadequate-housing', 'Inadequate Housing'],
  ['transport', 'transportation-insecurity', 'Transportation Insecurity'],
  ['money', 'financial-insecurity', 'Financial Insecurity'],
  ['hardship', 'material-hardship', 'Material Hardship'],
  ['work', 'employment-status', 'Employment Status'],
  ['education', 'educational-attainment', 'Educational Attainment'],
  ['stress', 'stress', 'Stress'],
  ['connection', 'social-connection', 'Social Connection'],
  ['partner-violence', 'intimate-partner-violence', 'Intimate Partner Violence'],
  ['insurance', 'health-insurance-coverage-status', 'Health Insurance Coverage Status'],
  ['medical-cost', 'medical-cost-burden', 'Medical Cost Burden'],
  ['utilities', 'utility-insecurity', 'Utility Insecurity'],
  ['digital-access', 'digital-access', 'Digital Access'],
  ['other', 'sdoh-category-unspecified', 'SDOH Category Unspecified'],
]);

/** https://hl7.org/fhir/R4/valueset-condition-clinical.html */
export const needStatus = table('need-status', `${terminology}/condition-clinical`, [
  ['open', 'active', 'Active'],
  ['back', 'recurrence', 'Recurrence'],
  ['worse', 'relapse', 'Relapse'],
  ['inactive', 'inactive', 'Inactive'],
  ['better', 'remission', 'Remission'],
  ['met', 'resolved', 'Resolved'],
]);

/** https://hl7.org/fhir/R4/valueset-condition-ver-status.html */
export const certainty = table('certainty', `${terminology}/condition-ver-status`, [
  ['suspected', 'unconfirmed', 'Unconfirmed'],
  ['likely', 'provisional', 'Provisional'],
  ['one-of-several', 'differential', 'Differential'],
  ['confirmed', 'confirmed', 'Confirmed'],
  ['ruled-out', 'refuted', 'Refuted'],
  ['entered-in-error', 'entered-in-error', 'Entered in Error'],
]);

/** https://hl7.org/fhir/R4/valueset-observation-status.html */
export const scoreStatus = table('score-status', `${hl7}/observation-status`, [
  ['registered', 'registered', 'Registered'],
  ['preliminary', 'preliminary', 'Preliminary'],
  ['final', 'final', 'Final'],
  ['amended', 'amended', 'Amended'],
  ['corrected', 'corrected', 'Corrected'],
  ['cancelled', 'cancelled', 'Cancelled'],
  ['entered-in-error', 'entered-in-error', 'Entered in Error'],
  ['unknown', 'unknown', 'Unknown'],
]);

/** https://hl7.org/fhir/R4/valueset-risk-probability.html */
export const likelihood = table('likelihood', `${terminology}/risk-probability`, [
  ['negligible', 'negligible', 'Negligible likelihood'],
  ['low', 'low', 'Low likelihood'],
  ['moderate', 'moderate', 'Moderate likelihood'],
  ['high', 'high', 'High likelihood'],
  ['certain', 'certain', 'Certain'],
]);
