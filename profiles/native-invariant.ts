/**
 * Native forms of invariants that FHIRPath engines cannot run or run slowly, by their expression, so that a profile that repeats one has
 * it too. test/profiles/invariant.test.ts holds them to the FHIRPath engine's answer where both run.
 */
import type { JsonObject } from '../resources/types.ts';
import { asObject } from './assertion.ts';
import { containedIn, referencedIds } from './contained.ts';
import type { Invariant } from './invariant.ts';
import { compareValues } from './order.ts';
import { resolveReference } from './reference.ts';

type Holds = Invariant['holds'];

const onObject =
  (test: (node: JsonObject) => boolean): Holds =>
  (node) =>
    test(node as JsonObject);

const everyContained = (test: (contained: JsonObject) => boolean): Holds =>
  onObject((node) => containedIn(node).every(test));

const metaOf = (resource: JsonObject): JsonObject => (resource.meta ?? {}) as JsonObject;

const DOM_3 =
  "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) | %resource.descendants().as(uri) | %resource.descendants().as(url))) or descendants().where(reference = '#').exists() or descendants().where(as(canonical) = '#').exists() or descendants().where(as(canonical) = '#').exists()).not()).trace('unmatched', id).empty()";

const CTM_1 = 'onBehalfOf.exists() implies (member.resolve().iif(empty(), true, ofType(Practitioner).exists()))';

const SDF_8 =
  "(%resource.kind = 'logical' or element.first().path = %resource.type) and element.tail().all(path.startsWith(%resource.snapshot.element.first().path&'.'))";

const SDF_8A =
  "(%resource.kind = 'logical' or element.first().path.startsWith(%resource.type)) and (element.tail().empty() or element.tail().all(path.startsWith(%resource.differential.element.first().path.replaceMatches('\\\\..*','')&'.')))";

export const nativeInvariants: Readonly<Record<string, Holds>> = {
  // dom-2
  'contained.contained.empty()': everyContained((contained) => contained.contained === undefined),
  // dom-3: fhirpath.js throws on it ("Expected singleton on left side of 'as'").
  [DOM_3]: onObject((node) => {
    const contained = containedIn(node);
    if (contained.length === 0) return true;
    const ids = referencedIds(node);
    return contained.every((one) => (typeof one.id === 'string' && ids.has(one.id)) || referencedIds(one).has(''));
  }),
  // dom-4
  'contained.meta.versionId.empty() and contained.meta.lastUpdated.empty()': everyContained(
    (contained) => metaOf(contained).versionId === undefined && metaOf(contained).lastUpdated === undefined,
  ),
  // dom-5
  'contained.meta.security.empty()': everyContained((contained) => metaOf(contained).security === undefined),
  // The engine looks up the first element again for each of them: quadratic in their number.
  [SDF_8]: (node, _path, { resource }) => {
    const [first, ...others] = pathsOf(node);
    return (
      (resource.kind === 'logical' || first === resource.type) && others.every((path) => path.startsWith(`${first}.`))
    );
  },
  [SDF_8A]: (node, _path, { resource }) => {
    const [first = '', ...others] = pathsOf(node);
    const [type] = first.split('.');
    return (
      (resource.kind === 'logical' || first.startsWith(String(resource.type))) &&
      others.every((path) => path.startsWith(`${type}.`))
    );
  },
  [CTM_1]: (node, _path, scope, walk) => {
    const { onBehalfOf, member } = node as JsonObject;
    const reference = asObject(member)?.reference;
    if (onBehalfOf === undefined || typeof reference !== 'string') return true;
    const resolved = resolveReference(reference, scope, walk)?.resource;
    return resolved === undefined || resolved.resourceType === 'Practitioner';
  },
  // rng-2: quantities of one unit. Others would need conversion, and the library's converter writes what it does not know to the console.
  'low.empty() or high.empty() or (low <= high)': onObject(
    ({ low, high }) => (compareValues(low, high, 'Quantity') ?? 0) <= 0,
  ),
  // csd-1: descendants() of a large code system is slow in the engine.
  'concept.code.combine($this.descendants().concept.code).isDistinct()': onObject((node) =>
    areDistinct(node.concept, 'concept', 'code'),
  ),
  // que-2
  'descendants().linkId.isDistinct()': onObject((node) => areDistinct(node.item, 'item', 'linkId')),
  // que-7: in this the type of FHIR is meant, which an engine does not call Boolean.
  "operator = 'exists' implies (answer is Boolean)": onObject(
    (node) => node.operator !== 'exists' || node.answerBoolean !== undefined || node._answerBoolean !== undefined,
  ),
  // dom-6
  'text.`div`.exists()': onObject(
    ({ text }) => ((text ?? {}) as JsonObject).div !== undefined || ((text ?? {}) as JsonObject)._div !== undefined,
  ),
};

/** The paths of the elements of a snapshot or differential; empty text where one has none. */
function pathsOf(node: unknown): readonly string[] {
  const elements = asObject(node)?.element;
  return (Array.isArray(elements) ? (elements as readonly unknown[]) : []).map((each) => {
    const path = asObject(each)?.path;
    return typeof path === 'string' ? path : '';
  });
}

/** True when no two of the objects in a tree (children under `nested`) have the same `name`. */
function areDistinct(roots: unknown, nested: string, name: string): boolean {
  const seen = new Set<unknown>();
  const open: unknown[] = Array.isArray(roots) ? [...roots] : [];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const object = asObject(next);
    const value = object?.[name];
    if (value !== undefined && seen.has(value)) return false;
    seen.add(value);
    if (Array.isArray(object?.[nested])) open.push(...(object[nested] as readonly unknown[]));
  }
  return true;
}
