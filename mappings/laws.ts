/**
 * The laws that every mapping keeps, as functions of a sample: each answers undefined when the law holds and a sentence when it does not. Tests supply
 * the samples: models at random, and every example of the type.
 */
import { keepNumeral, numeralOf, stringifyJson } from '../resources/json.ts';
import type { AnyResource } from '../resources/types.ts';
import { same } from './json.ts';
import { type Mapping, rulesOf } from './mapping.ts';
import type { Base } from './model.ts';

type Verdict = string | undefined;

const unless = (holds: boolean, sentence: () => string): Verdict => (holds ? undefined : sentence());

/** A model without the fields that are only read. */
export function writable<M extends Base>(mapping: Mapping<M>, model: M): M {
  const rules = rulesOf(mapping);
  // Fields that are only read are optional in every model.
  return Object.fromEntries(Object.entries(model).filter(([field]) => !rules[field]?.readOnly)) as M;
}

/** decode(encode(m)) = m: FHIR holds all that the model says. */
export function decodesWhatItEncodes<M extends Base>(mapping: Mapping<M>, model: M): Verdict {
  const found = writable(mapping, mapping.decode(mapping.encode(model)));
  return unless(same(found, model), () => `${stringifyJson(model)} came back as ${stringifyJson(found)}`);
}

/** put(r, decode(r)) = r: writing what was read changes nothing, to the digit and to the order of the text. */
export function putsBackWhatItDecodes<M extends Base>(mapping: Mapping<M>, resource: AnyResource): Verdict {
  const before = stringifyJson(resource);
  const after = stringifyJson(mapping.put(resource, mapping.decode(resource)));
  return unless(before === after, () => `${before} became ${after}`);
}

/** decode(put(r, m)) = m: what is written is read, whatever the resource held. Fields that r has and m leaves out are gone. */
export function decodesWhatItPuts<M extends Base>(mapping: Mapping<M>, resource: AnyResource, model: M): Verdict {
  const found = writable(mapping, mapping.decode(mapping.put(resource, model)));
  return unless(
    same(found, model),
    () => `${stringifyJson(model)} put into ${stringifyJson(resource)} is read as ${stringifyJson(found)}`,
  );
}

/** What put does not own is untouched: an edit of one field changes the text of no other element of the resource. */
export function changesOnlyItsElement<M extends Base>(
  mapping: Mapping<M>,
  resource: AnyResource,
  field: string,
  value: unknown,
): Verdict {
  const { element } = rulesOf(mapping)[field] ?? {};
  const { [field as keyof M]: _, ...others } = mapping.decode(resource);
  // A model but for the type of one field: `field` is any of its names, and the laws ask what happens to the others.
  const edited = mapping.put(resource, {
    ...others,
    ...(value === undefined ? {} : { [field]: value }),
  } as unknown as M);
  const own = element?.choice ?? element?.steps[0]?.name ?? '';
  const isOwn = (name: string): boolean =>
    name.replace(/^_/, '') === own || (element?.choice !== undefined && name.replace(/^_/, '').startsWith(own));
  const names = new Set([...Object.keys(resource), ...Object.keys(edited)].filter((name) => !isOwn(name)));
  const changed = [...names].filter(
    (name) => stringifyJson(only(resource, name)) !== stringifyJson(only(edited, name)),
  );
  return unless(changed.length === 0, () => `an edit of ${field} changed ${changed.join(', ')}`);
}

/** One element of a resource, with the digits of its numbers. */
const only = (resource: AnyResource, name: string): object => {
  const one: Record<string | symbol, unknown> = {};
  if (name in resource) one[name] = resource[name];
  const digits = numeralOf(resource, name);
  if (digits !== undefined) keepNumeral(one, name, digits);
  return one;
};
