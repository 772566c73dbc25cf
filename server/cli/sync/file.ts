/** `throughline sync file`: CSV and XLSX through the binding of a practice's tables, looked at first and then written. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { nearest } from '../../../resources/nearest.ts';
import { databaseOption } from '../../config.ts';
import type { Store } from '../../store/store.ts';
import { sourceOf } from '../../sync/binding.ts';
import { type Encoding, encodings } from '../../sync/file/encoding.ts';
import type { FileTable } from '../../sync/file/file-table.ts';
import { clientSlot, headersFor, missingIn } from '../../sync/file/header.ts';
import { counted, importFile, noRows, type Result, type Totals } from '../../sync/file/import-file.ts';
import { openTable } from '../../sync/file/open-table.ts';
import type { PlanOptions } from '../../sync/file/plan.ts';
import { previewFile } from '../../sync/file/preview-file.ts';
import { fhirSide } from '../../sync/file/store-port.ts';
import { onHeaders, remarksOn, reportLine, summaryOf, tableOf } from '../../sync/file/tell.ts';
import type { Lens } from '../../sync/lens.ts';
import { idsByKey } from '../../sync/state.ts';
import { interruption } from '../interrupt.ts';
import { wholeNumber, writeOptions } from '../option.ts';
import { durationText, progressOf } from '../progress.ts';
import { openApp, type TargetOptions } from '../target.ts';
import { openBinding } from './open-sync.ts';

type OpenedBinding = Awaited<ReturnType<typeof openBinding>>;

interface FileOptions extends Omit<TargetOptions, 'to'> {
  readonly binding: string;
  readonly table: string;
  readonly preview?: boolean;
  readonly rows: number;
  readonly sheet?: string;
  readonly encoding?: Encoding;
  readonly report: string;
}

const HELP = `
The first row has the headers. They are the columns of the table in the binding, without regard to case, spaces and punctuation; columns of tables
that it joins are not looked for in a file. CSV may be separated by commas, semicolons, tabs or bars, in UTF-8, UTF-16 or Windows-1252; of a workbook
the first visible sheet is read, or the one that --sheet names.

A client is known by the key of the row, else by an identifier, else by name and birth date. Where several fit, or one fits nearly, nobody is chosen:
the row is left alone and listed. Rows of visits and screens say whose they are by the key of the client or by the same columns.

What is known is updated by what the file says and keeps everything else; what is not is made. Importing the same file again changes nothing. Nothing
is ever deleted. One bad row stops no other. Rows that need attention go to the report, a line of JSON each, with the values that could not be read.

Exit code: 0 everything was taken, 1 something was not, 130 stopped by Ctrl-C.

Examples:
  throughline sync file clients.csv --binding practice.yaml --table clients --preview
  throughline sync file clients.csv --binding practice.yaml --table clients
  throughline sync file screens.xlsx --sheet 2026 --binding practice.yaml --table phq9_screens
`;

const encodingOption = (): Option =>
  new Option('--encoding <name>', 'of a CSV file; when absent, what its bytes tell').choices(encodings);

/** @throws Error with a sentence when the binding has no such table */
function lensNamed(lenses: readonly Lens[], name: string, file: string): Lens {
  const found = lenses.find((lens) => lens.name === name);
  if (found) return found;
  const names = lenses.map((lens) => lens.name);
  const near = nearest(name, names);
  throw new Error(`${file} binds no table ${name}; ${near ? `did you mean ${near}?` : `it binds ${names.join(', ')}`}`);
}

/** How the rows of the file are to be taken. @throws Error with sentences when the file lacks what it needs */
function planOptions(
  table: FileTable,
  binding: OpenedBinding,
  { table: name, binding: file }: FileOptions,
): Pick<PlanOptions, 'lens' | 'lenses' | 'headers' | 'source'> {
  const { lenses } = binding;
  const lens = lensNamed(lenses, name, file);
  const headers = headersFor(table.headers, lens, clientSlot(lens, lenses)?.clients);
  const missing = missingIn(headers, lens, lenses);
  if (missing.length > 0) throw new Error(`The file cannot be taken as ${name}: ${missing.join('. ')}`);
  return { lens, lenses, headers, source: sourceOf(binding.binding) };
}

