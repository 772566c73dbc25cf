/** What a profile fixes in a resource that is extracted to it: values of the slices that are used, of those that are required, and of required elements. */
import { objectsOf } from '../../../../profiles/questionnaire/form.ts';
import type { StructureDefinition } from '../../../../resources/types.ts';
import type { Building, Json } from './building.ts';
import { nameOf, stepsOf } from './path.ts';

interface Fixed {
  /** The id of the element. */
  readonly id: string;
  readonly value: unknown;
  readonly isRequired: boolean;
}

export function fixedByProfile(building: Building, profile: StructureDefinition): void {
  const elements = objectsOf(profile.snapshot?.element ?? profile.differential?.element).map(([element]) => element);
  const fixed = elements.flatMap((element): Fixed[] => {
    const [property] = Object.keys(element).filter((name) => /^(fixed|pattern)[A-Z]/.test(name));
    return property === undefined
      ? []
      : [{ id: String(element.id), value: element[property], isRequired: Number(element.min ?? 0) > 0 }];
  });
  for (const { id } of elements.filter(isRequiredSlice).map(({ id }) => ({ id: String(id) })))
    if (
      !building.slices.some((slice) => slice.id === id) &&
      fixed.some((each) => isWithin(each.id, id)) &&
      !isThere(building, id, fixed)
    )
      building.open(id, []);
  for (const { id, object } of building.slices)
    for (const each of fixed) if (isWithin(each.id, id)) place(object, id, each);
  for (const each of fixed)
    if (each.isRequired && !each.id.includes(':')) place(building.resource, building.type, each);
}

const isWithin = (id: string, ancestor: string): boolean => id === ancestor || id.startsWith(`${ancestor}.`);

/** A slice of an element directly in the resource that has to be there. */
const isRequiredSlice = ({ id, min }: Readonly<Record<string, unknown>>): boolean =>
  typeof id === 'string' && Number(min ?? 0) > 0 && /^\w+\.\w+:[^.:]+$/.test(id);

/** Whether an element that is there already says what the slice fixes. */
function isThere({ resource, type }: Building, id: string, fixed: readonly Fixed[]): boolean {
  const name = id.slice(type.length + 1).split(':')[0] ?? '';
  const values = fixed.filter((each) => isWithin(each.id, id)).map(({ value }) => JSON.stringify(value));
  const list = JSON.stringify(resource[name] ?? []);
  return values.every((value) => list.includes(value.replace(/^\{|\}$/g, '')));
}

/** Puts a fixed value below `object`, the element `start`, unless something stands there. Lists on the way are not guessed at. */
function place(object: Json, start: string, { id, value }: Fixed): void {
  if (id === start) {
    if (typeof value === 'object' && value !== null)
      for (const [name, each] of Object.entries(value)) object[name] ??= each;
    return;
  }
  // The steps are taken from the resource, of which `start` is the beginning.
  const steps = stepsOf(id).slice(start.split('.').length - 1);
  let at = object;
  for (const [index, step] of steps.entries()) {
    const name = nameOf(step, step.types[0] ?? '');
    const before = at[name];
    if (index === steps.length - 1) {
      if (before === undefined) at[name] = step.element.many ? [value] : structuredClone(value);
      else if (!step.element.many && typeof before === 'object' && typeof value === 'object')
        at[name] = { ...(value as Json), ...(before as Json) };
      return;
    }
    if (step.element.many) {
      const list = (Array.isArray(before) ? before : []) as Json[];
      if (list.length === 0) list.push({});
      at[name] = list;
      at = list[0] as Json;
    } else {
      at[name] ??= {};
      at = at[name] as Json;
    }
  }
}
