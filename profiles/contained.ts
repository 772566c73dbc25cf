/** Contained resources, and what refers to them by `#id`. https://hl7.org/fhir/R4/references.html#contained */
import type { JsonObject } from '../resources/types.ts';

export function containedIn(resource: JsonObject): readonly JsonObject[] {
  const { contained } = resource;
  return Array.isArray(contained)
    ? (contained as unknown[]).filter((one): one is JsonObject => typeof one === 'object' && one !== null)
    : [];
}

// In a Reference, or wherever a uri, url or canonical may stand: the JSON does not say which it is, and the name is enough to look.
/** The ids that strings of the form `#id` in a resource name; the empty string for `#`, the container. */
export function referencedIds(resource: JsonObject): ReadonlySet<string> {
  const ids = new Set<string>();
  const open: unknown[] = [resource];
  for (let at = 0; at < open.length; at++) {
    const value = open[at];
    if (typeof value === 'string') {
      if (value.charCodeAt(0) === HASH) ids.add(value.slice(1));
    } else if (Array.isArray(value)) {
      open.push(...value);
    } else if (typeof value === 'object' && value !== null) {
      for (const key in value) {
        const inner = (value as JsonObject)[key];
        if (key === 'div' && typeof inner === 'string') for (const [, id] of inner.matchAll(LINK)) ids.add(id ?? '');
        else open.push(inner);
      }
    }
  }
  return ids;
}

const HASH = '#'.charCodeAt(0);
/** A link or image of a narrative that points into the resource. */
const LINK = /(?:href|src)\s*=\s*["']#([^"'\s]*)["']/g;
