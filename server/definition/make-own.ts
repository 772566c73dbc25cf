/** What the build puts together: the files of profiles/throughline, and the ConceptMaps and StructureMaps that follow from the mappings. */
import { conceptMap } from '../../mappings/concept-map.ts';
import { mappings } from '../../mappings/index.ts';
import { structureMap } from '../../mappings/structure-map.ts';
import { tablesOf } from '../../mappings/walk.ts';
import { throughlineResources } from '../../profiles/throughline.ts';
import type { ResourceType } from '../../resources/types.ts';
import { canonicalOf, headOf } from './catalogue.ts';
import { digest, type OwnDefinition, type OwnDefinitions, type OwnHead, shipped } from './own.ts';

function profileOf(resource: OwnDefinition): OwnHead['profiles'] {
  const head = headOf(resource, { origin: resource.id, layer: 'stored', order: 0 });
  // `profileOf` is there for profiles of resources alone.
  return head?.profileOf === undefined ? [] : [{ type: head.profileOf as ResourceType, canonical: canonicalOf(head) }];
}

export function madeOwnDefinitions(): OwnDefinitions {
  const made = [
    ...throughlineResources(),
    ...[...tablesOf(mappings).values()].map(conceptMap),
    ...mappings.map(structureMap),
    // What all of these are, and what none of their types says: a resource with an id.
  ] as unknown as readonly OwnDefinition[];
  const all = made.map(shipped);
  return { hash: digest(JSON.stringify(all)), profiles: all.flatMap(profileOf), all: () => all };
}
