/**
 * The encoding of a text that somebody exported: UTF-8, UTF-16 where a byte order mark says so, or Windows-1252 where the bytes cannot be UTF-8.
 * https://encoding.spec.whatwg.org/#windows-1252
 */
import { createReadStream } from 'node:fs';
import { TextDecoder } from 'node:util';

export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type Encoding = (typeof encodings)[number];

/** What bytes 0x80 to 0x9F are in Windows-1252; the five that it leaves open are empty. */
const HIGH = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';
const OPEN = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);

/** The encoding that a byte order mark names. */
function marked(start: Buffer): Encoding | undefined {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return 'utf-8';
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  return undefined;
}

/**
 * The encoding of the file, by its mark or by reading it through once.
 * @throws Error with a sentence when it is no text in any of them
 */
export async function encodingOf(path: string): Promise<Encoding> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const seen = { start: true, isUtf8: true, isWindows: true };
  for await (const chunk of bytesOf(path)) {
    if (seen.start) {
      const mark = marked(chunk);
      if (mark) return mark;
      seen.start = false;
    }
    if (chunk.includes(0))
      throw new Error(`${path} holds zero bytes: it is no text, or UTF-16 without a mark; try --encoding utf-16le`);
    if (seen.isUtf8) seen.isUtf8 = isDecodable(decoder, chunk, true);
    if (seen.isWindows) seen.isWindows = !chunk.some((byte) => OPEN.has(byte));
  }
  if (seen.isUtf8 && isDecodable(decoder, Buffer.alloc(0), false)) return 'utf-8';
  if (seen.isWindows) return 'windows-1252';
  throw new Error(
    `${path} is neither UTF-8 nor Windows-1252; save it as "CSV UTF-8", or name its encoding with --encoding`,
  );
}

function isDecodable(decoder: TextDecoder, chunk: Buffer, stream: boolean): boolean {
  try {
    decoder.decode(chunk, { stream });
    return true;
  } catch {
    return false;
  }
}

/** The text of the file in pieces, without its mark. @throws Error with a sentence at bytes that are not of the encoding */
export async function* textOf(path: string, encoding: Encoding): AsyncGenerator<string> {
  const decode = decoderOf(encoding);
  for await (const chunk of bytesOf(path)) yield within(path, encoding, () => decode(chunk, true));
  yield within(path, encoding, () => decode(Buffer.alloc(0), false));
}

function within(path: string, encoding: Encoding, decode: () => string): string {
  try {
    return decode();
  } catch (cause) {
    throw new Error(
      `${path} is not ${encoding} throughout; leave --encoding out, or name another of ${encodings.join(', ')}`,
      { cause },
    );
  }
}

// Node's own decoder of windows-1252 reads 0x80 to 0x9F as Latin-1 in some releases.
function decoderOf(encoding: Encoding): (chunk: Buffer, stream: boolean) => string {
  if (encoding === 'windows-1252')
    return (chunk) => {
      if (chunk.some((byte) => OPEN.has(byte))) throw new RangeError('a byte that Windows-1252 leaves open');
      return chunk.toString('latin1').replace(/[\u0080-\u009f]/g, (char) => HIGH[char.charCodeAt(0) - 0x80] ?? char);
    };
  const decoder = new TextDecoder(encoding, { fatal: true });
  return (chunk, stream) => decoder.decode(chunk, { stream });
}

const bytesOf = (path: string): AsyncIterable<Buffer> => createReadStream(path);
