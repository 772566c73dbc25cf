/**
 * Definitions without what validation never asks: narrative, comments, mappings, designations. Used when the R4 package is compiled,
 * so that a definition is small to keep and quick to read.
 */
import type {
  CodeSystem,
  CodeSystemConcept,
  ElementDefinition,
  StructureDefinition,
  ValueSet,
  ValueSetExpansionContains,
} from '../resources/types.ts';

const KEPT_OF_ELEMENT =
  /^(id|extension|path|sliceName|slicing|min|max|type|contentReference|binding|constraint|maxLength|mustSupport|isModifier|(fixed|pattern|minValue|maxValue).*)$/;
const KEPT_OF_STRUCTURE =
  /^(resourceType|id|url|version|name|title|status|kind|abstract|type|baseDefinition|derivation|context|contextInvariant)$/;

function stripElement(element: ElementDefinition): ElementDefinition {
  const kept = Object.entries(element).filter(([name]) => KEPT_OF_ELEMENT.test(name));
  const { constraint, binding, ...rest } = Object.fromEntries(kept) as unknown as ElementDefinition;
  return {
    ...rest,
    ...(constraint ? { constraint: constraint.map(({ xpath, requirements, ...kept }) => kept) } : {}),
    ...(binding ? { binding: { ...binding, description: undefined } } : {}),
  };
}

/** Keeps the differential; a definition of a type keeps its head only, because its elements are in `types.json` and `type-rules.json`. */
export function stripStructureDefinition(definition: StructureDefinition): StructureDefinition {
  const kept = Object.fromEntries(Object.entries(definition).filter(([name]) => KEPT_OF_STRUCTURE.test(name)));
  const head = kept as unknown as StructureDefinition;
  if (definition.derivation !== 'constraint') return head;
  return { ...head, differential: { element: (definition.differential?.element ?? []).map(stripElement) } };
}

function stripContains(contains: readonly ValueSetExpansionContains[]): ValueSetExpansionContains[] {
  return contains.map(({ system, code, display, abstract, contains: inner }) => ({
    system,
    code,
    ...(display ? { display } : {}),
    ...(abstract ? { abstract } : {}),
    ...(inner ? { contains: stripContains(inner) } : {}),
  }));
}

export function stripValueSet(valueSet: ValueSet): ValueSet {
  const { resourceType, id, url, version, name, status, compose, expansion } = valueSet;
  return {
    resourceType,
    id,
    url,
    version,
    name,
    status,
    ...(compose ? { compose } : {}),
    ...(expansion
      ? {
          expansion: {
            timestamp: expansion.timestamp,
            total: expansion.total,
            extension: expansion.extension,
            contains: stripContains(expansion.contains ?? []),
          },
        }
      : {}),
  };
}

function stripConcepts(concepts: readonly CodeSystemConcept[]): CodeSystemConcept[] {
  return concepts.map(({ code, display, property, concept }) => ({
    code,
    ...(display ? { display } : {}),
    ...(property ? { property } : {}),
    ...(concept ? { concept: stripConcepts(concept) } : {}),
  }));
}

export function stripCodeSystem(system: CodeSystem): CodeSystem {
  const { resourceType, id, url, version, name, title, status, content, caseSensitive, supplements } = system;
  return {
    resourceType,
    id,
    url,
    version,
    name,
    title,
    status,
    content,
    ...(caseSensitive === undefined ? {} : { caseSensitive }),
    ...(supplements ? { supplements } : {}),
    ...(system.hierarchyMeaning ? { hierarchyMeaning: system.hierarchyMeaning } : {}),
    ...(system.property ? { property: system.property.map(({ code, type, uri }) => ({ code, type, uri })) } : {}),
    ...(system.concept ? { concept: stripConcepts(system.concept) } : {}),
  } as CodeSystem;
}
