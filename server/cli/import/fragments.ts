/** A source as fragments: which of the ways of reading fits it. */
import { bytesOf, headOf } from './bytes.ts';
import { documentsOf } from './documents.ts';
import { type Fragment, MAXIMUM_FRAGMENT_BYTES, tooLarge } from './fragment.ts';
import { linesOf } from './lines.ts';
import type { Source, SourceFormat } from './sources.ts';

/** One document, whole: XML. */
async function* wholeOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Fragment> {
  const held: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size <= MAXIMUM_FRAGMENT_BYTES) held.push(chunk);
    else held.length = 0;
  }
  const place = { record: 1, part: 0, line: 1 };
  yield size > MAXIMUM_FRAGMENT_BYTES
    ? { ...place, problem: tooLarge('The file') }
    : { ...place, bytes: Buffer.concat(held) };
}

/** True when the first line is a JSON value by itself and something follows it. */
function isLines(head: string): boolean {
  const end = head.indexOf('\n');
  if (end < 0 || head.slice(end).trim() === '') return false;
  try {
    return typeof JSON.parse(head.slice(0, end)) === 'object';
  } catch {
    return false;
  }
}

function judged(format: SourceFormat, head: Buffer): Exclude<SourceFormat, 'any'> {
  if (format === 'lines' || format === 'xml') return format;
  const text = head.toString('utf8').trimStart();
  if (text.startsWith('<')) return 'xml';
  return isLines(text) ? 'lines' : 'json';
}

export interface FragmentStream {
  readonly isXml: boolean;
  readonly fragments: AsyncGenerator<Fragment>;
}

/** @throws Error of the file system or of decompression, also from the generator */
export async function fragmentsOf(
  source: Source,
  input: AsyncIterable<Buffer>,
  count: (bytes: number) => void,
): Promise<FragmentStream> {
  const { head, stream } = await headOf(bytesOf(source, input, count));
  switch (judged(source.format, head)) {
    case 'xml':
      return { isXml: true, fragments: wholeOf(stream) };
    case 'lines':
      return { isXml: false, fragments: linesOf(stream) };
    case 'json':
      return { isXml: false, fragments: documentsOf(stream) };
  }
}
