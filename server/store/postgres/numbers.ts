/** Numbers that a process takes from the database ahead of its transactions: rids in blocks, and those of URIs. */
import { type UriCache, uriCache } from '../uri.ts';
import type { Control } from './control.ts';

/** As the sequence's increment in the first migration. */
const BLOCK = 1000;

const NEXT_BLOCKS = "SELECT nextval('rid_sequence') AS first FROM generate_series(1, $1)";
const FIND_URIS = 'SELECT number, value FROM uri WHERE value = ANY ($1::text[])';
const INSERT_URIS = `INSERT INTO uri (number, value)
  SELECT nextval('uri_sequence'), value FROM unnest($1::text[]) AS value ON CONFLICT (value) DO NOTHING`;

export interface Numbers {
  /** `count` numbers for new resources, ascending. */
  rids(count: number): Promise<readonly number[]>;
  /** Interns URIs, outside of any transaction: numbers are never taken back. */
  uris(values: Iterable<string>): Promise<(uri: string) => number>;
}

export function numbersOf(control: Control): Numbers {
  const cache: UriCache = uriCache();
  let blocks: { next: number; readonly end: number }[] = [];

  function fromBlocks(count: number): number[] {
    const taken: number[] = [];
    for (const block of blocks) while (taken.length < count && block.next < block.end) taken.push(block.next++);
    blocks = blocks.filter(({ next, end }) => next < end);
    return taken;
  }

  return {
    async rids(count) {
      const taken = fromBlocks(count);
      const missing = count - taken.length;
      if (missing === 0) return taken;
      const rows = await control.all<{ first: number }>(NEXT_BLOCKS, [Math.ceil(missing / BLOCK)]);
      for (const { first } of rows) blocks.push({ next: first, end: first + BLOCK });
      return [...taken, ...(await this.rids(missing))];
    },

    async uris(values) {
      const found = new Map<string, number>();
      const note = (rows: readonly { number: number; value: string }[]) => {
        for (const { number, value } of rows) found.set(value, number);
      };
      const missing = [...values].filter((uri) => {
        const number = cache.get(uri);
        if (number !== undefined) found.set(uri, number);
        return number === undefined;
      });
      if (missing.length > 0) {
        note(await control.all(FIND_URIS, [missing]));
        const fresh = missing.filter((uri) => !found.has(uri));
        if (fresh.length > 0) {
          await control.all(INSERT_URIS, [fresh]);
          note(await control.all(FIND_URIS, [fresh]));
        }
        cache.add(missing.map((uri) => [uri, found.get(uri) ?? 0]));
      }
      return (uri) => {
        const number = found.get(uri);
        if (number === undefined) throw new Error('every URI has a number after interning');
        return number;
      };
    },
  };
}
