/**
 * A resource or data type against a profile: the tree of assertions walked beside the value. Reports everything that differs.
 * https://hl7.org/fhir/R4/profiling.html
 */
import { isResourceType, typeDefinition } from '../resources/definition.ts';
import type { IssueSeverity } from '../resources/outcome.ts';
import { asObject, type ElementAssertion, type TypeAssertion } from './assertion.ts';
import { checkBinding } from './binding.ts';
import { fixedDifferences, patternDifferences } from './fixed.ts';
import { checkInvariants } from './invariant.ts';
import { checkNarrativeControl } from './narrative-control.ts';
import { childNodes, type Node } from './node.ts';
import { compareValues } from './order.ts';
import type { CompiledElement } from './profile.ts';
import { checkTarget } from './reference-target.ts';
import { checkSlices } from './slicing.ts';
import { isBindable } from './type-check.ts';
import { type Scope, shown, type Walk } from './walk.ts';

/** Checks a node against a profile by canonical; `unknown` is how it is reported that there is no such profile. */
export function checkProfile(
  canonical: string,
  node: Node,
  walk: Walk,
  unknown: IssueSeverity = walk.options.unknownProfile ?? 'warning',
): void {
  const target = walk.profiles.find(canonical);
  if (!target) {
    walk.report(
      unknown,
      'not-found',
      'profile-unknown',
      node.path,
      `the profile ${canonical} is not known here: it is not checked`,
    );
    return;
  }
  if (target.kind === 'type') {
    if (!isOfType(node.type, target.type))
      walk.error('structure', 'profile-type', node.path, `is a ${node.type}, expected a ${target.type} (${canonical})`);
    return;
  }
  if (!walk.enter(node.value, canonical)) return;
  const { assertion, root } = target.profile;
  for (const problem of assertion.problems)
    walk.warning('not-supported', 'profile-problem', node.path, `${canonical}: ${problem}`);
  if (!isOfType(node.type, assertion.type)) {
    walk.error(
      'structure',
      'profile-type',
      node.path,
      `is a ${node.type}, and the profile ${canonical} is of ${assertion.type}`,
    );
    return;
  }
  checkElement(root, node, canonical, walk);
}

/** Whether a node conforms to a profile or type: the errors, unreported. */
export function conforms(canonical: string, node: Node, walk: Walk): boolean {
  return walk.remember(node.value, canonical, () => {
    const silent = walk.silent();
    checkProfile(canonical, node, silent);
    return !silent.hasErrors;
  });
}

const ABSTRACT = new Set(['Resource', 'DomainResource']);

export const isOfType = (type: string, expected: string): boolean =>
  type === expected ||
  (ABSTRACT.has(expected) && isResourceType(type)) ||
  expected === 'Element' ||
  (expected === 'BackboneElement' && type.includes('.'));

/** The rules of an element on one of its values, and of its children. */
export function checkElement(
  element: CompiledElement,
  node: Node,
  profile: string,
  walk: Walk,
  scope: Scope = node.scope,
): void {
  const { assertion } = element;
  if (assertion.types && !checkTypes(assertion, assertion.types, node, profile, walk)) return;
  checkValue(assertion, node, profile, walk);
  const invariants = element.invariants(node.type);
  if (invariants.length > 0) checkInvariants(invariants, node.value, node.path, scope, walk);
  for (const child of element.children) checkChildren(child, node, profile, walk);
  if (node.type.includes('.')) checkReferredContent(element, node, profile, walk);
}

/**
 * Elements that are defined by reference to another (`Questionnaire.item.item` by `Questionnaire.item`) keep what the profile says there,
 * unless it says something of them by themselves.
 */
function checkReferredContent(element: CompiledElement, node: Node, profile: string, walk: Walk): void {
  for (const { name, types } of typeDefinition(node.type)?.elements ?? []) {
    const [type = ''] = types;
    if (
      !type.includes('.') ||
      type === `${node.type}.${name}` ||
      element.children.some(({ assertion }) => assertion.name === name)
    )
      continue;
    let model: CompiledElement | undefined = element;
    while (model && model.path !== type) model = model.parent;
    if (model && (model.children.length > 0 || model.assertion.constraints))
      for (const nested of childNodes(node, name)) checkContent(model, nested, profile, walk);
  }
}

function checkContent(element: CompiledElement, node: Node, profile: string, walk: Walk): void {
  const invariants = element.invariants(node.type);
  if (invariants.length > 0) checkInvariants(invariants, node.value, node.path, node.scope, walk);
  for (const child of element.children) checkChildren(child, node, profile, walk);
  checkReferredContent(element, node, profile, walk);
}

