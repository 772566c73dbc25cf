/**
 * Is a code in a value set? Answered from the value sets and code systems that the source holds, without a network: what is not
 * there is `unknown` with the reason, never a silent yes. A database of terminology plugs in behind the same interface.
 * https://hl7.org/fhir/R4/terminology-service.html#validation
 */
import { codesOf } from './code-system.ts';
import { rememberedSource } from './remembered-source.ts';
import type { DefinitionSource } from './source.ts';
import { compileValueSet, type ValueSetTest } from './value-set.ts';

export type Membership =
  | { readonly kind: 'yes'; readonly display?: string }
  | { readonly kind: 'no' }
  /** Cannot be told here; `reason` names what is missing. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface Terminology {
  /**
   * Whether the value set holds the code. Without `system` (an element of type code) the value set supplies it: any system counts.
   */
  contains(valueSet: string, system: string | undefined, code: string): Membership;
  /** Whether the code system defines the code, and with which display. */
  lookup(system: string, code: string): Membership;
}

/** Terminology from definitions, compiled when first asked and again after the source has changed. */
export function localTerminology(definitions: DefinitionSource): Terminology {
  const source = rememberedSource(definitions);
  let compiled = new Map<string, ValueSetTest>();
  let revision = source.revision;
  const testOf = (canonical: string): ValueSetTest => {
    if (source.revision !== revision) {
      compiled = new Map();
      revision = source.revision;
    }
    let test = compiled.get(canonical);
    if (!test) {
      test = compileValueSet(canonical, source, terminology);
      compiled.set(canonical, test);
    }
    return test;
  };
  const terminology: Terminology = {
    contains: (valueSet, system, code) => testOf(valueSet)(system, code),
    lookup: (system, code) => codesOf(system, source).lookup(code),
  };
  return terminology;
}
