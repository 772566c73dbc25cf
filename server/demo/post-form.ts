/**
 * A transaction of PUTs turned into one of POSTs: no ids, a urn:uuid for each fullUrl, and every reference within the Bundle by it.
 * https://hl7.org/fhir/R4/bundle.html#references
 */
import type { Bundle, BundleEntry, FhirResource } from '../../resources/types.ts';
import { type Random, uuid } from './random.ts';

/** A copy of `value` in which every `reference` that `urns` knows is replaced. */
function relinked(value: unknown, urns: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((one) => relinked(one, urns));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'reference' && typeof inner === 'string' ? (urns.get(inner) ?? inner) : relinked(inner, urns),
    ]),
  );
}

export function asPosts(bundle: Bundle, random: Random): Bundle {
  const entries = bundle.entry ?? [];
  const urns = new Map(entries.map(({ request }) => [request?.url ?? '', `urn:uuid:${uuid(random)}`]));
  const entry = entries.map(({ resource, request }): BundleEntry => {
    const { id: _, ...unnamed } = resource as FhirResource;
    return {
      fullUrl: urns.get(request?.url ?? ''),
      resource: relinked(unnamed, urns) as FhirResource,
      request: { method: 'POST', url: (resource as FhirResource).resourceType },
    };
  });
  return { ...bundle, entry };
}
