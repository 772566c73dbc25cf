/** From an element of a resource, as issues point to it, to the field of the model that it is said by. */
import { stepsOf } from '../resources/simple-path.ts';
import type { AnyResource } from '../resources/types.ts';
import { type Mapping, rulesOf } from './mapping.ts';

/** Beyond this item the place in the list is not counted: nobody looks for it by counting either. */
const FAR = 100;

/** `Patient.telecom[1].value` is `phones[0]`; undefined where no field says the element. */
export function fieldOf(mapping: Mapping, resource: AnyResource, expression: string): string | undefined {
  const [first] = stepsOf(expression) ?? [];
  if (!first) return undefined;
  const rules = Object.entries(rulesOf(mapping)).filter(([, { readOnly }]) => !readOnly);
  const items = resource[first.name];
  if (!Array.isArray(items) || first.index === undefined) {
    const known = rules.filter(
      ([, { element }]) => element?.steps[0]?.name.replace('[x]', '') === first.name || element?.choice === first.name,
    );
    return known[0]?.[0];
  }
  const fieldAt = (index: number): string | undefined => {
    const alone = mapping.decode({ resourceType: resource.resourceType, [first.name]: [items[index]] }) as object;
    return rules.find(([field]) => field in alone)?.[0];
  };
  const field = fieldAt(first.index);
  if (field === undefined) return rules.find(([, { element }]) => element?.steps[0]?.name === first.name)?.[0];
  if (!rulesOf(mapping)[field]?.codec.item || first.index > FAR) return field;
  const before = items.slice(0, first.index).filter((_, index) => fieldAt(index) === field);
  return `${field}[${before.length}]`;
}
