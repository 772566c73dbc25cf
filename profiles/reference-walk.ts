/** The literal references in a resource, each with its place; those inside contained resources too. */
import type { JsonObject } from '../resources/types.ts';
import { asObject } from './assertion.ts';

export interface PlacedReference {
  readonly reference: string;
  readonly path: string;
}

/** The values of `reference` of all objects in `value`. Bundles inside are not entered: their references are their own. */
export function referencesIn(value: JsonObject, path: string): readonly PlacedReference[] {
  const found: PlacedReference[] = [];
  const open: { readonly value: unknown; readonly path: string }[] = [{ value, path }];
  for (let at = 0; at < open.length; at++) {
    const { value: each, path: here } = open[at] as (typeof open)[number];
    if (Array.isArray(each)) {
      for (const [index, item] of (each as readonly unknown[]).entries())
        open.push({ value: item, path: `${here}[${index}]` });
      continue;
    }
    const object = asObject(each);
    if (!object || (at > 0 && object.resourceType === 'Bundle')) continue;
    for (const key in object) {
      const inner = object[key];
      if (key === 'reference' && typeof inner === 'string') found.push({ reference: inner, path: here });
      else if (typeof inner === 'object' && inner !== null) open.push({ value: inner, path: `${here}.${key}` });
    }
  }
  return found;
}
