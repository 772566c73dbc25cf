/** What people read of an import: the first rows as they would be records, a line for each row of the report, the totals in a sentence. */
import { isObject } from '../../../mappings/json.ts';
import type { Problem } from '../slot.ts';
import type { FileTable } from './file-table.ts';
import type { Headers } from './header.ts';
import type { Result, Totals } from './import-file.ts';
import type { Fate } from './plan.ts';

/** What stands in the second column. */
const FATES: Readonly<Record<Fate, string>> = {
  new: 'new',
  changed: 'changes',
  same: 'no change',
  ambiguous: 'AMBIGUOUS',
  passed: 'passed over',
  bad: 'BAD',
};

const fateOf = ({ fate, sameAs, written }: Result): string =>
  sameAs !== undefined ? `as line ${sameAs}` : written === 'refused' ? 'REFUSED' : FATES[fate];

/** A record as pairs of path and value: `legalName.family`, `phones[0].number`. */
function leaves(value: unknown, path = ''): readonly (readonly [path: string, value: string])[] {
  if (Array.isArray(value)) return value.flatMap((each: unknown, at) => leaves(each, `${path}[${at}]`));
  if (isObject(value))
    return Object.entries(value).flatMap(([name, each]) => leaves(each, path === '' ? name : `${path}.${name}`));
  return value === undefined ? [] : [[path, String(value)]];
}

// A moment with its zone has 25 characters.
const WIDEST = 26;

/** Control characters would move the cursor of a terminal. */
const shown = (text: string, most: number): string => {
  const plain = text.replace(/\p{Cc}+/gu, ' ');
  return plain.length > most ? `${plain.slice(0, most - 1)}…` : plain;
};

/**
 * Rows as a table: line, what would become of it, by what the client was found, and as many fields as have room in `width` characters. Fields that have
 * none are named below.
 */
export function tableOf(results: readonly Result[], width: number): readonly string[] {
  const records = results.map(({ record }) => new Map(leaves(record)));
  const fields = [...new Set(records.flatMap((record) => [...record.keys()]))];
  const lead = [
    column(
      'line',
      results.map(({ line }) => String(line)),
    ),
    column('would be', results.map(fateOf)),
    column(
      'client found by',
      results.map(({ matchedBy, candidates }) => matchedBy ?? (candidates ? `${candidates.length} candidates` : '')),
    ),
  ];
  const columns = fields.map((field) =>
    column(
      field,
      records.map((record) => record.get(field) ?? ''),
    ),
  );
  const fitting = columns.filter((_, at) => widthOf([...lead, ...columns.slice(0, at + 1)]) <= width);
  const all = [...lead, ...fitting];
  const lines = Array.from({ length: results.length + 1 }, (_, at) =>
    all
      .map((cells) => cells[at] ?? '')
      .join('  ')
      .trimEnd(),
  );
  const rest = fields.slice(fitting.length);
  const left = rest.length === 0 ? [] : [`and ${rest.length} more fields: ${rest.join(', ')}`];
  return [lines[0] ?? '', all.map((cells) => '-'.repeat(cells[0]?.length ?? 0)).join('  '), ...lines.slice(1), ...left];
}

/** The header and the cells, all of one width. */
function column(header: string, cells: readonly string[]): readonly string[] {
  const texts = [header, ...cells].map((cell) => shown(cell, WIDEST));
  const width = Math.max(...texts.map((text) => text.length));
  return texts.map((text) => text.padEnd(width));
}

const widthOf = (columns: readonly (readonly string[])[]): number =>
  columns.reduce((sum, cells) => sum + (cells[0]?.length ?? 0) + 2, -2);

/** What there is to say about a row beside what it says: its problems, and who it may be about. */
export function* remarksOn({ line, problems, candidates }: Result): Generator<string> {
  for (const problem of problems) yield `line ${line}${sentence(problem)}`;
  for (const { id, why, line: earlier } of candidates ?? [])
    yield `line ${line}: ${earlier === undefined ? `Patient/${id}` : `the client of line ${earlier}`} ${why}`;
}

function sentence({ column: name, value, reason }: Problem): string {
  const found = value === undefined || value === null ? '' : `, found ${shown(JSON.stringify(value), 60)}`;
  return `${name === undefined ? '' : `, ${name}`}${found}: ${reason}`;
}

/** How the file was read, and what becomes of headers that are no columns of the table. */
export function* onHeaders({ columns }: Headers, { form, headers }: FileTable): Generator<string> {
  yield `${form}; ${headers.length} columns`;
  for (const { header, column: name, ofClient, hint } of columns) {
    if (name === undefined)
      yield `"${header}" is no column of the binding and is passed over${hint === undefined ? '' : `; did you mean ${hint}?`}`;
    else if (ofClient) yield `"${header}" says who the client is`;
  }
}

/** A line of the report, as JSON. What needs nobody's attention is left out of the report. */
export function reportLine(result: Result): string | undefined {
  const { line, fate, written, reference, client, matchedBy, candidates, problems, sameAs } = result;
  if (fate === 'passed' || (problems.length === 0 && fate !== 'ambiguous')) return undefined;
  return JSON.stringify({ line, outcome: written ?? fate, reference, client, matchedBy, candidates, problems, sameAs });
}

const counts = (parts: readonly (readonly [number, string])[]): string =>
  parts
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${count.toLocaleString('en-US')} ${words}`)
    .join(', ');

/** `40 new, 3 that change, 2 ambiguous`. */
export function summaryOf(totals: Totals, isPreview: boolean): string {
  const { changed, same, ambiguous, passed, bad, problems } = totals;
  const said = counts([
    [totals.new, isPreview ? 'would be new' : 'new'],
    [changed, isPreview ? 'would change' : 'changed'],
    [same, 'without change'],
    [ambiguous, 'ambiguous and left alone'],
    [passed, 'passed over'],
    [bad, 'bad and left out'],
  ]);
  const taken =
    problems === 0 ? '' : `; ${problems.toLocaleString('en-US')} of these came without a value that could not be read`;
  return said === '' ? 'The file has no rows' : said + taken;
}
