/**
 * Rules join a field of the model to an element of FHIR by a codec; a record is a list of rules over one object. Encoding into an object that is there
 * writes the elements whose value changes and leaves all others as they are.
 */
import { keepNumeral, numeralOf } from '../resources/json.ts';
import type { Codec } from './codec.ts';
import type { Test } from './condition.ts';
import { criteriaOf, type Element } from './element.ts';
import { canonical, fits, isObject, type Json, same } from './json.ts';
import type { Derivation } from './reading.ts';
import type { Schema } from './schema.ts';

export interface Rule<M> {
  /** Absent for what is derived: read, and never written. */
  readonly element?: Element;
  readonly codec: Codec<M>;
  /** Shape, unit and source, in a sentence. */
  readonly doc: string;
  readonly required: boolean;
  readonly readOnly: boolean;
  decode(owner: Json): M | undefined;
  /** The FHIRPath that the value comes from, below the owner. */
  readonly path: string;
}

export function rule<M>(
  element: Element,
  codec: Codec<M>,
  doc: string,
  { required = false, readOnly = false }: { readonly required?: boolean; readonly readOnly?: boolean } = {},
): Rule<M> {
  const decode = (owner: Json): M | undefined => {
    const value = element.read(owner);
    return value === undefined ? undefined : codec.decode(value);
  };
  return { element, codec, doc, required, readOnly, decode, path: element.path };
}

/** As `rule`, for a field that a record cannot be without. */
export const required = <M>(element: Element, codec: Codec<M>, doc: string): Rule<M> =>
  rule(element, codec, doc, { required: true });

/** A field that follows from others. `path` says from which, `from` by which rule. */
export function derived<M>(
  path: string,
  schema: Schema,
  doc: string,
  from: Derivation,
  decode: (owner: Json) => M | undefined,
): Rule<M> {
  const encode = (): undefined => undefined;
  const reading = { kind: 'derived', from } as const;
  const codec = { decode: () => undefined, encode, schema, reading, form: 'derived; never written' };
  return { codec, doc, required: false, readOnly: true, decode, path };
}

/** A rule for each field of M, so that the compiler sees that none is forgotten and each has the type that the model says. */
export type Rules<M> = { readonly [K in keyof M]-?: Rule<Exclude<M[K], undefined>> };

/** A value that FHIR needs and the model does not name: written where a record is made, left alone where it is. */
export interface Constant {
  readonly element: Element;
  readonly value: unknown;
}

export const constant = (element: Element, value: unknown): Constant => ({ element, value });

/** An object by the rules of its fields. */
export function record<M extends object>(rules: Rules<M>, constants: readonly Constant[] = []): Codec<M> {
  const entries: readonly [string, Rule<unknown>][] = Object.entries(rules);
  return {
    decode(fhir) {
      if (!isObject(fhir)) return undefined;
      const result: Record<string, unknown> = {};
      let isThere = false;
      for (const [field, each] of entries) {
        const value = each.decode(fhir);
        if (value === undefined) continue;
        result[field] = value;
        isThere = true;
        const digits = typeof value === 'number' ? each.element?.numeral(fhir) : undefined;
        if (digits !== undefined) keepNumeral(result, field, digits);
      }
      // Each field is what its rule in Rules<M> decodes.
      return isThere ? (result as M) : undefined;
    },
    encode(model, before) {
      const values = model as Json;
      const start = isObject(before)
        ? before
        : constants.reduce<Json>((owner, { element, value }) => element.write(owner, value), {});
      return entries.reduce<Json>((owner, [field, each]) => {
        const { element, codec, readOnly } = each;
        if (!element || readOnly) return owner;
        const next = values[field];
        if (next === undefined && !isObject(before)) return owner;
        const now = each.decode(owner);
        const digits = numeralOf(values, field);
        const isSame = same(now, next) && (typeof next !== 'number' || element.numeral(owner) === digits);
        if (isSame) return owner;
        // A list that is taken away leaves the items that are not of this field.
        const given = next ?? (codec.item ? [] : undefined);
        return element.write(owner, given === undefined ? undefined : codec.encode(given, element.read(owner)), digits);
      }, start);
    },
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(entries.map(([field, each]) => [field, schemaOf(each)])),
      required: entries.flatMap(([field, each]) => (each.required ? [field] : [])),
      ...(entries.some(([, each]) => each.required) ? {} : { minProperties: 1 }),
    },
    reading: { kind: 'record' },
    form: 'an object',
    fields: Object.fromEntries(entries),
  };
}

