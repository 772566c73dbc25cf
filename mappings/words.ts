/** The words of the model for codes of FHIR: one table for each enumeration, by subject. Each becomes a ConceptMap. */
export * from './words/appointment.ts';
export * from './words/assessment.ts';
export * from './words/client.ts';
export * from './words/contact.ts';
export * from './words/plan.ts';
