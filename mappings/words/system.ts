/** The bases of the code systems that the words stand for. */
import { BASE } from '../../resources/publication.ts';

export const hl7 = 'http://hl7.org/fhir';
export const terminology = 'http://terminology.hl7.org/CodeSystem';
export const LOINC = 'http://loinc.org';
export const SNOMED = 'http://snomed.info/sct';
export const OURS = `${BASE}/CodeSystem`;
