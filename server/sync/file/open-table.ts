/** Opens a file that holds a table: CSV or XLSX, told apart by its first bytes and not by its name. */
import { open } from 'node:fs/promises';
import { csvTable } from './csv.ts';
import type { Encoding } from './encoding.ts';
import type { FileTable } from './file-table.ts';
import { xlsxTable } from './xlsx.ts';

export interface TableFileOptions {
  /** Of a text; when absent, what its bytes tell. */
  readonly encoding?: Encoding;
  /** Of a workbook: the name of the sheet; when absent, its only or first visible one. */
  readonly sheet?: string;
}

const ZIP = Buffer.from('PK\u0003\u0004', 'latin1');
/** Compound files: workbooks of before 2007, and those of today under a password. */
const COMPOUND = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
const PDF = Buffer.from('%PDF-', 'latin1');

/** @throws Error with a sentence when there is no table in the file */
export async function openTable(path: string, options: TableFileOptions = {}): Promise<FileTable> {
  const start = await firstBytes(path, COMPOUND.length);
  const begins = (signature: Buffer): boolean => start.subarray(0, signature.length).equals(signature);
  if (start.length === 0) throw new Error(`${path} is empty`);
  if (begins(COMPOUND))
    throw new Error(
      `${path} is an old .xls workbook or one under a password; save it as .xlsx without a password, or as CSV`,
    );
  if (begins(PDF)) throw new Error(`${path} is a PDF; expected CSV or XLSX`);
  if (!begins(ZIP)) {
    if (options.sheet !== undefined) throw new Error(`${path} is a text and has no sheets; --sheet is for XLSX`);
    return csvTable(path, options.encoding);
  }
  if (options.encoding !== undefined)
    throw new Error(`${path} is a workbook, which says its encoding; --encoding is for CSV`);
  return xlsxTable(path, options.sheet);
}

async function firstBytes(path: string, count: number): Promise<Buffer> {
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(cause.code === 'ENOENT' ? `There is no file ${path}` : `${path} cannot be read: ${cause.message}`, {
      cause,
    });
  });
  try {
    if (!(await file.stat()).isFile()) throw new Error(`${path} is no file`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
