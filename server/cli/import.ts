/** `throughline import`: files, folders and standard input into the database or a running server. */
import { Command, Option } from 'commander';
import { databaseOption } from '../config.ts';
import { openFailureFile } from './import/failure-file.ts';
import { openJournal } from './import/journal.ts';
import { load, type Totals } from './import/load.ts';
import { type Source, sourcesOf } from './import/sources.ts';
import { patient } from './insist.ts';
import { type Interruption, interruption } from './interrupt.ts';
import { concurrencyOption, toOption, wholeNumber, writeOptions } from './option.ts';
import { durationText, numberText, type Progress, progressOf } from './progress.ts';
import { type Target, type TargetOptions, targetOf } from './target.ts';

interface ImportOptions extends TargetOptions {
  readonly batch: number;
  readonly concurrency: number;
  readonly failures: string;
  readonly state: string;
  readonly resume?: boolean;
  readonly storeBundles?: boolean;
}

const HELP = `
What is read:
  .ndjson .jsonl          a resource a line
  .json .xml              a resource or a Bundle; JSON may also hold several, one after another
  .gz                     any of these, compressed
  a folder                everything of these below it
  -                       standard input: NDJSON, or one document in JSON or XML

What becomes of it:
  a resource with an id   PUT: it is made or replaced under its id; importing twice duplicates nothing
  a resource without      POST: the server gives an id; importing twice stores it twice
  batch, transaction      carried out as they are
  collection, searchset   their entries, as if each had come alone
  history                 the newest version of each resource; what was deleted stays away
  document, message       stored as Bundles, like every line of a file named Bundle.ndjson

Resources go in transactions. When one is refused, its resources are tried one by one; what is refused then is listed in the failures
file, a JSON line each. An import that was stopped goes on with the same command and --resume.
Exit code: 0 everything was written, 1 something was not, 130 stopped by Ctrl-C.

Examples:
  throughline import patients.ndjson
  throughline import export/ --database postgres://localhost/care
  gunzip -c all.ndjson.gz | throughline import -
  throughline import bundles/ --to http://127.0.0.1:8080/fhir --concurrency 8
  throughline import export/ --resume
`;

const totalBytes = (sources: readonly Source[]): number | undefined =>
  sources.every(({ file }) => file) ? sources.reduce((sum, { file }) => sum + (file?.size ?? 0), 0) : undefined;

function summary({ written, failed }: Totals, seconds: number, failures: string): string {
  const rate = seconds > 0 ? ` (${numberText(written / seconds)}/s)` : '';
  const lost = failed > 0 ? `; ${numberText(failed)} failed, listed in ${failures}` : '';
  return `${numberText(written)} resources written in ${durationText(seconds)}${rate}${lost}`;
}

/** Gives the exit code. */
async function run(
  sources: readonly Source[],
  target: Target,
  options: ImportOptions,
  progress: Progress,
  interrupted: Interruption,
): Promise<number> {
  const { signal } = interrupted;
  const resume = options.resume === true;
  const failureFile = openFailureFile(options.failures, resume);
  const journal = openJournal(options.state, target.name, resume);
  let totals: Totals = { bytes: 0, written: 0, failed: 0 };
  const stop = () => {
    failureFile.close();
    journal.close();
    const hint = `What was written is noted in ${options.state}; the same command with --resume goes on from there.`;
    progress.say(`Stopped: ${summary(totals, progress.end(), options.failures)}. ${hint}`);
  };
  try {
    await load(sources, {
      ...options,
      storeBundles: options.storeBundles === true,
      target,
      journal,
      failureFile,
      signal,
      input: process.stdin,
      report: (now) => {
        totals = now;
        progress.update({ done: now.bytes, resources: now.written, failed: now.failed });
      },
    });
  } catch (error) {
    stop();
    throw error;
  }
  if (signal.aborted) {
    stop();
    return interrupted.exitCode;
  }
  journal.finish();
  const anyFailed = failureFile.close();
  progress.say(summary(totals, progress.end(), options.failures));
  return anyFailed ? 1 : 0;
}

async function importPaths(paths: readonly string[], options: ImportOptions): Promise<void> {
  const { sources, passedOver } = await sourcesOf(paths);
  const progress = progressOf({ unit: 'bytes', total: totalBytes(sources) });
  if (passedOver.length > 0)
    progress.say(`${numberText(passedOver.length)} files passed over that hold no resources by their names`);
  if (sources.length === 0) throw new Error(`There is nothing to import in ${paths.join(', ')}`);
  const interrupted = interruption(() => {
    progress.say('Stopping after the transactions under way; Ctrl-C again ends at once.');
    process.stdin.destroy();
  });
  const { signal } = interrupted;
  const target = patient(await targetOf(options), signal, progress.say);
  try {
    process.exitCode = await run(sources, target, options, progress, interrupted);
  } finally {
    interrupted.end();
    await target.close();
  }
}

export function importCommand(): Command {
  const command = new Command('import')
    .description('read bundles, NDJSON, folders or standard input into the database or a running server')
    .argument('<paths...>', 'files and folders; - is standard input')
    .addOption(databaseOption())
    .addOption(toOption())
    .addOption(
      new Option('--batch <number>', 'resources in a transaction').default(100).argParser(wholeNumber(1, 5000)),
    )
    .addOption(concurrencyOption())
    .option('--failures <file>', 'where to list what failed and why', 'import-failures.ndjson')
    .option('--state <file>', 'where to note how far it came', 'import-state.ndjson')
    .option('--resume', 'go on where the import in the state file stopped')
    .option('--store-bundles', 'store every Bundle as a resource in place of carrying it out or unpacking it')
    .addHelpText('after', HELP)
    .action(importPaths);
  for (const option of writeOptions()) command.addOption(option);
  return command;
}
