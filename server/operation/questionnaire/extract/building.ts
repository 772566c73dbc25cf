/** A resource being extracted: values are put at places, and what has been made on the way is found again by the items below. */
import type { TypedValue } from '../../../../resources/fhirpath.ts';
import { cast, chosenType } from './cast.ts';
import { nameOf, type Step, stepsOf } from './path.ts';

export type Json = Record<string, unknown>;

/** Elements that were made for an item: values of the same item and of those below go into these. */
export interface Anchor {
  readonly building: Building;
  /** Ids of the steps from the resource. */
  readonly ids: readonly string[];
  readonly objects: readonly Json[];
}

export interface UsedSlice {
  /** The id of the element: `Patient.identifier:mrn`. */
  readonly id: string;
  readonly object: Json;
}

/** What could not be put, as a sentence. */
export type Problem = string;

export class Building {
  /** The canonical that items name before the `#`. */
  readonly canonical: string;
  readonly type: string;
  readonly resource: Json;
  readonly slices: UsedSlice[] = [];
  /** Lists of a stored resource are replaced by what the form says of them. */
  readonly #replaced: Set<unknown[]> | undefined;

  /** @param stored the resource that the form updates */
  constructor(canonical: string, type: string, stored?: Json) {
    this.canonical = canonical;
    this.type = type;
    this.resource = stored ? structuredClone(stored) : { resourceType: type };
    this.#replaced = stored ? new Set() : undefined;
  }

  /**
   * Puts values at a place, beginning at the nearest of `anchors` on the way there; gives the anchors that this adds.
   * @throws Error that says why it cannot
   */
  put(id: string, values: readonly TypedValue[], anchors: readonly Anchor[]): readonly Anchor[] {
    const steps = this.#steps(id);
    const leaf = steps.at(-1);
    if (!leaf || values.length === 0) return [];
    const { start, way, ids } = this.#from(steps.slice(0, -1), anchors);
    const ready = values.map((value) => this.#cast(value, leaf));
    if (leaf.element.many || ready.length === 1) {
      const { objects, made } = this.#walk(way, start, ids);
      for (const object of objects) for (const [name, value] of ready) this.#set(object, leaf, name, value);
      return made;
    }
    const last = way.findLastIndex(({ element }) => element.many);
    if (last < 0) throw new Error(`${id} takes one value, and there are ${values.length}`);
    // Each value in an element of its own, in the innermost list on the way.
    const above = this.#walk(way.slice(0, last), start, ids);
    const inner = way.slice(last);
    const innerIds = [...ids, ...way.slice(0, last).map((step) => step.id)];
    const each = ready.map(([name, value]) => {
      const below = this.#walk(inner, above.objects, innerIds);
      for (const object of below.objects) this.#set(object, leaf, name, value);
      return below.made;
    });
    return [...above.made, ...merged(each)];
  }

  /** Makes the element at a place for the items of a group. @throws Error that says why it cannot */
  open(id: string, anchors: readonly Anchor[]): readonly Anchor[] {
    const steps = this.#steps(id);
    const { start, way, ids } = this.#from(steps, anchors);
    return this.#walk(way, start, ids).made;
  }

  #steps(id: string): readonly Step[] {
    const root = id.split('.')[0] ?? '';
    if (root !== this.type) throw new Error(`${id} is no element of ${this.type}`);
    return stepsOf(id);
  }

  #from(way: readonly Step[], anchors: readonly Anchor[]) {
    const ids = way.map((step) => step.id);
    let best: Anchor | undefined;
    for (const anchor of anchors) {
      const isOnWay = anchor.building === this && anchor.ids.every((id, at) => ids[at] === id);
      if (isOnWay && anchor.ids.length >= (best?.ids.length ?? 0)) best = anchor;
    }
    const done = best?.ids.length ?? 0;
    return { start: best?.objects ?? [this.resource], way: way.slice(done), ids: ids.slice(0, done) };
  }

  #walk(way: readonly Step[], start: readonly Json[], ids: readonly string[]) {
    let objects = start;
    const made: Anchor[] = [];
    const path = [...ids];
    for (const step of way) {
      path.push(step.id);
      objects = objects.map((object) => this.#child(object, step, path));
      made.push({ building: this, ids: [...path], objects });
    }
    return { objects, made };
  }

  #child(object: Json, step: Step, path: readonly string[]): Json {
    const name = nameOf(step, step.types[0] ?? '');
    const made: Json = {};
    if (step.slice !== undefined) this.slices.push({ id: [this.type, ...path].join('.'), object: made });
    if (step.element.many) {
      this.#list(object, name).push(made);
      return made;
    }
    const before = object[name];
    if (typeof before === 'object' && before !== null) return before as Json;
    object[name] = made;
    return made;
  }

  #list(object: Json, name: string): unknown[] {
    const before = object[name];
    if (Array.isArray(before) && (!this.#replaced || this.#replaced.has(before))) return before;
    const list: unknown[] = [];
    this.#replaced?.add(list);
    object[name] = list;
    return list;
  }

  #cast(value: TypedValue, leaf: Step): readonly [string, unknown] {
    const [only] = leaf.types;
    const type = leaf.types.length === 1 ? only : chosenType(value, leaf.types);
    const result = type === undefined ? undefined : cast(value, type);
    if (type === undefined || result === undefined)
      throw new Error(
        `a ${value.type} cannot be the ${leaf.id} of ${this.type}, which is a ${leaf.types.slice(0, 5).join(' or a ')}`,
      );
    return [nameOf(leaf, type), result];
  }

  #set(object: Json, { element }: Step, name: string, value: unknown): void {
    if (element.many) this.#list(object, name).push(value);
    else object[name] = value;
  }
}

/** Elements at the same place of several values as one anchor. */
function merged(lists: readonly (readonly Anchor[])[]): readonly Anchor[] {
  const [first = []] = lists;
  return first.map((anchor, at) => ({ ...anchor, objects: lists.flatMap((list) => list[at]?.objects ?? []) }));
}
