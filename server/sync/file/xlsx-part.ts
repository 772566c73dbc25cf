/**
 * The XML parts of a workbook, read as they are unpacked and within bounds, so that a small file that unpacks to a huge one is refused and not stored.
 * ECMA-376 part 2 (packages).
 */
import { StringDecoder } from 'node:string_decoder';
import type { SaxesTagNS } from 'saxes';
import { MalformedXml, XmlParser } from '../../../resources/xml-parser.ts';
import type { ZipEntry } from '../../zip.ts';

/** What a reader of a part hears: elements by their names without prefixes, whatever namespace the edition of the standard gives them. */
export interface PartHandler {
  open?(name: string, attribute: (name: string) => string | undefined): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** Characters without any mark-up among them; a cell of a spreadsheet has at most 32,767. */
const LONGEST_TEXT = 2_000_000;

/**
 * Reads a part; yields after every piece, so that what the handler has gathered can be taken.
 * @throws Error with a sentence when the part is damaged or unpacks to more than `mostBytes`
 */
export async function* partPieces(entry: ZipEntry, handler: PartHandler, mostBytes: number): AsyncGenerator<void> {
  const parser = new XmlParser();
  let [bytes, silence] = [0, 0];
  const heard = (): void => {
    silence = 0;
  };
  parser.on('opentag', ({ local, attributes }: SaxesTagNS) => {
    heard();
    handler.open?.(local, (name) => {
      const found = attributes[name] ?? Object.values(attributes).find((each) => each.local === name);
      return found?.value;
    });
  });
  const text = (value: string): void => {
    heard();
    handler.text?.(value);
  };
  parser.on('text', text);
  parser.on('cdata', text);
  parser.on('closetag', ({ local }: SaxesTagNS) => {
    heard();
    handler.close?.(local);
  });
  const decoder = new StringDecoder('utf8');
  try {
    for await (const chunk of entry.read()) {
      bytes += chunk.length;
      if (bytes > mostBytes) throw new Error(`${entry.name} unpacks to more than ${mostBytes / 1_000_000} MB`);
      const piece = decoder.write(chunk);
      silence += piece.length;
      parser.write(piece);
      if (silence > LONGEST_TEXT) throw new Error(`${entry.name} has a text of more than ${LONGEST_TEXT} characters`);
      yield;
    }
    parser.write(decoder.end());
    parser.close();
  } catch (error) {
    throw isDamage(error)
      ? new Error(`${entry.name} in the workbook is damaged: ${error.message}`, { cause: error })
      : error;
  }
  yield;
}

const isDamage = (error: unknown): error is Error =>
  error instanceof MalformedXml || (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'));

/** Reads a part to its end. @throws Error as above */
export async function readPart(entry: ZipEntry, handler: PartHandler, mostBytes: number): Promise<void> {
  for await (const _ of partPieces(entry, handler, mostBytes));
}
