/** `throughline terminology`: code systems that are too large for a CodeSystem resource, into the database and out of it. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { databaseOption } from '../config.ts';
import { instantOf } from '../store/store.ts';
import { csvRelease } from '../terminology/load/csv.ts';
import { type ReleaseFile, releaseFiles } from '../terminology/load/files.ts';
import { icd10cmRelease } from '../terminology/load/icd10cm.ts';
import { loadedSystems, loadRelease, removeSystem } from '../terminology/load/load.ts';
import { loincRelease } from '../terminology/load/loinc.ts';
import type { Release } from '../terminology/load/release.ts';
import { snomedRelease } from '../terminology/load/snomed.ts';
import { requireDatabase } from './existing-database.ts';
import { numberText } from './progress.ts';
import { withStore } from './with-store.ts';

type Format = 'loinc' | 'snomed' | 'icd10cm' | 'csv';

interface LoadOptions {
  readonly database: string;
  readonly release: string;
  readonly url?: string;
}

const HELP = `
Formats:
  loinc     the release of LOINC: its .zip, or its folder with LoincTable/Loinc.csv
  snomed    a SNOMED CT snapshot in RF2: the .zip of an edition, or its folder
  icd10cm   ICD-10-CM: the icd10cm-order file, its .zip or its folder
  csv       anything else: a column code, and display, parent (several separated by |) and active where there are; other columns
            are properties. Needs --url

The publisher's terms of use apply to what you load. A version that is there already is replaced when the new one is in; servers that are running
use it from then on.

Examples:
  throughline terminology load loinc Loinc_2.78.zip --release 2.78
  throughline terminology load snomed SnomedCT_InternationalRF2.zip --release http://snomed.info/sct/900000000000207008/version/20250101
  throughline terminology load csv codes.csv --url https://care.example/CodeSystem/local --release 2025
  throughline terminology list
  throughline terminology remove http://loinc.org --release 2.78
`;

function releaseOf(format: Format, files: readonly ReleaseFile[], { release, url }: LoadOptions): Release {
  switch (format) {
    case 'loinc':
      return loincRelease(files, release);
    case 'snomed':
      return snomedRelease(files, release);
    case 'icd10cm':
      return icd10cmRelease(files, release);
    case 'csv':
      if (url === undefined)
        throw new Error('A code system from CSV needs its URL: --url https://care.example/CodeSystem/...');
      return csvRelease(files, url, release);
  }
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Rows between lines that say how far it is. */
const TOLD_EVERY = 200_000;

async function load(format: Format, path: string, options: LoadOptions): Promise<void> {
  const release = releaseOf(format, await releaseFiles(path), options);
  const begun = performance.now();
  let told = 0;
  await withStore(options.database, async (store) => {
    const concepts = await loadRelease(store, release, (rows) => {
      if (rows < told + TOLD_EVERY) return;
      told = rows;
      process.stderr.write(`${numberText(rows)} rows\n`);
    });
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    say(`${release.url}|${release.version}: ${numberText(concepts)} concepts loaded in ${seconds} s`);
  });
}

async function list({ database }: LoadOptions): Promise<void> {
  await requireDatabase(database);
  const systems = await withStore(database, loadedSystems);
  if (systems.length === 0) say('No code systems are loaded.');
  for (const { url, version, concepts, loaded } of systems)
    say(`${url}|${version}  ${numberText(concepts)} concepts, loaded ${instantOf(loaded)}`);
}

async function remove(url: string, { database, release }: LoadOptions): Promise<void> {
  await requireDatabase(database);
  await withStore(database, async (store) => {
    if (!(await removeSystem(store, url, release)))
      throw new Error(`${url}|${release} is not loaded; throughline terminology list says what is`);
    say(`${url}|${release} removed`);
  });
}

function version(text: string): string {
  if (text.trim() !== '' && text.length <= 200 && !text.includes('(')) return text;
  throw new InvalidArgumentError('It must be the version of the code system, such as 2.78.');
}

const releaseOption = (): Option =>
  new Option('--release <version>', 'the version of the code system').argParser(version).makeOptionMandatory();

const formats: readonly Format[] = ['loinc', 'snomed', 'icd10cm', 'csv'];

function formatOf(text: string): Format {
  const found = formats.find((each) => each === text);
  if (found) return found;
  throw new InvalidArgumentError(`It must be one of ${formats.join(', ')}.`);
}

export function terminologyCommand(): Command {
  return new Command('terminology')
    .description('load, list and remove large code systems')
    .addHelpText('after', HELP)
    .addCommand(
      new Command('load')
        .description('load a release of a code system')
        .argument('<format>', formats.join(', '), formatOf)
        .argument('<path>', 'file, .zip or folder')
        .addOption(releaseOption())
        .option('--url <url>', 'the URL of the code system, for csv')
        .addOption(databaseOption())
        .action(load),
    )
    .addCommand(new Command('list').description('list what is loaded').addOption(databaseOption()).action(list))
    .addCommand(
      new Command('remove')
        .description('remove a code system')
        .argument('<url>', 'the URL of the code system')
        .addOption(releaseOption())
        .addOption(databaseOption())
        .action(remove),
    );
}
