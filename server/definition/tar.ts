/** The files in a tar archive, one after another. POSIX.1-1988 (ustar) with the path records of POSIX.1-2001 (pax) and the long names of GNU. */

export interface TarFile {
  readonly path: string;
  readonly bytes: Buffer;
}

const BLOCK = 512;

/** Files in a tar archive that comes in chunks of any size. Files larger than `largest` bytes are passed over. @throws Error when it is no tar */
export async function* tarFiles(chunks: AsyncIterable<Buffer>, largest: number): AsyncGenerator<TarFile> {
  const input = blockReader(chunks);
  let longPath: string | undefined;
  for (
    let header = await input.read(BLOCK);
    header && !header.every((byte) => byte === 0);
    header = await input.read(BLOCK)
  ) {
    const size = sizeOf(header);
    const kind = String.fromCharCode(header[156] ?? 0);
    const padded = Math.ceil(size / BLOCK) * BLOCK;
    if (size > largest) {
      await input.skip(padded);
      longPath = undefined;
      continue;
    }
    const bytes = (await input.read(padded))?.subarray(0, size);
    if (!bytes) throw new Error('The archive breaks off in the middle of a file');
    if (kind === 'x') longPath = paxPath(bytes) ?? longPath;
    else if (kind === 'L') longPath = textOf(bytes);
    else {
      if (kind === '0' || kind === '\0') yield { path: longPath ?? pathOf(header), bytes };
      longPath = undefined;
    }
  }
}

const textOf = (bytes: Buffer): string => {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
};

function pathOf(header: Buffer): string {
  const name = textOf(header.subarray(0, 100));
  const isUstar = header.toString('latin1', 257, 262) === 'ustar';
  const prefix = isUstar ? textOf(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** In octal digits; the checksum tells a header from anything else. */
function sizeOf(header: Buffer): number {
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  const size = octal(header.subarray(124, 136));
  if (octal(header.subarray(148, 156)) !== sum || size === undefined) throw new Error('The file is no tar archive');
  return size;
}

function octal(bytes: Buffer): number | undefined {
  const text = textOf(bytes).trim();
  return /^[0-7]{1,12}$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

/** Records of the form `27 path=package/a-long-name.json\n`, where 27 is the length of the record. */
function paxPath(bytes: Buffer): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(bytes.toString('utf8'))?.[1];
}

/** Bytes in the pieces that are asked for. */
function blockReader(chunks: AsyncIterable<Buffer>) {
  const iterator = chunks[Symbol.asyncIterator]();
  let held: Buffer[] = [];
  let length = 0;
  async function fill(wanted: number): Promise<boolean> {
    while (length < wanted) {
      const { value, done } = await iterator.next();
      if (done) return false;
      held.push(value);
      length += value.length;
    }
    return true;
  }
  function take(wanted: number): Buffer {
    const all = held.length === 1 && held[0] ? held[0] : Buffer.concat(held);
    held = [all.subarray(wanted)];
    length = all.length - wanted;
    return all.subarray(0, wanted);
  }
  return {
    /** Undefined when so many are not left. */
    read: async (wanted: number): Promise<Buffer | undefined> => ((await fill(wanted)) ? take(wanted) : undefined),
    async skip(wanted: number): Promise<void> {
      for (let left = wanted; left > 0; ) {
        if (!(await fill(Math.min(left, BLOCK)))) return;
        const step = Math.min(left, length);
        take(step);
        left -= step;
      }
    },
  };
}
