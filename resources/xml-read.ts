/**
 * A resource from XML: events of the parser go into a stack of frames, one for each open element, that builds the JSON form.
 * Elements may come in any order, as other servers allow too; what has no place in R4 is refused with line, column and path.
 * DOCTYPE and entities are refused. https://hl7.org/fhir/R4/xml.html
 */
import type { SaxesAttributeNS, SaxesTagNS } from 'saxes';
import { isResourceType, resourceTypes } from './definition.ts';
import { MAX_DEPTH, positionAt } from './json-reader.ts';
import { NarrativeCopy, narrativeXml, usesPrefix } from './narrative.ts';
import { nearest } from './nearest.ts';
import { badStructure, badValue, type FhirError, type IssueDetails, invalid } from './outcome.ts';
import { expressionOf, type PathStep } from './simple-path.ts';
import type { AnyResource } from './types.ts';
import { type Json, XmlFrame, type XmlNode, type XmlValue } from './xml-frame.ts';
import { MalformedXml, XmlParser } from './xml-parser.ts';
import { FHIR_NAMESPACE, XHTML_NAMESPACE, type XmlElement, type XmlType, xmlType } from './xml-table.ts';

const XSI_NAMESPACE = 'http://www.w3.org/2001/XMLSchema-instance';

/**
 * The resource of an XML text.
 * @throws FhirError 400, with line, column and, inside a resource, the expression of the element
 */
export function readXml(text: string): AnyResource {
  return new XmlReader(text).document().resource;
}

/** The resource of an XML text, and the places of its elements in the text. */
export function readXmlWithPlaces(text: string): { readonly resource: AnyResource; readonly places: XmlNode } {
  return new XmlReader(text, { offset: text.indexOf('<'), children: new Map() }).document();
}

/** A narrative while it is read. */
interface OpenNarrative {
  readonly element: XmlElement;
  readonly start: number;
  /** Made anew where the text cannot stand alone: when `div` has a prefix, or its namespace from outside. */
  readonly copy: NarrativeCopy | undefined;
  depth: number;
  prefixed: boolean;
}

class XmlReader {
  readonly #text: string;
  readonly #parser = new XmlParser();
  readonly #frames: XmlFrame[] = [];
  readonly #places: XmlNode | undefined;
  #narrative: OpenNarrative | undefined;
  #resource: Json | undefined;

  constructor(text: string, places?: XmlNode) {
    this.#text = text;
    this.#places = places;
  }

