/** `throughline package`: FHIR packages (implementation guides) into the database, out of it, and what is there. */
import { Command, Option } from 'commander';
import { databaseOption } from '../config.ts';
import { type FhirPackage, readPackage } from '../definition/package-file.ts';
import { fetchPackage, isRegistered } from '../definition/package-registry.ts';
import { type InstalledPackage, installPackage, packagesIn, removePackage } from '../definition/package-store.ts';
import { instantOf } from '../store/store.ts';
import { requireDatabase } from './existing-database.ts';
import { numberText } from './progress.ts';
import { withStore } from './with-store.ts';

interface PackageOptions {
  readonly database: string;
  readonly registry?: string;
  readonly json?: boolean;
}

const HELP = `
A package is the .tgz that an implementation guide publishes, or the folder that it unpacks to. Its profiles, extensions, value sets, code
systems, questionnaires and concept maps are used from then on, also by servers that are running; several versions of one package may be there
side by side. What packages bring is listed in /metadata.

Examples:
  throughline package install hl7.fhir.us.core-6.1.0.tgz
  throughline package install hl7.fhir.us.core#6.1.0 --registry https://packages.example
  throughline package list
  throughline package remove hl7.fhir.us.core#6.1.0
`;

/** Packages whose content every server has. */
const ALWAYS_THERE = /^hl7\.fhir\.r4\.(core|examples|expansions)$/;

const nameOf = ({ name, version }: { readonly name: string; readonly version: string }): string => `${name}#${version}`;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** What the resources are: `59 StructureDefinition, 36 ValueSet`. */
function countsOf({ resources }: FhirPackage): string {
  const counts = new Map<string, number>();
  for (const { type } of resources) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => `${numberText(count)} ${type}`).join(', ');
}

function missing({ manifest }: FhirPackage, installed: readonly InstalledPackage[]): readonly string[] {
  return Object.entries(manifest.dependencies)
    .filter(([name]) => !ALWAYS_THERE.test(name) && !installed.some((each) => each.name === name))
    .map(([name, version]) => `${name}#${version}`);
}

/** A file, a folder, or what a registry has under a name or canonical. */
function packageOf(wanted: string, registry: string | undefined): Promise<FhirPackage> {
  if (!isRegistered(wanted)) return readPackage(wanted);
  if (registry) return fetchPackage(wanted, registry);
  throw new Error(
    `${wanted} names a package of a registry; say which by --registry URL, or give the .tgz file or the folder`,
  );
}

async function install(paths: readonly string[], { database, registry }: PackageOptions): Promise<void> {
  // All are read before the first is written: a wrong path changes nothing.
  const packages: FhirPackage[] = [];
  for (const path of paths) packages.push(await packageOf(path, registry));
  await withStore(database, async (store) => {
    for (const each of packages) {
      const begun = performance.now();
      await installPackage(store, each.manifest, each.resources);
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      say(`${nameOf(each.manifest)} installed in ${seconds} s: ${countsOf(each) || 'no resources'}`);
    }
    const installed = await packagesIn(store);
    for (const each of packages) {
      const absent = missing(each, installed);
      if (absent.length > 0)
        say(`${nameOf(each.manifest)} builds on packages that are not installed: ${absent.join(', ')}`);
    }
  });
}

async function list({ database, json }: PackageOptions): Promise<void> {
  await requireDatabase(database);
  const installed = await withStore(database, packagesIn);
  if (json)
    say(
      JSON.stringify(
        installed.map((each) => ({ ...each, installed: instantOf(each.installed) })),
        null,
        2,
      ),
    );
  else if (installed.length === 0) say('No packages are installed.');
  else
    for (const each of installed)
      say(
        `${nameOf(each)}  ${numberText(each.resources)} resources, installed ${instantOf(each.installed)}  ${each.title}`.trimEnd(),
      );
}

async function remove(packages: readonly string[], { database }: PackageOptions): Promise<void> {
  await requireDatabase(database);
  await withStore(database, async (store) => {
    for (const each of packages) {
      const [name = '', version] = each.split('#', 2);
      const removed = await removePackage(store, name, version);
      if (removed.length === 0) throw new Error(`${each} is not installed; throughline package list says what is`);
      for (const gone of removed) say(`${nameOf(gone)} removed`);
    }
  });
}

export function packageCommand(): Command {
  return new Command('package')
    .description('install, list and remove FHIR packages')
    .addHelpText('after', HELP)
    .addCommand(
      new Command('install')
        .description('install packages, in place of the same version if it is there')
        .argument('<package...>', '.tgz files, folders, NAME#VERSION or the canonical of a guide')
        .addOption(databaseOption())
        .addOption(
          new Option('--registry <url>', 'where packages are fetched from that are named and not given').env(
            'PACKAGE_REGISTRY',
          ),
        )
        .action(install),
    )
    .addCommand(
      new Command('list')
        .description('list what is installed')
        .addOption(databaseOption())
        .option('--json', 'as JSON')
        .action(list),
    )
    .addCommand(
      new Command('remove')
        .description('remove packages: NAME#VERSION, or NAME for all its versions')
        .argument('<package...>', 'NAME#VERSION or NAME')
        .addOption(databaseOption())
        .action(remove),
    );
}
