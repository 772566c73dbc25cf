/** Where the closures and native forms of invariants and fhirpath.js give different answers on the nodes of a resource. */
import { byLibrary, type Evaluator } from '../../profiles/fhirpath.ts';
import { invariantsOf } from '../../profiles/invariant.ts';
import { childNodes, type Node, rootNode } from '../../profiles/node.ts';
import { Profiles } from '../../profiles/profile.ts';
import { packagedDefinitions } from '../../profiles/source.ts';
import { localTerminology } from '../../profiles/terminology.ts';
import { type ConstraintRule, typeRules } from '../../profiles/type-rules.ts';
import { Walk } from '../../profiles/walk.ts';
import { isPrimitive, typeDefinition } from '../../resources/definition.ts';
import type { JsonObject } from '../../resources/types.ts';

const source = packagedDefinitions();
const walk = new Walk(source, localTerminology(source), new Profiles(source), {});

/** A node with everything below it. */
function* nodesOf(node: Node): Generator<Node> {
  yield node;
  if (isPrimitive(node.type)) return;
  for (const { name } of typeDefinition(node.type)?.elements ?? [])
    for (const child of childNodes(node, name)) yield* nodesOf(child);
}

// fhirpath.js throws on dom-3 and, for quantities without a unit, on rng-2; it knows no resolve() without a server; que-7 says Boolean where
// FHIR has boolean.
const BEYOND_THE_LIBRARY = /dom-3|rng-2|ctm-1|que-7/;

/** One line for each rule and node on which they differ. */
export function disagreements(resource: JsonObject): readonly string[] {
  const found: string[] = [];
  const root = rootNode({ resource, rootResource: resource, path: String(resource.resourceType) });
  const check = (rule: ConstraintRule, node: Node): void => {
    if (BEYOND_THE_LIBRARY.test(rule.key) || node.value === undefined) return;
    const [invariant] = invariantsOf([rule], node.type);
    if (!invariant) return;
    const [ours, theirs] = [answer(invariant.holds, node), answer(byLibrary(rule.expression, node.type), node)];
    if (ours !== theirs) found.push(`${node.path} ${rule.key}: ${ours}, by fhirpath.js ${theirs}`);
  };
  for (const node of nodesOf(root)) {
    for (const rule of typeRules(node.type).constraints) check(rule, node);
    const { elements } = typeRules(node.type);
    for (const name in elements)
      for (const child of childNodes(node, name))
        for (const rule of elements[name]?.constraints ?? []) check(rule, child);
  }
  return found;
}

function answer(holds: Evaluator, node: Node): boolean | 'throws' {
  try {
    return holds(node.value, node.path, node.scope, walk);
  } catch {
    return 'throws';
  }
}