  document(): { readonly resource: AnyResource; readonly places: XmlNode } {
    const parser = this.#parser;
    parser.on('opentag', (tag) => this.#open(tag));
    parser.on('closetag', (tag) => this.#close(tag));
    parser.on('text', (text) => this.#characters(text));
    parser.on('cdata', (text) => this.#characters(text));
    try {
      parser.write(this.#text).close();
    } catch (error) {
      if (error instanceof MalformedXml) throw this.#refused(invalid, error.message, { at: error.offset });
      throw error;
    }
    return { resource: this.#resource as AnyResource, places: this.#places as XmlNode };
  }

  #checkEncoding(encoding: string): void {
    if (!/^(utf-8|us-ascii)$/i.test(encoding))
      throw this.#refused(invalid, `the text says that its encoding is ${encoding}; FHIR is written in UTF-8`);
  }

  #open(tag: SaxesTagNS): void {
    const parent = this.#frames.at(-1);
    if (this.#narrative) this.#openInNarrative(this.#narrative, tag);
    else if (parent?.type === undefined) this.#openResource(parent, tag);
    else this.#openElement(parent, parent.type, tag);
  }

  #openResource(holder: XmlFrame | undefined, tag: SaxesTagNS): void {
    const { local } = tag;
    if (!holder) this.#checkEncoding(this.#parser.xmlDecl.encoding ?? 'UTF-8');
    this.#checkNamespace(tag, FHIR_NAMESPACE);
    if (!isResourceType(local)) {
      const near = nearest(local, resourceTypes());
      throw this.#refused(badStructure, `${local} is not a resource type of R4${near ? `; ${near} is` : ''}`);
    }
    if (holder?.resource) throw this.#refused(badStructure, `only one resource may stand here, ${local} is the second`);
    const node = holder ? holder.node : this.#places;
    const frame = new XmlFrame(undefined, xmlType(local), { resourceType: local }, holder ? holder.depth : 1, node);
    this.#frames.push(frame);
    this.#readAttributes(frame, xmlType(local), tag);
  }

  #openElement(parent: XmlFrame, type: XmlType, tag: SaxesTagNS): void {
    const element = type.elements.get(tag.local);
    this.#checkNamespace(tag, element?.kind === 'xhtml' ? XHTML_NAMESPACE : FHIR_NAMESPACE);
    if (!element) throw this.#refused(badStructure, unknownElement(tag.local, type), { below: tag.local });
    if (!element.many && parent.count(element) > 0)
      throw this.#refused(badStructure, 'is there twice, and may be there once', { below: tag.local });
    const depth = parent.depth + (element.many ? 2 : 1);
    if (depth > MAX_DEPTH)
      throw this.#refused(invalid, `elements are nested deeper than ${MAX_DEPTH} objects and arrays of JSON`);
    const node = this.#placeBelow(parent, tag.local);
    if (element.kind === 'xhtml') {
      this.#openNarrative(element, tag);
      return;
    }
    const content = element.kind === 'resource' ? undefined : xmlType(element.type);
    const frame = new XmlFrame(element, content, {}, depth, node);
    this.#frames.push(frame);
    this.#readAttributes(frame, content, tag);
  }

  #readAttributes(frame: XmlFrame, type: XmlType | undefined, { attributes }: SaxesTagNS): void {
    for (const name in attributes) {
      const { prefix, uri, value } = attributes[name] as SaxesAttributeNS;
      if (name === 'xmlns' || prefix === 'xmlns' || uri === XSI_NAMESPACE) continue;
      if (name === 'value' && type?.isPrimitive && frame.element) frame.value = this.#valueOf(value, frame.element);
      else if (type?.attributes.has(name)) frame.object[name] = value;
      else throw this.#refused(badStructure, `the attribute ${name} is not known here${expectedAttributes(type)}`);
    }
  }

  #valueOf(text: string, { json, type }: XmlElement): XmlValue {
    if (json === 'string') return { value: text };
    if (json === 'boolean') {
      if (text !== 'true' && text !== 'false') throw this.#refused(badValue, `"${excerpt(text)}" is not true or false`);
      return { value: text === 'true' };
    }
    if (!(type === 'decimal' ? DECIMAL : INTEGER).test(text))
      throw this.#refused(badValue, `"${excerpt(text)}" is not of type ${type}`);
    const value = Number(text);
    if (!Number.isFinite(value)) throw this.#refused(badValue, `${excerpt(text)} is larger than this server can hold`);
    const digits = text.replace(/^\+/, '');
    return String(value) === digits ? { value } : { value, digits };
  }

  #close(tag: SaxesTagNS): void {
    if (this.#narrative) {
      this.#closeInNarrative(this.#narrative, tag);
      return;
    }
    const frame = this.#frames.at(-1) as XmlFrame;
    const content = this.#contentOf(frame);
    this.#frames.pop();
    const parent = this.#frames.at(-1);
    const { element } = frame;
    if (!parent) this.#resource = content;
    else if (!element) parent.resource = content;
    else if (element.kind === 'primitive') parent.addPrimitive(element, frame.value, content);
    else parent.add(element, content);
  }

