/** Rows of a delimited text that comes in chunks of any size: CSV as RFC 4180 has it, or tab-separated without quotes as RF2 has it. */
import { StringDecoder } from 'node:string_decoder';

export interface Delimited {
  readonly separator: ',' | ';' | '\t';
  /** Fields may stand in double quotes, where a doubled one is a quote. */
  readonly quoted: boolean;
}

/** No field of a code system is longer; more is a quote that was never closed. */
const LONGEST_ROW = 4_000_000;

/** @throws Error when a row is too long to be one */
export async function* delimitedRows(
  chunks: AsyncIterable<Buffer>,
  { separator, quoted }: Delimited,
): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder('utf8');
  const marks = quoted ? /["\n]/g : /\n/g;
  let rest = '';
  let isFirst = true;
  // Each character is looked at once: a line end inside quotes belongs to the field.
  let isOpen = false;
  for await (const chunk of chunks) {
    marks.lastIndex = rest.length;
    rest += decoder.write(chunk);
    if (isFirst && rest !== '') {
      rest = rest.replace(/^\uFEFF/, '');
      isFirst = false;
    }
    let start = 0;
    for (let mark = marks.exec(rest); mark; mark = marks.exec(rest)) {
      if (mark[0] === '"') isOpen = !isOpen;
      else if (!isOpen) {
        const row = rest.slice(start, mark.index).replace(/\r$/, '');
        if (row !== '') yield fieldsOf(row, separator, quoted);
        start = mark.index + 1;
      }
    }
    rest = rest.slice(start);
    if (rest.length > LONGEST_ROW)
      throw new Error(`A row is longer than ${LONGEST_ROW} characters: is a quote left open?`);
  }
  rest = (rest + decoder.end()).replace(/\r?\n?$/, '');
  if (rest !== '') yield fieldsOf(rest, separator, quoted);
}

function fieldsOf(row: string, separator: string, quoted: boolean): readonly string[] {
  if (!quoted || !row.includes('"')) return row.split(separator);
  const fields: string[] = [];
  for (let at = 0; at <= row.length; at++) {
    if (row[at] !== '"') {
      const end = row.indexOf(separator, at);
      fields.push(row.slice(at, end < 0 ? undefined : end));
      if (end < 0) break;
      at = end;
      continue;
    }
    let end = row.indexOf('"', at + 1);
    while (end >= 0 && row[end + 1] === '"') end = row.indexOf('"', end + 2);
    const close = end < 0 ? row.length : end;
    fields.push(row.slice(at + 1, close).replaceAll('""', '"'));
    at = close + 1;
    if (at >= row.length) break;
  }
  return fields;
}

/** Rows as objects by the names in the first row. */
export async function* namedRows(
  chunks: AsyncIterable<Buffer>,
  format: Delimited,
): AsyncGenerator<Readonly<Record<string, string>>> {
  let names: readonly string[] | undefined;
  for await (const fields of delimitedRows(chunks, format)) {
    if (!names) names = fields.map((name) => name.trim());
    else yield Object.fromEntries(names.map((name, at) => [name, fields[at] ?? '']));
  }
}
