/**
 * References between the entries of a transaction: what a `fullUrl` stands for after the transaction.
 * https://hl7.org/fhir/R4/bundle.html#references and http.html#trules
 */
import { isResourceType } from '../../resources/definition.ts';
import { mapReferences } from '../../resources/reference.ts';
import type { AnyResource, ResourceType } from '../../resources/types.ts';

/** The address `Type/id` that each fullUrl stands for. */
export type Addresses = ReadonlyMap<string, string>;

/** The base of a RESTful fullUrl: `http://a.example/fhir/Patient/1` gives `http://a.example/fhir`. */
function baseOf(fullUrl: string | undefined): string | undefined {
  return fullUrl && /^(https?:\/\/.+)\/[A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/.exec(fullUrl)?.[1];
}

/** A resource with its references resolved, and the conditional references that are left in it, each once. */
export interface Resolved {
  readonly resource: AnyResource;
  readonly conditional: readonly string[];
}

/** `resource` with every reference to an entry of the Bundle pointing to where that entry is stored. */
export function resolveReferences(resource: AnyResource, fullUrl: string | undefined, addresses: Addresses): Resolved {
  const base = baseOf(fullUrl);
  const conditional = new Set<string>();
  const mapped = mapReferences(resource, (text, place) => {
    const mark = text.indexOf('#');
    const target = mark < 0 ? text : text.slice(0, mark);
    const address = addresses.get(target) ?? (base ? addresses.get(`${base}/${target}`) : undefined);
    if (address !== undefined) return mark < 0 ? address : address + text.slice(mark);
    if (place === 'Reference' && text.includes('?') && parseConditional(text)) conditional.add(text);
    return text;
  });
  return { resource: mapped, conditional: [...conditional] };
}

/** `Patient?identifier=...`: a search in place of an id. https://hl7.org/fhir/R4/http.html#trules */
const CONDITIONAL = /^([A-Za-z]+)\?(.+)$/;

/** The type and criteria of a conditional reference; undefined when `text` is none. */
export function parseConditional(text: string): { readonly type: ResourceType; readonly criteria: string } | undefined {
  const [, type, criteria] = CONDITIONAL.exec(text) ?? [];
  return isResourceType(type) && criteria !== undefined ? { type, criteria } : undefined;
}
