/**
 * The structure of a resource against the base types: known elements, cardinality, JSON types, one of each choice, primitives with
 * their extensions, no empty values; with the bindings and invariants that the types carry. Finds everything, throws nothing.
 * https://hl7.org/fhir/R4/json.html https://hl7.org/fhir/R4/validation.html
 */
import { isResourceType, resourceTypes } from '../resources/definition.ts';
import { nearest } from '../resources/nearest.ts';
import type { JsonObject } from '../resources/types.ts';
import { checkBinding } from './binding.ts';
import { checkInvariants } from './invariant.ts';
import { nestedScope, rootNode } from './node.ts';
import { jsonType } from './primitive.ts';
import { checkProfile } from './run.ts';
import { resourceChecks, specialCheck } from './special.ts';
import { type PropertyCheck, type TypeCheck, typeCheck } from './type-check.ts';
import { DEEPEST, type Scope, shown, type Walk } from './walk.ts';

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Checks a resource, with everything inside it, as its `resourceType` says. `scope.resource` is the resource. */
export function checkResource(scope: Scope, walk: Walk): void {
  const { resource, path } = scope;
  const type = resource.resourceType;
  if (!isResourceType(type)) {
    const suggestion = typeof type === 'string' ? nearest(type, resourceTypes()) : undefined;
    const found = type === undefined ? 'has no resourceType' : `resourceType ${shown(type)} is no resource type of R4`;
    walk.error('structure', 'resource-type', path, suggestion ? `${found}; did you mean ${suggestion}?` : found);
    return;
  }
  checkObject(resource, typeCheck(type), path, scope, walk);
  resourceChecks(scope, walk);
  checkStatedProfiles(scope, walk);
}

/** The profiles that a resource claims for itself. */
function checkStatedProfiles(scope: Scope, walk: Walk): void {
  const stated = isObject(scope.resource.meta) ? scope.resource.meta.profile : undefined;
  if (!Array.isArray(stated)) return;
  for (const canonical of stated as readonly unknown[])
    if (typeof canonical === 'string') checkProfile(canonical, rootNode(scope), walk);
}

/** Checks the properties of one object: a resource, a data type or a backbone element. */
export function checkObject(value: JsonObject, check: TypeCheck, path: string, scope: Scope, walk: Walk): void {
  if (walk.isFull) return;
  if (++walk.depth > DEEPEST) {
    walk.depth--;
    walk.error(
      'too-costly',
      'depth-limit',
      path,
      `is nested more than ${DEEPEST} levels deep; what lies below is not checked`,
    );
    return;
  }
  let count = 0;
  for (const key in value) {
    count++;
    const property = check.properties.get(key);
    if (property) checkProperty(value, property, path, scope, walk);
    else if (key.charCodeAt(0) === UNDERSCORE) checkLoneExtension(value, key, check, path, scope, walk);
    else if (!(key === 'resourceType' && check.isResource)) unknownElement(key, check, path, walk);
  }
  if (count === (check.isResource ? 1 : 0) && !(check.isResource && count === 1))
    walk.error('structure', 'ele-1', path, 'is an empty object: an element has a value or children');
  for (const { name, min, properties } of check.required)
    if (!properties.some((property) => property in value))
      walk.error('required', 'structure-min', path, `${check.type}.${name}: at least ${min} required, none found`);
  // A definition has each element twice, in differential and snapshot.
  if (
    value.id !== undefined &&
    !check.isResource &&
    check.type !== 'ElementDefinition' &&
    walk.isKnownId(scope.resource, value.id)
  )
    walk.error('duplicate', 'element-id', path, `the id ${shown(value.id)} is there twice in the resource`);
  if (check.hasChoices) checkChoices(value, check, path, walk);
  if (check.invariants.length > 0) checkInvariants(check.invariants, value, path, scope, walk);
  walk.depth--;
}

const UNDERSCORE = '_'.charCodeAt(0);

function unknownElement(key: string, check: TypeCheck, path: string, walk: Walk): void {
  if (walk.isFull) return;
  const suggestion = nearest(key, check.properties.keys());
  const hint = suggestion ? `; did you mean ${suggestion}?` : '';
  walk.error('structure', 'structure-unknown-element', path, `${check.type} has no element ${shown(key)}${hint}`);
}

/** `_birthDate`: handled with `birthDate` when that is there too. */
function checkLoneExtension(
  value: JsonObject,
  key: string,
  check: TypeCheck,
  path: string,
  scope: Scope,
  walk: Walk,
): void {
  const name = key.slice(1);
  const property = check.properties.get(name);
  if (!property) unknownElement(key, check, path, walk);
  else if (!property.primitive)
    walk.error(
      'structure',
      'structure-type',
      path,
      `${key}: only primitive elements have a form with _; ${name} is ${property.type}`,
    );
  else if (!(name in value)) checkProperty(value, property, path, scope, walk);
}

function checkChoices(value: JsonObject, check: TypeCheck, path: string, walk: Walk): void {
  const chosen = new Map<string, string>();
  for (const key in value) {
    const property = check.properties.get(key.charCodeAt(0) === UNDERSCORE ? key.slice(1) : key);
    if (!property?.element.choice) continue;
    const other = chosen.get(property.name);
    if (other === undefined) chosen.set(property.name, property.property);
    else if (other !== property.property)
      walk.error(
        'structure',
        'structure-choice',
        path,
        `${check.type}.${property.name}[x]: only one allowed, found ${other} and ${property.property}`,
      );
  }
}

