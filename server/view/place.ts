/** The place of an element below another. */
import type { Element, Step } from '../../mappings/element.ts';
import type { Filter, JsonSql, Place, Value } from './json-sql.ts';

export const placeOf = (value: Value): Place => ({ value, wrap: (leaf) => leaf, depth: 0 });

export function below(json: JsonSql, place: Place, { steps, when }: Pick<Element, 'steps' | 'when'>): Place {
  const holder = steps.slice(0, -1).reduce((at, step) => stepInto(json, at, step), place);
  const last = steps.at(-1);
  const found = last ? stepInto(json, holder, last) : holder;
  if (!when) return found;
  const condition = json.meets(holder.value, when);
  return { ...found, wrap: (leaf) => found.wrap(`CASE WHEN ${condition} THEN ${leaf} END`) };
}

function stepInto(json: JsonSql, place: Place, { name, slice, accepts }: Step): Place {
  const list = { ...place, value: json.property(place.value, name) };
  return slice ? json.first(list, itemFilter(slice, accepts?.condition)) : list;
}

/** Fixed values and a further condition as one filter. */
export function itemFilter(slice: Readonly<Record<string, unknown>>, condition: Filter | undefined): Filter {
  const fits: Filter = { kind: 'fits', pattern: slice };
  return condition ? { kind: 'all', filters: [fits, condition] } : fits;
}
