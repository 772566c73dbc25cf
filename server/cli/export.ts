/** `throughline export`: the database as NDJSON by type, for a backup, another server or analysis. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { isResourceType } from '../../resources/definition.ts';
import { intervalOf } from '../../resources/primitive.ts';
import type { ResourceType } from '../../resources/types.ts';
import { databaseOption } from '../config.ts';
import { openStore } from '../store/open.ts';
import { countsByType } from '../store/snapshot.ts';
import type { Store } from '../store/store.ts';
import { requireDatabase } from './existing-database.ts';
import { exportStore } from './export/export-store.ts';
import { interruption } from './interrupt.ts';
import { durationText, numberText, progressOf } from './progress.ts';

interface ExportCommandOptions {
  readonly database: string;
  readonly out: string;
  readonly type?: readonly ResourceType[];
  /** Milliseconds since the epoch. */
  readonly since?: number;
  readonly gzip?: boolean;
}

const HELP = `
Writes DIR/Patient.ndjson, DIR/Observation.ndjson, ... and, when all is written, DIR/manifest.json: the instant of the export, and for each
file its type and count. DIR must be empty or not there. The lines are the resources as stored, meta included.

The export is the database as it was at the start, and a server may go on running. A resource that is changed or deleted meanwhile is
given in the state it had; what is created meanwhile is left out. --since gives what was written at or after an instant, such as the
transactionTime of an earlier manifest; deletions are not in it: the history of the server has them.

Exit code: 0 done, 1 failed, 130 stopped by Ctrl-C. Without a manifest an export is not complete.

Examples:
  throughline export --out backup
  throughline export --out observations --type Observation,Condition --gzip
  throughline export --out changes --since 2026-05-01T00:00:00Z
  throughline import backup --database postgres://localhost/care
`;

function types(text: string): readonly ResourceType[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !isResourceType(name));
  if (wrong !== undefined) throw new InvalidArgumentError(`"${wrong}" is no resource type of FHIR R4.`);
  return [...new Set(names as ResourceType[])];
}

function instant(text: string): number {
  const low = intervalOf(text)?.low;
  if (low === undefined) throw new InvalidArgumentError('It must be a date or instant such as 2026-05-01T00:00:00Z.');
  return low;
}

async function prepareFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if ((await readdir(path)).length > 0)
    throw new Error(`${path} is not empty; an export begins in an empty folder, so that nothing of another is in it`);
}

/** How many resources there are to export; unknown when only those since an instant are. */
async function totalOf(store: Store, { type, since }: ExportCommandOptions): Promise<number | undefined> {
  if (since !== undefined) return undefined;
  const counts = await countsByType(store);
  return [...counts].reduce((sum, [name, count]) => (type && !type.includes(name) ? sum : sum + count), 0);
}

async function runExport(options: ExportCommandOptions): Promise<void> {
  const { database, out, type, since, gzip = false } = options;
  await requireDatabase(database);
  await prepareFolder(out);
  const store = await openStore({ url: database, readOnly: true });
  const interrupted = interruption(() => progress.say('Stopping.'));
  const { signal } = interrupted;
  const progress = progressOf({ unit: 'resources', total: await totalOf(store, options) });
  let done = 0;
  const report = (resources: number) => {
    done += resources;
    progress.update({ done, resources: done, failed: 0 });
  };
  try {
    const manifest = await exportStore(store, {
      folder: out,
      gzip,
      signal,
      report,
      ...(type ? { types: type } : {}),
      ...(since === undefined ? {} : { since }),
    });
    if (signal.aborted) {
      process.exitCode = interrupted.exitCode;
      progress.say(`Stopped after ${numberText(done)} resources; ${out} is not complete and has no manifest.`);
      return;
    }
    await writeFile(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
    progress.say(
      `${numberText(done)} resources of ${manifest.output.length} types in ${out} as of ${manifest.transactionTime}, in ${durationText(progress.end())}`,
    );
  } finally {
    interrupted.end();
    await store.close();
  }
}

export function exportCommand(): Command {
  return new Command('export')
    .description('write the database as NDJSON, a file for each resource type')
    .addOption(databaseOption())
    .requiredOption('--out <dir>', 'folder to write to; made when it is missing')
    .addOption(new Option('--type <types>', 'only these resource types, separated by commas').argParser(types))
    .addOption(new Option('--since <instant>', 'only what was written at or after it').argParser(instant))
    .option('--gzip', 'compress each file (.ndjson.gz)')
    .addHelpText('after', HELP)
    .action(runExport);
}
