/** What the commands of `throughline sync` share: their options, the two databases, the report. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Argument, type Command, Option } from 'commander';
import { databaseOption } from '../../config.ts';
import type { Store } from '../../store/store.ts';
import type { Binding } from '../../sync/binding.ts';
import { compileBinding, type Lens } from '../../sync/lens.ts';
import { openPractice, type Practice } from '../../sync/practice.ts';
import { formatOf, readBinding } from '../../sync/read-binding.ts';
import { openReport, type Report } from '../../sync/report.ts';
import type { Sync } from '../../sync/sync.ts';
import { writeOptions } from '../option.ts';
import { openApp, type TargetOptions } from '../target.ts';
import { onlyOne } from './only-one.ts';

export interface SyncOptions extends Omit<TargetOptions, 'to'> {
  readonly from: string;
  readonly report: string;
  readonly dryRun?: boolean;
}

export const bindingArgument = (): Argument => new Argument('<binding>', 'the binding file, YAML or JSON');

export const fromOption = (): Option =>
  new Option(
    '--from <url>',
    "the practice's database: sqlite:PATH, postgres://..., mysql://... or mssql://...; a password belongs in the variable",
  )
    .env('PRACTICE_URL')
    .makeOptionMandatory();

/** A command on both databases. */
export function withSyncOptions(command: Command): Command {
  command.addArgument(bindingArgument()).addOption(fromOption()).addOption(databaseOption());
  command.option(
    '--report <file>',
    'where to list what was left out and why, a line of JSON each',
    'sync-report.ndjson',
  );
  for (const option of writeOptions()) command.addOption(option);
  return command;
}

export const dryRunOption = (): Option => new Option('--dry-run', 'show what would be done, and write nothing');

/** @throws Error with every fault of the file */
export async function openBinding(
  file: string,
): Promise<{ readonly binding: Binding; readonly lenses: readonly Lens[] }> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new Error(`The binding file ${file} cannot be read: ${(cause as Error).message}`, { cause });
  });
  try {
    return compileBinding(readBinding(text, formatOf(file)));
  } catch (error) {
    throw new Error(`The binding file ${file} cannot be used:\n${(error as Error).message}`, { cause: error });
  }
}

export interface OpenedSync {
  readonly sync: Sync;
  readonly report: Report;
  /** How many lines the report file has. */
  lines(): number;
}

export interface Running {
  readonly signal: AbortSignal;
  /** Whether another process may sync the same binding meanwhile: where nothing is written but one decision. */
  readonly isAlone?: boolean;
  readonly advance?: (rows: number) => void;
}

/** Runs `work` with both databases open, and closes them whatever happens. */
export async function withSync<T>(
  file: string,
  options: SyncOptions,
  { signal, isAlone = true, advance = () => undefined }: Running,
  work: (opened: OpenedSync) => Promise<T>,
): Promise<T> {
  const { binding, lenses } = await openBinding(file);
  const practice = await openPractice(options.from);
  try {
    const { app, store } = await openApp(options);
    const lines = reportFile(options.report);
    const report = openReport(lines.write);
    const open = (running: AbortSignal): Sync => ({
      binding,
      lenses,
      practice,
      fhir: { store, transact: app.transact },
      report,
      dryRun: options.dryRun === true,
      signal: running,
      places: new Map(),
      advance,
    });
    const run = (running: AbortSignal): Promise<T> => work({ sync: open(running), report, lines: lines.count });
    try {
      return await (isAlone && !options.dryRun ? onlyOne(store, binding.binding, signal, run) : run(signal));
    } finally {
      lines.close();
      await closed(app, store);
    }
  } finally {
    await practice.close();
  }
}

async function closed(app: { drain(): Promise<void> }, store: Store): Promise<void> {
  await app.drain();
  await store.close();
}

/** As `withSync`, for what needs the practice alone. */
export async function withPractice<T>(url: string, work: (practice: Practice) => Promise<T>): Promise<T> {
  const practice = await openPractice(url);
  try {
    return await work(practice);
  } finally {
    await practice.close();
  }
}

/** Made with the first line, so that a sync without problems leaves no file; one of an earlier run is written anew. */
function reportFile(path: string) {
  let file: number | undefined;
  let lines = 0;
  return {
    write(reported: object): void {
      file ??= openSync(path, 'w');
      writeSync(file, `${JSON.stringify(reported)}\n`);
      lines += 1;
    },
    count: () => lines,
    close(): void {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}
