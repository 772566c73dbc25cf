/** The stored resources that a resource refers to, read before it is validated: the validator asks for them without waiting. */
import { isResourceType } from '../../resources/definition.ts';
import type { JsonObject, JsonValue, ResourceType } from '../../resources/types.ts';
import type { Context } from '../interaction/interaction.ts';
import { readVisible, resourceIn } from './visible.ts';

/** References beyond these are held to their type only. */
const MOST = 100;

/** From a reference to what it refers to on this server, as far as the caller may see it. */
export async function referredTo(
  resource: JsonObject,
  context: Context,
): Promise<(reference: string) => JsonObject | undefined> {
  const idsByType = new Map<ResourceType, Set<string>>();
  for (const reference of references(resource)) {
    const local = localPart(reference, context.baseUrl);
    if (local) idsByType.set(local.type, (idsByType.get(local.type) ?? new Set()).add(local.id));
  }
  const found = new Map<string, JsonObject>();
  for (const [type, ids] of idsByType)
    for (const version of await readVisible(type, [...ids], context))
      found.set(`${type}/${version.id}`, resourceIn(version) as unknown as JsonObject);
  return (reference) => {
    const local = localPart(reference, context.baseUrl);
    return local && found.get(`${local.type}/${local.id}`);
  };
}

function localPart(reference: string, baseUrl: string): { type: ResourceType; id: string } | undefined {
  const relative = reference.startsWith(`${baseUrl}/`) ? reference.slice(baseUrl.length + 1) : reference;
  const [, type, id] = /^([A-Za-z]+)\/([A-Za-z0-9.-]{1,64})$/.exec(relative) ?? [];
  return isResourceType(type) && id !== undefined ? { type, id } : undefined;
}

/** The texts of `reference` elements, wherever they stand. Iterative: nesting is input. */
function references(resource: JsonObject): ReadonlySet<string> {
  const found = new Set<string>();
  const open: JsonValue[] = [resource];
  for (let next = open.pop(); next !== undefined && found.size < MOST; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if (!Array.isArray(next) && typeof (next as JsonObject).reference === 'string')
      found.add((next as JsonObject).reference as string);
    for (const each of Object.values(next)) if (typeof each === 'object' && each !== null) open.push(each as JsonValue);
  }
  return found;
}
