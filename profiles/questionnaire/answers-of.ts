/**
 * The answers that an expression gives to a question: its values in the type of the question, with the conversions that SDC allows.
 * https://hl7.org/fhir/uv/sdc/populate.html#expression-based-population
 */
import type { TypedValue } from '../../resources/fhirpath.ts';
import type { Coding, JsonObject, Quantity, QuestionnaireResponseItemAnswer, ValueSet } from '../../resources/types.ts';
import { asObject } from '../assertion.ts';
import { containedIn } from '../contained.ts';
import type { DefinitionSource } from '../source.ts';
import { convertUnit } from './compare.ts';
import { extensionValues, type Form, type FormItem, objectsOf, optionsOf } from './form.ts';

interface Question {
  readonly item: FormItem;
  readonly form: Form;
  readonly source: DefinitionSource;
}

type Convert = (value: TypedValue, question: Question) => QuestionnaireResponseItemAnswer | undefined;

export interface Converted {
  readonly answers: readonly QuestionnaireResponseItemAnswer[];
  /** Why a value is no answer: `a value of type date is no answer to a question of type boolean`. */
  readonly reasons: readonly string[];
}

/** The answers that the values of an expression are. An empty text is none, and nothing wrong. */
export function answersOf(values: readonly TypedValue[], question: Question): Converted {
  const { type } = question.item;
  const answers: QuestionnaireResponseItemAnswer[] = [];
  const reasons: string[] = [];
  for (const value of values) {
    if (typeof value.value === 'string' && value.value.trim() === '') continue;
    const answer = CONVERSIONS[type]?.(value, question);
    if (answer) answers.push(answer);
    else reasons.push(`a value of type ${value.type} is no answer to a question of type ${type}`);
  }
  return { answers, reasons };
}

const TEXTS: readonly string[] = ['string', 'code', 'id', 'markdown', 'uri', 'url', 'canonical', 'oid', 'uuid'];
const WHOLE: readonly string[] = ['integer', 'positiveInt', 'unsignedInt'];

const text =
  (property: 'valueString' | 'valueUri', types: readonly string[]): Convert =>
  ({ type, value }) =>
    types.includes(type) && typeof value === 'string' ? { [property]: value } : undefined;

/** `10:00`, which is a time of FHIRPath and none of FHIR. */
const SHORT_TIME = 5;

const CONVERSIONS: Readonly<Record<string, Convert>> = {
  boolean: ({ value }) => (typeof value === 'boolean' ? { valueBoolean: value } : undefined),
  decimal: (value, question) => {
    const number = numberOf(value, question);
    return number === undefined ? undefined : { valueDecimal: number };
  },
  integer: (value, question) => {
    const number = numberOf(value, question);
    return number !== undefined && Number.isInteger(number) ? { valueInteger: number } : undefined;
  },
  date: ({ type, value }) =>
    typeof value === 'string' && /^(date|dateTime|instant)$/.test(type) ? { valueDate: value.slice(0, 10) } : undefined,
  dateTime: ({ type, value }) =>
    typeof value === 'string' && /^(date|dateTime|instant)$/.test(type) ? { valueDateTime: value } : undefined,
  time: ({ type, value }) =>
    type === 'time' && typeof value === 'string'
      ? { valueTime: value.length === SHORT_TIME ? `${value}:00` : value }
      : undefined,
  string: text('valueString', TEXTS),
  text: text('valueString', TEXTS),
  url: text('valueUri', ['uri', 'url', 'canonical', 'oid', 'uuid', 'string']),
  choice: (value, question) =>
    optionOf(value, question) ?? (hasOptions(question) ? undefined : codedAnswer(value, question)),
  'open-choice': (value, question) =>
    optionOf(value, question) ?? codedAnswer(value, question) ?? text('valueString', TEXTS)(value, question),
  quantity: quantityAnswer,
  reference: referenceAnswer,
  attachment: attachmentAnswer,
};

/** The option of a question that a value is: by its code or text, when only one is. */
function optionOf({ type, value }: TypedValue, question: Question): QuestionnaireResponseItemAnswer | undefined {
  const { item } = question;
  if (type === 'CodeableConcept')
    return objectsOf(asObject(value)?.coding).flatMap(
      ([coding]) => optionOf({ type: 'Coding', value: coding }, question) ?? [],
    )[0];
  const coding = type === 'Coding' ? asObject(value) : undefined;
  const found = optionsOf(item.definition).filter((option) => {
    const offered = asObject(option.value);
    if (coding)
      return offered?.code === coding.code && (coding.system === undefined || offered?.system === coding.system);
    return TEXTS.includes(type) || WHOLE.includes(type) || type === 'date' || type === 'time'
      ? offered?.code === value || option.value === value
      : false;
  });
  const [only] = found;
  return only && found.length === 1 ? ({ [only.property]: only.value } as QuestionnaireResponseItemAnswer) : undefined;
}

/** Whether a question lists its options itself: then nothing else is an answer to a choice. */
const hasOptions = ({ item }: Question): boolean => optionsOf(item.definition).length > 0;

