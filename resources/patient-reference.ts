/** Which person a resource is about, in the form that references and searches share. https://hl7.org/fhir/R4/references.html */
import { localId } from './local-reference.ts';
import type { Facts } from './reaction.ts';
import { formatReference, parseReference } from './reference.ts';
import type { AnyResource, Patient, Reference } from './types.ts';

/** `Patient/1`, without the version, of a reference; undefined when it is to nobody, or to something else. */
export function patientIn(reference: Reference | undefined): string | undefined {
  const parsed = reference?.reference === undefined ? undefined : parseReference(reference.reference);
  if (parsed?.kind !== 'literal' || parsed.type !== 'Patient') return undefined;
  const { version: _version, ...current } = parsed;
  return formatReference(current);
}

/** The patient that is the `subject` of a resource. */
export const patientOf = (resource: AnyResource | undefined): string | undefined =>
  patientIn(resource?.subject as Reference | undefined);

/** The Patient behind `Patient/1`, when it is stored here. */
export async function storedPatient(
  patient: string,
  facts: Facts,
): Promise<(Patient & { readonly id: string }) | undefined> {
  const id = localId({ reference: patient }, 'Patient');
  const found = id === undefined ? undefined : await facts.get('Patient', id);
  return found as unknown as (Patient & { readonly id: string }) | undefined;
}

/** A text as the value of a search parameter: what separates values there is escaped, and what a query gives a meaning. */
export const searchValue = (text: string): string => encodeURIComponent(text.replace(/[\\,$|]/g, '\\$&'));
