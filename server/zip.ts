/** The entries of a ZIP archive on disk, each as a stream. APPNOTE 6.3.9: the central directory at the end says where they are. */
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createInflateRaw } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  /** Bytes, unpacked. */
  read(): AsyncIterable<Buffer>;
}

const [END, ZIP64_END, CENTRAL] = [0x06054b50, 0x06064b50, 0x02014b50];
const [END_BYTES, LOCATOR_BYTES, ZIP64_END_BYTES, CENTRAL_BYTES, LOCAL_BYTES] = [22, 20, 56, 46, 30];
const ZIP64_MARK = 0xffffffff;

/** @throws Error when the file is no ZIP archive */
export async function zipEntries(path: string): Promise<readonly ZipEntry[]> {
  const file = await open(path);
  try {
    const directory = await centralDirectory(file);
    return entriesOf(directory, path);
  } finally {
    await file.close();
  }
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

async function centralDirectory(file: FileHandle): Promise<Buffer> {
  const { size } = await file.stat();
  const tailBytes = Math.min(size, END_BYTES + 65_535 + LOCATOR_BYTES);
  const tail = await bytesAt(file, size - tailBytes, tailBytes);
  const end = lastSignature(tail, END);
  if (end < 0) throw new Error('The file is no ZIP archive');
  let length = tail.readUInt32LE(end + 12);
  let position = tail.readUInt32LE(end + 16);
  if (position === ZIP64_MARK || length === ZIP64_MARK) {
    const at = Number(tail.readBigUInt64LE(end - LOCATOR_BYTES + 8));
    const end64 = await bytesAt(file, at, ZIP64_END_BYTES);
    if (end64.length < ZIP64_END_BYTES || end64.readUInt32LE(0) !== ZIP64_END)
      throw new Error('The ZIP archive is damaged');
    length = Number(end64.readBigUInt64LE(40));
    position = Number(end64.readBigUInt64LE(48));
  }
  if (position + length > size) throw new Error('The ZIP archive is damaged');
  return bytesAt(file, position, length);
}

function lastSignature(bytes: Buffer, signature: number): number {
  for (let at = bytes.length - END_BYTES; at >= 0; at--) if (bytes.readUInt32LE(at) === signature) return at;
  return -1;
}

function entriesOf(directory: Buffer, path: string): readonly ZipEntry[] {
  const entries: ZipEntry[] = [];
  for (let at = 0; at + CENTRAL_BYTES <= directory.length && directory.readUInt32LE(at) === CENTRAL; ) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => directory.readUInt16LE(at + offset));
    const nameEnd = at + CENTRAL_BYTES + (nameLength ?? 0);
    const name = directory.toString('utf8', at + CENTRAL_BYTES, nameEnd);
    const extra = directory.subarray(nameEnd, nameEnd + (extraLength ?? 0));
    const sizes = {
      unpacked: directory.readUInt32LE(at + 24),
      packed: directory.readUInt32LE(at + 20),
      position: directory.readUInt32LE(at + 42),
    };
    const { packed, position } = withZip64(sizes, extra);
    const method = directory.readUInt16LE(at + 10);
    if (!name.endsWith('/')) entries.push({ name, read: () => contentOf(path, position, packed, method, name) });
    at = nameEnd + (extraLength ?? 0) + (commentLength ?? 0);
  }
  return entries;
}

interface Sizes {
  readonly unpacked: number;
  readonly packed: number;
  readonly position: number;
}

/** Values that do not fit in 32 bits stand in the extra field 1, in this order. */
function withZip64(sizes: Sizes, extra: Buffer): Sizes {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let next = at + 4;
    const wide = (value: number): number => {
      if (value !== ZIP64_MARK || next + 8 > extra.length) return value;
      next += 8;
      return Number(extra.readBigUInt64LE(next - 8));
    };
    return { unpacked: wide(sizes.unpacked), packed: wide(sizes.packed), position: wide(sizes.position) };
  }
  return sizes;
}

async function* contentOf(
  path: string,
  position: number,
  packed: number,
  method: number,
  name: string,
): AsyncGenerator<Buffer> {
  if (method !== 0 && method !== 8) throw new Error(`${name} is packed by method ${method}; expected deflate or none`);
  const file = await open(path);
  const header = await bytesAt(file, position, LOCAL_BYTES).finally(() => file.close());
  const start = position + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (packed === 0) return;
  const stream = createReadStream(path, { start, end: start + packed - 1 });
  if (method === 0) {
    yield* stream as AsyncIterable<Buffer>;
    return;
  }
  const inflate = createInflateRaw();
  stream.on('error', (error) => inflate.destroy(error));
  try {
    yield* stream.pipe(inflate) as AsyncIterable<Buffer>;
  } finally {
    // A reader that has seen enough leaves no file open.
    stream.destroy();
  }
}