  /** What a closed element is in JSON; undefined for a primitive without id and extensions. */
  #contentOf({ element, object, value, resource }: XmlFrame): Json | undefined {
    if (element?.kind === 'resource') {
      if (!resource) throw this.#refused(badStructure, 'has to hold a resource, and is empty');
      return resource;
    }
    for (const _ in object) return object;
    if (value !== undefined) return undefined;
    const expected = element?.kind === 'primitive' ? 'a value, an id or an extension' : 'at least one element';
    throw this.#refused(badStructure, `is empty, and needs ${expected}`);
  }

  #openNarrative(element: XmlElement, tag: SaxesTagNS): void {
    const standsAlone = tag.prefix === '' && tag.attributes.xmlns !== undefined;
    const copy = standsAlone ? undefined : new NarrativeCopy();
    this.#narrative = { element, start: this.#tagStart(), copy, depth: 0, prefixed: false };
    this.#openInNarrative(this.#narrative, tag);
  }

  #openInNarrative(narrative: OpenNarrative, tag: SaxesTagNS): void {
    this.#checkNamespace(tag, XHTML_NAMESPACE);
    narrative.depth += 1;
    if (narrative.depth > MAX_DEPTH)
      throw this.#refused(invalid, `elements are nested deeper than ${MAX_DEPTH}`, { below: narrative.element.name });
    narrative.prefixed ||= usesPrefix(tag);
    narrative.copy?.open(tag);
  }

  #closeInNarrative(narrative: OpenNarrative, tag: SaxesTagNS): void {
    const { element, copy, start, prefixed } = narrative;
    narrative.depth -= 1;
    copy?.close(tag);
    if (narrative.depth > 0) return;
    const text = copy?.text ?? this.#text.slice(start, this.#parser.position);
    const { problem } = prefixed ? narrativeXml(text) : {};
    if (problem) throw this.#refused(badStructure, `cannot stand alone: ${problem}`, { below: element.name });
    this.#frames.at(-1)?.add(element, text);
    this.#narrative = undefined;
  }

  #characters(text: string): void {
    if (this.#narrative) this.#narrative.copy?.characters(text);
    else if (/\S/.test(text))
      throw this.#refused(
        badStructure,
        `the text "${excerpt(text.trim())}" stands where only elements may; values are attributes`,
      );
  }

  #checkNamespace({ local, uri }: SaxesTagNS, expected: string): void {
    if (uri === expected) return;
    const found = uri === '' ? 'in no namespace' : `in the namespace ${excerpt(uri)}`;
    throw this.#refused(badStructure, `the element ${local} is ${found}, and has to be in ${expected}`);
  }

  #placeBelow(parent: XmlFrame, name: string): XmlNode | undefined {
    if (!parent.node) return undefined;
    const node: XmlNode = { offset: this.#tagStart(), children: new Map() };
    const siblings = parent.node.children.get(name);
    if (siblings) siblings.push(node);
    else parent.node.children.set(name, [node]);
    return node;
  }

  /** The offset of the tag that the parser has just read: `<` cannot stand inside one. */
  #tagStart(): number {
    return this.#text.lastIndexOf('<', this.#parser.position - 1);
  }

  /** The path of the innermost open element. */
  #path(): readonly PathStep[] {
    return this.#frames.flatMap(({ element }, level) => {
      if (!element) return [];
      return element.many ? [element.name, this.#frames[level - 1]?.count(element) ?? 0] : [element.name];
    });
  }

  #refused(
    failure: (sentence: string, details: IssueDetails) => FhirError,
    sentence: string,
    { at = this.#tagStart(), below }: { readonly at?: number; readonly below?: string } = {},
  ): FhirError {
    const location = positionAt(this.#text, Math.max(at, 0));
    const path = below ? [...this.#path(), below] : this.#path();
    const expression = expressionOf(this.#frames[0]?.type?.name, path);
    const where = `line ${location.line}, column ${location.column}${expression ? `, at ${expression}` : ''}`;
    return failure(`XML, ${where}: ${sentence}`, { location, expression, rule: 'xml' });
  }
}

// https://hl7.org/fhir/R4/datatypes.html#primitive
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const INTEGER = /^(?:0|[-+]?[1-9]\d*)$/;

const excerpt = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}...` : text);

function unknownElement(name: string, type: XmlType): string {
  const near = nearest(name, type.elements.keys());
  const known = [...type.elements.keys(), ...type.attributes.keys()];
  return `${excerpt(name)} is not an element of ${type.name}; ${near ? `${near} is` : `expected one of ${excerptOf(known)}`}`;
}

const expectedAttributes = (type: XmlType | undefined): string => {
  const known = [...(type?.attributes.keys() ?? []), ...(type?.isPrimitive ? ['value'] : [])];
  return known.length === 0 ? '' : `; expected ${known.join(' or ')}`;
};

/** The first names of a list that may be long: an Extension has fifty. */
const excerptOf = (names: readonly string[]): string =>
  names.length > 30 ? `${names.slice(0, 30).join(', ')} and ${names.length - 30} others` : names.join(', ');
