/**
 * A place in a resource for the checks of profiles: the JSON value with its FHIR type, its primitive extension, its path and the resource
 * it stands in; and the steps from one to the next.
 */
import { isPrimitive, typeDefinition } from '../resources/definition.ts';
import type { JsonObject } from '../resources/types.ts';
import { asObject } from './assertion.ts';
import type { Scope } from './walk.ts';

export interface Node {
  readonly value: unknown;
  /** `id` and `extension` of a primitive: the object under `_name`. */
  readonly companion?: JsonObject;
  readonly type: string;
  readonly path: string;
  readonly scope: Scope;
}

/** The scope of a resource inside another: contained, in a Bundle's entry, in a parameter. `owner` is the object that holds it. */
export function nestedScope(
  resource: JsonObject,
  owner: JsonObject,
  definitionPath: string,
  path: string,
  scope: Scope,
): Scope {
  if (definitionPath.endsWith('.contained')) return { ...scope, resource, path };
  if (definitionPath !== 'Bundle.entry.resource') return { resource, rootResource: resource, path };
  const fullUrl = typeof owner.fullUrl === 'string' ? { fullUrl: owner.fullUrl } : {};
  return { resource, rootResource: resource, path, bundle: { resource: scope.resource, scope, ...fullUrl } };
}

export const rootNode = (scope: Scope): Node => ({
  value: scope.resource,
  type: String(scope.resource.resourceType),
  path: scope.path,
  scope,
});

interface ChildProperty {
  readonly property: string;
  readonly type: string;
  readonly many: boolean;
}

const known = new Map<string, readonly ChildProperty[]>();

/** The JSON properties that an element of a type can stand in: several for a choice. */
function propertiesFor(type: string, name: string): readonly ChildProperty[] {
  const key = `${type}.${name}`;
  const found = known.get(key);
  if (found) return found;
  const properties: ChildProperty[] = [];
  for (const [property, { element, type: valueType }] of typeDefinition(type)?.properties ?? [])
    if (element.name === name) properties.push({ property, type: valueType, many: element.many ?? false });
  known.set(key, properties);
  return properties;
}

/** The nodes of an element by its name, without `[x]`. */
export function childNodes(node: Node, name: string): readonly Node[] {
  const object = asObject(node.value) ?? {};
  const from = isPrimitive(node.type) ? (node.companion ?? {}) : object;
  const type = isPrimitive(node.type) ? 'Element' : node.type;
  const nodes: Node[] = [];
  for (const { property, type: valueType, many } of propertiesFor(type, name)) {
    const value = from[property];
    const companion = isPrimitive(valueType) ? from[`_${property}`] : undefined;
    if (value === undefined && companion === undefined) continue;
    const path = `${node.path}.${name}`;
    if (many) {
      const values = Array.isArray(value) ? (value as readonly unknown[]) : value === undefined ? [] : [value];
      const companions = Array.isArray(companion) ? (companion as readonly unknown[]) : [];
      for (let at = 0; at < Math.max(values.length, companions.length); at++)
        nodes.push(child(node, from, values[at], companions[at], valueType, name, `${path}[${at}]`));
    } else {
      nodes.push(child(node, from, value, companion, valueType, name, path));
    }
  }
  return nodes;
}

function child(
  parent: Node,
  owner: JsonObject,
  value: unknown,
  companion: unknown,
  type: string,
  name: string,
  path: string,
): Node {
  const resource = type === 'Resource' ? asObject(value) : undefined;
  if (resource) {
    const scope = nestedScope(resource, owner, `${parent.type}.${name}`, path, parent.scope);
    return { value: resource, type: String(resource.resourceType), path, scope };
  }
  const object = asObject(companion);
  return { value: value ?? undefined, type, path, scope: parent.scope, ...(object ? { companion: object } : {}) };
}
