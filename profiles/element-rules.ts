/** What one ElementDefinition of a profile asserts, without slicing: the parts that compile.ts turns into checks. */
import type { ElementDefinition } from '../resources/types.ts';
import type { ElementAssertion, TypeAssertion } from './assertion.ts';
import { CARRIED_OUT_ELSEWHERE } from './invariant.ts';
import { narrativeAssertion } from './narrative-control.ts';
import type { BindingRule, ConstraintRule } from './type-rules.ts';

export type ElementRules = Partial<
  Pick<
    ElementAssertion,
    | 'min'
    | 'max'
    | 'types'
    | 'fixed'
    | 'pattern'
    | 'minValue'
    | 'maxValue'
    | 'maxLength'
    | 'binding'
    | 'constraints'
    | 'mustSupport'
    | 'narrative'
    | 'mustHaveValue'
  >
>;

const MAX_VALUE_SET = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet';
const MUST_HAVE_VALUE = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.mustHaveValue';
const BEST_PRACTICE = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice';
const FHIR_TYPE = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type';

/** `types` are those that the element can have by its base; `name` is its name. */
export function rulesOf(element: ElementDefinition, types: readonly string[], name: string): ElementRules {
  const constraints = constraintsOf(element);
  const binding = bindingOf(element);
  const values = valuesOf(element);
  const restricted = typesOf(element, types);
  const narrative = narrativeAssertion(element);
  return {
    ...(element.min === undefined ? {} : { min: element.min }),
    ...(element.max === undefined || element.max === '*' ? {} : { max: Number(element.max) }),
    ...(restricted ? { types: restricted } : {}),
    ...values,
    ...(element.maxLength === undefined ? {} : { maxLength: element.maxLength }),
    ...(narrative ? { narrative } : {}),
    ...(binding ? { binding } : {}),
    ...(constraints.length > 0 ? { constraints } : {}),
    ...(element.extension?.some(({ url, valueBoolean }) => url === MUST_HAVE_VALUE && valueBoolean)
      ? { mustHaveValue: true }
      : {}),
    ...(element.mustSupport && name !== 'id' ? { mustSupport: true } : {}),
  };
}

function constraintsOf(element: ElementDefinition): readonly ConstraintRule[] {
  return (element.constraint ?? [])
    .filter(({ key, expression }) => expression && !CARRIED_OUT_ELSEWHERE.has(key) && !/^dom-[2-6]$/.test(key))
    .map(({ key, severity, human, expression, extension }) => ({
      key,
      severity: extension?.some(({ url, valueBoolean }) => url === BEST_PRACTICE && valueBoolean)
        ? 'warning'
        : severity,
      human,
      expression: expression ?? '',
    }));
}

function bindingOf({ binding }: ElementDefinition): BindingRule | undefined {
  if (!binding?.valueSet) return undefined;
  const maximum = binding.extension?.find(({ url }) => url === MAX_VALUE_SET)?.valueCanonical;
  const additional = additionalOf(binding);
  return {
    strength: binding.strength,
    valueSet: binding.valueSet,
    ...(maximum ? { maximum } : {}),
    ...(additional.length > 0 ? { additional } : {}),
  };
}

const ADDITIONAL = new Set([
  'http://hl7.org/fhir/tools/StructureDefinition/additional-binding',
  'http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.binding.additional',
]);
const STRENGTHS: Readonly<Record<string, BindingRule['strength']>> = {
  required: 'required',
  maximum: 'required',
  extensible: 'extensible',
};

/** Additional bindings that hold everywhere; those for a usage context are not known to apply. */
function additionalOf({ extension }: NonNullable<ElementDefinition['binding']>): readonly BindingRule[] {
  return (extension ?? [])
    .filter(({ url }) => ADDITIONAL.has(url))
    .flatMap(({ extension: parts = [] }) => {
      const purpose = parts.find(({ url }) => url === 'purpose')?.valueCode ?? '';
      const valueSet = parts.find(({ url }) => url === 'valueSet')?.valueCanonical;
      const strength = Object.hasOwn(STRENGTHS, purpose) ? STRENGTHS[purpose] : undefined;
      return strength && valueSet && !parts.some(({ url }) => url === 'usage') ? [{ strength, valueSet }] : [];
    });
}

function valuesOf(element: ElementDefinition): Pick<ElementRules, 'fixed' | 'pattern' | 'minValue' | 'maxValue'> {
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(element)) {
    const kind = /^(fixed|pattern|minValue|maxValue)[A-Z]/.exec(key)?.[1];
    if (kind) values[kind] = value;
  }
  return values;
}

function typesOf({ type }: ElementDefinition, base: readonly string[]): readonly TypeAssertion[] | undefined {
  if (!type || type.length === 0 || base.some((one) => one.includes('.'))) return undefined;
  return type.map(({ code, profile, targetProfile, aggregation, versioning, extension }) => ({
    code: code?.startsWith('http://hl7.org/fhirpath/')
      ? (extension?.find(({ url }) => url === FHIR_TYPE)?.valueUrl ?? base[0] ?? 'string')
      : code,
    ...(profile && profile.length > 0 ? { profiles: profile } : {}),
    ...(targetProfile && targetProfile.length > 0 ? { targetProfiles: targetProfile } : {}),
    ...(aggregation && aggregation.length > 0 ? { aggregation } : {}),
    ...(versioning && versioning !== 'either' ? { versioning } : {}),
  }));
}
