/** The id in a reference to a resource of this server, for rules that read it. https://hl7.org/fhir/R4/references.html#literal */
import { parseReference } from './reference.ts';
import type { Reference, ResourceType } from './types.ts';

/** The id of `Goal/1` where a Goal is expected; undefined for another type, another server, or no reference. */
export function localId(reference: Reference | undefined, type: ResourceType): string | undefined {
  const parsed = reference?.reference === undefined ? undefined : parseReference(reference.reference);
  return parsed?.kind === 'literal' && parsed.base === undefined && parsed.type === type ? parsed.id : undefined;
}
