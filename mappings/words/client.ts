/** Words of clients: who they are, how they are reached, where they stand in the program. */
import { table } from '../table.ts';
import { hl7, OURS, terminology } from './system.ts';

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
