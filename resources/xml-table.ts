/**
 * What the XML reader and writer know of a type: its elements by name, in order, each with its JSON form. Compiled from the
 * definitions at first use. https://hl7.org/fhir/R4/xml.html
 */
import { knownType, type Property } from './definition.ts';

export interface XmlElement {
  /** The name in XML, and of the property in JSON. */
  readonly name: string;
  /** The JSON property that holds id and extensions of a primitive: `_birthDate`. */
  readonly companion: string;
  /** The place among the elements of the type. */
  readonly order: number;
  readonly many: boolean;
  /** Written as an attribute: `id` of data types, `url` of Extension. */
  readonly attribute: boolean;
  readonly kind: 'primitive' | 'complex' | 'resource' | 'xhtml';
  readonly type: string;
  /** The JSON type of a primitive's value. */
  readonly json: 'string' | 'number' | 'boolean';
}

export interface XmlType {
  readonly name: string;
  readonly isPrimitive: boolean;
  /** By name, without attributes; without the value of primitives. */
  readonly elements: ReadonlyMap<string, XmlElement>;
  readonly attributes: ReadonlyMap<string, XmlElement>;
  /** By JSON property: elements, attributes, and the companions of primitives (`_birthDate`). */
  readonly properties: ReadonlyMap<string, XmlElement>;
}

export const FHIR_NAMESPACE = 'http://hl7.org/fhir';
export const XHTML_NAMESPACE = 'http://www.w3.org/1999/xhtml';

const NUMBERS = new Set(['decimal', 'integer', 'positiveInt', 'unsignedInt']);

function kindOf(type: string): XmlElement['kind'] {
  if (type === 'xhtml') return 'xhtml';
  if (type === 'Resource') return 'resource';
  return knownType(type).kind === 'primitive' ? 'primitive' : 'complex';
}

const jsonTypeOf = (type: string): XmlElement['json'] =>
  NUMBERS.has(type) ? 'number' : type === 'boolean' ? 'boolean' : 'string';

const xmlElement = (name: string, { element, type }: Property, order: number): XmlElement => ({
  name,
  companion: `_${name}`,
  order,
  many: element.many === true,
  attribute: element.attribute === true,
  kind: kindOf(type),
  type,
  json: jsonTypeOf(type),
});

function compile(name: string): XmlType {
  const definition = knownType(name);
  const isPrimitive = definition.kind === 'primitive';
  const all = [...definition.properties]
    .filter(([property]) => !(isPrimitive && property === 'value'))
    .map(([property, meaning], order) => xmlElement(property, meaning, order));
  const byName = (elements: readonly XmlElement[]) => new Map(elements.map((element) => [element.name, element]));
  const elements = all.filter(({ attribute }) => !attribute);
  const companions = elements.filter(({ kind }) => kind === 'primitive');
  return {
    name,
    isPrimitive,
    elements: byName(elements),
    attributes: byName(all.filter(({ attribute }) => attribute)),
    properties: new Map([...byName(all), ...companions.map((element) => [element.companion, element] as const)]),
  };
}

const compiled = new Map<string, XmlType>();

/** The table of a type that the definitions have. */
export function xmlType(name: string): XmlType {
  const known = compiled.get(name);
  if (known) return known;
  const type = compile(name);
  compiled.set(name, type);
  return type;
}
