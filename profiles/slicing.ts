/**
 * Slices: which values of an element belong to which, by their discriminators, and whether the rules of the slicing are kept.
 * https://hl7.org/fhir/R4/profiling.html#slicing
 */
import type { Discriminator, ElementAssertion } from './assertion.ts';
import { discriminated } from './discriminator-path.ts';
import { matchesFixed, matchesPattern } from './fixed.ts';
import type { Node } from './node.ts';
import { type CompiledElement, compiledElement } from './profile.ts';
import { typeOfCanonical } from './reference-target.ts';
import { checkElement, conforms, isOfType } from './run.ts';
import type { Walk } from './walk.ts';

const DEFAULT = '@default';

/** Checks the values of a sliced element, `element`, found under `parent`. */
export function checkSlices(
  element: CompiledElement,
  nodes: readonly Node[],
  parent: Node,
  profile: string,
  walk: Walk,
): void {
  const { slicing, id } = element.assertion;
  const named = element.slices.filter(({ assertion }) => assertion.sliceName !== DEFAULT);
  const fallback = element.slices.find(({ assertion }) => assertion.sliceName === DEFAULT);
  const members = new Map<CompiledElement, Node[]>(named.map((slice) => [slice, []]));
  let last = -1;
  let unmatchedAt: number | undefined;
  for (const [at, node] of nodes.entries()) {
    const index = slicing ? named.findIndex((slice) => belongs(slice, slicing.discriminators, node, walk)) : -1;
    const slice = named[index];
    if (!slice) {
      unmatchedAt ??= at;
      if (slicing?.rules === 'closed' && !fallback && named.length > 0)
        walk.error(
          'structure',
          'slice-closed',
          node.path,
          `fits none of the slices of ${id}, and no others are allowed (${profile})`,
        );
      if (fallback) members.set(fallback, [...(members.get(fallback) ?? []), node]);
      continue;
    }
    members.get(slice)?.push(node);
    if (slicing?.ordered && index < last)
      walk.error(
        'structure',
        'slice-order',
        node.path,
        `is of the slice ${slice.assertion.sliceName}, which comes before the one above it (${profile})`,
      );
    if (slicing?.rules === 'openAtEnd' && unmatchedAt !== undefined)
      walk.error(
        'structure',
        'slice-order',
        node.path,
        `comes after a value of no slice, and those are allowed at the end only (${profile})`,
      );
    last = Math.max(last, index);
  }
  for (const [slice, found] of members) checkSlice(slice, found, parent, profile, walk);
}

function checkSlice(slice: CompiledElement, nodes: readonly Node[], parent: Node, profile: string, walk: Walk): void {
  const { min = 0, max, id } = slice.assertion;
  if (nodes.length < min)
    walk.error(
      'required',
      'slice-min',
      parent.path,
      `${id}: at least ${min} required, ${nodes.length} found (${profile})`,
    );
  if (max !== undefined && nodes.length > max)
    walk.error(
      'structure',
      'slice-max',
      parent.path,
      `${id}: ${max === 0 ? 'none' : `at most ${max}`} allowed, ${nodes.length} found (${profile})`,
    );
  for (const node of nodes) checkElement(slice, node, profile, walk);
  if (slice.slices.length > 0) checkSlices(slice, nodes, parent, profile, walk);
}

/** True when a value shows everything that tells the slice from the others. */
function belongs(
  { assertion }: CompiledElement,
  discriminators: readonly Discriminator[],
  node: Node,
  walk: Walk,
): boolean {
  return (
    discriminators.length > 0 && discriminators.every((discriminator) => shows(assertion, discriminator, node, walk))
  );
}

function shows(slice: ElementAssertion, { type, path }: Discriminator, node: Node, walk: Walk): boolean {
  const place = discriminated(path, slice, node, walk);
  if (!place) return false;
  const { expected, nodes } = place;
  switch (type) {
    case 'exists':
      return expected.some(({ max }) => max === 0) ? nodes.length === 0 : nodes.length > 0;
    case 'type':
      return nodes.some((one) =>
        expected.some(({ types }) =>
          types?.some(({ code, profiles }) =>
            code === 'Resource' && profiles
              ? profiles.some((each) => isOfType(one.type, typeOfCanonical(each, walk) ?? code))
              : isOfType(one.type, code),
          ),
        ),
      );
    case 'profile':
      return nodes.some((one) =>
        expected.some(({ types }) =>
          types?.some(({ code, profiles, targetProfiles }) => {
            const wanted = profiles ?? (code === 'Reference' ? targetProfiles : undefined);
            return wanted ? wanted.some((each) => conforms(each, one, walk)) : isOfType(one.type, code);
          }),
        ),
      );
    case 'value':
    case 'pattern':
      return nodes.length === 0
        ? expected.some(({ max }) => max === 0)
        : expected.length > 0 && nodes.some((one) => expected.every((each) => showsValue(each, one, walk)));
    // R5: a slice is a place in the list.
    case 'position':
      return false;
  }
}

/** Whether a value is as the assertion fixes it: by fixed value, pattern or required binding, here or below. */
function showsValue(expected: ElementAssertion, node: Node, walk: Walk): boolean {
  if (expected.fixed !== undefined) return matchesFixed(node.value, expected.fixed);
  if (expected.pattern !== undefined) return matchesPattern(node.value, expected.pattern);
  const silent = walk.silent();
  let compiled = compiledExpectations.get(expected);
  if (!compiled) {
    compiled = compiledElement(expected);
    compiledExpectations.set(expected, compiled);
  }
  checkElement(compiled, node, '', silent);
  return !silent.hasErrors;
}

const compiledExpectations = new WeakMap<ElementAssertion, CompiledElement>();
