/** The entries of the transaction: what has an id is put, the rest is created unless it was before. */
import { BASE } from '../../../../resources/publication.ts';
import type { BundleEntry, BundleEntryRequest, FhirResource, Resource } from '../../../../resources/types.ts';
import type { Identity } from './identity.ts';

/** The tag by which a resource is known to have been extracted already. */
export const EXTRACTED = `${BASE}/extracted`;

/** What a form says of the entry of a resource. */
export interface EntryTerms {
  readonly fullUrl?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSince?: string | undefined;
  readonly ifMatch?: string | undefined;
  readonly ifNoneExist?: string | undefined;
}

export class Entries {
  readonly #baseUrl: string;
  readonly #identity: Identity;
  readonly #entries: BundleEntry[] = [];

  constructor(baseUrl: string, identity: Identity) {
    this.#baseUrl = baseUrl;
    this.#identity = identity;
  }

  get all(): readonly BundleEntry[] {
    return this.#entries;
  }

  /** @param key where the resource comes from: the same for the same */
  add(resource: FhirResource, terms: EntryTerms, key: string): void {
    const { resourceType: type, id } = resource;
    const { fullUrl, ...conditions } = terms;
    const given = Object.fromEntries(Object.entries(conditions).filter(([, text]) => text !== undefined));
    if (id !== undefined) {
      this.#push(fullUrl ?? `${this.#baseUrl}/${type}/${id}`, resource, {
        method: 'PUT',
        url: `${type}/${id}`,
        ...given,
      });
      return;
    }
    const { resource: tagged, ifNoneExist } = this.#once(resource, terms.ifNoneExist, key);
    this.#push(fullUrl ?? this.#identity.urn('entry', type, key), tagged, {
      method: 'POST',
      url: type,
      ...given,
      ifNoneExist,
    });
  }

  /** An entry as a template has it. @param key where it comes from */
  addWhole(entry: BundleEntry, key: string): void {
    const { resource, request } = entry;
    if (!resource || request?.method !== 'POST') {
      this.#entries.push(entry);
      return;
    }
    const { resource: tagged, ifNoneExist } = this.#once(resource, request.ifNoneExist, key);
    this.#entries.push({ ...entry, resource: tagged, request: { ...request, ifNoneExist } });
  }

  /** What is created is created once: by the condition of the form, or by a tag. */
  #once<T extends Resource>(resource: T, ifNoneExist: string | undefined, key: string) {
    if (ifNoneExist !== undefined) return { resource, ifNoneExist };
    const code = this.#identity.uuid('tag', resource.resourceType, key);
    const tag = [...(resource.meta?.tag ?? []), { system: EXTRACTED, code }];
    return {
      resource: { ...resource, meta: { ...resource.meta, tag } },
      ifNoneExist: `_tag=${EXTRACTED}|${code}`,
    };
  }

  #push(fullUrl: string, resource: FhirResource, request: BundleEntryRequest): void {
    this.#entries.push({ fullUrl, resource, request });
  }
}
