/** The bytes of a source: decompressed when they are gzip, without a byte order mark, counted as they are read. */
import { createReadStream } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Source } from './sources.ts';

const CHUNK_BYTES = 256 * 1024;

async function* counted(stream: AsyncIterable<Buffer>, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    count(chunk.length);
    yield chunk;
  }
}

/** The stream with at least `bytes` in its first chunk, when it has so many. */
async function* withHead(stream: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of stream) {
    if (!head) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < bytes) continue;
    yield head;
    head = undefined;
  }
  if (head && head.length > 0) yield head;
}

/** A stream with its first chunk looked at and still in it. */
async function peeked(stream: AsyncGenerator<Buffer>): Promise<{ head: Buffer; stream: AsyncGenerator<Buffer> }> {
  const first = await stream.next();
  const head = first.done ? Buffer.alloc(0) : first.value;
  async function* whole(): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head;
    yield* stream;
  }
  return { head, stream: whole() };
}

async function* gunzipped(stream: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  const feeding = pipeline(Readable.from(stream), gunzip as Writable);
  // The error reaches the reader through the stream itself.
  feeding.catch(() => undefined);
  yield* gunzip as AsyncIterable<Buffer>;
}

const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b;
const hasMark = (head: Buffer): boolean => head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;

async function* withoutMark(stream: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const { head, stream: whole } = await peeked(withHead(stream, 3));
  let isFirst = hasMark(head);
  for await (const chunk of whole) {
    yield isFirst ? chunk.subarray(3) : chunk;
    isFirst = false;
  }
}

/** The text bytes of `source`; `count` hears of every byte of the file that was read. */
export async function* bytesOf(
  source: Source,
  input: AsyncIterable<Buffer>,
  count: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const raw = source.file ? createReadStream(source.file.path, { highWaterMark: CHUNK_BYTES }) : input;
  const { head, stream } = await peeked(withHead(counted(raw as AsyncIterable<Buffer>, count), 2));
  yield* withoutMark(isGzip(head) ? gunzipped(stream) : stream);
}

/** The first chunk of a stream, and the stream with it. */
export const headOf = (stream: AsyncGenerator<Buffer>) => peeked(withHead(stream, 64 * 1024));
