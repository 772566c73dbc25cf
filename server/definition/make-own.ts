/** What the build puts together: the files of profiles/throughline, and the ConceptMaps and StructureMaps that follow from the mappings. */
import { conceptMap } from '../../mappings/concept-map.ts';
import { mappings } from '../../mappings/index.ts';
import { structureMap } from '../../mappings/structure-map.ts';
import { tablesOf } from '../../mappings/walk.ts';
import { throughlineResources } from '../../profiles/throughline.ts';
import { digest, type OwnDefinition, type OwnDefinitions, shipped } from './own.ts';

export function madeOwnDefinitions(): OwnDefinitions {
  const made = [
    ...throughlineResources(),
    ...[...tablesOf(mappings).values()].map(conceptMap),
    ...mappings.map(structureMap),
    // What all of these are, and what none of their types says: a resource with an id.
  ] as unknown as readonly OwnDefinition[];
  const all = made.map(shipped);
  return { hash: digest(JSON.stringify(all)), all: () => all };
}
