/** The entries of the transaction: what has an id is put, the rest is created unless it was before. */
import { BASE } from '../../../../resources/publication.ts';
import type { BundleEntry, BundleEntryRequest, FhirResource } from '../../../../resources/types.ts';
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
    const isNamed = terms.ifNoneExist !== undefined;
    const code = this.#identity.uuid('tag', type, key);
    const tagged = isNamed
      ? resource
      : { ...resource, meta: { ...resource.meta, tag: [...(resource.meta?.tag ?? []), { system: EXTRACTED, code }] } };
    this.#push(fullUrl ?? this.#identity.urn('entry', type, key), tagged, {
      method: 'POST',
      url: type,
      ...(isNamed ? {} : { ifNoneExist: `_tag=${EXTRACTED}|${code}` }),
      ...given,
    });
  }

  /** An entry as a template has it. */
  addWhole(entry: BundleEntry): void {
    this.#entries.push(entry);
  }

  #push(fullUrl: string, resource: FhirResource, request: BundleEntryRequest): void {
    this.#entries.push({ fullUrl, resource, request });
  }
}
