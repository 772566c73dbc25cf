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

/** `resource` with every reference to an entry of the Bundle pointing to where that entry is stored. */
export function resolveReferences(
  resource: AnyResource,
  fullUrl: string | undefined,
  addresses: Addresses,
): AnyResource {
  if (addresses.size === 0) return resource;
  const base = baseOf(fullUrl);
  return mapReferences(resource, (text) => {
    const [target = '', fragment] = text.split('#', 2);
    const address = addresses.get(target) ?? (base ? addresses.get(`${base}/${target}`) : undefined);
    if (address === undefined) return text;
    return fragment === undefined ? address : `${address}#${fragment}`;
  });
}

/** `Patient?identifier=...`: a search in place of an id. https://hl7.org/fhir/R4/http.html#trules */
const CONDITIONAL = /^([A-Za-z]+)\?(.+)$/;

/** The conditional references of a resource, as they are written, each once. */
export function conditionalReferences(resource: AnyResource): readonly string[] {
  const found = new Set<string>();
  mapReferences(resource, (text, kind) => {
    if (kind === 'Reference' && parseConditional(text)) found.add(text);
    return text;
  });
  return [...found];
}

/** The type and criteria of a conditional reference; undefined when `text` is none. */
export function parseConditional(text: string): { readonly type: ResourceType; readonly criteria: string } | undefined {
  const [, type, criteria] = CONDITIONAL.exec(text) ?? [];
  return isResourceType(type) && criteria !== undefined ? { type, criteria } : undefined;
}
