/**
 * Definitions by canonical as an installation has them: what is stored, what packages brought, below that ours and R4. What R4 itself
 * defines stays as R4 says: a stored resource that takes a URL of the specification cannot change what a valid Patient is.
 */
import { elsewhereDefinitions } from '../../profiles/elsewhere.ts';
import { type DefinitionSource, layered, packagedDefinitions, splitCanonical } from '../../profiles/source.ts';
import { throughlineDefinitions } from '../../profiles/throughline.ts';
import type { ConceptMap, Questionnaire } from '../../resources/types.ts';
import type { Catalogue } from './catalogue.ts';
import { ownConceptMap } from './own.ts';

/** A DefinitionSource that also knows what only the server's operations ask for. */
export interface InstalledDefinitions extends DefinitionSource {
  questionnaire(canonical: string): Questionnaire | undefined;
  conceptMap(canonical: string): ConceptMap | undefined;
  readonly revision: number;
}

const elsewhere = elsewhereDefinitions();

const SPECIFICATION = 'http://hl7.org/fhir/';

/** `catalogue` over our definitions and those of R4. */
export function installedDefinitions(
  catalogue: Catalogue,
  builtIn: DefinitionSource = layered(throughlineDefinitions(), packagedDefinitions()),
): InstalledDefinitions {
  const layers = <T>(canonical: string, own: () => T | undefined, base: () => T | undefined): T | undefined =>
    splitCanonical(canonical).url.startsWith(SPECIFICATION) ? (base() ?? own()) : (own() ?? base());
  return {
    structureDefinition: (canonical) =>
      layers(
        canonical,
        () => catalogue.find('StructureDefinition', canonical),
        () => builtIn.structureDefinition(canonical),
      ) ?? elsewhere.structureDefinition(canonical),
    valueSet: (canonical) =>
      layers(
        canonical,
        () => catalogue.find('ValueSet', canonical) ?? catalogue.at('ValueSet', canonical),
        () => builtIn.valueSet(canonical),
      ),
    codeSystem: (canonical) =>
      layers(
        canonical,
        () => catalogue.find('CodeSystem', canonical),
        () => builtIn.codeSystem(canonical),
      ),
    questionnaire: (canonical) => catalogue.find('Questionnaire', canonical) ?? builtIn.questionnaire?.(canonical),
    measure: (canonical) => catalogue.find('Measure', canonical),
    conceptMap: (canonical) => catalogue.find('ConceptMap', canonical) ?? ownConceptMap(canonical),
    get revision() {
      return catalogue.revision;
    },
  };
}
