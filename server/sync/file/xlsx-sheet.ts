/** The rows of a sheet, in the order of the file. ECMA-376 part 1, 18.3.1. */
import type { ZipEntry } from '../../zip.ts';
import type { Cell, CellProblem } from './file-table.ts';
import { type PartHandler, partPieces } from './xlsx-part.ts';
import { type DateFormat, momentOfSerial } from './xlsx-value.ts';

export interface SheetContext {
  readonly strings: readonly string[];
  readonly formats: readonly DateFormat[];
  readonly is1904: boolean;
}

interface SheetRow {
  readonly line: number;
  readonly cells: readonly Cell[];
  readonly problems: readonly CellProblem[];
}

/** A sheet is read piece by piece, so this bounds time and not memory. */
const MOST_BYTES = 2_000_000_000;
/** Columns of a sheet: A to XFD. */
const MOST_COLUMNS = 16_384;

/** The rows that have content. @throws Error with a sentence when the sheet is damaged */
export async function* sheetRows(entry: ZipEntry, context: SheetContext): AsyncGenerator<SheetRow> {
  const rows: SheetRow[] = [];
  for await (const _ of partPieces(
    entry,
    rowHandler(context, (row) => rows.push(row)),
    MOST_BYTES,
  ))
    yield* rows.splice(0);
}

const UNCOMPUTED = 'the formula has no value; open the workbook in a spreadsheet program and save it';

interface OpenCell {
  readonly column: number;
  readonly type: string;
  readonly format: DateFormat;
}

function rowHandler(context: SheetContext, take: (row: SheetRow) => void): PartHandler {
  let line = 0;
  let column = 0;
  let cells: Cell[] = [];
  let problems: CellProblem[] = [];
  let cell: OpenCell | undefined;
  let value = '';
  let [isValue, isPhonetic, isFormula] = [false, false, false];

  function closeCell({ column: at, type, format }: OpenCell): void {
    const isUncomputed = isFormula && value.trim() === '' && type !== 'str';
    const read = isUncomputed ? { problem: UNCOMPUTED } : cellOf(type, value, format, context);
    if ('problem' in read) problems.push({ at, reason: `cell ${columnName(at)}${line}: ${read.problem}` });
    else if (read.cell !== null) {
      while (cells.length < at) cells.push(null);
      cells[at] = read.cell;
    }
  }

  return {
    open(name, attribute) {
      if (name === 'row') {
        line = Number(attribute('r') ?? line + 1);
        [column, cells, problems] = [0, [], []];
      } else if (name === 'c') {
        column = columnOf(attribute('r')) ?? column;
        if (column >= MOST_COLUMNS)
          throw new Error(`row ${line} has a cell in column ${column + 1}; a sheet has ${MOST_COLUMNS}`);
        const format = context.formats[Number(attribute('s') ?? -1)] ?? 'none';
        cell = { column, type: attribute('t') ?? 'n', format };
        [value, isFormula] = ['', false];
      } else if (name === 'f') isFormula = true;
      else if (name === 'rPh') isPhonetic = true;
      isValue = cell !== undefined && !isPhonetic && (name === 'v' || name === 't');
    },
    text(text) {
      if (isValue) value += text;
    },
    close(name) {
      isValue = false;
      if (name === 'rPh') isPhonetic = false;
      if (name === 'c' && cell) {
        closeCell(cell);
        cell = undefined;
        column += 1;
      }
      if (name === 'row' && (cells.length > 0 || problems.length > 0)) take({ line, cells, problems });
    },
  };
}

/** `B7` is column 1. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,4}(?=\d)/.exec(reference ?? '')?.[0];
  if (letters === undefined) return undefined;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function columnName(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter;
}

type Read = { readonly cell: Cell } | { readonly problem: string };

function cellOf(type: string, value: string, format: DateFormat, { strings, is1904 }: SheetContext): Read {
  if (value.trim() === '') return { cell: null };
  switch (type) {
    case 's':
      return textOf(strings[Number(value)] ?? '');
    case 'str':
    case 'inlineStr':
      return textOf(value);
    case 'b':
      return { cell: value.trim() === '1' || value.trim() === 'true' };
    case 'd':
      return { cell: value.trim().replace(/T00:00:00(\.0+)?Z?$|Z$/, '') };
    case 'e':
      return { problem: `the cell holds the error ${value.trim()}` };
    default:
      return numberOf(Number(value), value, format, is1904);
  }
}

/** `_x000D_` stands for a character that XML cannot hold. ECMA-376 part 1, 22.9.2.19 */
const textOf = (text: string): Read => {
  const plain = text
    .replace(/_x([0-9A-Fa-f]{4})_/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    .trim();
  return { cell: plain === '' ? null : plain };
};

function numberOf(number: number, text: string, format: DateFormat, is1904: boolean): Read {
  if (!Number.isFinite(number)) return { problem: `"${text.slice(0, 40)}" is no number` };
  if (format === 'none') return { cell: number };
  const moment = momentOfSerial(number, format, is1904);
  return moment === undefined ? { problem: `${text} is no day of the calendar` } : { cell: moment };
}
