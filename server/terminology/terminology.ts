/** Code systems and value sets by canonical, from wherever the installation has them, with words for those that it has not. */
import { splitCanonical } from '../../profiles/source.ts';
import { notFound } from '../../resources/outcome.ts';
import type { CodeSystem, ConceptMap, ValueSet } from '../../resources/types.ts';
import type { Concepts } from './concepts.ts';
import { implicitConcepts } from './implicit-concepts.ts';
import { resourceConcepts } from './resource-concepts.ts';

export interface Terminology {
  /** The code system of this URL, with or without `|version`; undefined when it is not here. */
  system(canonical: string): Promise<Concepts | undefined>;
  valueSet(canonical: string): ValueSet | undefined;
  conceptMap(canonical: string): ConceptMap | undefined;
  /** All concept maps that are installed. */
  conceptMaps(): readonly ConceptMap[];
}

/** Where code systems come from that are too large for a resource. */
export type LoadedSystems = (url: string, version: string | undefined) => Promise<Concepts | undefined>;

/** Where definitions come from, by canonical. */
export interface TerminologySource {
  valueSet(canonical: string): ValueSet | undefined;
  codeSystem(canonical: string): CodeSystem | undefined;
  conceptMap(canonical: string): ConceptMap | undefined;
}

export function terminologyOf(
  definitions: TerminologySource,
  conceptMaps: () => readonly ConceptMap[],
  loaded: LoadedSystems,
): Terminology {
  return {
    async system(canonical) {
      const { url, version } = splitCanonical(canonical);
      const resource = definitions.codeSystem(canonical);
      if (resource && resource.content !== 'not-present' && resource.content !== 'supplement')
        return resource.content === 'complete'
          ? resourceConcepts(resource)
          : ((await loaded(url, version)) ?? resourceConcepts(resource));
      return (await loaded(url, version)) ?? implicitConcepts(url);
    },
    valueSet: (canonical) => definitions.valueSet(canonical) ?? implicitValueSet(canonical),
    conceptMap: (canonical) => definitions.conceptMap(canonical),
    conceptMaps,
  };
}

/** The code system. @throws FhirError 404 with words */
export async function requireSystem(terminology: Terminology, canonical: string): Promise<Concepts> {
  const found = await terminology.system(canonical);
  if (found) return found;
  throw notFound(
    `The code system ${canonical} is not available here; PUT it as a CodeSystem, install a package that has it, or load it with throughline terminology load`,
    { rule: 'code-system-unknown' },
  );
}

/** The value set. @throws FhirError 404 with words */
export function requireValueSet(terminology: Terminology, canonical: string): ValueSet {
  const found = terminology.valueSet(canonical);
  if (found) return found;
  throw notFound(
    `The value set ${canonical} is not available here; PUT it as a ValueSet, or install a package that has it`,
    {
      rule: 'value-set-unknown',
    },
  );
}

/**
 * Value sets that are in the URL: all codes of a system (`[system]?fhir_vs`, `http://loinc.org/vs`), or those below one of its codes
 * (`?fhir_vs=isa/[code]`). https://hl7.org/fhir/R4/snomedct.html#implicit https://hl7.org/fhir/R4/loinc.html#alias
 */
function implicitValueSet(canonical: string): ValueSet | undefined {
  const { url } = splitCanonical(canonical);
  const head = { resourceType: 'ValueSet', url, status: 'active' } as const;
  if (url === 'http://loinc.org/vs') return { ...head, compose: { include: [{ system: 'http://loinc.org' }] } };
  const [, system, code] = /^([^?]+)\?fhir_vs(?:=isa\/([^/?#]+))?$/.exec(url) ?? [];
  if (system === undefined) return undefined;
  const filter = code === undefined ? {} : { filter: [{ property: 'concept', op: 'is-a' as const, value: code }] };
  return { ...head, compose: { include: [{ system, ...filter }] } };
}
