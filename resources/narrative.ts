/**
 * The narrative between JSON, where it is a string, and XML, where it is a part of the document. Its text is kept as it was written
 * wherever that text can stand alone. https://hl7.org/fhir/R4/narrative.html
 */
import type { SaxesTagNS } from 'saxes';
import { htmlEntities } from './html-entities.ts';
import { MAX_DEPTH } from './json-reader.ts';
import { MalformedXml, XmlParser } from './xml-parser.ts';
import { XHTML_NAMESPACE } from './xml-table.ts';

/** `xml` is ready to stand in a document whose default namespace is another one; otherwise `problem` says what is wrong. */
export type NarrativeXml =
  | { readonly xml: string; readonly problem?: undefined }
  | { readonly xml?: undefined; readonly problem: string };

/** The `div` of a narrative for an XML document: with its namespace, and with the named characters of HTML as numbers. */
export function narrativeXml(div: string): NarrativeXml {
  const trimmed = div.trim();
  if (!trimmed.startsWith('<div')) return { problem: 'it has to begin with <div' };
  const checked = check(trimmed);
  if (checked.problem === undefined || !trimmed.includes('&')) return checked;
  const numbered = trimmed.replace(/&([A-Za-z0-9]{2,8});/g, (reference, name: string) => {
    const code = htmlEntities.get(name);
    return code === undefined ? reference : `&#${code};`;
  });
  return numbered === trimmed ? checked : check(numbered);
}

function check(div: string): NarrativeXml {
  const parser = new XmlParser();
  let depth = 0;
  let hasNamespace = true;
  parser.on('opentag', (tag) => {
    if (depth === 0) hasNamespace = tag.attributes.xmlns !== undefined;
    if (depth === 0 && tag.local !== 'div') parser.fail(`the outermost element has to be div, not ${tag.name}`);
    const expected = hasNamespace ? XHTML_NAMESPACE : '';
    if (tag.uri !== expected)
      parser.fail(`the element ${tag.name} is in the namespace "${tag.uri}", not ${XHTML_NAMESPACE}`);
    depth += 1;
    if (depth > MAX_DEPTH) parser.fail(`elements are nested deeper than ${MAX_DEPTH}`);
  });
  parser.on('closetag', () => {
    depth -= 1;
  });
  try {
    parser.write(div).close();
  } catch (error) {
    if (error instanceof MalformedXml) return { problem: error.message };
    throw error;
  }
  return { xml: hasNamespace ? div : `<div xmlns="${XHTML_NAMESPACE}"${div.slice('<div'.length)}` };
}

/** True when the names of a tag need namespaces that may be declared outside the narrative. */
export function usesPrefix({ prefix, attributes }: SaxesTagNS): boolean {
  if (prefix !== '') return true;
  for (const name in attributes) {
    const attribute = attributes[name]?.prefix;
    if (attribute !== '' && attribute !== 'xml' && attribute !== 'xmlns') return true;
  }
  return false;
}

/** Writes a narrative anew, without prefixes, from the events of a parser: for one that takes its namespace from the document. */
export class NarrativeCopy {
  text = '';
  #depth = 0;

  open(tag: SaxesTagNS): void {
    this.text += `<${tag.local}${this.#depth === 0 ? ` xmlns="${XHTML_NAMESPACE}"` : ''}`;
    for (const { name, prefix, local, value } of Object.values(tag.attributes)) {
      if (prefix === 'xmlns' || name === 'xmlns') continue;
      this.text += ` ${prefix === 'xml' ? name : local}="${escaped(value)}"`;
    }
    this.text += tag.isSelfClosing ? '/>' : '>';
    this.#depth += 1;
  }

  close(tag: SaxesTagNS): void {
    this.#depth -= 1;
    if (!tag.isSelfClosing) this.text += `</${tag.local}>`;
  }

  characters(text: string): void {
    this.text += escaped(text);
  }
}

const escaped = (text: string): string => text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
