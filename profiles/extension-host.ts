/**
 * The element that an extension stands on, by all the names that a context of use may call it: its path from the resource, its type and
 * what that type is a kind of, its path from the data type it belongs to. https://hl7.org/fhir/R4/defining-extensions.html#context
 */
import { typeDefinition } from '../resources/definition.ts';
import type { JsonObject } from '../resources/types.ts';
import { selectedPaths } from './fhirpath.ts';
import type { Scope } from './walk.ts';

export interface Hosts {
  /** As a person would say it: `Patient.name`. */
  readonly name: string;
  readonly elements: ReadonlySet<string>;
  /** The URL of the extension it stands in, when it does. */
  readonly extension?: string;
}

/** The host of the extension at `path`, which lies in the resource of `scope`. */
export function hostsOf(path: string, scope: Scope): Hosts {
  const resourceType = String(scope.resource.resourceType);
  const steps = path
    .slice(scope.path.length + 1)
    .split('.')
    .slice(0, -1);
  const elements = new Set<string>();
  let type = resourceType;
  // Every type on the way begins a path of its own: `HumanName.given` as well as `Patient.name.given`.
  let prefixes = namesOf(resourceType);
  for (const step of steps) {
    const name = step.replace(/\[\d+\]$/, '');
    const next = typeAt(type, name, path, scope);
    prefixes = [...prefixes.map((prefix) => `${prefix}.${name}`), ...namesOf(next)];
    type = next;
  }
  for (const prefix of prefixes) elements.add(prefix);
  if (type !== 'Extension') return { name: nameOf(resourceType, steps), elements };
  const url = valueAt(scope.resource, steps)?.url;
  return { name: nameOf(resourceType, steps), elements, ...(typeof url === 'string' ? { extension: url } : {}) };
}

/** The element that the extension at `path` stands on, when it is an object; primitives carry no conditions of their own. */
export function hostOf(
  path: string,
  scope: Scope,
): { readonly value: JsonObject; readonly type: string; readonly path: string } | undefined {
  const steps = path
    .slice(scope.path.length + 1)
    .split('.')
    .slice(0, -1);
  let type = String(scope.resource.resourceType);
  for (const step of steps) type = typeAt(type, step.replace(/\[\d+\]$/, ''), path, scope);
  const value = valueAt(scope.resource, steps);
  return value && { value, type, path: [scope.path, ...steps].join('.') };
}

/** Whether a FHIRPath of a context, on the resource, selects the element that the extension at `path` stands on. */
export function isSelected(expression: string, path: string, scope: Scope): boolean {
  const host = path.slice(scope.path.length).replace(/\.[^.]*$/, '');
  try {
    return selectedPaths(expression, scope.resource).has(
      `${String(scope.resource.resourceType)}${host}`.replace(/\[0\]/g, ''),
    );
  } catch {
    // An expression that cannot be evaluated forbids nothing.
    return true;
  }
}

const nameOf = (resourceType: string, steps: readonly string[]): string =>
  [resourceType, ...steps.map((step) => step.replace(/\[\d+\]$/, ''))].join('.');

/** A type and what it is a kind of. */
function namesOf(type: string): readonly string[] {
  const names: string[] = [];
  for (let at: string | undefined = type; at !== undefined && names.length < 10; at = typeDefinition(at)?.base)
    names.push(at);
  if (type.includes('.')) names.push('BackboneElement');
  // As a context, Element is any element, resources included.
  if (!names.includes('Element')) names.push('Element');
  return names;
}

function typeAt(type: string, name: string, path: string, scope: Scope): string {
  const candidates = [...(typeDefinition(type)?.properties ?? [])].filter(([, { element }]) => element.name === name);
  if (candidates.length <= 1) return candidates[0]?.[1].type ?? 'Element';
  // A choice: the resource says which type it is.
  const before = path.slice(scope.path.length + 1).split('.');
  const at = before.findIndex((step) => step.replace(/\[\d+\]$/, '') === name);
  const owner = valueAt(scope.resource, before.slice(0, at)) ?? {};
  return candidates.find(([property]) => property in owner || `_${property}` in owner)?.[1].type ?? 'Element';
}

/** The object that the steps lead to, through choices too. */
function valueAt(resource: JsonObject, steps: readonly string[]): JsonObject | undefined {
  let at: unknown = resource;
  for (const step of steps) {
    const [, name = '', index] = /^([^[]+)(?:\[(\d+)\])?$/.exec(step) ?? [];
    if (typeof at !== 'object' || at === null) return undefined;
    const object = at as JsonObject;
    const key =
      name in object
        ? name
        : Object.keys(object).find((each) => each.startsWith(name) && /^[A-Z]/.test(each.slice(name.length)));
    const value: unknown = key === undefined ? undefined : object[key];
    at = index === undefined ? value : Array.isArray(value) ? value[Number(index)] : undefined;
  }
  return typeof at === 'object' && at !== null && !Array.isArray(at) ? (at as JsonObject) : undefined;
}
