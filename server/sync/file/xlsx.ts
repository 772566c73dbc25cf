/**
 * XLSX: the workbook, its sheets, shared strings and number formats. ECMA-376 part 1, 18 (SpreadsheetML). Only values are read: of a formula the
 * value that was last computed.
 */
import { type ZipEntry, zipEntries } from '../../zip.ts';
import { asWide, type FileRow, type FileTable, headersOf } from './file-table.ts';
import { readPart } from './xlsx-part.ts';
import { type SheetContext, sheetRows } from './xlsx-sheet.ts';
import { type DateFormat, dateFormat } from './xlsx-value.ts';

/** Of a part that is kept in memory: workbook, formats, shared strings. */
const MOST_KEPT_BYTES = 100_000_000;

interface Sheet {
  readonly name: string;
  readonly relation: string;
  readonly isHidden: boolean;
}

interface Workbook {
  readonly sheets: readonly Sheet[];
  readonly is1904: boolean;
}

/** @throws Error with a sentence when there is no table in the file, or no sheet of that name */
export async function xlsxTable(path: string, wanted?: string): Promise<FileTable> {
  const entries = new Map((await zipEntries(path)).map((entry) => [entry.name, entry]));
  const workbookName = await targetOf(entries, '', 'officeDocument');
  const workbookEntry = workbookName === undefined ? undefined : entries.get(workbookName);
  if (workbookName === undefined || !workbookEntry) throw new Error(`${path} is a ZIP archive and no XLSX workbook`);
  const workbook = await readWorkbook(workbookEntry);
  const sheet = chosen(workbook.sheets, wanted, path);
  const related = await relationsOf(entries, workbookName);
  const entry = entries.get(related.get(sheet.relation)?.target ?? '');
  if (!entry) throw new Error(`${path} has no content for the sheet "${sheet.name}"`);
  const part = (type: string): ZipEntry | undefined =>
    entries.get([...related.values()].find((each) => each.type.endsWith(`/${type}`))?.target ?? '');
  const context: SheetContext = {
    strings: await sharedStrings(part('sharedStrings')),
    formats: await formatsOf(part('styles')),
    is1904: workbook.is1904,
  };
  return tableOf(entry, sheet, context, path);
}

async function tableOf(entry: ZipEntry, sheet: Sheet, context: SheetContext, path: string): Promise<FileTable> {
  let headers: readonly string[] | undefined;
  let headerLine = 0;
  for await (const { line, cells } of sheetRows(entry, context)) {
    [headers, headerLine] = [headersOf(cells, `The sheet "${sheet.name}" of ${path}`), line];
    break;
  }
  if (!headers) throw new Error(`The sheet "${sheet.name}" of ${path} is empty`);
  const width = headers.length;
  return {
    headers,
    form: `XLSX, sheet "${sheet.name}"`,
    async *rows(): AsyncGenerator<FileRow> {
      for await (const { line, cells, problems } of sheetRows(entry, context))
        if (line > headerLine) yield asWide(line, cells, width, problems);
    },
  };
}

function chosen(sheets: readonly Sheet[], wanted: string | undefined, path: string): Sheet {
  const names = sheets.map(({ name }) => `"${name}"`).join(', ');
  const found =
    wanted === undefined
      ? (sheets.find(({ isHidden }) => !isHidden) ?? sheets[0])
      : (sheets.find(({ name }) => name === wanted) ??
        sheets.find(({ name }) => name.toLowerCase() === wanted.toLowerCase()));
  if (!found)
    throw new Error(
      wanted === undefined ? `${path} has no sheets` : `${path} has no sheet "${wanted}"; it has ${names}`,
    );
  return found;
}

interface Relation {
  readonly type: string;
  /** The name of the part in the archive. */
  readonly target: string;
}

/** The relations of a part, by id; of the package when `part` is empty. */
async function relationsOf(
  entries: ReadonlyMap<string, ZipEntry>,
  part: string,
): Promise<ReadonlyMap<string, Relation>> {
  const relations = new Map<string, Relation>();
  const slash = part.lastIndexOf('/') + 1;
  const entry = entries.get(`${part.slice(0, slash)}_rels/${part.slice(slash)}.rels`);
  if (!entry) return relations;
  await readPart(
    entry,
    {
      open(name, attribute) {
        if (name !== 'Relationship' || attribute('TargetMode') === 'External') return;
        // As addresses are resolved, with the archive as the root.
        const { pathname } = new URL(attribute('Target') ?? '', `part:///${part}`);
        relations.set(attribute('Id') ?? '', {
          type: attribute('Type') ?? '',
          target: decodeURIComponent(pathname).replace(/^\/+/, ''),
        });
      },
    },
    MOST_KEPT_BYTES,
  );
  return relations;
}

const targetOf = async (
  entries: ReadonlyMap<string, ZipEntry>,
  part: string,
  type: string,
): Promise<string | undefined> =>
  [...(await relationsOf(entries, part)).values()].find((each) => each.type.endsWith(`/${type}`))?.target;

async function readWorkbook(entry: ZipEntry): Promise<Workbook> {
  const sheets: Sheet[] = [];
  let is1904 = false;
  await readPart(
    entry,
    {
      open(name, attribute) {
        if (name === 'workbookPr') is1904 = isTrue(attribute('date1904'));
        if (name === 'sheet')
          sheets.push({
            name: attribute('name') ?? '',
            relation: attribute('id') ?? '',
            isHidden: (attribute('state') ?? 'visible') !== 'visible',
          });
      },
    },
    MOST_KEPT_BYTES,
  );
  return { sheets, is1904 };
}

const isTrue = (value: string | undefined): boolean => value === '1' || value === 'true';

/** The texts that cells refer to by number. Phonetic readings beside them are left out. */
async function sharedStrings(entry: ZipEntry | undefined): Promise<readonly string[]> {
  const strings: string[] = [];
  if (!entry) return strings;
  let [text, isText, isPhonetic] = ['', false, false];
  await readPart(
    entry,
    {
      open(name) {
        if (name === 'si') text = '';
        if (name === 'rPh') isPhonetic = true;
        isText = name === 't';
      },
      text(value) {
        if (isText && !isPhonetic) text += value;
      },
      close(name) {
        if (name === 'si') strings.push(text);
        if (name === 'rPh') isPhonetic = false;
        isText = false;
      },
    },
    MOST_KEPT_BYTES,
  );
  return strings;
}

/** What each cell style shows of dates. */
async function formatsOf(entry: ZipEntry | undefined): Promise<readonly DateFormat[]> {
  const formats: DateFormat[] = [];
  if (!entry) return formats;
  const codes = new Map<number, string>();
  let isCellStyle = false;
  await readPart(
    entry,
    {
      open(name, attribute) {
        if (name === 'numFmt') codes.set(Number(attribute('numFmtId')), attribute('formatCode') ?? '');
        if (name === 'cellXfs') isCellStyle = true;
        if (name !== 'xf' || !isCellStyle) return;
        const id = Number(attribute('numFmtId') ?? 0);
        formats.push(dateFormat(id, codes.get(id)));
      },
      close(name) {
        if (name === 'cellXfs') isCellStyle = false;
      },
    },
    MOST_KEPT_BYTES,
  );
  return formats;
}
