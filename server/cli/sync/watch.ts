/** `throughline sync watch`: both directions, again and again, until it is stopped. */
import { setTimeout as wait } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { pull } from '../../sync/pull.ts';
import { push } from '../../sync/push.ts';
import type { Outcome } from '../../sync/report.ts';
import { StoppedByValue, type Sync } from '../../sync/sync.ts';
import { interruption } from '../interrupt.ts';
import { wholeNumber } from '../option.ts';
import { masked, sentenceOf } from '../sentence.ts';
import { type OpenedSync, type SyncOptions, withSync, withSyncOptions } from './open-sync.ts';

interface WatchOptions extends SyncOptions {
  readonly interval: number;
  readonly fullEvery: number;
}

const HELP = `
Pulls and pushes every --interval milliseconds. Tables with a change column are asked for what has changed; tables that go by hash are read whole each
time, so give these a longer interval. Every --full-every minutes all rows are looked at, since a change column can miss what was committed late.
When one of the databases goes away, the command waits and tries again. Ctrl-C stops after the round under way.

Example:
  throughline sync watch practice.yaml --from sqlite:practice.sqlite --interval 1000
`;

const say = (line: string): void => void process.stderr.write(`${new Date().toISOString()} ${line}\n`);

/** Waits between attempts while a database is away: a second at first, half a minute at most. */
const LONGEST_WAIT_MS = 30_000;

async function rounds({ sync }: OpenedSync, { interval, fullEvery }: WatchOptions): Promise<void> {
  let fullAt = Date.now() + fullEvery * 60_000;
  let pause = 1000;
  let isAway = false;
  while (!sync.signal.aborted) {
    const full = Date.now() >= fullAt;
    try {
      await pull(sync, { full });
      await push(sync);
      if (isAway) say('Both databases answer again.');
      isAway = false;
      pause = 1000;
      if (full) fullAt = Date.now() + fullEvery * 60_000;
      await rest(sync, interval);
    } catch (error) {
      if (error instanceof StoppedByValue) throw error;
      if (!isAway) say(`Waiting: ${masked(sentenceOf(error))}`);
      isAway = true;
      await rest(sync, pause);
      pause = Math.min(pause * 2, LONGEST_WAIT_MS);
    }
  }
}

/** A stop ends the rest. */
const rest = (sync: Sync, milliseconds: number): Promise<void> =>
  wait(milliseconds, undefined, { signal: sync.signal }).catch(() => undefined);

/** What is worth a line while a sync goes on: everything that was written, and what has come to wait. */
function told(table: string, outcome: Outcome, known: Map<string, string>): string | undefined {
  if (outcome.kind === 'same' || outcome.kind === 'settled') {
    known.delete(`${table}/${outcome.key}`);
    return undefined;
  }
  const text =
    outcome.kind === 'bad'
      ? `left out: ${outcome.problems.map(({ column, reason }) => `${column ?? 'the row'}: ${reason}`).join('; ')}`
      : outcome.kind;
  // What waits is told once, not every second.
  const isWaiting = outcome.kind === 'bad' || outcome.kind === 'conflict';
  if (isWaiting && known.get(`${table}/${outcome.key}`) === text) return undefined;
  if (isWaiting) known.set(`${table}/${outcome.key}`, text);
  const parts = 'parts' in outcome && outcome.parts && outcome.parts.length > 0 ? ` (${outcome.parts.join(', ')})` : '';
  return `${table}/${outcome.key} ${text}${parts}`;
}

async function run(file: string, options: WatchOptions): Promise<void> {
  const interrupted = interruption(() => say('Stopping after the round under way; Ctrl-C again ends at once.'));
  try {
    await withSync(file, options, { signal: interrupted.signal }, async (opened) => {
      say(`Watching ${opened.sync.practice.name}.`);
      const known = new Map<string, string>();
      const { report } = opened;
      const spoken = {
        ...report,
        add(table: string, outcomes: readonly Outcome[]): void {
          const lines = outcomes.map((outcome) => told(table, outcome, known));
          // What waits is reported once: the file would grow with every round.
          report.add(
            table,
            outcomes.filter((_, at) => lines[at] !== undefined),
          );
          for (const line of lines) if (line !== undefined) say(line);
        },
      };
      await rounds({ ...opened, sync: { ...opened.sync, report: spoken } }, options);
    });
    say('Stopped.');
    process.exitCode = 0;
  } finally {
    interrupted.end();
  }
}

export const watchCommand = (): Command =>
  withSyncOptions(new Command('watch').description('pull and push again and again, until stopped'))
    .addOption(
      new Option('--interval <ms>', 'rest between two rounds').default(2000).argParser(wholeNumber(100, 86_400_000)),
    )
    .addOption(
      new Option('--full-every <minutes>', 'how often all rows are looked at')
        .default(60)
        .argParser(wholeNumber(1, 100_000)),
    )
    .addHelpText('after', HELP)
    .action(run);
