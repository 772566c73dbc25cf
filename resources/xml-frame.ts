/**
 * An open element while XML is read, and the JSON object that it becomes. https://hl7.org/fhir/R4/json.html says how primitives that
 * repeat and have extensions become two arrays, filled up with nulls.
 */
import { NUMERALS, type Numbered } from './numeral.ts';
import type { XmlElement, XmlType } from './xml-table.ts';

export type Json = Record<string, unknown>;

/** Where an element stands in the text, and its children; recorded only when a position is asked for. */
export interface XmlNode {
  readonly offset: number;
  readonly children: Map<string, XmlNode[]>;
}

/** The value of a primitive; `digits` is its text where the number alone would lose it. */
export interface XmlValue {
  readonly value: string | number | boolean;
  readonly digits?: string;
}

export class XmlFrame {
  /** The element that is open; undefined for a resource, which stands inside the element that holds it or at the root. */
  readonly element: XmlElement | undefined;
  /** What may stand inside; undefined for an element that holds a resource. */
  readonly type: XmlType | undefined;
  /** The JSON form so far; of a primitive: its id and extensions. */
  readonly object: Json;
  /** Objects and arrays around the content, as in JSON. */
  readonly depth: number;
  readonly node: XmlNode | undefined;
  /** Of a primitive, when it has one. */
  value: XmlValue | undefined;
  /** Of an element that holds a resource, when that has been read. */
  resource: Json | undefined;

  constructor(
    element: XmlElement | undefined,
    type: XmlType | undefined,
    object: Json,
    depth: number,
    node: XmlNode | undefined,
  ) {
    this.element = element;
    this.type = type;
    this.object = object;
    this.depth = depth;
    this.node = node;
  }

  /** How many times the element has been read. */
  count({ name, companion, many }: XmlElement): number {
    const present = this.object[name] ?? this.object[companion];
    if (present === undefined) return 0;
    return many ? (present as unknown[]).length : 1;
  }

  add({ name, many }: XmlElement, content: unknown): void {
    if (!many) this.object[name] = content;
    else if (this.object[name] === undefined) this.object[name] = [content];
    else (this.object[name] as unknown[]).push(content);
  }

  addPrimitive(element: XmlElement, content: XmlValue | undefined, companion: Json | undefined): void {
    if (element.many) {
      const index = this.count(element);
      this.#append(element.name, index, content?.value);
      this.#append(element.companion, index, companion);
      if (content?.digits) keepDigits(this.object[element.name] as Numbered, index, content.digits);
      return;
    }
    if (content !== undefined) this.object[element.name] = content.value;
    if (content?.digits) keepDigits(this.object, element.name, content.digits);
    if (companion !== undefined) this.object[element.companion] = companion;
  }

  /** One of the two arrays comes into being with its first item, and has from then on as many as there are elements. */
  #append(name: string, index: number, item: unknown): void {
    const list = this.object[name] as unknown[] | undefined;
    if (list !== undefined) list.push(item ?? null);
    else if (item !== undefined) this.object[name] = [...new Array<null>(index).fill(null), item];
  }
}

function keepDigits(container: Numbered, name: string | number, digits: string): void {
  container[NUMERALS] ??= {};
  container[NUMERALS][name] = digits;
}