function checkProperty(owner: JsonObject, property: PropertyCheck, path: string, scope: Scope, walk: Walk): void {
  const value = owner[property.property];
  const here = `${path}.${property.name}`;
  if (property.primitive) {
    checkPrimitives(value, owner[`_${property.property}`], property, here, scope, walk);
  } else if (property.many) {
    const items = arrayOf(value, property, here, walk);
    for (let at = 0; at < items.length && !walk.isFull; at++) {
      if (property.type === 'Resource') checkNested(items[at], owner, property, `${here}[${at}]`, scope, walk);
      else checkValue(items[at], property, `${here}[${at}]`, scope, walk);
    }
  } else if (Array.isArray(value)) {
    walk.error('structure', 'structure-type', here, `is a JSON array, expected one ${property.type}`);
  } else if (property.type === 'Resource') {
    checkNested(value, owner, property, here, scope, walk);
  } else {
    checkValue(value, property, here, scope, walk);
  }
}

/** The items of a repeating element; a value outside an array is reported and read as its only item. */
function arrayOf(value: unknown, property: PropertyCheck, path: string, walk: Walk): readonly unknown[] {
  if (Array.isArray(value)) {
    if (value.length === 0)
      walk.error('structure', 'structure-empty', path, 'is an empty array: leave the element out');
    return value;
  }
  walk.error('structure', 'structure-type', path, `is ${jsonType(value)}, expected an array of ${property.type}`);
  return [value];
}

/** A resource inside a resource: contained, in a Bundle's entry, in a parameter. It is a scope of its own. */
function checkNested(
  value: unknown,
  owner: JsonObject,
  property: PropertyCheck,
  path: string,
  scope: Scope,
  walk: Walk,
): void {
  if (!isObject(value)) {
    walk.error('structure', 'structure-type', path, `is ${jsonType(value)}, expected a resource`);
    return;
  }
  checkResource(nestedScope(value, owner, property.definitionPath, path, scope), walk);
}

function checkValue(value: unknown, property: PropertyCheck, path: string, scope: Scope, walk: Walk): void {
  if (!isObject(value)) {
    walk.error(
      'structure',
      'structure-type',
      path,
      `is ${jsonType(value)}, expected a JSON object for ${property.type}`,
    );
    return;
  }
  checkObject(value, typeCheck(property.type), path, scope, walk);
  if (property.invariants.length > 0) checkInvariants(property.invariants, value, path, scope, walk);
  if (property.binding) checkBinding(property.binding, value, property.type, path, walk);
  if (property.profile) checkProfile(property.profile, { value, type: property.type, path, scope }, walk);
  specialCheck(property.type)?.(value, property, path, scope, walk);
}

function checkPrimitives(
  value: unknown,
  extension: unknown,
  property: PropertyCheck,
  path: string,
  scope: Scope,
  walk: Walk,
): void {
  if (!property.many) {
    if (Array.isArray(value))
      walk.error('structure', 'structure-type', path, `is a JSON array, expected one ${property.type}`);
    else checkPrimitive(value, extension, property, path, scope, walk);
    return;
  }
  const values = value === undefined ? [] : arrayOf(value, property, path, walk);
  const extensions = extension === undefined ? [] : arrayOf(extension, property, path, walk);
  if (value !== undefined && extension !== undefined && values.length !== extensions.length)
    walk.error(
      'structure',
      'structure-parallel',
      path,
      `has ${values.length} values and ${extensions.length} in _${property.property}: the arrays go in step`,
    );
  for (let at = 0; at < Math.max(values.length, extensions.length) && !walk.isFull; at++)
    checkPrimitive(values[at] ?? undefined, extensions[at] ?? undefined, property, `${path}[${at}]`, scope, walk);
}

function checkPrimitive(
  value: unknown,
  extension: unknown,
  property: PropertyCheck,
  path: string,
  scope: Scope,
  walk: Walk,
): void {
  if (extension !== undefined) {
    if (isObject(extension)) checkObject(extension, typeCheck('Element'), path, scope, walk);
    else
      walk.error(
        'structure',
        'structure-type',
        path,
        `_${property.property} is ${jsonType(extension)}, expected an object with id or extension`,
      );
  }
  if (value === undefined) {
    if (extension === undefined)
      walk.error('structure', 'ele-1', path, 'is null: an element has a value or an extension');
    return;
  }
  const wrong = property.primitive?.(value);
  if (wrong)
    walk.error(
      value === null || typeof value === 'object' ? 'structure' : 'value',
      `type-${property.type}`,
      path,
      `${shown(value)} ${wrong}`,
    );
  else if (property.binding && typeof value === 'string')
    checkBinding(property.binding, value, property.type, path, walk);
  if (property.invariants.length > 0 && !wrong) checkInvariants(property.invariants, value, path, scope, walk);
  if (!wrong) specialCheck(property.type)?.(value, property, path, scope, walk);
}
