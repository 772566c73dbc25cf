/**
 * What a reference points to, against the target profiles of an element: by the resource itself where it is at hand, otherwise by the type
 * that the reference names. https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.type.targetProfile
 */
import type { TypeAssertion } from './assertion.ts';
import { asObject } from './assertion.ts';
import { type Node, rootNode } from './node.ts';
import { resolveReference, typeNamed } from './reference.ts';
import { checkOneOf, conforms, isOfType } from './run.ts';
import type { Walk } from './walk.ts';

export function checkTarget(types: readonly TypeAssertion[], node: Node, profile: string, walk: Walk): void {
  const reference = asObject(node.value)?.reference;
  const statedType = asObject(node.value)?.type;
  checkAggregation(types, typeof reference === 'string' ? reference : undefined, node, profile, walk);
  const targets = types.flatMap((type) => type.targetProfiles ?? []);
  if (targets.length === 0) return;
  const resolved = typeof reference === 'string' ? resolveReference(reference, node.scope, walk) : undefined;
  const target = resolved?.resource;
  const actual =
    typeof target?.resourceType === 'string'
      ? target.resourceType
      : typeof reference === 'string'
        ? typeNamed(reference)
        : statedType;
  if (typeof actual !== 'string') return;
  const byType = targets.filter((canonical) => {
    const expected = typeOfCanonical(canonical, walk);
    return expected === undefined || isOfType(actual, expected);
  });
  if (byType.length === 0) {
    walk.error(
      'structure',
      'profile-target',
      node.path,
      `refers to a ${actual}, expected ${targets.join(' or ')} (${profile})`,
    );
    return;
  }
  if (!target || !resolved?.scope) return;
  const targetNode = rootNode(resolved.scope);
  const profiled = byType.filter((canonical) => walk.profiles.find(canonical)?.kind === 'profile');
  // A target that may be of the plain type is free of the profiles beside it.
  if (profiled.length < byType.length) return;
  if (profiled.some((canonical) => conforms(canonical, targetNode, walk))) return;
  walk.error(
    'structure',
    'profile-target',
    node.path,
    `refers to ${targetNode.path}, which does not conform to ${profiled.join(' or ')} (${profile})`,
  );
  if (profiled.length === 1) checkOneOf(profiled, targetNode, walk);
}

/** The type that a canonical of a type or profile is about; undefined when it is not known. */
export function typeOfCanonical(canonical: string, walk: Walk): string | undefined {
  const found = walk.profiles.find(canonical);
  if (found) return found.kind === 'type' ? found.type : found.profile.assertion.type;
  return /^http:\/\/hl7\.org\/fhir\/StructureDefinition\/([A-Z][A-Za-z]+)$/.exec(canonical)?.[1];
}

function checkAggregation(
  types: readonly TypeAssertion[],
  reference: string | undefined,
  node: Node,
  profile: string,
  walk: Walk,
): void {
  const allowed = types.flatMap(({ aggregation }) => aggregation ?? []);
  if (allowed.length === 0 || reference === undefined || types.some(({ aggregation }) => !aggregation)) return;
  const inBundle =
    !reference.startsWith('#') &&
    node.scope.bundle !== undefined &&
    resolveReference(reference, node.scope, walk)?.scope !== undefined;
  const actual = reference.startsWith('#') ? 'contained' : inBundle ? 'bundled' : 'referenced';
  if (allowed.includes(actual) || (actual === 'bundled' && allowed.includes('referenced'))) return;
  walk.error(
    'structure',
    'profile-aggregation',
    node.path,
    `is a ${actual} reference, expected ${allowed.join(' or ')} (${profile})`,
  );
}