const schemaOf = ({ codec, doc, readOnly }: Rule<unknown>): Schema => ({
  ...codec.schema,
  description: doc,
  ...(readOnly ? { readOnly } : {}),
});

export interface ListOptions<M> {
  /** The items of the FHIR list that are of this field: those that fit. Others are left where they are. */
  readonly where?: Json;
  /** A further condition on the items of this field. */
  readonly accepts?: Test;
  /** What an item is known by when other things about it change: the value of this is compared. */
  readonly key?: (item: M) => unknown;
}

/**
 * A list of items of one codec. An item that is the same stays as it is; one with the same key is changed in place; where the number of items stays,
 * what is left over is changed in its order; all else is made or taken away. Items that the codec cannot read are not ours, and stay.
 */
export function list<M>(item: Codec<M>, { where, accepts, key }: ListOptions<M> = {}): Codec<readonly M[]> {
  const isOurs = (fhir: unknown): boolean =>
    !isObject(fhir) || (fits(where ?? {}, fhir) && (!accepts || accepts(fhir)));
  const decodeItem = (fhir: unknown): M | undefined => (isOurs(fhir) ? item.decode(fhir) : undefined);
  const encodeItem = (model: M, before: unknown): unknown => item.encode(model, before ?? where);
  return {
    decode(fhir) {
      const items = Array.isArray(fhir) ? fhir.flatMap((each) => decodeItem(each) ?? []) : [];
      return items.length === 0 ? undefined : items;
    },
    encode(models, before) {
      const present = Array.isArray(before)
        ? before.map((fhir) => ({ fhir: fhir as unknown, model: decodeItem(fhir) }))
        : [];
      const own = present.filter(({ model }) => model !== undefined);
      const partners = pair(
        models,
        own.map(({ model }) => model as M),
        key,
      );
      const made = models.map((model, at) => {
        const partner = own[partners[at] ?? -1];
        return partner && same(partner.model, model) ? partner.fhir : encodeItem(model, partner?.fhir);
      });
      return weave(
        present.map(({ fhir, model }) => (model === undefined ? { fhir } : undefined)),
        made,
      );
    },
    schema: { type: 'array', items: item.schema, minItems: 1 },
    reading: { kind: 'list', where: where ?? {}, ...(accepts ? { condition: accepts.condition } : {}) },
    form: where ? `the items where ${criteriaOf(where)}` : accepts ? `the items where ${accepts.name}` : 'a list',
    item,
  };
}

/** For each of `next` the index of the item of `now` that it is, as far as one can tell: the same, of the same key, or in its order. */
function pair<M>(next: readonly M[], now: readonly M[], key?: (item: M) => unknown): (number | undefined)[] {
  const found: (number | undefined)[] = next.map(() => undefined);
  if (now.length === 0) return found;
  const taken = new Set<number>();
  const match = (textOf: (item: M) => string | undefined): void => {
    const places = new Map<string, number[]>();
    for (const [at, item] of now.entries()) {
      const text = taken.has(at) ? undefined : textOf(item);
      if (text === undefined) continue;
      const list = places.get(text);
      if (list) list.push(at);
      else places.set(text, [at]);
    }
    for (const list of places.values()) list.reverse();
    for (const [at, item] of next.entries()) {
      if (found[at] !== undefined) continue;
      const partner = places.get(textOf(item) ?? '')?.pop();
      if (partner === undefined) continue;
      found[at] = partner;
      taken.add(partner);
    }
  };
  match(canonical);
  if (key)
    match((item) => {
      const value = key(item);
      return value === undefined ? undefined : canonical(value);
    });
  if (next.length === now.length) match(() => 'in their order');
  return found;
}

