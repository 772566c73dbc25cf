/** `throughline sync example`: an invented practice database with its binding file, to try a sync on. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { practiceBinding } from '../../demo/legacy/practice-binding.ts';
import { type PracticeDatabase, writePracticeDatabase } from '../../demo/legacy/practice-database.ts';
import { openPractice } from '../../sync/practice.ts';
import { interruption } from '../interrupt.ts';
import { calendarDate, wholeNumber } from '../option.ts';
import { durationText, numberText, progressOf } from '../progress.ts';
import { masked } from '../sentence.ts';

interface ExampleOptions {
  readonly clients: number;
  readonly seed: number;
  readonly until: string;
  readonly into: string;
  readonly binding: string;
}

const HELP = `
Writes the tables of a practice as they have grown since the 1990s (clients, enrolments, plans, goals, team_members, visits, phq9_screens) into an
empty database, and the binding file that joins them to FHIR. The people are invented, the same for the same --seed and --until. A few values are
wrong on purpose; the command lists them, and a pull finds these and no other.

Examples:
  throughline sync example --clients 5000 --into sqlite:practice.sqlite
  throughline sync example --into postgres://user@host:5432/practice
  throughline sync pull practice.yaml --from sqlite:practice.sqlite
`;

/** Files that are there are nobody's to write over; a database file is made when it is missing. */
async function makeFile(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function* told({ rows, unreadable, wrongSums }: PracticeDatabase): Generator<string> {
  yield Object.entries(rows)
    .map(([table, count]) => `${numberText(count)} ${table}`)
    .join(', ');
  const shown = unreadable
    .slice(0, 10)
    .map(({ table, key, column, value }) => `  ${table} ${key}: ${column} is ${JSON.stringify(value)}`);
  if (unreadable.length > 0) yield `${numberText(unreadable.length)} values that cannot be read, on purpose:`;
  yield* shown;
  if (unreadable.length > shown.length) yield `  and ${numberText(unreadable.length - shown.length)} more`;
  if (wrongSums.length > 0) yield `${numberText(wrongSums.length)} PHQ-9 scores that are not the sum of their answers`;
}

async function example({ clients, seed, until, into, binding }: ExampleOptions): Promise<void> {
  const progress = progressOf({ unit: 'clients', total: clients });
  const interrupted = interruption(() => progress.say('Stopping; nothing of it will remain in the database.'));
  const file = /^sqlite:(.*)$/.exec(into)?.[1];
  if (file) await makeFile(file, '');
  const practice = await openPractice(into);
  try {
    const report = (done: number, rows: number): void => progress.update({ done, resources: rows, failed: 0 });
    const written = await writePracticeDatabase(practice.knex, { clients, seed, until }, report, interrupted.signal);
    const seconds = progress.end();
    for (const line of told(written)) progress.say(line);
    const isNew = await makeFile(binding, practiceBinding);
    progress.say(
      `${masked(into)} written in ${durationText(seconds)}; the binding is ${resolve(binding)}${isNew ? '' : ', which was there already'}`,
    );
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    process.exitCode = interrupted.exitCode;
  } finally {
    interrupted.end();
    await practice.close();
  }
}

export const exampleCommand = (): Command =>
  new Command('example')
    .description('write an invented practice database and its binding file, to try a sync on')
    .addOption(
      new Option('--into <url>', 'an empty database: sqlite:PATH, postgres://..., mysql://...').makeOptionMandatory(),
    )
    .addOption(new Option('--clients <number>', 'how many clients').default(100).argParser(wholeNumber(1, 1_000_000)))
    .addOption(new Option('--seed <number>', 'which people').default(1).argParser(wholeNumber(0, 0xffff_ffff)))
    .addOption(
      new Option('--until <date>', 'the day on which the database is as it is')
        .default(new Date().toISOString().slice(0, 10), 'today')
        .argParser(calendarDate),
    )
    .addOption(new Option('--binding <file>', 'where to write the binding file').default('practice.yaml'))
    .addHelpText('after', HELP)
    .action(example);
