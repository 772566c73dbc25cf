/**
 * CSV as it is exported: RFC 4180, separated by commas, semicolons, tabs or bars as the first row tells, quoted line ends included.
 * https://www.rfc-editor.org/rfc/rfc4180
 */
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { type Encoding, encodingOf, textOf } from './encoding.ts';
import { asWide, type Cell, type FileRow, type FileTable, headersOf } from './file-table.ts';

const SEPARATORS = [',', ';', '\t', '|'] as const;
type Separator = (typeof SEPARATORS)[number];

const CALLED: Readonly<Record<Separator, string>> = { ',': '","', ';': '";"', '\t': 'tabs', '|': '"|"' };
const ENCODED: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'windows-1252': 'Windows-1252',
};

/** No row of people's records is longer, in characters; more is a quote that was never closed. */
const LONGEST_ROW = 1_000_000;

/** @throws Error with a sentence when there is no table in the file */
export async function csvTable(path: string, wanted?: Encoding): Promise<FileTable> {
  const encoding = wanted ?? (await encodingOf(path));
  const { separator, announced } = separatorOf(await startOf(path, encoding));
  const records = () => recordsOf(path, encoding, separator, announced ? 2 : 1);
  const headers = await headersFrom(records(), path);
  return {
    headers,
    form: `CSV in ${ENCODED[encoding]}, separated by ${CALLED[separator]}`,
    async *rows(): AsyncGenerator<FileRow> {
      let isHeader = true;
      for await (const { line, cells } of records()) {
        if (!isHeader) yield asWide(line, cells, headers.length);
        isHeader = false;
      }
    },
  };
}

/** As much of the text as tells the separator. */
async function startOf(path: string, encoding: Encoding): Promise<string> {
  let start = '';
  for await (const piece of textOf(path, encoding)) {
    start += piece;
    if (start.length > 100_000) break;
  }
  return start;
}

/** The separator that comes most often in the first row, outside quotes; or the one that a line `sep=;` announces, as Excel writes it. */
function separatorOf(start: string): { readonly separator: Separator; readonly announced: boolean } {
  const announced = SEPARATORS.find((each) => new RegExp(`^sep=\\${each}\\r?\\n`, 'i').test(start));
  if (announced) return { separator: announced, announced: true };
  const counts = new Map<string, number>();
  let quoted = false;
  for (const char of start.trimStart()) {
    if (char === '"') quoted = !quoted;
    else if (!quoted && (char === '\n' || char === '\r')) break;
    else if (!quoted) counts.set(char, (counts.get(char) ?? 0) + 1);
  }
  const often = (separator: string): number => counts.get(separator) ?? 0;
  return { separator: SEPARATORS.toSorted((one, other) => often(other) - often(one))[0] ?? ',', announced: false };
}

interface CsvRecord {
  readonly line: number;
  readonly cells: readonly Cell[];
}

/** The records that have content. Empty cells are null; white space around a text goes. */
async function* recordsOf(
  path: string,
  encoding: Encoding,
  delimiter: Separator,
  fromLine: number,
): AsyncGenerator<CsvRecord> {
  const parser = parse({
    delimiter,
    info: true,
    from_line: fromLine,
    relax_column_count: true,
    // A quote inside a cell that does not begin with one is a character as any other.
    relax_quotes: true,
    max_record_size: LONGEST_ROW,
  });
  const source = Readable.from(textOf(path, encoding));
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let before = fromLine - 1;
  try {
    // The parser's type does not say what `info` makes of a record.
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      const line = before + 1;
      before = info.lines;
      const cells = record.map((text) => (text.trim() === '' ? null : text.trim()));
      if (cells.some((cell) => cell !== null)) yield { line, cells };
    }
  } catch (error) {
    throw error instanceof CsvError ? new Error(`${path}: ${sentence(error, before + 1)}`, { cause: error }) : error;
  } finally {
    source.destroy();
  }
}

function sentence({ code, message }: CsvError, line: number): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return `a quote that is opened on line ${line} or after it is never closed`;
    case 'CSV_MAX_RECORD_SIZE':
      return `the row on line ${line} has more than ${LONGEST_ROW} characters: is a quote left open?`;
    default:
      return `line ${line}: ${message}`;
  }
}

async function headersFrom(records: AsyncIterable<CsvRecord>, path: string): Promise<readonly string[]> {
  for await (const { cells } of records) return headersOf(cells, path);
  return headersOf([], path);
}
