/** A value in the type of the element that it is extracted to. https://hl7.org/fhir/uv/sdc/extraction.html#definition-based-extraction */
import { asObject } from '../../../../profiles/assertion.ts';
import { isPrimitive } from '../../../../resources/definition.ts';
import type { TypedValue } from '../../../../resources/fhirpath.ts';

const TEXTS: readonly string[] = [
  'string',
  'markdown',
  'code',
  'id',
  'uri',
  'url',
  'canonical',
  'oid',
  'uuid',
  'base64Binary',
  'xhtml',
];
const WHOLE: readonly string[] = ['integer', 'positiveInt', 'unsignedInt'];
const QUANTITIES: readonly string[] = ['Quantity', 'Age', 'Duration', 'Count', 'Distance', 'SimpleQuantity'];
/** What a text says of a value of these types. */
const TEXT_OF: Readonly<Record<string, string>> = {
  CodeableConcept: 'text',
  Annotation: 'text',
  HumanName: 'text',
  Address: 'text',
  Dosage: 'text',
  Identifier: 'value',
  ContactPoint: 'value',
  Reference: 'reference',
  Coding: 'code',
};

/** Undefined where the value cannot be of the type. */
export function cast({ type, value }: TypedValue, target: string): unknown {
  if (type === target) return value;
  const object = asObject(value);
  if (object) return castObject(type, object, target);
  if (target === 'boolean') return typeof value === 'boolean' ? value : undefined;
  if (target === 'decimal') return typeof value === 'number' ? value : undefined;
  if (WHOLE.includes(target)) return Number.isInteger(value) ? value : undefined;
  if (QUANTITIES.includes(target) || target === 'Money') return typeof value === 'number' ? { value } : undefined;
  if (/^(date|dateTime|instant|time|Period)$/.test(target)) return castTime(type, value, target);
  if (TEXTS.includes(target)) return String(value);
  const part = typeof value === 'string' ? TEXT_OF[target] : undefined;
  return part === undefined ? undefined : { [part]: value };
}

function castTime(type: string, value: unknown, target: string): unknown {
  if (typeof value !== 'string' || !/^(date|dateTime|instant|time|string)$/.test(type)) return undefined;
  switch (target) {
    case 'date':
      return /^\d{4}(-\d\d(-\d\d)?)?/.exec(value)?.[0];
    case 'dateTime':
      return /^\d{4}/.test(value) ? value : undefined;
    case 'instant':
      return /T.*(Z|[+-]\d\d:\d\d)$/.test(value) ? value : undefined;
    case 'Period':
      return /^\d{4}/.test(value) ? { start: value } : undefined;
    default:
      return type === 'time' || /^\d\d:\d\d:\d\d/.test(value) ? value : undefined;
  }
}

function castObject(type: string, object: Readonly<Record<string, unknown>>, target: string): unknown {
  if (type === 'Coding') {
    const { extension: _points, ...coding } = object;
    if (target === 'CodeableConcept')
      return { coding: [coding], ...(typeof coding.display === 'string' ? { text: coding.display } : {}) };
    if (target === 'string' || target === 'markdown') return coding.display ?? coding.code;
    if (QUANTITIES.includes(target)) return undefined;
    return isPrimitive(target) ? coding.code : undefined;
  }
  if (type === 'CodeableConcept' && target === 'Coding')
    return Array.isArray(object.coding) ? object.coding[0] : undefined;
  if (QUANTITIES.includes(type)) {
    if (QUANTITIES.includes(target)) return object;
    return target === 'decimal' || (WHOLE.includes(target) && Number.isInteger(object.value))
      ? object.value
      : undefined;
  }
  if (target === 'Reference' && typeof object.resourceType === 'string' && typeof object.id === 'string')
    return { reference: `${object.resourceType}/${object.id}` };
  if (type === 'Reference' && isPrimitive(target)) return object.reference;
  // What fhirpath.js calls a backbone fits the element that it came from; anything else is another type.
  return undefined;
}

/** The type of a choice that a value becomes: its own, or the nearest that there is. */
export function chosenType({ type }: TypedValue, types: readonly string[]): string | undefined {
  if (types.includes(type)) return type;
  return NEAREST[type]?.find((each) => types.includes(each));
}

const NEAREST: Readonly<Record<string, readonly string[]>> = {
  Coding: ['CodeableConcept', 'code', 'string'],
  CodeableConcept: ['Coding'],
  integer: ['decimal', 'Quantity', 'positiveInt', 'unsignedInt'],
  decimal: ['Quantity', 'integer'],
  date: ['dateTime', 'Period'],
  dateTime: ['date', 'instant', 'Period'],
  instant: ['dateTime'],
  string: ['markdown', 'CodeableConcept', 'Annotation', 'uri', 'code', 'Reference'],
  uri: ['url', 'canonical', 'string', 'Reference'],
  Quantity: ['SimpleQuantity', 'Age', 'Duration', 'decimal'],
};
