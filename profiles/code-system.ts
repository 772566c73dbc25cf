/**
 * The codes of a code system: from its CodeSystem resource, or for the systems that are a grammar or a list of the platform (MIME types,
 * currencies, languages) from implicit-system.ts. https://hl7.org/fhir/R4/codesystem.html
 */
import type { CodeSystem, CodeSystemConcept } from '../resources/types.ts';
import { canBeCode, implicitSystem } from './implicit-system.ts';
import type { DefinitionSource } from './source.ts';
import type { Membership } from './terminology.ts';

export interface Codes {
  lookup(code: string): Membership;
  /** By code, when the system can be listed. */
  readonly concepts?: ReadonlyMap<string, Concept>;
  /** Why the list is not the whole system; absent when it is. */
  readonly incomplete?: string;
}

export interface Concept {
  readonly code: string;
  readonly display?: string;
  readonly parents: readonly string[];
  readonly property: CodeSystemConcept['property'];
}

const compiled = new WeakMap<CodeSystem, Codes>();

/** The codes of the system with this canonical; those of an unknown system answer `unknown` and name it. */
export function codesOf(canonical: string, source: DefinitionSource): Codes {
  const system = source.codeSystem(canonical);
  if (system && system.content !== 'not-present') {
    const known = compiled.get(system);
    if (known) return known;
    const codes = fromResource(system);
    compiled.set(system, codes);
    return codes;
  }
  const implicit = implicitSystem(canonical);
  if (implicit) return { lookup: (code) => (implicit(code) ? { kind: 'yes' } : { kind: 'no' }) };
  const incomplete = `the code system ${canonical} is not available here`;
  return {
    lookup: (code) => (canBeCode(canonical, code) ? { kind: 'unknown', reason: incomplete } : { kind: 'no' }),
    incomplete,
  };
}

function fromResource(system: CodeSystem): Codes {
  const concepts = new Map<string, Concept>();
  collect(system.concept ?? [], undefined, concepts);
  // Codes of a system that says it is not case sensitive are compared in lower case.
  const folded =
    system.caseSensitive === false
      ? new Map([...concepts].map(([code, concept]) => [code.toLowerCase(), concept]))
      : undefined;
  const incomplete =
    system.content === 'complete'
      ? undefined
      : `the code system ${system.url} is here only in part (content: ${system.content})`;
  return {
    concepts,
    ...(incomplete ? { incomplete } : {}),
    lookup(code) {
      const concept = concepts.get(code) ?? folded?.get(code.toLowerCase());
      if (concept) return { kind: 'yes', ...(concept.display === undefined ? {} : { display: concept.display }) };
      return incomplete ? { kind: 'unknown', reason: incomplete } : { kind: 'no' };
    },
  };
}

/** Concepts by code with their parents: by nesting, and by the properties `subsumedBy` and `parent`. Iterative: nesting is input. */
function collect(roots: readonly CodeSystemConcept[], parent: string | undefined, into: Map<string, Concept>): void {
  const open = roots.map((concept) => ({ concept, parent }));
  for (let at = 0; at < open.length; at++) {
    const { concept, parent: above } = open[at] as (typeof open)[number];
    const stated = (concept.property ?? []).flatMap(({ code, valueCode }) =>
      (code === 'subsumedBy' || code === 'parent') && valueCode ? [valueCode] : [],
    );
    const parents = [...(into.get(concept.code)?.parents ?? []), ...(above === undefined ? [] : [above]), ...stated];
    into.set(concept.code, { code: concept.code, display: concept.display, parents, property: concept.property });
    for (const child of concept.concept ?? []) open.push({ concept: child, parent: concept.code });
  }
}

/** True when `code` is `ancestor` or lies below it. */
export function isA(concepts: ReadonlyMap<string, Concept>, code: string, ancestor: string): boolean {
  const seen = new Set<string>();
  const open = [code];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === ancestor) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(concepts.get(next)?.parents ?? []));
  }
  return false;
}
