/**
 * The XML parser (saxes) as we use it: XML 1.0 with namespaces, without DOCTYPE, and the first thing that is wrong ends the reading.
 *
 * `fail` is overridden where the library offers an `error` event, and one handler serves several ends, because each `on` adds a property
 * to the parser by a computed name: after six of them V8 turns the parser into a dictionary, which makes reading five times slower.
 */
import { SaxesParser } from 'saxes';

/** The text is not well-formed XML; `offset` is where that shows. */
export class MalformedXml extends Error {
  readonly offset: number;

  constructor(problem: string, offset: number) {
    super(problem);
    this.offset = offset;
  }
}

const OPTIONS = { xmlns: true, position: false, defaultXMLVersion: '1.0', forceXMLVersion: true } as const;

export class XmlParser extends SaxesParser<typeof OPTIONS> {
  constructor() {
    super(OPTIONS);
    this.on('doctype', () => this.fail('a DOCTYPE is not allowed in FHIR'));
  }

  override fail(problem: string): this {
    throw new MalformedXml(problem.replace(/\.$/, ''), this.position);
  }
}
