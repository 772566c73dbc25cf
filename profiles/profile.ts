/**
 * Profiles compiled: from canonical to ProfileAssertion (differential.ts) to a tree of checks with its invariants ready, kept until the
 * source says that its definitions have changed.
 */
import { typeDefinition } from '../resources/definition.ts';
import type { ElementAssertion, ProfileAssertion } from './assertion.ts';
import { isProfile, profileAssertion } from './differential.ts';
import { type Invariant, invariantsOf } from './invariant.ts';
import type { DefinitionSource } from './source.ts';
import type { ConstraintRule } from './type-rules.ts';

export interface CompiledElement {
  readonly assertion: ElementAssertion;
  /** Its id without slices: the name of its type, where it is a backbone element. */
  readonly path: string;
  readonly parent: CompiledElement | undefined;
  readonly children: readonly CompiledElement[];
  readonly slices: readonly CompiledElement[];
  /** The invariants on a value of the given type. */
  readonly invariants: (type: string) => readonly Invariant[];
}

export interface CompiledProfile {
  readonly assertion: ProfileAssertion;
  readonly root: CompiledElement;
}

/** A profile, or the base type that a canonical names. */
export type Conformance =
  | { readonly kind: 'profile'; readonly profile: CompiledProfile }
  | { readonly kind: 'type'; readonly type: string };

/** The compiled profiles of one validator. */
export class Profiles {
  readonly #source: DefinitionSource;
  #compiled = new Map<string, Conformance>();
  #revision: number | undefined;

  constructor(source: DefinitionSource) {
    this.#source = source;
    this.#revision = source.revision;
  }

  /** What a canonical stands for; undefined when it is not known. */
  find(canonical: string): Conformance | undefined {
    if (this.#source.revision !== this.#revision) {
      this.#compiled = new Map();
      this.#revision = this.#source.revision;
    }
    const known = this.#compiled.get(canonical);
    if (known) return known;
    const made = this.#make(canonical);
    if (made) this.#compiled.set(canonical, made);
    return made;
  }

  #make(canonical: string): Conformance | undefined {
    const definition = this.#source.structureDefinition(canonical);
    if (!definition) return undefined;
    if (!isProfile(definition))
      return typeDefinition(definition.type) ? { kind: 'type', type: definition.type } : undefined;
    const assertion = profileAssertion(definition, this.#source);
    return { kind: 'profile', profile: { assertion, root: compiledElement(assertion.root) } };
  }
}

/** An element assertion with its invariants compiled when the first value of a type comes by. */
export function compiledElement(assertion: ElementAssertion, parent?: CompiledElement): CompiledElement {
  const children: CompiledElement[] = [];
  const slices: CompiledElement[] = [];
  const element: CompiledElement = {
    assertion,
    path: assertion.id.replace(/:[^.]*/g, ''),
    parent,
    children,
    slices,
    invariants: invariantsByType(assertion.constraints ?? []),
  };
  children.push(...(assertion.children ?? []).map((child) => compiledElement(child, element)));
  slices.push(...(assertion.slices ?? []).map((slice) => compiledElement(slice, parent)));
  return element;
}

const NONE: readonly Invariant[] = [];

function invariantsByType(constraints: readonly ConstraintRule[]): (type: string) => readonly Invariant[] {
  if (constraints.length === 0) return () => NONE;
  const byType = new Map<string, readonly Invariant[]>();
  return (type) => {
    let invariants = byType.get(type);
    if (!invariants) {
      invariants = invariantsOf(constraints, type);
      byType.set(type, invariants);
    }
    return invariants;
  };
}
