/**
 * The validator against ajv with the official JSON Schema, and what a package of profiles costs: with US_CORE=FILE.tgz its install and the memory
 * of a server that has it.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { withDatabase } from '../../databases.ts';
import { exampleOf } from '../../official-examples.ts';
import { residentMb } from '../process-figures.ts';
import { type Bench, below, type Report, type Scenario } from '../scenario.ts';
import { startService } from '../service.ts';
import { median } from '../statistics.ts';
import type { FirstValidations } from './validation-first.ts';

const main = fileURLToPath(new URL('../../../dist/server/main.js', import.meta.url));
const measured = fileURLToPath(new URL('validation-process.ts', import.meta.url));

function validator({ options: { rounds, quick } }: Bench): Report {
  const given = ['--import', 'tsx', measured, String(rounds), ...(quick ? ['quick'] : [])];
  return JSON.parse(execFileSync(process.execPath, given, { encoding: 'utf8', maxBuffer: 10_000_000 })) as Report;
}

/** The median over processes of each figure: a process has each first time once. */
function firstValidations({ options: { rounds } }: Bench): Report {
  const script = fileURLToPath(new URL('validation-first.ts', import.meta.url));
  const runs = Array.from(
    { length: rounds },
    () =>
      JSON.parse(execFileSync(process.execPath, ['--import', 'tsx', script], { encoding: 'utf8' })) as FirstValidations,
  );
  const names = Object.keys(runs[0]?.types ?? {});
  const times = names
    .map((type) => ({ type, ms: median(runs.map(({ types }) => types[type] ?? Number.NaN)) }))
    .toSorted((a, b) => b.ms - a.ms);
  const [slowest = { type: '', ms: Number.NaN }] = times;
  const once = (name: string, value: (run: FirstValidations) => number) => ({
    name: `once in a process: ${name}`,
    figures: { 'median ms': median(runs.map(value)) },
  });
  return {
    rows: [
      {
        name: `first of a type (${names.length} types; slowest ${slowest.type})`,
        figures: { 'median ms': median(times.map(({ ms }) => ms)), 'slowest ms': slowest.ms },
      },
      once('fhirpath.js', ({ library }) => library),
      once('the first resource', ({ shared }) => shared),
    ],
    targets: [below(50, 'the first validation of a type in under 50 ms', slowest.ms)],
  };
}

/** The types of which US Core has profiles: each is validated once, so that everything is loaded that a server comes to load. */
const TYPES = [
  'Patient',
  'CarePlan',
  'CareTeam',
  'Goal',
  'Encounter',
  'MedicationRequest',
  'Procedure',
  'Immunization',
] as const;
const profileOf = (type: string): string =>
  `http://hl7.org/fhir/us/core/StructureDefinition/us-core-${type.toLowerCase()}`;

async function validateAll(port: number): Promise<void> {
  for (const type of TYPES) {
    const answer = await fetch(`http://127.0.0.1:${port}/fhir/${type}/$validate?profile=${profileOf(type)}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/fhir+json' },
      body: JSON.stringify(exampleOf(type)),
    });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`$validate of a ${type} is answered with ${answer.status}`);
  }
}

/** A server on a database into which the command line has installed the package. */
function installed({ databases }: Bench, file: string): Promise<Report> {
  return withDatabase(databases, async (url) => {
    const begun = performance.now();
    execFileSync(process.execPath, [main, 'package', 'install', file, '--database', url]);
    const seconds = (performance.now() - begun) / 1000;
    const service = await startService(url);
    const atStart = residentMb(service.pid);
    await validateAll(service.port);
    const used = residentMb(service.pid);
    await service.stop();
    return {
      rows: [
        { name: 'package install, command and all', figures: { s: seconds } },
        { name: 'server with the package', figures: { 'ms to /metadata': service.startMs, 'RSS MB': atStart } },
        { name: `after $validate of ${TYPES.length} types against its profiles`, figures: { 'RSS MB': used } },
      ],
      targets: [
        below(10, 'US Core installed in under 10 s', seconds),
        below(400, 'under 400 MB resident with US Core and the base', used),
      ],
    };
  });
}

export const validation: Scenario = {
  name: 'validation',
  title: 'The validator',
  async run(bench: Bench): Promise<Report> {
    const file = process.env.US_CORE;
    const reports = [validator(bench), firstValidations(bench), ...(file ? [await installed(bench, file)] : [])];
    return {
      rows: reports.flatMap(({ rows }) => rows),
      targets: reports.flatMap(({ targets = [] }) => targets),
      notes: [
        ...reports.flatMap(({ notes = [] }) => notes),
        ...(file ? [] : ['US_CORE names no package: it is not measured']),
      ],
    };
  },
};
