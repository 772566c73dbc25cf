/**
 * A practice's rows through to stored FHIR by `throughline sync pull`, against the same resources stored by `throughline import` in transactions of
 * 100: what reading rows, carrying them over and remembering them costs. The start of the process is in both.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPractice } from '../../../server/sync/practice.ts';
import { withDatabase } from '../../databases.ts';
import { NORTHSIDE } from '../../server/sync/northside.ts';
import { fill, makeTables } from '../../server/sync/northside-tables.ts';
import { runCommand } from '../command.ts';
import { atLeast, type Bench, below, type Report, type Row, type Scenario } from '../scenario.ts';
import { median } from '../statistics.ts';

/** Of each client there is a client, a goal, a visit and a team. */
const RESOURCES_A_CLIENT = 4;

async function practiceWith(clients: number, folder: string): Promise<string> {
  const file = join(folder, 'practice.sqlite');
  await writeFile(file, '');
  const practice = await openPractice(`sqlite:${file}`);
  await makeTables(practice);
  await fill(practice, clients);
  await practice.close();
  await writeFile(join(folder, 'northside.yaml'), NORTHSIDE);
  return `sqlite:${file}`;
}

/** The highest of the first and of the last third. */
function growth(looks: readonly number[]): number {
  const third = Math.max(1, Math.floor(looks.length / 3));
  return Math.max(...looks.slice(-third)) / Math.max(...looks.slice(third, 2 * third));
}

async function measured({ databases }: Bench, from: string, folder: string) {
  return withDatabase(databases, async (url) => {
    const pull = await runCommand(['sync', 'pull', 'northside.yaml', '--from', from, '--database', url], folder);
    const again = await runCommand(['sync', 'pull', 'northside.yaml', '--from', from, '--database', url], folder);
    await runCommand(['export', '--database', url, '--out', 'resources'], folder);
    const stored = await withDatabase(databases, (empty) =>
      runCommand(['import', 'resources', '--database', empty], folder),
    );
    await rm(join(folder, 'resources'), { recursive: true });
    return { pull, again, stored };
  });
}

export const sync: Scenario = {
  name: 'sync',
  title: 'Rows of a practice (SQLite) through to stored FHIR',
  async run(bench: Bench): Promise<Report> {
    const clients = bench.options.quick ? 50 : 5000;
    const resources = clients * RESOURCES_A_CLIENT;
    const folder = await mkdtemp(join(tmpdir(), 'throughline-bench-sync-'));
    try {
      const from = await practiceWith(clients, folder);
      const rounds: Awaited<ReturnType<typeof measured>>[] = [];
      for (let round = 0; round < Math.min(bench.options.rounds, 3); round++)
        rounds.push(await measured(bench, from, folder));
      const rate = (which: 'pull' | 'again' | 'stored') =>
        median(rounds.map((each) => resources / each[which].seconds));
      const ratio = median(rounds.map(({ pull, stored }) => stored.seconds / pull.seconds));
      const grown = median(rounds.map(({ pull }) => growth(pull.residentMb)));
      const highest = Math.max(...rounds.flatMap(({ pull }) => pull.residentMb));
      const rows: Row[] = [
        {
          name: 'sync pull of new rows',
          figures: { 'resources/s': rate('pull'), 'of import': ratio, 'RSS MB': highest },
        },
        { name: 'sync pull of rows that have not changed', figures: { 'resources/s': rate('again') } },
        { name: 'import of the same resources', figures: { 'resources/s': rate('stored') } },
      ];
      return {
        rows,
        targets: [
          atLeast(0.5, 'pull: at least half the resources/s of storing them by transactions', ratio),
          below(1.3, 'pull: resident memory of the last third under 1.3 times that of the middle', grown),
        ],
      };
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};
