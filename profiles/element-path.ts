/**
 * Where the elements of a differential stand: by their ids where those name the slices, otherwise by path and order, in which the
 * children of a slice follow it. https://hl7.org/fhir/R4/elementdefinition.html#id
 */
import type { ElementDefinition } from '../resources/types.ts';

export interface Step {
  readonly name: string;
  readonly slice?: string;
}

/** The steps below the root for each element; undefined for one without path. */
export function stepsOf(elements: readonly ElementDefinition[]): readonly (readonly Step[] | undefined)[] {
  return idsNameSlices(elements) ? elements.map(byId) : byOrder(elements);
}

function idsNameSlices(elements: readonly ElementDefinition[]): boolean {
  return elements.every(({ id, path, sliceName }) => {
    if (typeof id !== 'string' || typeof path !== 'string') return false;
    if (sliceName !== undefined && !id.includes(':')) return false;
    return id.replace(/:[^.]*/g, '').split('.').length === path.split('.').length;
  });
}

function byId({ id = '', path }: ElementDefinition): readonly Step[] {
  const names = path.split('.');
  return id
    .split('.')
    .slice(1)
    .map((part, at) => {
      const colon = part.indexOf(':');
      const name = names[at + 1] ?? part;
      return colon < 0 ? { name } : { name, slice: part.slice(colon + 1) };
    });
}

/** Reads paths in order, remembering which slice each path prefix last stood in. */
function byOrder(elements: readonly ElementDefinition[]): readonly (readonly Step[] | undefined)[] {
  const slices = new Map<string, string>();
  return elements.map(({ path, sliceName }) => {
    if (typeof path !== 'string') return undefined;
    for (const known of [...slices.keys()]) if (known.startsWith(`${path}.`)) slices.delete(known);
    if (sliceName === undefined) slices.delete(path);
    else slices.set(path, sliceName);
    const names = path.split('.');
    return names.slice(1).map((name, at) => {
      const slice = slices.get(names.slice(0, at + 2).join('.'));
      return slice === undefined ? { name } : { name, slice };
    });
  });
}
