/** `throughline sync pull`: rows of the practice that have changed, into FHIR. */
import { Command } from 'commander';
import { interruptedTables, pull, rowsToPull } from '../../sync/pull.ts';
import { type Interruption, interruption } from '../interrupt.ts';
import { durationText, type Progress, progressOf } from '../progress.ts';
import { dryRunOption, type OpenedSync, type SyncOptions, withSync, withSyncOptions } from './open-sync.ts';
import { afterwards, examplesOf, summaryOf } from './tell.ts';

interface PullOptions extends SyncOptions {
  readonly full?: boolean;
}

const HELP = `
Each row that has changed becomes a new version of its resource; what the row does not say stays in it. Rows whose values are as they were are passed
over. A value that cannot be read is listed in the report with table, key, column, value and reason, and stops nothing else, unless the binding says
so. When row and resource have both changed, the conflict is reported and neither is written (throughline sync conflicts).

Ctrl-C stops after the rows under way; the same command goes on from there.

Exit code: 0 everything was taken, 1 something was left out or is in conflict, 130 stopped by Ctrl-C.

Examples:
  throughline sync pull practice.yaml --from sqlite:practice.sqlite --dry-run
  PRACTICE_URL=postgres://sync:secret@db/practice throughline sync pull practice.yaml
`;

async function run(file: string, options: PullOptions): Promise<void> {
  const progress = progressOf({ unit: 'resources' });
  const interrupted = interruption(() => progress.say('Stopping after the rows under way; Ctrl-C again ends at once.'));
  let done = 0;
  let failed: () => number = () => 0;
  const advance = (rows: number): void => {
    done += rows;
    progress.update({ done, resources: done, failed: failed() });
  };
  try {
    await withSync(file, options, { signal: interrupted.signal, advance }, async (opened) => {
      failed = () => opened.report.total('bad');
      await pulled(opened, options, interrupted, progress);
    });
  } finally {
    interrupted.end();
  }
}

async function pulled(
  opened: OpenedSync,
  options: PullOptions,
  interrupted: Interruption,
  progress: Progress,
): Promise<void> {
  const { sync, report } = opened;
  const full = options.full === true;
  const left = full ? [] : await interruptedTables(sync);
  if (left.length > 0) progress.say(`Going on where the last pull of ${left.join(', ')} was interrupted.`);
  progress.say(
    `${(await rowsToPull(sync, { full })).toLocaleString('en-US')} rows to look at in ${sync.practice.name}.`,
  );
  await pull(sync, { full });
  const seconds = progress.end();
  for (const line of summaryOf(report)) progress.say(line);
  if (sync.dryRun) for (const line of examplesOf(report.tables())) progress.say(line);
  progress.say(
    interrupted.signal.aborted ? 'Stopped; the same command goes on from here.' : `Done in ${durationText(seconds)}.`,
  );
  for (const line of afterwards(report, opened.lines(), options.report, sync.dryRun)) progress.say(line);
  process.exitCode = interrupted.signal.aborted
    ? interrupted.exitCode
    : report.total('bad', 'conflict') > 0 || opened.lines() > 0
      ? 1
      : 0;
}

export const pullCommand = (): Command =>
  withSyncOptions(new Command('pull').description('bring changed rows of the practice into FHIR'))
    .addOption(dryRunOption())
    .option('--full', 'look at every row, whatever the change column says')
    .addHelpText('after', HELP)
    .action(run);
