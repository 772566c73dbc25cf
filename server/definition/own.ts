/**
 * All definitions of ours, as a server stores and serves them: the files of profiles/throughline, and the ConceptMaps and StructureMaps that follow
 * from the mappings. They are in force whether they are stored or not.
 */
import { createHash } from 'node:crypto';
import { conceptMap } from '../../mappings/concept-map.ts';
import { mappings } from '../../mappings/index.ts';
import { canonical } from '../../mappings/json.ts';
import { structureMap } from '../../mappings/structure-map.ts';
import { tablesOf } from '../../mappings/walk.ts';
import { splitCanonical } from '../../profiles/source.ts';
import { throughlineResources } from '../../profiles/throughline.ts';
import { BASE } from '../../resources/publication.ts';
import type { AnyResource, ConceptMap, Meta } from '../../resources/types.ts';

export type OwnDefinition = AnyResource & { readonly id: string };

let maps: readonly ConceptMap[] | undefined;
let definitions: readonly OwnDefinition[] | undefined;

/** The tables of words, each as a ConceptMap. */
export function ownConceptMaps(): readonly ConceptMap[] {
  maps ??= [...tablesOf(mappings).values()].map(conceptMap);
  return maps;
}

export function ownConceptMap(url: string): ConceptMap | undefined {
  const { url: wanted, version } = splitCanonical(url);
  return ownConceptMaps().find((map) => map.url === wanted && (version === undefined || map.version === version));
}

/** Every definition of ours, without narrative and `meta`. No two have the same type and id. */
export function ownDefinitions(): readonly OwnDefinition[] {
  definitions ??= [
    ...throughlineResources(),
    ...ownConceptMaps(),
    ...mappings.map(structureMap),
    // What all of these are, and what none of their types says: a resource with an id.
  ] as unknown as readonly OwnDefinition[];
  return definitions;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Changes when any of the definitions does. */
export const ownHash = (definitions: readonly OwnDefinition[]): string => digest(JSON.stringify(definitions));

/** `meta.source` of what we ship, before the hash of its content. */
export const SHIPPED = `${BASE}/definitions`;

const sourceOf = (resource: object): string => `${SHIPPED}#${digest(canonical(resource))}`;

/** The resource as it is stored: `meta.source` says that it is ours, and what it says. */
export const shipped = (resource: OwnDefinition): OwnDefinition => ({
  ...resource,
  meta: { source: sourceOf(resource) },
});

/** Whether a stored resource is what some version of Throughline has shipped, and nobody has changed since. */
export function isAsShipped({ meta, ...elements }: AnyResource): boolean {
  const { source, versionId: _version, lastUpdated: _instant, ...rest }: Meta = meta ?? {};
  return Object.keys(rest).length === 0 && source === sourceOf(elements);
}
