/** `throughline lint`: what is wrong with files that a partner sent, as a report grouped by rule. Nothing is stored. */
import { writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { databaseOption } from '../config.ts';
import { Catalogue } from '../definition/catalogue.ts';
import { openDefinitions } from '../definition/definitions.ts';
import { readPackage } from '../definition/package-file.ts';
import { takePackage } from '../definition/package-store.ts';
import { installedDefinitions } from '../definition/source.ts';
import { reportHtml } from '../lint/html.ts';
import { linter, type Report } from '../lint/report.ts';
import { reportText } from '../lint/text.ts';
import { openStore } from '../store/open.ts';
import { type Validation, validation } from '../validation.ts';
import { requireDatabase } from './existing-database.ts';
import { unitsOfSources } from './import/source-units.ts';
import { type Source, sourcesOf } from './import/sources.ts';

interface LintOptions {
  readonly database?: string;
  readonly package: readonly string[];
  readonly profile: readonly string[];
  readonly format: 'text' | 'json' | 'html';
  readonly output?: string;
}

const HELP = `
What is read: files and folders as for import (.json .xml .ndjson, also .gz; - is standard input). Bundles are looked at as a whole.

Held against R4, and the profiles that resources claim as far as they are known: from packages named with --package, or from the packages and
definitions in a database.

Exit code: 0 no errors, 1 there are errors, 2 nothing could be read.

Examples:
  throughline lint partner.json
  throughline lint export/ --package hl7.fhir.us.core-6.1.0.tgz --format html --output report.html
  cat patients.ndjson | throughline lint - --database sqlite:care.sqlite
`;

const writers: Readonly<Record<LintOptions['format'], (report: Report) => string>> = {
  text: reportText,
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  html: reportHtml,
};

/** The validator over the definitions of the database, if one is named, and of the packages. */
async function validatorOf({ database, package: packages }: LintOptions): Promise<Validation> {
  const catalogue = database === undefined ? new Catalogue() : await catalogueIn(database);
  for (const [at, path] of packages.entries()) {
    const { manifest, resources } = await readPackage(path);
    takePackage(catalogue, resources, `${manifest.name}#${manifest.version} ${path}`, Number.MAX_SAFE_INTEGER - at);
  }
  return validation({ validation: 'reject' }, installedDefinitions(catalogue));
}

async function catalogueIn(database: string): Promise<Catalogue> {
  await requireDatabase(database);
  const store = await openStore({ url: database, readOnly: true });
  try {
    return (await openDefinitions(store)).catalogue;
  } finally {
    await store.close();
  }
}

const placeOf = ({ name }: Source, line: number, part: number): string =>
  `${name === '-' ? 'standard input' : name}:${line}${part > 0 ? `, entry ${part}` : ''}`;

async function reportOf(paths: readonly string[], options: LintOptions): Promise<Report> {
  const { validate } = await validatorOf(options);
  const { sources } = await sourcesOf(paths);
  const lint = linter();
  const units = unitsOfSources(sources, {
    input: process.stdin,
    count: () => undefined,
    storeBundles: true,
    begun: () => undefined,
  });
  for await (const each of units) {
    if (!('unit' in each)) continue;
    const { unit, source } = each;
    const where = placeOf(source, unit.place.line, unit.place.part);
    if (unit.kind === 'unreadable') lint.add(undefined, where, unit.error.issues);
    else if (unit.kind === 'resource')
      lint.add(unit.resource, where, validate(unit.resource, { profiles: options.profile }));
  }
  return lint.report();
}

async function lintPaths(paths: readonly string[], options: LintOptions): Promise<void> {
  const report = await reportOf(paths, options);
  const text = writers[options.format](report);
  if (options.output === undefined) process.stdout.write(text);
  else await writeFile(options.output, text);
  process.exitCode = report.resources === 0 ? 2 : report.issues.error + report.issues.fatal > 0 ? 1 : 0;
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export function lintCommand(): Command {
  const database = databaseOption();
  // Without a database there is R4 and what packages bring.
  database.defaultValue = undefined;
  database.envVar = undefined;
  return new Command('lint')
    .description('report what is wrong with resources in files, without storing anything')
    .argument('<path...>', 'files, folders, or - for standard input')
    .addOption(database)
    .addOption(
      new Option('--package <path>', 'a FHIR package to know; may come several times')
        .argParser(collect)
        .default([], 'none'),
    )
    .addOption(
      new Option('--profile <canonical>', 'a profile that everything has to meet; may come several times')
        .argParser(collect)
        .default([], 'none'),
    )
    .addOption(new Option('--format <format>', 'of the report').choices(['text', 'json', 'html']).default('text'))
    .option('--output <file>', 'where the report goes in place of standard output')
    .addHelpText('after', HELP)
    .action(lintPaths);
}
