/** What the CapabilityStatement says of the installed definitions. https://hl7.org/fhir/R4/capabilitystatement.html */
import type { ResourceType } from '../../resources/types.ts';
import { type Catalogue, canonicalOf } from './catalogue.ts';
import { ownDefinitions } from './own.ts';

export interface Declared {
  /** Canonicals of the profiles on a type, with their versions, in alphabetical order. */
  profilesOf(type: ResourceType): readonly string[];
  /** Canonicals of the implementation guides. */
  readonly guides: readonly string[];
}

/** Of the catalogue as it is; the same object for as long as nothing changes. */
export function declaredOf(catalogue: Catalogue): () => Declared {
  let made: { readonly revision: number; readonly declared: Declared } | undefined;
  return () => {
    if (made?.revision !== catalogue.revision) made = { revision: catalogue.revision, declared: declare(catalogue) };
    return made.declared;
  };
}

function declare(catalogue: Catalogue): Declared {
  const profiles = new Map<string, Set<string>>();
  const add = (type: string, canonical: string): void => {
    profiles.set(type, (profiles.get(type) ?? new Set()).add(canonical));
  };
  for (const { type, canonical } of ownDefinitions().profiles) add(type, canonical);
  for (const head of catalogue.heads('StructureDefinition'))
    if (head.profileOf !== undefined) add(head.profileOf, canonicalOf(head));
  return {
    profilesOf: (type) => [...(profiles.get(type) ?? [])].sort(),
    guides: [...new Set([...catalogue.heads('ImplementationGuide')].map(canonicalOf))].sort(),
  };
}
