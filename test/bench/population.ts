/** Demo data as requests: whole populations, and Bundles of a chosen size. */

import type { Bundle, FhirResource } from '../../resources/types.ts';
import { clientBundle, population } from '../../server/demo/population.ts';
import { asPosts } from '../../server/demo/post-form.ts';
import { Random } from '../../server/demo/random.ts';
import type { RequestText } from '../raw-http.ts';

/** A fixed day, so that every run measures the same data. */
export const STORY = { seed: 1, until: '2026-06-30' } as const;

const JSON_HEADERS = { 'Content-Type': 'application/fhir+json' };

export const post = (path: string, body: object): RequestText => ({
  method: 'POST',
  path,
  headers: JSON_HEADERS,
  body: JSON.stringify(body),
});

export const put = (path: string, body: object): RequestText => ({
  method: 'PUT',
  path,
  headers: JSON_HEADERS,
  body: JSON.stringify(body),
});

export const get = (path: string): RequestText => ({ method: 'GET', path });

/** The transactions that load a population of so many clients. */
export function* populationRequests(clients: number): Generator<RequestText> {
  for (const bundle of population({ ...STORY, clients })) yield post('/fhir', bundle);
}

/** Resources of the demo clients, client after client, without end. */
export function* resources(): Generator<FhirResource> {
  for (let index = 1; ; index++)
    for (const { resource } of clientBundle(STORY, index).entry ?? []) if (resource) yield resource as FhirResource;
}

/** `count` transactions that put `size` resources each. */
export function putBundles(count: number, size: number): readonly Bundle[] {
  const source = resources();
  const entry = () => {
    const { value: resource } = source.next() as { value: FhirResource };
    const url = `${resource.resourceType}/${resource.id}`;
    return {
      fullUrl: `https://demo.throughline.example/fhir/${url}`,
      resource,
      request: { method: 'PUT', url } as const,
    };
  };
  return Array.from({ length: count }, () => ({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: Array.from({ length: size }, entry),
  }));
}

/** The same as creates that refer to each other by urn:uuid. */
export const postBundles = (count: number, size: number): readonly Bundle[] =>
  putBundles(count, size).map((bundle, index) => asPosts(bundle, new Random(STORY.seed, index, 'post-bundle')));

/** The Patients of the first `count` demo clients. */
export function patients(count: number): readonly FhirResource[] {
  const found: FhirResource[] = [];
  for (const resource of resources()) {
    if (resource.resourceType === 'Patient') found.push(resource);
    if (found.length >= count) break;
  }
  return found;
}
