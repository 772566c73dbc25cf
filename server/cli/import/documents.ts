/**
 * JSON documents, one after another, found by their braces; they are parsed later. A Bundle whose entries stand each for itself is
 * given entry by entry, so that its length does not matter. That needs `resourceType` and `type` before `entry`, the order of R4.
 */
import { type Fragment, MAXIMUM_FRAGMENT_BYTES, tooLarge } from './fragment.ts';

const [QUOTE, COMMA, COLON, BACKSLASH, LINE_FEED] = [34, 44, 58, 92, 10];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];

/** Bundle.type of Bundles whose entries are imported one by one. */
export const LISTS: ReadonlySet<string> = new Set(['collection', 'searchset']);

/** Names and types are short; longer strings are not worth remembering. */
const MAXIMUM_NAME = 32;

const isSpace = (byte: number): boolean => byte === 32 || byte === 9 || byte === 10 || byte === 13;

export class DocumentScanner {
  #record = 0;
  #part = 0;
  #line = 1;
  #fragmentLine = 1;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** The string at depth 1 that was read last, the property that is being read, and the two that matter. */
  #text = '';
  #name = '';
  #resourceType = '';
  #type = '';
  #inEntries = false;
  /** What belongs to the fragment under way, without what is in the present chunk. */
  #held: Buffer[] = [];
  #size = 0;
  #collecting = false;
  #start = 0;
  /** Something other than white space stands between documents: what follows is given as it is, for the parser to refuse. */
  #lost = false;

  /** The fragments that end in `chunk`. */
  *scan(chunk: Buffer): Generator<Fragment> {
    this.#start = 0;
    for (let at = 0; at < chunk.length && !this.#lost; at += 1) {
      const byte = chunk[at] as number;
      if (byte === LINE_FEED) this.#line += 1;
      if (this.#inString) this.#string(byte);
      else {
        const fragment = this.#step(chunk, byte, at);
        if (fragment) yield fragment;
      }
    }
    if (this.#collecting) this.#hold(chunk.subarray(this.#start));
  }

  /** What is left when the source ends: a document without its end. */
  *end(): Generator<Fragment> {
    if (this.#collecting && this.#size > 0) yield this.#fragment();
    else if (this.#depth > 0)
      yield {
        ...this.#place(),
        part: this.#part + 1,
        line: this.#line,
        problem: `The Bundle has no end: the source ends at line ${this.#line}`,
      };
  }

  #string(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#inString = false;
    else if (this.#depth === 1 && this.#text.length <= MAXIMUM_NAME) this.#text += String.fromCharCode(byte);
  }

  #step(chunk: Buffer, byte: number, at: number): Fragment | undefined {
    switch (byte) {
      case QUOTE:
        this.#inString = true;
        if (this.#depth === 1) this.#text = '';
        break;
      case COLON:
        if (this.#depth === 1) this.#name = this.#text;
        break;
      case COMMA:
        if (this.#depth === 1) this.#property();
        break;
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        this.#open(byte, at);
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        return this.#close(chunk, at);
      default:
    }
    if (this.#depth === 0 && !isSpace(byte)) this.#lose(at);
    return undefined;
  }

  #property(): void {
    if (this.#name === 'resourceType') this.#resourceType = this.#text;
    if (this.#name === 'type') this.#type = this.#text;
  }

  #open(byte: number, at: number): void {
    this.#depth += 1;
    if (this.#depth === 1) {
      this.#record += 1;
      this.#part = 0;
      this.#resourceType = '';
      this.#type = '';
      this.#begin(at);
    } else if (this.#depth === 2 && byte === OPEN_ARRAY && this.#isList()) {
      this.#inEntries = true;
      this.#drop();
    } else if (this.#depth === 3 && this.#inEntries) {
      this.#part += 1;
      this.#begin(at);
    }
  }

  #isList(): boolean {
    return this.#name === 'entry' && this.#resourceType === 'Bundle' && LISTS.has(this.#type);
  }

  #close(chunk: Buffer, at: number): Fragment | undefined {
    this.#depth -= 1;
    if (this.#depth < 0) {
      this.#depth = 0;
      this.#lose(at);
      return undefined;
    }
    const ends = this.#collecting && this.#depth === (this.#inEntries ? 2 : 0);
    if (this.#inEntries && this.#depth === 1) this.#inEntries = false;
    if (!ends) return undefined;
    this.#hold(chunk.subarray(this.#start, at + 1));
    return this.#fragment();
  }

  #begin(at: number): void {
    this.#collecting = true;
    this.#start = at;
    this.#fragmentLine = this.#line;
    this.#held = [];
    this.#size = 0;
  }

  #lose(at: number): void {
    this.#lost = true;
    this.#record += 1;
    this.#part = 0;
    this.#begin(at);
  }

  #hold(bytes: Buffer): void {
    this.#size += bytes.length;
    if (this.#size <= MAXIMUM_FRAGMENT_BYTES) this.#held.push(bytes);
    else this.#held = [];
  }

  #drop(): void {
    this.#collecting = false;
    this.#held = [];
    this.#size = 0;
  }

  #place() {
    return { record: this.#record, part: this.#part, line: this.#fragmentLine };
  }

  #fragment(): Fragment {
    const isTooLarge = this.#size > MAXIMUM_FRAGMENT_BYTES;
    const bytes = Buffer.concat(this.#held);
    this.#drop();
    return isTooLarge ? { ...this.#place(), problem: tooLarge('The resource') } : { ...this.#place(), bytes };
  }
}

/** The documents of a stream, and the entries of those that are lists. */
export async function* documentsOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Fragment> {
  const scanner = new DocumentScanner();
  for await (const chunk of chunks) yield* scanner.scan(chunk);
  yield* scanner.end();
}
