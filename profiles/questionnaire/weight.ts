/**
 * The points of an answer: weight() of SDC and ordinal() before it, from either extension, wherever the answer was taken from: on the answer, on the
 * option of its question, in the value set, in the code system. https://hl7.org/fhir/uv/sdc/expressions.html#fhirpath-supplements
 */
import type { CodeSystem, Extension, JsonObject, ValueSet } from '../../resources/types.ts';
import { containedIn } from '../contained.ts';
import type { DefinitionSource } from '../source.ts';
import { compareAnswers } from './compare.ts';
import { choiceOf, type Form, type FormItem, objectsOf } from './form.ts';

const EXTENSIONS: readonly unknown[] = [
  'http://hl7.org/fhir/StructureDefinition/itemWeight',
  'http://hl7.org/fhir/StructureDefinition/ordinalValue',
];
const PROPERTY = 'http://hl7.org/fhir/concept-properties#itemWeight';

/** Where an answer may have its weight beside itself. */
export interface WeightContext {
  readonly form?: Form;
  readonly source: DefinitionSource;
}

/** A coding, or another value, with what it was reached from. */
export interface WeighedNode {
  /** The FHIR type. */
  readonly type: string;
  readonly value: unknown;
  /** The extensions of a primitive. */
  readonly companion?: unknown;
  /** The answer of a response that holds it, and the linkId of its item. */
  readonly answer?: object;
  readonly linkId?: string;
}

/** Undefined where nothing gives the value a weight. */
export function weightOf(node: WeighedNode, { form, source }: WeightContext): number | undefined {
  const { type, value, companion, answer, linkId } = node;
  const own = weightIn(value) ?? weightIn(companion) ?? weightIn(answer);
  if (own !== undefined) return own;
  const item = linkId === undefined ? undefined : form?.byLinkId.get(linkId);
  const offered = item && weightOfOption(item, type, value);
  if (offered !== undefined) return offered;
  const coding =
    type === 'Coding' ? (value as { readonly system?: unknown; readonly code?: unknown } | null) : undefined;
  if (typeof coding?.code !== 'string') return undefined;
  const held = form ? containedIn(form.questionnaire as unknown as JsonObject) : [];
  const key = keyOf(coding.system, coding.code);
  const valueSet = item && valueSetOf(item, held, source);
  const system = typeof coding.system === 'string' ? coding.system : undefined;
  const codeSystem =
    system === undefined
      ? undefined
      : ((held.find(({ resourceType, url }) => resourceType === 'CodeSystem' && url === system) as unknown as
          | CodeSystem
          | undefined) ?? source.codeSystem(system));
  return (valueSet && weightsOfValueSet(valueSet).get(key)) ?? (codeSystem && weightsOfSystem(codeSystem).get(key));
}

/** The weight in the extensions of an element. */
function weightIn(element: unknown): number | undefined {
  const extensions = (element as { readonly extension?: unknown } | null | undefined)?.extension;
  for (const [extension] of objectsOf(extensions)) {
    const { url, valueDecimal } = extension as unknown as Extension;
    if (EXTENSIONS.includes(url) && typeof valueDecimal === 'number') return valueDecimal;
  }
  return undefined;
}

function weightOfOption({ definition }: FormItem, type: string, value: unknown): number | undefined {
  const property = type.charAt(0).toUpperCase() + type.slice(1);
  for (const [option] of objectsOf(definition.answerOption)) {
    const offered = choiceOf(option, 'value');
    const given = { type: property, value, owner: option, property: offered?.property ?? '' };
    if (offered?.type === property && compareAnswers(given, offered) === 0)
      return weightIn(option) ?? weightIn(offered.value) ?? weightIn(option[`_${offered.property}`]);
  }
  return undefined;
}

function valueSetOf(
  { definition: { answerValueSet } }: FormItem,
  held: readonly JsonObject[],
  source: DefinitionSource,
): ValueSet | undefined {
  if (typeof answerValueSet !== 'string') return undefined;
  if (!answerValueSet.startsWith('#')) return source.valueSet(answerValueSet);
  const found = held.find(({ resourceType, id }) => resourceType === 'ValueSet' && `#${String(id)}` === answerValueSet);
  return found as unknown as ValueSet | undefined;
}

type Weights = ReadonlyMap<string, number>;
const keyOf = (system: unknown, code: unknown): string => `${String(system ?? '')}|${String(code)}`;
const known = new WeakMap<object, Weights>();

function remembered(definition: object, make: () => Weights): Weights {
  const before = known.get(definition);
  if (before) return before;
  const made = make();
  known.set(definition, made);
  return made;
}

const weightsOfValueSet = (valueSet: ValueSet): Weights =>
  remembered(valueSet, () => {
    const weights = new Map<string, number>();
    const take = (concept: Readonly<Record<string, unknown>>, system: unknown): void => {
      const weight = weightIn(concept);
      if (weight !== undefined) weights.set(keyOf(system, concept.code), weight);
    };
    for (const [include] of objectsOf(valueSet.compose?.include))
      for (const [concept] of objectsOf(include.concept)) take(concept, include.system);
    for (const concept of below(valueSet.expansion?.contains, 'contains')) take(concept, concept.system);
    return weights;
  });

const weightsOfSystem = (codeSystem: CodeSystem): Weights =>
  remembered(codeSystem, () => {
    const property = objectsOf(codeSystem.property).find(([{ uri }]) => uri === PROPERTY)?.[0].code;
    const weights = new Map<string, number>();
    for (const concept of below(codeSystem.concept, 'concept')) {
      const told = objectsOf(concept.property).find(([{ code }]) => property !== undefined && code === property)?.[0];
      const weight = weightIn(concept) ?? told?.valueDecimal ?? told?.valueInteger;
      if (typeof weight === 'number') weights.set(keyOf(codeSystem.url, concept.code), weight);
    }
    return weights;
  });

/** The concepts of a list and all below them. */
function* below(list: unknown, name: 'contains' | 'concept'): Generator<Readonly<Record<string, unknown>>> {
  const open = objectsOf(list).map(([concept]) => concept);
  for (let next = open.pop(); next; next = open.pop()) {
    yield next;
    open.push(...objectsOf(next[name]).map(([concept]) => concept));
  }
}
