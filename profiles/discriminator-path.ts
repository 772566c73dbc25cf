/**
 * The restricted FHIRPath of discriminators, followed twice: through the slice's assertion, to what it expects there, and through the
 * value, to what is there. https://hl7.org/fhir/R4/profiling.html#discriminator
 */
import { asObject, childOf, type ElementAssertion } from './assertion.ts';
import { childNodes, type Node, rootNode } from './node.ts';
import { resolveReference } from './reference.ts';
import type { Walk } from './walk.ts';

export interface Discriminated {
  /** What the slice asserts at the end of the path; several when profiles of types say something there too. */
  readonly expected: readonly ElementAssertion[];
  readonly nodes: readonly Node[];
}

type PathStep =
  | { readonly kind: 'element'; readonly name: string }
  | { readonly kind: 'extension'; readonly url: string }
  | { readonly kind: 'resolve' }
  | { readonly kind: 'type'; readonly type: string };

const parsed = new Map<string, readonly PathStep[] | undefined>();

/** Both ends of a path; undefined when the path is not of the restricted form. */
export function discriminated(
  path: string,
  slice: ElementAssertion,
  node: Node,
  walk: Walk,
): Discriminated | undefined {
  if (!parsed.has(path)) parsed.set(path, parse(path));
  const steps = parsed.get(path);
  if (!steps) return undefined;
  let expected: readonly ElementAssertion[] = [slice];
  let nodes: readonly Node[] = [node];
  for (const step of steps) {
    expected = expected.flatMap((one) => assertionsAt(one, step, walk));
    nodes = nodes.flatMap((one) => nodesAt(one, step, walk));
  }
  return { expected, nodes };
}

const STEP =
  /^(?:\$this|resolve\(\)|(?:ofType|as)\(([A-Za-z]+)\)|extension\(\s*(?:'([^']*)'|"([^"]*)")\s*\)|([A-Za-z][A-Za-z0-9]*)(?:\[x\])?)(?:\.|$)/;

function parse(path: string): readonly PathStep[] | undefined {
  const steps: PathStep[] = [];
  for (let rest = path.trim(); rest !== ''; ) {
    const found = STEP.exec(rest);
    if (!found) return undefined;
    const [text, type, url, quoted, name] = found;
    if (type !== undefined) steps.push({ kind: 'type', type });
    else if (url !== undefined || quoted !== undefined) steps.push({ kind: 'extension', url: url ?? quoted ?? '' });
    else if (name !== undefined) steps.push({ kind: 'element', name });
    else if (text.startsWith('resolve')) steps.push({ kind: 'resolve' });
    rest = rest.slice(text.length);
  }
  return steps;
}

function nodesAt(node: Node, step: PathStep, walk: Walk): readonly Node[] {
  switch (step.kind) {
    case 'element':
      return childNodes(node, step.name);
    case 'extension':
      return childNodes(node, 'extension').filter(({ value }) => asObject(value)?.url === step.url);
    case 'type':
      return node.type === step.type ? [node] : [];
    case 'resolve': {
      const reference = node.type === 'Reference' ? asObject(node.value)?.reference : node.value;
      const resolved = typeof reference === 'string' ? resolveReference(reference, node.scope, walk) : undefined;
      return resolved
        ? [
            resolved.scope
              ? rootNode(resolved.scope)
              : {
                  value: resolved.resource,
                  type: String(resolved.resource.resourceType),
                  path: node.path,
                  scope: node.scope,
                },
          ]
        : [];
    }
  }
}

/** What an assertion says one step on: itself, and by the profiles of its type. */
function assertionsAt(assertion: ElementAssertion, step: PathStep, walk: Walk): readonly ElementAssertion[] {
  switch (step.kind) {
    case 'type':
      return [assertion];
    case 'resolve':
      return [{ ...assertion, types: targetTypes(assertion), children: undefined }];
    case 'extension': {
      const extension = childOf(assertion, 'extension');
      return (extension?.slices ?? []).filter(
        (slice) =>
          childOf(slice, 'url')?.fixed === step.url ||
          slice.types?.some(({ profiles }) => profiles?.includes(step.url)),
      );
    }
    case 'element': {
      const own = childOf(assertion, step.name);
      const ofSlices = own?.slices?.length === 1 && step.name !== 'extension' ? own.slices : [];
      const ofPattern = partOf(assertion, step.name);
      const profiles = (assertion.types ?? []).flatMap(({ profiles }) => profiles ?? []);
      const ofProfiles = profiles.flatMap((canonical) => {
        const found = walk.profiles.find(canonical);
        const child = found?.kind === 'profile' ? childOf(found.profile.assertion.root, step.name) : undefined;
        return child ? [child] : [];
      });
      return [...(own ? [own] : []), ...ofSlices, ...ofPattern, ...ofProfiles];
    }
  }
}

/** The part of a fixed value or pattern under an element: `code` of a pattern on the whole. */
function partOf({ id, fixed, pattern }: ElementAssertion, name: string): readonly ElementAssertion[] {
  const fixedPart = asObject(fixed)?.[name];
  const patternPart = asObject(pattern)?.[name];
  const part = (rules: Partial<ElementAssertion>): ElementAssertion => ({ id: `${id}.${name}`, name, ...rules });
  if (fixedPart !== undefined)
    return [part(Array.isArray(fixedPart) ? { pattern: fixedPart[0] } : { fixed: fixedPart })];
  if (patternPart !== undefined) return [part({ pattern: Array.isArray(patternPart) ? patternPart[0] : patternPart })];
  return [];
}

/** The targets of a reference as the types of the resource it resolves to. */
function targetTypes({ types }: ElementAssertion): ElementAssertion['types'] {
  return (types ?? []).flatMap(({ targetProfiles }) =>
    (targetProfiles ?? []).map((canonical) => {
      const name = /^http:\/\/hl7\.org\/fhir\/StructureDefinition\/([A-Z][A-Za-z]+)$/.exec(canonical)?.[1];
      return name === undefined ? { code: 'Resource', profiles: [canonical] } : { code: name };
    }),
  );
}