function checkChildren(child: CompiledElement, parent: Node, profile: string, walk: Walk): void {
  const { name, min = 0, max, id } = child.assertion;
  const nodes = childNodes(parent, name);
  if (nodes.length < min)
    walk.error(
      'required',
      'profile-min',
      parent.path,
      `${id}: at least ${min} required, ${nodes.length} found (${profile})`,
    );
  if (max !== undefined && nodes.length > max)
    walk.error(
      'structure',
      'profile-max',
      parent.path,
      `${id}: ${max === 0 ? 'none' : `at most ${max}`} allowed, ${nodes.length} found (${profile})`,
    );
  // %resource of a constraint on an element is the resource that the element belongs to, also when its value is a resource.
  if (nodes.length === 0 && child.assertion.mustSupport && walk.options.mustSupport)
    walk.report(
      'information',
      'informational',
      'must-support',
      parent.path,
      `${id} must be supported and is not there (${profile})`,
    );
  for (const node of nodes) checkElement(child, node, profile, walk, parent.scope);
  if (child.slices.length > 0 || child.assertion.slicing) checkSlices(child, nodes, parent, profile, walk);
}

function checkValue(assertion: ElementAssertion, node: Node, profile: string, walk: Walk): void {
  const { value, path } = node;
  if (value === undefined) {
    if (assertion.mustHaveValue)
      walk.error('required', 'profile-value', path, `${assertion.id} has no value, only extensions (${profile})`);
    return;
  }
  if (assertion.narrative) checkNarrativeControl(assertion.narrative, node, profile, walk);
  if (assertion.fixed !== undefined)
    for (const difference of fixedDifferences(value, assertion.fixed))
      walk.error('value', 'profile-fixed', path + difference.path, `${assertion.id} ${difference.text} (${profile})`);
  if (assertion.pattern !== undefined)
    for (const difference of patternDifferences(value, assertion.pattern))
      walk.error('value', 'profile-pattern', path + difference.path, `${assertion.id} ${difference.text} (${profile})`);
  if (assertion.maxLength !== undefined && typeof value === 'string' && value.length > assertion.maxLength)
    walk.error(
      'too-long',
      'profile-max-length',
      path,
      `${assertion.id} has ${value.length} characters, at most ${assertion.maxLength} allowed (${profile})`,
    );
  if (assertion.minValue !== undefined && (compareValues(value, assertion.minValue, node.type) ?? 0) < 0)
    walk.error(
      'value',
      'profile-min-value',
      path,
      `${shown(value)} is less than ${shown(assertion.minValue)}, the least allowed (${profile})`,
    );
  if (assertion.maxValue !== undefined && (compareValues(value, assertion.maxValue, node.type) ?? 0) > 0)
    walk.error(
      'value',
      'profile-max-value',
      path,
      `${shown(value)} is more than ${shown(assertion.maxValue)}, the most allowed (${profile})`,
    );
  if (assertion.binding && isBindable(node.type) && !isUnitBesideCodes(assertion, node.type))
    checkBinding(assertion.binding, value, node.type, path, walk);
}

/** A binding of a choice between a concept and a quantity is about the concept. */
const isUnitBesideCodes = ({ types }: ElementAssertion, type: string): boolean =>
  type === 'Quantity' &&
  (types?.some(({ code }) => code === 'CodeableConcept' || code === 'Coding' || code === 'code') ?? false);

/** False when the value is of none of the types: nothing more can be said about it. */
function checkTypes(
  assertion: ElementAssertion,
  types: readonly TypeAssertion[],
  node: Node,
  profile: string,
  walk: Walk,
): boolean {
  const fitting = types.filter(({ code }) => isOfType(node.type, code));
  if (fitting.length === 0) {
    walk.error(
      'structure',
      'profile-element-type',
      node.path,
      `${assertion.id} is a ${node.type}, expected ${types.map(({ code }) => code).join(' or ')} (${profile})`,
    );
    return false;
  }
  const profiles = fitting.flatMap((type) => type.profiles ?? []);
  // A type without profiles among those that fit leaves the value free.
  if (profiles.length > 0 && fitting.every((type) => type.profiles)) checkOneOf(profiles, node, walk);
  if (node.type === 'Reference' && asObject(node.value)) checkTarget(fitting, node, profile, walk);
  return true;
}

/** The value conforms to one of the profiles; with one only, what differs is reported itself. */
export function checkOneOf(profiles: readonly string[], node: Node, walk: Walk): void {
  const [only] = profiles;
  if (profiles.length === 1 && only !== undefined)
    checkProfile(only, node, walk, walk.options.unknownProfile ?? 'error');
  else if (!profiles.some((each) => conforms(each, node, walk)))
    walk.error('structure', 'profile-none-of', node.path, `conforms to none of the profiles ${profiles.join(', ')}`);
}
