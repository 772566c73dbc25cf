/** Which person a resource is about, in the form that references and searches share. https://hl7.org/fhir/R4/references.html */
import { formatReference, parseReference } from './reference.ts';
import type { AnyResource, Reference } from './types.ts';

/** `Patient/1`, without the version, of the `subject` of a resource; undefined when it is about nobody, or about something else. */
export function patientOf(resource: AnyResource | undefined): string | undefined {
  const subject = resource?.subject as Reference | undefined;
  const parsed = subject?.reference === undefined ? undefined : parseReference(subject.reference);
  if (parsed?.kind !== 'literal' || parsed.type !== 'Patient') return undefined;
  const { version: _version, ...current } = parsed;
  return formatReference(current);
}

/** A text as the value of a search parameter: what separates values there is escaped, and what a query gives a meaning. */
export const searchValue = (text: string): string => encodeURIComponent(text.replace(/[\\,$|]/g, '\\$&'));
