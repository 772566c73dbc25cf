/** `npm run bench`: measures the built server and prints tables; with --json writes them for comparison too. See docs/performance.md. */
import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { databasesAt } from '../databases.ts';
import { loadGenerator } from './load/load.ts';
import { machine } from './machine.ts';
import { machineText, reportText } from './report.ts';
import { scenarios } from './scenario/index.ts';
import type { Options, Report } from './scenario.ts';

interface Arguments {
  readonly database: readonly string[];
  readonly only: readonly string[];
  readonly json?: string;
  readonly seconds: number;
  readonly rounds: number;
  readonly minutes: number;
  readonly clients: readonly number[];
  readonly quick?: boolean;
}

const list = (value: string): readonly string[] => value.split(',');
const names = scenarios.map(({ name }) => name);

const program = new Command('bench')
  .description('measures the built server (npm run build)')
  .addOption(
    new Option('--database <list>', 'sqlite, postgres://user@host:port/database, or both with a comma between')
      .env('DATABASE')
      .default(['sqlite'])
      .argParser(list),
  )
  .option('--only <list>', `of ${names.join(', ')}`, list, names)
  .option('--seconds <number>', 'how long one measurement takes', Number, 5)
  .option('--rounds <number>', 'how often what is compared runs, in turns', Number, 5)
  .option('--minutes <number>', 'how long the mixed load goes on', Number, 0.5)
  .option(
    '--clients <list>',
    'sizes of the populations that are searched',
    (text) => text.split(',').map(Number),
    [1000],
  )
  .option('--json <file>', 'write the figures to this file too')
  .option('--quick', 'little data and one round: shows that everything runs, measures nothing')
  .parse();

const chosen: Arguments = program.opts();
const unknown = chosen.only.find((name) => !names.includes(name));
if (unknown) program.error(`--only: there is no scenario ${unknown}; there are ${names.join(', ')}`);

const { seconds, rounds, minutes, clients } = chosen;
const options: Options = chosen.quick
  ? { seconds: 0.5, rounds: 1, minutes: 0.05, populations: [5], quick: true }
  : { seconds, rounds, minutes, populations: clients, quick: false };
const facts = machine();
console.log(machineText(facts));

const load = loadGenerator();
const reports: ({ readonly scenario: string; readonly database: string } & Report)[] = [];
try {
  for (const url of chosen.database) {
    const databases = databasesAt(url);
    for (const scenario of scenarios) {
      if (!chosen.only.includes(scenario.name)) continue;
      const report = await scenario.run({ databases, load, options });
      reports.push({ scenario: scenario.name, database: databases.name, ...report });
      console.log(reportText(`${scenario.title} (${databases.name})`, report));
    }
  }
} finally {
  load.stop();
}
if (chosen.json) writeFileSync(chosen.json, `${JSON.stringify({ machine: facts, options, reports }, undefined, 2)}\n`);
