/** Conditions on an object, as data with a test: what readers that are no program (SQL) need to know as well. */
import { fits, isObject, type Json } from './json.ts';

export type Condition =
  /** The object has all that the pattern has. */
  | { readonly kind: 'fits'; readonly pattern: Json }
  /** Its reference in `element` is to a resource of the type, here or elsewhere. */
  | { readonly kind: 'refers'; readonly element: string; readonly type: string }
  /** Its canonical in `element` is one of these, whatever its version. */
  | { readonly kind: 'canonical'; readonly element: string; readonly urls: readonly string[] }
  | { readonly kind: 'not'; readonly condition: Condition };

/** A condition as a function; its name says what it is on the page of a mapping. */
export type Test = ((object: Json) => boolean) & { readonly condition: Condition };

export function test(name: string, condition: Condition): Test {
  const holds = (object: Json): boolean => meets(condition, object);
  return Object.assign(Object.defineProperty(holds, 'name', { value: name }), { condition });
}

function meets(condition: Condition, object: Json): boolean {
  switch (condition.kind) {
    case 'fits':
      return fits(condition.pattern, object);
    case 'refers': {
      const { [condition.element]: held } = object;
      const text = isObject(held) ? held.reference : undefined;
      return typeof text === 'string' && `/${text}`.includes(`/${condition.type}/`);
    }
    case 'canonical': {
      const { [condition.element]: held } = object;
      return typeof held === 'string' && condition.urls.includes(held.split('|', 1)[0] ?? '');
    }
    case 'not':
      return !meets(condition.condition, object);
  }
}