const idOfRow =
  (store: Store, binding: string) =>
  async (entry: string, key: string): Promise<string | undefined> =>
    (await idsByKey(store, { binding, entry }, [key])).get(key);

/** Lines of the report, in a file that is made with the first. */
function reportFile(path: string) {
  let stream: WriteStream | undefined;
  let lines = 0;
  return {
    take(result: Result): void {
      const line = reportLine(result);
      if (line === undefined) return;
      stream ??= createWriteStream(path);
      stream.write(`${line}\n`);
      lines += 1;
    },
    /** How many lines there are. */
    close: (): Promise<number> =>
      new Promise((resolve, reject) => {
        if (!stream) resolve(0);
        else stream.on('error', reject).end(() => resolve(lines));
      }),
  };
}

/** The width of a terminal, or of a wide page. */
const widthOf = ({ columns = 160 }: { readonly columns?: number }): number => columns;

/** More remarks than this are left to the report. */
const MOST_REMARKS = 20;

async function run(path: string, options: FileOptions): Promise<void> {
  const progress = progressOf({ unit: 'resources' });
  const table = await openTable(path, options);
  const binding = await openBinding(options.binding);
  const plan = planOptions(table, binding, options);
  for (const line of onHeaders(plan.headers, table)) progress.say(line);
  const interrupted = interruption(() => progress.say('Stopping after the rows under way; the same command goes on.'));
  const { app, store } = await openApp(options);
  // The report of an earlier run says nothing about this one.
  await rm(options.report, { force: true });
  const report = reportFile(options.report);
  let totals: Totals = noRows;
  const first: Result[] = [];
  const remarks: string[] = [];
  try {
    const whole = { ...plan, side: fhirSide(app.dispatch), idOfRow: idOfRow(store, binding.binding.binding) };
    const isPreview = options.preview === true;
    for await (const result of isPreview ? previewFile(table, whole) : importFile(table, whole, interrupted.signal)) {
      totals = counted(totals, result);
      report.take(result);
      if (first.length < options.rows) first.push(result);
      if (isPreview && remarks.length < MOST_REMARKS) remarks.push(...remarksOn(result));
      const done = totals.new + totals.changed + totals.same;
      progress.update({ done, resources: done, failed: totals.ambiguous + totals.bad });
      if (interrupted.signal.aborted) break;
    }
    const seconds = progress.end();
    if (isPreview) for (const line of tableOf(first, widthOf(process.stdout))) process.stdout.write(`${line}\n`);
    for (const line of remarks.slice(0, MOST_REMARKS)) progress.say(line);
    progress.say(`${summaryOf(totals, isPreview)} (${durationText(seconds)})`);
    if (isPreview) progress.say('Nothing was written. The same command without --preview writes.');
  } finally {
    interrupted.end();
    const lines = await report.close();
    if (lines > 0)
      progress.say(`${lines.toLocaleString('en-US')} rows need attention; they are listed in ${options.report}`);
    await app.drain();
    await store.close();
  }
  if (interrupted.signal.aborted) process.exitCode = interrupted.exitCode;
  else if (totals.ambiguous + totals.bad > 0) process.exitCode = 1;
}

export function fileCommand(): Command {
  const command = new Command('file')
    .description('take clients, visits or screens from a CSV or XLSX file, through the binding of their table')
    .argument('<file>', 'CSV or XLSX; told apart by content')
    .addOption(new Option('--binding <file>', 'the binding file').makeOptionMandatory())
    .addOption(new Option('--table <name>', 'the table of the binding that the rows are of').makeOptionMandatory())
    .addOption(databaseOption())
    .option('--preview', 'show what would become of the file, and write nothing')
    .addOption(new Option('--rows <number>', 'rows that a preview shows').default(20).argParser(wholeNumber(1, 1000)))
    .option('--sheet <name>', 'of a workbook; when absent, the first that is not hidden')
    .addOption(encodingOption())
    .option('--report <file>', 'where to list the rows that need attention', 'sync-file-report.ndjson')
    .addHelpText('after', HELP)
    .action(run);
  for (const option of writeOptions()) command.addOption(option);
  return command;
}
