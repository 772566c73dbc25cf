/** Words of plans, goals and teams. */
import { table } from '../table.ts';
import { hl7, SNOMED, terminology } from './system.ts';

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