/** The items that are ours in the places that ours had, what is left of them after the last; `others` has undefined for each place of ours. */
function weave(
  others: readonly ({ readonly fhir: unknown } | undefined)[],
  made: readonly unknown[],
): unknown[] | undefined {
  const last = others.lastIndexOf(undefined);
  let used = 0;
  const woven = others.flatMap((other, at) => {
    if (other) return [other.fhir];
    const taken = at === last ? made.slice(used) : made.slice(used, used + 1);
    used += taken.length;
    return taken;
  });
  const result = [...woven, ...made.slice(used)];
  return result.length === 0 ? undefined : result;
}

/** One type of a choice. A primitive stands in the model under the one field of its record, which `under` names. */
export interface Alternative<M> {
  /** The type as in the name of the element: `Quantity` of `valueQuantity`. */
  readonly type: string;
  readonly codec: Codec<M>;
  readonly under?: string;
}

/** One of several kinds of value, told apart in FHIR by the type in the name of the element and in the model by `kind`. */
export function choiceOf<M extends { readonly kind: string }>(
  name: string,
  kinds: { readonly [K in M['kind']]: Alternative<Omit<Extract<M, { kind: K }>, 'kind'>> },
): Codec<M> & { readonly element: Element } {
  const entries: readonly [M['kind'], Alternative<object>][] = Object.entries(kinds);
  const nameOf = ({ type }: Alternative<object>): string => `${name}${type}`;
  const codec: Codec<M> = {
    decode(fhir) {
      if (!isObject(fhir)) return undefined;
      for (const [kind, each] of entries) {
        const found = fhir[nameOf(each)];
        const value = found === undefined ? undefined : each.codec.decode(each.under ? { [each.under]: found } : found);
        // The fields of the kind, by its own codec.
        if (value !== undefined) return { kind, ...value } as unknown as M;
      }
      return undefined;
    },
    encode({ kind, ...value }, before) {
      // Taken out of a value of type M, `kind` counts as no more than its bound, string.
      const each: Alternative<object> = kinds[kind as M['kind']];
      if (each.under) return { [nameOf(each)]: (each.codec.encode(value) as Json)[each.under] };
      return { [nameOf(each)]: each.codec.encode(value, isObject(before) ? before[nameOf(each)] : undefined) };
    },
    schema: {
      type: 'object',
      oneOf: entries.map(([kind, { codec: each }]) => ({
        ...each.schema,
        properties: { kind: { const: kind }, ...each.schema.properties },
        required: ['kind', ...(each.schema.required ?? [])],
        minProperties: (each.schema.minProperties ?? 0) + 1,
      })),
    },
    reading: {
      kind: 'choice',
      alternatives: entries.map(([kind, each]) => ({
        kind,
        property: nameOf(each),
        codec: each.codec,
        ...(each.under === undefined ? {} : { under: each.under }),
      })),
    },
    kinds: entries.map(([kind, each]) => [kind, each.codec] as const),
    form: entries.map(([kind, each]) => `${nameOf(each)} (${kind})`).join(', '),
  };
  return {
    ...codec,
    element: groupElement(
      name,
      entries.map(([, each]) => nameOf(each)),
    ),
  };
}

/** All types of a choice as one object: `{ detailQuantity }`. */
function groupElement(name: string, properties: readonly string[]): Element {
  const isType = (each: string): boolean => {
    const bare = each.replace(/^_/, '');
    return bare.startsWith(name) && /^[A-Z]/.test(bare.slice(name.length));
  };
  return {
    steps: [{ name: `${name}[x]` }],
    path: name,
    choice: name,
    read(owner) {
      const found = Object.entries(owner).filter(([each]) => properties.includes(each));
      return found.length === 0 ? undefined : Object.fromEntries(found);
    },
    numeral: () => undefined,
    write(owner, value) {
      const kept: Record<string, unknown> = { ...owner };
      for (const each of Object.keys(owner)) if (isType(each) && !(isObject(value) && each in value)) delete kept[each];
      return isObject(value) ? { ...kept, ...value } : kept;
    },
  };
}
