/**
 * The narrative: well-formed XHTML with one `div`, only the elements and attributes of basic formatting, something to read, nothing that
 * acts. https://hl7.org/fhir/R4/narrative.html (txt-1, txt-2)
 */
import { SaxesParser } from 'saxes';
import { containedIn } from './contained.ts';
import type { PropertyCheck } from './type-check.ts';
import { type Scope, shown, type Walk } from './walk.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const ELEMENTS = words(
  'div p br h1 h2 h3 h4 h5 h6 a span b em i strong small big tt dfn q var abbr acronym cite blockquote hr address bdo kbd sub sup ul ol li dl dt dd pre table caption colgroup col thead tr tfoot tbody th td code samp img map area',
);
const ATTRIBUTES = words('title style class id lang xml:lang dir accesskey tabindex xmlns xml:space');
const ATTRIBUTES_OF: Readonly<Record<string, ReadonlySet<string>>> = {
  a: words('href name rel rev type hreflang charset target shape coords'),
  img: words('src alt longdesc height width usemap ismap align border hspace vspace'),
  area: words('shape coords href nohref alt'),
  map: words('name'),
  blockquote: words('cite'),
  q: words('cite'),
  table: words('summary width border frame rules cellspacing cellpadding align bgcolor'),
  col: words('span width align valign char charoff'),
  colgroup: words('span width align valign char charoff'),
  thead: words('align valign char charoff'),
  tbody: words('align valign char charoff'),
  tfoot: words('align valign char charoff'),
  tr: words('align valign char charoff bgcolor'),
  th: words('abbr axis headers scope rowspan colspan width height align valign char charoff nowrap bgcolor'),
  td: words('abbr axis headers scope rowspan colspan width height align valign char charoff nowrap bgcolor'),
  ol: words('type start compact'),
  ul: words('type compact'),
  li: words('value type'),
  hr: words('align size width noshade'),
  p: words('align'),
  div: words('align'),
  br: words('clear'),
  caption: words('align'),
  pre: words('width'),
  h1: words('align'),
  h2: words('align'),
  h3: words('align'),
  h4: words('align'),
  h5: words('align'),
  h6: words('align'),
};
const XHTML = 'http://www.w3.org/1999/xhtml';
// Beyond this the narrative is the payload; the first complaints are enough.
const MOST_COMPLAINTS = 5;

export function checkNarrative(text: string, _property: PropertyCheck, path: string, scope: Scope, walk: Walk): void {
  const contained = new Set(containedIn(scope.resource).map(({ id }) => id));
  for (const { rule, diagnostics } of complaintsOf(text, contained))
    walk.report(rule === 'xhtml-dead-link' ? 'warning' : 'error', 'invalid', rule, path, diagnostics);
}

interface Complaint {
  readonly rule: string;
  readonly diagnostics: string;
}

function complaintsOf(text: string, contained: ReadonlySet<unknown>): readonly Complaint[] {
  const anchors = new Set<string>();
  const links = new Set<string>();
  const complaints: Complaint[] = [];
  const complain = (rule: string, diagnostics: string): void => {
    if (complaints.length < MOST_COMPLAINTS) complaints.push({ rule, diagnostics });
  };
  let depth = 0;
  let says = false;
  const parser = new SaxesParser({ xmlns: false });
  parser.ENTITIES.nbsp = '\u00a0';
  parser.on('error', (error) => {
    // The parser goes on after each error, at a cost that grows with the text: once enough is found it is stopped.
    if (complaints.length >= MOST_COMPLAINTS) throw error;
    complain('xhtml-syntax', `the narrative is not well-formed XHTML: ${error.message}`);
  });
  parser.on('doctype', () => complain('xhtml-syntax', 'the narrative has a DOCTYPE, which is not allowed'));
  parser.on('processinginstruction', () =>
    complain('xhtml-syntax', 'the narrative has a processing instruction, which is not allowed'),
  );
  parser.on('text', (content) => {
    if (content.trim() !== '') says = true;
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (depth === 0) rootComplaint(name, attributes, complain);
    depth++;
    if (!ELEMENTS.has(name)) complain('txt-1', `txt-1: the element ${shown(name)} is not allowed in a narrative`);
    if (name === 'img') says = true;
    for (const name of [attributes.id, attributes.name]) if (name !== undefined) anchors.add(name);
    if (name === 'a' && attributes.href?.startsWith('#') && attributes.href.length > 1)
      links.add(attributes.href.slice(1));
    for (const attribute in attributes) attributeComplaint(name, attribute, attributes[attribute] ?? '', complain);
  });
  parser.on('closetag', () => {
    depth--;
  });
  try {
    parser.write(text).close();
  } catch (error) {
    complain(
      'xhtml-syntax',
      `the narrative is not well-formed XHTML: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  for (const link of links)
    if (!anchors.has(link) && !contained.has(link)) complain('xhtml-dead-link', `the link to #${link} leads nowhere`);
  if (!says && complaints.length === 0)
    complain('txt-2', 'txt-2: the narrative has nothing to read: no text and no image');
  return complaints;
}

function rootComplaint(
  name: string,
  attributes: Readonly<Record<string, string>>,
  complain: (rule: string, diagnostics: string) => void,
): void {
  if (name !== 'div') complain('xhtml-root', `the narrative begins with <${name.slice(0, 40)}>, expected <div>`);
  else if (attributes.xmlns !== XHTML)
    complain('xhtml-namespace', `the namespace of the div is ${shown(attributes.xmlns ?? '')}, expected ${XHTML}`);
}

function attributeComplaint(
  element: string,
  attribute: string,
  value: string,
  complain: (rule: string, diagnostics: string) => void,
): void {
  const allowed =
    ATTRIBUTES.has(attribute) ||
    attribute.startsWith('xmlns:') ||
    (Object.hasOwn(ATTRIBUTES_OF, element) && ATTRIBUTES_OF[element]?.has(attribute));
  if (!allowed)
    complain(
      'txt-1',
      `txt-1: the attribute ${shown(attribute)} is not allowed on <${element.slice(0, 40)}> in a narrative`,
    );
  else if (attribute === 'href' || attribute === 'src') linkComplaint(element, attribute, value, complain);
}

const SCHEME = /^\s*([A-Za-z][A-Za-z0-9+.-]*):/;
const LINKABLE = words('http https ftp mailto tel sms data cid geo');

function linkComplaint(
  element: string,
  attribute: string,
  value: string,
  complain: (rule: string, diagnostics: string) => void,
): void {
  const scheme = SCHEME.exec(value)?.[1]?.toLowerCase();
  if (scheme === 'javascript' || scheme === 'vbscript')
    complain(
      'xhtml-script',
      `the ${attribute} of <${element.slice(0, 40)}> runs a script, which is not allowed in a narrative`,
    );
  else if (scheme !== undefined && !LINKABLE.has(scheme))
    complain(
      'xhtml-link',
      `the ${attribute} of <${element.slice(0, 40)}> is ${shown(value)}, and ${scheme} is no scheme that one can follow`,
    );
}
