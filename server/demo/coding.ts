/**
 * The code and identifier systems of the synthetic population, and short ways to write a code of one.
 * https://hl7.org/fhir/R4/terminologies-systems.html
 */
import { BASE as ours } from '../../resources/publication.ts';
import type { InstrumentCode } from '../../resources/questionnaire-response/instrument.ts';
import { SYSTEM as CARE_TASKS } from '../../resources/task/care-task.ts';
import type { CodeableConcept, Coding, Quantity } from '../../resources/types.ts';

const hl7 = 'http://terminology.hl7.org/CodeSystem';

export const system = {
  loinc: 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
  icd10cm: 'http://hl7.org/fhir/sid/icd-10-cm',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  ucum: 'http://unitsofmeasure.org',
  language: 'urn:ietf:bcp:47',
  roleCode: `${hl7}/v3-RoleCode`,
  actCode: `${hl7}/v3-ActCode`,
  actReason: `${hl7}/v3-ActReason`,
  confidentiality: `${hl7}/v3-Confidentiality`,
  participation: `${hl7}/v3-ParticipationType`,
  participationMode: `${hl7}/v3-ParticipationMode`,
  maritalStatus: `${hl7}/v3-MaritalStatus`,
  identifierType: `${hl7}/v2-0203`,
  contactRole: `${hl7}/v2-0131`,
  appointmentReason: `${hl7}/v2-0276`,
  cancellation: `${hl7}/appointment-cancellation-reason`,
  organizationType: `${hl7}/organization-type`,
  physicalType: `${hl7}/location-physical-type`,
  practitionerRole: `${hl7}/practitioner-role`,
  clinicalStatus: `${hl7}/condition-clinical`,
  verificationStatus: `${hl7}/condition-ver-status`,
  conditionCategory: `${hl7}/condition-category`,
  observationCategory: `${hl7}/observation-category`,
  interpretation: `${hl7}/v3-ObservationInterpretation`,
  medicationCategory: `${hl7}/medicationrequest-category`,
  achievement: `${hl7}/goal-achievement`,
  goalCategory: `${hl7}/goal-category`,
  goalPriority: `${hl7}/goal-priority`,
  admitSource: `${hl7}/admit-source`,
  disposition: `${hl7}/discharge-disposition`,
  diagnosisRole: `${hl7}/diagnosis-role`,
  flagCategory: `${hl7}/flag-category`,
  communicationCategory: `${hl7}/communication-category`,
  consentScope: `${hl7}/consentscope`,
  consentPolicy: `${hl7}/consentpolicycodes`,
  taskCode: 'http://hl7.org/fhir/CodeSystem/task-code',
  usCoreConditionCategory: 'http://hl7.org/fhir/us/core/CodeSystem/condition-category',
  usCorePlanCategory: 'http://hl7.org/fhir/us/core/CodeSystem/careplan-category',
  usCoreCategory: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-category',
  sdohCategory: 'http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes',
  omb: 'urn:oid:2.16.840.1.113883.6.238',
  /** Ours: what a coordinator's task is about. */
  careTask: CARE_TASKS,
  /** Ours: the course of a client's PHQ-9 series, as a tag of the Patient. */
  trajectory: `${ours}/CodeSystem/demo-trajectory`,
  /** Ours: how closely a client is followed, as a tag of the Patient. */
  caseload: `${ours}/CodeSystem/demo-caseload`,
} as const;

/** Systems of identifiers. The national-style number lives under 2.999, the arc of object identifiers kept for examples. */
export const identifierSystem = {
  mrn: `${ours}/id/mrn`,
  national: 'urn:oid:2.999.840.1',
  staff: `${ours}/id/staff`,
  organization: `${ours}/id/organization`,
  appointment: `${ours}/id/appointment`,
  visit: `${ours}/id/visit`,
} as const;

export function coding(from: keyof typeof system, code: string, display?: string): Coding {
  return display === undefined ? { system: system[from], code } : { system: system[from], code, display };
}

/** A code of LOINC with its display, as the tables of instruments have it. */
export function loinc({ code, display }: InstrumentCode, text = display): CodeableConcept {
  return concept('loinc', code, display, text);
}

/** A concept of one code; its text is the display unless another is given. */
export function concept(from: keyof typeof system, code: string, display: string, text = display): CodeableConcept {
  return { coding: [coding(from, code, display)], text };
}

/** A quantity in a UCUM unit; `unit` is what people read, when it differs from the code. */
export function ucum(value: number, code: string, unit = code): Quantity {
  return { value, unit, system: system.ucum, code };
}
