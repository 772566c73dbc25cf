/**
 * The rules of the base types beside their structure, as the build compiled them from the snapshots (compile-definitions.ts): bindings,
 * constraints and data type profiles. Read once, at the first validation.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export interface ConstraintRule {
  readonly key: string;
  readonly severity: 'error' | 'warning';
  readonly human: string;
  /** FHIRPath. */
  readonly expression: string;
}

export interface BindingRule {
  readonly strength: 'required' | 'extensible' | 'preferred' | 'example';
  /** Canonical, with or without version. */
  readonly valueSet: string;
  /** Of an extensible or preferred binding: the value set that no code may lie outside. */
  readonly maximum?: string;
  /** Further value sets that a profile binds. */
  readonly additional?: readonly BindingRule[];
}

/** What a type says of one of its elements. */
export interface ElementRule {
  readonly binding?: BindingRule;
  readonly constraints?: readonly ConstraintRule[];
  /** The profile of the data type: SimpleQuantity. */
  readonly profile?: string;
}

export interface TypeRules {
  /** Constraints of the type itself. Those of a backbone element stand in the element rule of its parent. */
  readonly constraints: readonly ConstraintRule[];
  /** By element name, without `[x]`. */
  readonly elements: Readonly<Record<string, ElementRule>>;
}

// Not import.meta.resolve: the test runner loads TypeScript through require(), where that is not a function.
const { resolve } = createRequire(import.meta.url);
let loaded: Readonly<Record<string, TypeRules>> | undefined;
const none: TypeRules = { constraints: [], elements: {} };

/** The rules of a type or backbone element (`Patient.contact`). */
export function typeRules(name: string): TypeRules {
  loaded ??= JSON.parse(readFileSync(resolve('#definitions/type-rules.json'), 'utf8')) as Record<string, TypeRules>;
  return loaded[name] ?? none;
}
