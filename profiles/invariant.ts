/**
 * Invariants: the FHIRPath constraints of types and profiles, each compiled once. Natively where native-invariant.ts has a form, otherwise
 * by the FHIRPath engine. https://hl7.org/fhir/R4/conformance-rules.html#constraints
 */
import { evaluator } from './fhirpath.ts';
import { nativeInvariants } from './native-invariant.ts';
import type { ConstraintRule } from './type-rules.ts';
import type { Scope, Walk } from './walk.ts';

export interface Invariant extends ConstraintRule {
  /** Whether the node keeps the rule. @throws when the expression cannot be evaluated on it */
  readonly holds: (node: unknown, path: string, scope: Scope, walk: Walk) => boolean;
}

/**
 * Constraints that are carried out elsewhere: the narrative rules `txt-1` and `txt-2` (narrative.ts), for which FHIRPath has only a
 * function that no engine offers, and ref-1 (reference.ts).
 */
export const CARRIED_OUT_ELSEWHERE: ReadonlySet<string> = new Set(['ele-1', 'ext-1', 'txt-1', 'txt-2', 'ref-1']);

/** The compiled forms of constraints on nodes of a type (`Patient`, `HumanName`, `Patient.contact`). */
export function invariantsOf(rules: readonly ConstraintRule[], type: string): readonly Invariant[] {
  return rules
    .filter(({ key }) => !CARRIED_OUT_ELSEWHERE.has(key))
    .map((rule) => ({ ...rule, holds: nativeInvariants[rule.expression] ?? evaluator(rule.expression, type) }));
}

/** Checks the invariants on one node and reports those that it breaks. */
export function checkInvariants(
  invariants: readonly Invariant[],
  node: unknown,
  path: string,
  scope: Scope,
  walk: Walk,
): void {
  for (const { key, severity, human, expression, holds } of invariants) {
    if (severity === 'warning' && walk.options.bestPractice === false) continue;
    let kept: boolean;
    try {
      kept = holds(node, path, scope, walk);
    } catch (error) {
      // Structure that is wrong is reported by itself; an expression may stumble over it.
      if (walk.hasErrors) continue;
      walk.report(
        'information',
        'exception',
        `${key}-unchecked`,
        path,
        `${key} could not be checked: ${error instanceof Error ? error.message : String(error)} (${expression})`,
      );
      continue;
    }
    if (!kept) walk.report(severity, 'invariant', key, path, `${key}: ${human}`);
  }
}
