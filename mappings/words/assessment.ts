/** Words of forms, scores and needs. */
import { table } from '../table.ts';
import { hl7, LOINC, terminology } from './system.ts';

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