function codedAnswer({ type, value }: TypedValue, question: Question): QuestionnaireResponseItemAnswer | undefined {
  const object = asObject(value);
  if (type === 'Coding' && object) return { valueCoding: object as Coding };
  if (type === 'CodeableConcept' && object) {
    const [first] = objectsOf(object.coding);
    return first && { valueCoding: first[0] as Coding };
  }
  if (!TEXTS.includes(type) || typeof value !== 'string') return undefined;
  const found = conceptsOf(question).filter(({ code }) => code === value);
  return found.length === 1 && found[0] ? { valueCoding: found[0] } : undefined;
}

// A larger value set is not one that a code alone is looked up in.
const MOST_CONCEPTS = 5_000;

/** The codes that the value set of a question lists itself, or that its code systems have. */
function conceptsOf({ item, form, source }: Question): readonly Coding[] {
  const canonical: unknown = item.definition.answerValueSet;
  if (typeof canonical !== 'string') return [];
  const valueSet = canonical.startsWith('#')
    ? (containedIn(form.questionnaire as unknown as JsonObject).find(
        ({ id }) => id === canonical.slice(1),
      ) as unknown as ValueSet | undefined)
    : source.valueSet(canonical);
  const listed = objectsOf(valueSet?.compose?.include).flatMap(([{ system, concept, filter, valueSet: others }]) => {
    const named = objectsOf(concept);
    const all =
      named.length === 0 && filter === undefined && others === undefined && typeof system === 'string'
        ? objectsOf(source.codeSystem(system)?.concept)
        : named;
    return all.slice(0, MOST_CONCEPTS).map(([each]) => codingOf(system, each));
  });
  return listed;
}

const codingOf = (system: unknown, { code, display }: Readonly<Record<string, unknown>>): Coding => ({
  ...(typeof system === 'string' ? { system } : {}),
  code: String(code),
  ...(typeof display === 'string' ? { display } : {}),
});

const UNIT = 'unit';

/** The unit that the question asks for, or the only one that it offers. */
export function unitOf(item: FormItem): Coding | undefined {
  const [unit] = extensionValues(item, UNIT);
  const offered = extensionValues(item, 'unitOption');
  const found = unit ?? (offered.length === 1 ? offered[0] : undefined);
  return asObject(found?.value) as Coding | undefined;
}

/** A quantity as an answer in the unit of the question; undefined when it is not known for certain, or cannot be converted. */
function inUnit(quantity: Quantity, unit: Coding | undefined): Quantity | undefined {
  if (quantity.comparator !== undefined || typeof quantity.value !== 'number') return undefined;
  if (!unit || quantity.code === unit.code) return quantity;
  if (quantity.code === undefined || unit.code === undefined) return undefined;
  const value = convertUnit(quantity.value, quantity.code, unit.code);
  return value === undefined ? undefined : quantityOf(value, unit);
}

export const quantityOf = (value: number, unit: Coding | undefined): Quantity => ({
  value,
  ...(unit
    ? {
        unit: unit.display ?? unit.code,
        ...(unit.system === undefined ? {} : { system: unit.system }),
        ...(unit.code === undefined ? {} : { code: unit.code }),
      }
    : {}),
});

function numberOf({ type, value }: TypedValue, { item }: Question): number | undefined {
  if (typeof value === 'number') return value;
  const unit = unitOf(item);
  if (!/^(Quantity|Age|Duration|SimpleQuantity)$/.test(type) || !unit) return undefined;
  return inUnit((asObject(value) ?? {}) as Quantity, unit)?.value;
}

function quantityAnswer({ type, value }: TypedValue, { item }: Question): QuestionnaireResponseItemAnswer | undefined {
  const unit = unitOf(item);
  if (typeof value === 'number') return { valueQuantity: quantityOf(value, unit) };
  const object = /^(Quantity|Age|Duration|SimpleQuantity)$/.test(type) ? asObject(value) : undefined;
  const quantity = object && inUnit(object as Quantity, unit);
  return quantity ? { valueQuantity: quantity } : undefined;
}

function referenceAnswer({ type, value }: TypedValue): QuestionnaireResponseItemAnswer | undefined {
  const object = asObject(value);
  if (type === 'Reference' && object) return { valueReference: object };
  if (typeof object?.resourceType === 'string' && typeof object.id === 'string')
    return { valueReference: { reference: `${object.resourceType}/${object.id}` } };
  return undefined;
}

/** An Attachment; or the content of a Binary or of a document. */
function attachmentAnswer({ type, value }: TypedValue): QuestionnaireResponseItemAnswer | undefined {
  const object = asObject(value);
  if (type === 'Attachment' && object) return { valueAttachment: object };
  if (object?.resourceType === 'Binary')
    return { valueAttachment: { contentType: String(object.contentType ?? ''), data: String(object.data ?? '') } };
  const attachment =
    object?.resourceType === 'DocumentReference' ? asObject(objectsOf(object.content)[0]?.[0].attachment) : undefined;
  return attachment ? { valueAttachment: attachment } : undefined;
}
