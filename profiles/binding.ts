/**
 * Bindings: a code outside a required value set is an error, outside an extensible one a warning; what cannot be checked here is said.
 * https://hl7.org/fhir/R4/terminologies.html#strength
 */
import type { JsonObject } from '../resources/types.ts';
import type { Membership } from './terminology.ts';
import type { BindingRule } from './type-rules.ts';
import { shown, type Walk } from './walk.ts';

/** Checks the value of a bound element of one of the types of `isBindable`. */
export function checkBinding(binding: BindingRule, value: unknown, type: string, path: string, walk: Walk): void {
  if (binding.strength === 'required' || binding.strength === 'extensible')
    check(binding.valueSet, binding.strength, value, type, path, walk);
  if (binding.maximum) check(binding.maximum, 'maximum', value, type, path, walk);
  for (const additional of binding.additional ?? []) checkBinding(additional, value, type, path, walk);
}

type Strength = 'required' | 'extensible' | 'maximum';

function check(valueSet: string, strength: Strength, value: unknown, type: string, path: string, walk: Walk): void {
  if (type === 'CodeableConcept') checkConcept(valueSet, strength, value as JsonObject, path, walk);
  else if (type === 'Coding') checkCodings(valueSet, strength, [value as JsonObject], path, walk);
  else if (type === 'Quantity') checkQuantity(valueSet, strength, value as JsonObject, path, walk);
  else if (typeof value === 'string')
    answer(walk.terminology.contains(valueSet, undefined, value), shown(value), valueSet, strength, path, walk);
}

function checkConcept(valueSet: string, strength: Strength, value: JsonObject, path: string, walk: Walk): void {
  const codings = Array.isArray(value.coding)
    ? (value.coding as unknown[]).filter(
        (coding): coding is JsonObject => typeof coding === 'object' && coding !== null,
      )
    : [];
  if (codings.length > 0) checkCodings(valueSet, strength, codings, path, walk);
  else if (strength === 'required')
    walk.error(
      'code-invalid',
      'binding-required',
      path,
      `has no coding, and a code of the value set ${valueSet} is required`,
    );
  else if (strength === 'extensible')
    walk.warning(
      'code-invalid',
      'binding-extensible',
      path,
      `has no coding; a code of the value set ${valueSet} is expected where one fits`,
    );
}

function checkQuantity(valueSet: string, strength: Strength, value: JsonObject, path: string, walk: Walk): void {
  if (typeof value.code === 'string') checkCodings(valueSet, strength, [value], path, walk);
  else if (strength === 'required' && value.value !== undefined)
    walk.error(
      'code-invalid',
      'binding-required',
      path,
      `has no unit code, and one of the value set ${valueSet} is required`,
    );
}

/** One of the codings must be in the value set. */
function checkCodings(
  valueSet: string,
  strength: Strength,
  codings: readonly JsonObject[],
  path: string,
  walk: Walk,
): void {
  let doubt: Membership = { kind: 'no' };
  let checked = 0;
  for (const { system, code } of codings) {
    if (typeof code !== 'string') continue;
    checked++;
    const membership: Membership =
      typeof system === 'string' ? walk.terminology.contains(valueSet, system, code) : { kind: 'no' };
    if (membership.kind === 'yes') return;
    if (membership.kind === 'unknown') doubt = membership;
  }
  if (checked === 0 && strength !== 'required') return;
  answer(doubt, codings.map(codingText).join(', '), valueSet, strength, path, walk);
}

function codingText({ system, code }: JsonObject): string {
  if (typeof code !== 'string') return 'a coding without code';
  return typeof system === 'string' ? `${system}|${code}` : `${code} (without a system)`;
}

function answer(
  membership: Membership,
  found: string,
  valueSet: string,
  strength: Strength,
  path: string,
  walk: Walk,
): void {
  switch (membership.kind) {
    case 'yes':
      return;
    case 'unknown':
      walk.report(
        'information',
        'not-supported',
        'binding-unchecked',
        path,
        `${found} is not checked against the value set ${valueSet}: ${membership.reason}`,
      );
      return;
    case 'no':
      if (strength === 'extensible')
        walk.warning(
          'code-invalid',
          'binding-extensible',
          path,
          `${found} is not in the value set ${valueSet}, from which a code is expected where one fits`,
        );
      else
        walk.error(
          'code-invalid',
          `binding-${strength}`,
          path,
          `${found} is not in the value set ${valueSet}, from which a code is required`,
        );
  }
}
