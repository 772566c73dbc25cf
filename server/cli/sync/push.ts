/** `throughline sync push`: resources that have changed in FHIR, back to their rows. */
import { Command } from 'commander';
import { push } from '../../sync/push.ts';
import { interruption } from '../interrupt.ts';
import { durationText, progressOf } from '../progress.ts';
import { dryRunOption, type SyncOptions, withSync, withSyncOptions } from './open-sync.ts';
import { afterwards, examplesOf, summaryOf } from './tell.ts';

const HELP = `
Of each resource that has changed since both were in step, the columns that say something else are written, if they still hold what was read; all
others are left alone. A value that a column cannot hold is listed in the report and stays in FHIR. Rows are made and deleted where the binding says
so. When row and resource have both changed, the conflict is reported and neither is written (throughline sync conflicts).

Exit code: 0 everything was written, 1 something was left out or is in conflict, 130 stopped by Ctrl-C.

Example:
  throughline sync push practice.yaml --from sqlite:practice.sqlite
`;

async function run(file: string, options: SyncOptions): Promise<void> {
  const progress = progressOf({ unit: 'resources' });
  const interrupted = interruption(() => progress.say('Stopping after the rows under way; Ctrl-C again ends at once.'));
  let done = 0;
  const advance = (rows: number): void => {
    done += rows;
    progress.update({ done, resources: done, failed: 0 });
  };
  try {
    await withSync(file, options, { signal: interrupted.signal, advance }, async ({ sync, report, lines }) => {
      await push(sync);
      const seconds = progress.end();
      for (const line of summaryOf(report)) progress.say(line);
      for (const line of examplesOf(report.tables())) progress.say(line);
      progress.say(
        interrupted.signal.aborted
          ? 'Stopped; the same command goes on from here.'
          : `Done in ${durationText(seconds)}.`,
      );
      for (const line of afterwards(report, lines(), options.report, sync.dryRun)) progress.say(line);
      process.exitCode = interrupted.signal.aborted
        ? interrupted.exitCode
        : report.total('bad', 'conflict') > 0 || lines() > 0
          ? 1
          : 0;
    });
  } finally {
    interrupted.end();
  }
}

export const pushCommand = (): Command =>
  withSyncOptions(new Command('push').description('write changes of FHIR back to the rows of the practice'))
    .addOption(dryRunOption())
    .addHelpText('after', HELP)
    .action(run);
