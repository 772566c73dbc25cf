/** `throughline demo`: a synthetic care-coordination population in the database or a running server. */
import { Command, Option } from 'commander';
import { FhirError } from '../../resources/outcome.ts';
import type { Bundle } from '../../resources/types.ts';
import { databaseOption } from '../config.ts';
import { population } from '../demo/population.ts';
import { inOrder } from './in-order.ts';
import { patient, TargetError } from './insist.ts';
import { type Interruption, interruption } from './interrupt.ts';
import { calendarDate, concurrencyOption, toOption, wholeNumber, writeOptions } from './option.ts';
import { durationText, numberText, type Progress, progressOf } from './progress.ts';
import { sentenceOf } from './sentence.ts';
import { DEFAULT_BASE, type Target, type TargetOptions, targetOf } from './target.ts';

interface DemoCommandOptions extends TargetOptions {
  readonly clients: number;
  readonly seed: number;
  readonly until: string;
  readonly concurrency: number;
}

const HELP = `
Loads a practice (organizations, practitioners, locations) and its clients, each as one transaction: identifiers and contact data, care team,
care plans with goals, appointments, PHQ-9 series, conditions, medications, encounters, social needs, referrals, tasks. The people are
invented. The same --seed and --until give the same people; loading them again replaces them and duplicates nothing. More --clients add
to those that are there.

Exit code: 0 everything was loaded, 1 something was not, 130 stopped by Ctrl-C.

Examples:
  throughline demo
  throughline demo --clients 1000 --seed 7 --until 2026-11-01
  throughline demo --to http://127.0.0.1:8080/fhir
`;

/** What was loaded. */
interface Loaded {
  readonly counts: Map<string, number>;
  /** The first client, as an address below the base. */
  client?: string;
  failed: number;
  firstFailure?: string;
}

function note(loaded: Loaded, bundle: Bundle): void {
  for (const { resource, request } of bundle.entry ?? []) {
    if (!resource) continue;
    const { resourceType } = resource;
    loaded.counts.set(resourceType, (loaded.counts.get(resourceType) ?? 0) + 1);
    if (resourceType === 'Patient') loaded.client ??= request?.url ?? '';
  }
}

const totalOf = ({ counts }: Loaded): number => [...counts.values()].reduce((sum, count) => sum + count, 0);

/** The reason why a Bundle was refused; undefined when it was taken. */
async function refusalOf(bundle: Bundle, target: Target): Promise<string | undefined> {
  try {
    await target.execute(bundle);
    return undefined;
  } catch (error) {
    if (error instanceof TargetError || !(error instanceof FhirError)) throw error;
    return sentenceOf(error);
  }
}

async function loadPopulation(
  options: DemoCommandOptions,
  target: Target,
  progress: Progress,
  signal: AbortSignal,
): Promise<Loaded> {
  const loaded: Loaded = { counts: new Map(), failed: 0 };
  const { clients, seed, until, concurrency } = options;
  let practice: Bundle | undefined;
  const results = inOrder(
    population({ clients, seed, until }),
    (bundle) => {
      practice ??= bundle;
      return refusalOf(bundle, target);
    },
    // Clients refer to the practice, and some servers want a target to be there.
    { concurrency, signal, conflict: (_, other) => other === practice },
  );
  let done = -1; // The practice is no client.
  for await (const [bundle, refusal] of results) {
    done += 1;
    if (refusal === undefined) note(loaded, bundle);
    else {
      loaded.failed += 1;
      loaded.firstFailure ??= refusal;
    }
    progress.update({ done, resources: totalOf(loaded), failed: loaded.failed });
  }
  return loaded;
}

/** Addresses below the base that show something of a client. */
const lookAt = (client: string): readonly (readonly [address: string, what: string])[] => [
  [client, 'a client'],
  [`CarePlan?subject=${client}&_include=CarePlan:goal`, 'the care plans, with their goals'],
  [`Observation?subject=${client}&code=44261-6&_sort=date`, 'PHQ-9 scores as they went'],
];

/** What there is to see. */
function* closing({ counts, client }: Loaded, { to, baseUrl }: DemoCommandOptions): Generator<string> {
  const parts = [...counts].sort(([, a], [, b]) => b - a).map(([type, count]) => `${numberText(count)} ${type}`);
  if (parts.length > 0) yield parts.join(', ');
  if (!client) return;
  yield to ? 'Look at:' : 'Start the server with "throughline serve" and look at:';
  for (const [address, what] of lookAt(client)) yield `  ${to ?? baseUrl ?? DEFAULT_BASE}/${address}    ${what}`;
}

async function run(options: DemoCommandOptions, progress: Progress, interrupted: Interruption): Promise<number> {
  const target = patient(await targetOf(options), interrupted.signal, progress.say);
  try {
    const loaded = await loadPopulation(options, target, progress, interrupted.signal);
    const seconds = progress.end();
    progress.say(
      `${numberText(totalOf(loaded))} resources loaded into ${target.name} in ${durationText(seconds)}, seed ${options.seed}, until ${options.until}`,
    );
    if (loaded.firstFailure) progress.say(`${loaded.failed} transactions failed; the first: ${loaded.firstFailure}`);
    if (interrupted.signal.aborted) {
      progress.say('Stopped. The same command loads the rest; what is there is replaced, not duplicated.');
      return interrupted.exitCode;
    }
    for (const line of closing(loaded, options)) progress.say(line);
    return loaded.failed > 0 ? 1 : 0;
  } finally {
    await target.close();
  }
}

async function demo(options: DemoCommandOptions): Promise<void> {
  const progress = progressOf({ unit: 'clients', total: options.clients });
  const interrupted = interruption(() =>
    progress.say('Stopping after the transactions under way; Ctrl-C again ends at once.'),
  );
  try {
    process.exitCode = await run(options, progress, interrupted);
  } finally {
    interrupted.end();
  }
}

export function demoCommand(): Command {
  const command = new Command('demo')
    .description('load a synthetic care-coordination population')
    .addOption(databaseOption())
    .addOption(toOption())
    .addOption(new Option('--clients <number>', 'how many clients').default(100).argParser(wholeNumber(0, 1_000_000)))
    .addOption(new Option('--seed <number>', 'which people').default(1).argParser(wholeNumber(0, 0xffff_ffff)))
    .addOption(
      new Option('--until <date>', 'the day on which the story is told; appointments go on for two months after it')
        .default(new Date().toISOString().slice(0, 10), 'today')
        .argParser(calendarDate),
    )
    .addOption(concurrencyOption())
    .addHelpText('after', HELP)
    .action(demo);
  for (const option of writeOptions()) command.addOption(option);
  return command;
}
