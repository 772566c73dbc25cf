/**
 * A resource as XML: elements in the order of the definitions, primitives as `value` attributes with their id and extensions, the
 * narrative as it is. Stored content is not trusted: what has no place in R4 or in XML is refused by name, never left out.
 * https://hl7.org/fhir/R4/xml.html
 */
import { isResourceType } from './definition.ts';
import { narrativeXml } from './narrative.ts';
import { numeralOf } from './numeral.ts';
import { type FhirError, unprocessable } from './outcome.ts';
import { expressionOf, type PathStep } from './simple-path.ts';
import { FHIR_NAMESPACE, type XmlElement, type XmlType, xmlType } from './xml-table.ts';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

/**
 * The XML text of a resource; `pretty` puts each element on a line of its own, two spaces an indent.
 * @throws FhirError unprocessable, naming the element: unknown to R4, of a wrong JSON type, or with characters that XML cannot hold
 */
export function writeXml(resource: object, { pretty = false }: { readonly pretty?: boolean } = {}): string {
  const writer = new XmlWriter(resource as Json);
  return (
    DECLARATION + writer.resource(resource, pretty ? '\n' : '', ` xmlns="${FHIR_NAMESPACE}"`) + (pretty ? '\n' : '')
  );
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined;

class XmlWriter {
  readonly #root: Json;
  readonly #path: PathStep[] = [];

  constructor(root: Json) {
    this.#root = root;
  }

  /** `newline` is empty, or the line feed and indent before each element of this level. */
  resource(value: unknown, newline: string, namespace = ''): string {
    if (!isObject(value)) throw this.#refused('has to be a resource');
    const type = value.resourceType;
    if (!isResourceType(type))
      throw this.#refused(`has the resourceType ${JSON.stringify(type)}, which R4 does not have`);
    return newline + element(type, namespace, this.#children(value, xmlType(type), newline && `${newline}  `), newline);
  }

  /** The elements inside an object, without its attributes. */
  #children(object: Json, type: XmlType, newline: string): string {
    let text = '';
    for (const entry of this.#entries(object, type)) {
      text +=
        entry.kind === 'primitive' ? this.#primitives(object, entry, newline) : this.#others(object, entry, newline);
    }
    return text;
  }

  /** The elements that the object has, each once, in the order of the definition. */
  #entries(object: Json, type: XmlType): readonly XmlElement[] {
    const entries: XmlElement[] = [];
    let last = -1;
    let inOrder = true;
    for (const name in object) {
      if (object[name] === undefined) continue;
      const entry = type.properties.get(name);
      if (entry === undefined) {
        if (name === 'resourceType' && isResourceType(type.name)) continue;
        throw this.#refused(`is not an element of ${type.name} in R4`, name);
      }
      if (entry.attribute || (name === entry.companion && !isAbsent(object[entry.name]))) continue;
      if (entry.order < last) inOrder = false;
      last = entry.order;
      entries.push(entry);
    }
    return inOrder ? entries : entries.sort((a, b) => a.order - b.order);
  }

  #primitives(object: Json, entry: XmlElement, newline: string): string {
    const { name, companion, many } = entry;
    if (!many) {
      this.#path.push(name);
      const text = newline + this.#primitive(object, name, object[companion], entry, newline);
      this.#path.pop();
      return text;
    }
    const values = this.#list(object[name] ?? [], name);
    const companions = this.#list(object[companion] ?? [], companion);
    let text = '';
    for (let index = 0; index < Math.max(values.length, companions.length); index += 1) {
      this.#path.push(name, index);
      text += newline + this.#primitive(values, index, companions[index], entry, newline);
      this.#path.length -= 2;
    }
    return text;
  }

  #primitive(container: object, key: PathStep, companion: unknown, entry: XmlElement, newline: string): string {
    const value = (container as Record<PathStep, unknown>)[key];
    const attribute = isAbsent(value) ? '' : ` value="${this.#attributeText(value, container, key, entry.json)}"`;
    if (isAbsent(companion)) {
      if (attribute === '') throw this.#refused('has neither a value nor an id or extension');
      return `<${entry.name}${attribute}/>`;
    }
    if (!isObject(companion)) throw this.#refused(`has to be an object in ${entry.companion}`);
    const type = xmlType(entry.type);
    const attributes = this.#attributes(companion, type) + attribute;
    return element(entry.name, attributes, this.#children(companion, type, newline && `${newline}  `), newline);
  }

  #others(object: Json, entry: XmlElement, newline: string): string {
    const { name, many } = entry;
    const value = object[name];
    this.#path.push(name);
    let text = '';
    if (many) {
      for (const [index, item] of this.#list(value).entries()) {
        this.#path.push(index);
        text += newline + this.#other(item, entry, newline);
        this.#path.pop();
      }
    } else text = newline + this.#other(value, entry, newline);
    this.#path.pop();
    return text;
  }

  #other(value: unknown, { name, kind, type }: XmlElement, newline: string): string {
    const inner = newline && `${newline}  `;
    if (kind === 'xhtml') return this.#narrative(value);
    if (kind === 'resource') return element(name, '', this.resource(value, inner), newline);
    if (!isObject(value)) throw this.#refused('has to be an object');
    const table = xmlType(type);
    return element(name, this.#attributes(value, table), this.#children(value, table, inner), newline);
  }

  #narrative(value: unknown): string {
    if (typeof value !== 'string') throw this.#refused('has to be a string of XHTML');
    const { xml, problem } = narrativeXml(value);
    if (xml === undefined) throw this.#refused(`is not XHTML that can stand in XML: ${problem}`);
    return xml;
  }

  #attributes(object: Json, { attributes }: XmlType): string {
    let text = '';
    for (const { name } of attributes.values()) {
      const value = object[name];
      if (value === undefined) continue;
      this.#path.push(name);
      text += ` ${name}="${this.#attributeText(value, object, name, 'string')}"`;
      this.#path.pop();
    }
    return text;
  }

  #attributeText(value: unknown, container: object, key: PathStep, json: XmlElement['json']): string {
    if (typeof value !== json || (json === 'number' && !Number.isFinite(value)))
      throw this.#refused(`has to be a ${json}, not ${JSON.stringify(value)?.slice(0, 40)}`);
    if (typeof value !== 'string') return numeralOf(container, key) ?? String(value);
    if (!SPECIAL.test(value)) return value;
    const illegal = ILLEGAL.exec(value)?.[0];
    if (illegal !== undefined) {
      const code = illegal.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
      throw this.#refused(`contains the character U+${code}, which XML cannot hold`);
    }
    return value.replace(ESCAPED, (character) => ESCAPES[character] ?? character);
  }

  #list(value: unknown, ...further: PathStep[]): readonly unknown[] {
    if (!Array.isArray(value)) throw this.#refused('has to be an array', ...further);
    return value;
  }

  #refused(sentence: string, ...further: PathStep[]): FhirError {
    const expression = expressionOf(this.#root.resourceType, [...this.#path, ...further]);
    return unprocessable(`${expression ?? 'the content'} ${sentence}`, { expression, rule: 'xml' });
  }
}

const element = (name: string, attributes: string, content: string, newline: string): string =>
  content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}${newline}</${name}>`;

/** What needs a closer look: to be escaped, or illegal. */
const SPECIAL = /[<>&"\p{Cc}\p{Cs}\ufffe\uffff]/u;
/** Outside the production Char of XML 1.0: control characters, lone surrogates, U+FFFE and U+FFFF. */
const ILLEGAL = /(?![\t\n\r\u007f-\u009f])[\p{Cc}\p{Cs}\ufffe\uffff]/u;
// A tab or line feed that stands for itself in an attribute is read as a space.
const ESCAPED = /[<>&"\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};
