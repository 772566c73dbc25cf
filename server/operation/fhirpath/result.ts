/**
 * A value that an expression gives, as a part of Parameters: named by its type, with a value[x] where R4 has one for it. What has none (backbone
 * elements, times without minutes) comes as JSON text, in the extension that FHIRPath Lab reads.
 */
import { isResourceType, typeDefinition } from '../../../resources/definition.ts';
import { keepNumeral, stringifyJson } from '../../../resources/json.ts';

/** A ParametersParameter of which the name of the value is not known beforehand. */
export type ResultPart = Readonly<Record<string, unknown>> & { readonly name: string };

const JSON_VALUE = 'http://fhir.forms-lab.com/StructureDefinition/json-value';

interface LibraryNode {
  readonly data?: unknown;
  readonly path?: string | null;
}

/** @param typeName as fhirpath.js says it: `FHIR.HumanName`, `System.Integer` */
export function resultPart(value: unknown, typeName: string): ResultPart {
  const [namespace, type = ''] = typeName.split('.');
  const isNode = typeof value === 'object' && value !== null && 'data' in value && 'path' in value;
  if (namespace === 'System') return systemPart(isNode ? (value as LibraryNode).data : value, type);
  if (isNode) return nodePart(value as LibraryNode, type);
  return jsonPart(type, value);
}

function nodePart({ data, path }: LibraryNode, type: string): ResultPart {
  if (data === undefined || data === null) return { name: type };
  if (isResourceType(type)) return { name: type, resource: data };
  // fhirpath.js holds a decimal as an object of its own.
  if (type === 'decimal') return { name: type, ...decimalValue('valueDecimal', String(data)) };
  const isValue = typeDefinition('Parameters.parameter')?.properties.get(valueName(type))?.type === type;
  if (!isValue || (typeDefinition(type)?.kind === 'primitive') !== (typeof data !== 'object'))
    return jsonPart(path ?? type, data);
  return data === '' ? { name: 'empty-string' } : { name: type, [valueName(type)]: data };
}

function systemPart(value: unknown, type: string): ResultPart {
  const text = String(value);
  switch (type) {
    case 'Boolean':
      return { name: 'boolean', valueBoolean: value };
    case 'String':
      return text === '' ? { name: 'empty-string' } : { name: 'string', valueString: text };
    case 'Integer':
      return { name: 'integer', valueInteger: Number(text) };
    case 'Decimal':
      return { name: 'decimal', ...decimalValue('valueDecimal', text) };
    case 'Date':
      return { name: 'date', valueDate: text };
    case 'DateTime':
      return isDateTime(text) ? { name: 'dateTime', valueDateTime: text } : { name: 'dateTime', valueString: text };
    case 'Time':
      return isTime(text) ? { name: 'time', valueTime: text } : { name: 'time', valueString: text };
    case 'Quantity':
      return { name: 'Quantity', valueQuantity: quantity(text) };
    default:
      return { name: type, valueString: text };
  }
}

const valueName = (type: string): string => `value${type.charAt(0).toUpperCase()}${type.slice(1)}`;

const jsonPart = (name: string, value: unknown): ResultPart => ({
  name,
  extension: [{ url: JSON_VALUE, valueString: stringifyJson(value) }],
});

const isDateTime = (text: string): boolean =>
  /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?)?)?$/.test(text);
const isTime = (text: string): boolean => /^\d\d:\d\d:\d\d(\.\d+)?$/.test(text);

/** An object with one member, a number with the digits of `text`. */
function decimalValue(name: string, text: string): Record<string, unknown> {
  const held: Record<string, unknown> = { [name]: Number(text) };
  keepNumeral(held, name, text);
  return held;
}

/** `4 'mg'` is of UCUM, `3 days` of the calendar. */
function quantity(text: string): Record<string, unknown> {
  const [, value = '0', rest = ''] = /^(\S+) (.*)$/s.exec(text) ?? [];
  const [, code] = /^'(.*)'$/s.exec(rest) ?? [];
  const number = decimalValue('value', value);
  return Object.assign(
    number,
    code === undefined ? { unit: rest } : { unit: code, system: 'http://unitsofmeasure.org', code },
  );
}
