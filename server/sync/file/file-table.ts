/** A table as it comes from a file, CSV or XLSX alike: the headers, and rows of cells with the line that they stand on. */

/** A cell: text, or what a spreadsheet has beside texts. Days and times come as texts: `2026-05-01`, `2026-05-01T09:30:00`, `09:30:00`. */
export type Cell = string | number | boolean | null;

export interface FileRow {
  /** Of a text the line on which the row begins, of a sheet the number of the row; from 1. */
  readonly line: number;
  /** As many as there are headers. */
  readonly cells: readonly Cell[];
  /** What is wrong with the row as a row: cells without a header, a cell that holds an error. */
  readonly problems: readonly CellProblem[];
}

export interface CellProblem {
  /** The place of the cell, from 0; undefined where the whole row is meant. */
  readonly at?: number;
  readonly reason: string;
}

export interface FileTable {
  readonly headers: readonly string[];
  /** How the file was read, in a few words: `CSV in UTF-8, separated by ","`. */
  readonly form: string;
  /** The rows below the headers; those without any content are left out. @throws Error with a sentence when the file cannot be read on */
  rows(): AsyncIterable<FileRow>;
}

/** A row as wide as the headers. Cells beyond them are a problem unless they are empty: the others may be out of place too. */
export function asWide(
  line: number,
  cells: readonly Cell[],
  width: number,
  problems: readonly CellProblem[] = [],
): FileRow {
  const isAskew = cells.slice(width).some((cell) => cell !== null);
  const reason = `${cells.length} cells under ${width} headers: is a separator or a quote out of place?`;
  return {
    line,
    cells: Array.from({ length: width }, (_, at) => cells[at] ?? null),
    problems: isAskew ? [...problems, { reason }] : problems,
  };
}

/** Headers as people wrote them, without white space around. @throws Error when there are none, or a column that has content has no name */
export function headersOf(cells: readonly Cell[], path: string): readonly string[] {
  const headers = cells.map((cell) =>
    String(cell ?? '')
      .replace(/\s+/g, ' ')
      .trim(),
  );
  while (headers.at(-1) === '') headers.pop();
  if (headers.length === 0) throw new Error(`${path} has no row with headers`);
  return headers;
}
