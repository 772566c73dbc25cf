/** NDJSON: a value a line. A line that is no JSON harms only itself. https://hl7.org/fhir/R4/nd-json.html */
import { type Fragment, MAXIMUM_FRAGMENT_BYTES, tooLarge } from './fragment.ts';

const LINE_FEED = 10;

/** White space of JSON alone. */
const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => byte === 32 || byte === 9 || byte === 13);

/** The lines of a stream that are not blank. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Fragment> {
  let held: Buffer[] = [];
  let size = 0;
  let line = 1;

  function take(): Fragment | undefined {
    const place = { record: line, part: 0, line };
    const [first] = held;
    const bytes = held.length === 1 && first ? first : Buffer.concat(held);
    const isTooLarge = size > MAXIMUM_FRAGMENT_BYTES;
    held = [];
    size = 0;
    if (isTooLarge) return { ...place, problem: tooLarge('The line') };
    return isBlank(bytes) ? undefined : { ...place, bytes };
  }

  function hold(bytes: Buffer): void {
    size += bytes.length;
    if (size <= MAXIMUM_FRAGMENT_BYTES) held.push(bytes);
    else held = [];
  }

  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      hold(chunk.subarray(start, end));
      const fragment = take();
      if (fragment) yield fragment;
      line += 1;
      start = end + 1;
    }
    if (start < chunk.length) hold(chunk.subarray(start));
  }
  const last = take();
  if (last) yield last;
}
