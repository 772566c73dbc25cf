/**
 * Bundles of results, written by joining the stored JSON of their entries, so that nothing is parsed on the way out.
 * https://hl7.org/fhir/R4/bundle.html
 */
import { stringifyJson } from './json.ts';
import type { Bundle, BundleEntry } from './types.ts';

/** An entry whose resource, when there is one, is JSON text as stored. */
export interface JsonEntry extends Omit<BundleEntry, 'resource'> {
  readonly resource?: string;
}

/** Everything of a Bundle but its entries. */
export type BundleHead = Pick<Bundle, 'type' | 'total' | 'link' | 'timestamp' | 'meta' | 'id' | 'identifier'>;

function entryJson({ resource, ...entry }: JsonEntry): string {
  const rest = stringifyJson(entry);
  if (resource === undefined) return rest;
  return rest === '{}' ? `{"resource":${resource}}` : `${rest.slice(0, -1)},"resource":${resource}}`;
}

/** The JSON text of a Bundle. */
export function bundleJson(head: BundleHead, entries: readonly JsonEntry[]): string {
  const start = stringifyJson({ resourceType: 'Bundle', ...head });
  return entries.length === 0 ? start : `${start.slice(0, -1)},"entry":[${entries.map(entryJson).join(',')}]}`;
}
