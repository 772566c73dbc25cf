/** The words of the model for codes of FHIR: one table for each enumeration. Each becomes a ConceptMap. */
import { table } from './table.ts';

const hl7 = 'http://hl7.org/fhir';
const terminology = 'http://terminology.hl7.org/CodeSystem';
const LOINC = 'http://loinc.org';
const SNOMED = 'http://snomed.info/sct';
const OURS = 'https://throughline.dev/fhir/CodeSystem';

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
  ['unknown', 'UNK', 'Unknown'],
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
