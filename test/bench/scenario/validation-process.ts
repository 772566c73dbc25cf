/**
 * Measures the validator in a process that does nothing else, and prints the report as JSON. Arguments: rounds, and `quick` for few examples.
 * US_CORE names a package file of US Core for the profile's figures.
 */
import { layered, packagedDefinitions } from '../../../profiles/source.ts';
import { createValidator } from '../../../profiles/validate.ts';
import type { AnyResource, Patient, StructureDefinition, ValueSet } from '../../../resources/types.ts';
import { readPackage } from '../../../server/definition/package-file.ts';
import { atLeast, type Report, type Row } from '../scenario.ts';
import { ascending, median } from '../statistics.ts';
import { ajvChecks, example, instanceExamples } from './validation-examples.ts';

const rounds = Number(process.argv[2] ?? 5);
const isQuick = process.argv[3] === 'quick';
const examples = instanceExamples().slice(0, isQuick ? 40 : undefined);
const validator = createValidator(packagedDefinitions());

const elapsed = (work: () => void): number => {
  const begun = performance.now();
  work();
  return performance.now() - begun;
};

type Check = (resource: AnyResource) => unknown;

/** Rounds in turns, one after another, so that a busy machine is busy for all. A round that warms up comes before. */
function inTurns(checks: Readonly<Record<string, Check>>): ReadonlyMap<string, readonly number[]> {
  const times = new Map(Object.keys(checks).map((name) => [name, [] as number[]]));
  for (let round = -2; round < rounds; round++) {
    const names = Object.keys(checks);
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const ms = elapsed(() => {
        for (const resource of examples) checks[name]?.(resource);
      });
      if (round >= 0) times.get(name)?.push(ms);
    }
  }
  return times;
}

const ratios = (one: readonly number[] = [], other: readonly number[] = []): readonly number[] =>
  one.map((ms, round) => (other[round] ?? Number.NaN) / ms);

function throughput(): Report {
  const ours: Check = (resource) => validator.validate(resource);
  let ajv: ReturnType<typeof ajvChecks> | undefined;
  const notes: string[] = [];
  try {
    ajv = ajvChecks();
  } catch (cause) {
    notes.push(`ajv is not measured: the schema is not here (${(cause as Error).message.split('\n')[0]})`);
  }
  const times = inTurns({ ours, ...(ajv ? { 'ajv, first error': ajv.first, 'ajv, all errors': ajv.all } : {}) });
  const rows = [...times].map(([name, ms]) => ({
    name: `${examples.length} examples: ${name}`,
    figures: {
      'median ms': median(ms),
      'us each': (median(ms) * 1000) / examples.length,
      'resources/s': (examples.length * 1000) / median(ms),
    },
  }));
  if (!ajv) return { rows, notes };
  const byRound = ratios(times.get('ours'), times.get('ajv, first error'));
  const byAll = ratios(times.get('ours'), times.get('ajv, all errors'));
  notes.push(
    `of ajv's throughput, by round: ${ascending(byRound)
      .map((ratio) => ratio.toFixed(2))
      .join(', ')}`,
  );
  notes.push(`of that of ajv with allErrors: ${median(byAll).toFixed(1)} times; ajv finds structure only`);
  const target = atLeast(1.3, 'at least 1.3 times the throughput of ajv with the official schema', median(byRound));
  return { rows, targets: [target], notes };
}

/** Microseconds of one validation: the median of batches. */
function microseconds(check: () => void): number {
  const once = elapsed(check);
  const batch = Math.max(1, Math.min(500, Math.ceil(20 / Math.max(once, 0.01))));
  const samples = Array.from({ length: isQuick ? 3 : 25 }, () => {
    const ms = elapsed(() => {
      for (let time = 0; time < batch; time++) check();
    });
    return (ms * 1000) / batch;
  });
  return median(samples.slice(2));
}

const hundredEntries = (): AnyResource => {
  const observation = example('Observation-example.json');
  const entry = Array.from({ length: 100 }, (_, at) => ({
    fullUrl: `http://care.example/fhir/Observation/o${at}`,
    resource: { ...observation, id: `o${at}` },
  }));
  return { resourceType: 'Bundle', type: 'collection', entry } as unknown as AnyResource;
};

function byType(): readonly Row[] {
  const kinds: readonly (readonly [string, AnyResource])[] = [
    ['Patient', example('Patient-example.json')],
    ['Observation', example('Observation-example.json')],
    ['CarePlan', example('CarePlan-example.json')],
    ['QuestionnaireResponse', example('QuestionnaireResponse-3141.json')],
    ['Bundle of 100 Observations', hundredEntries()],
  ];
  return kinds.map(([name, resource]) => ({
    name,
    figures: { 'us each': microseconds(() => validator.validate(resource)) },
  }));
}

const US_CORE_PATIENT = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient';

const maria = {
  resourceType: 'Patient',
  id: 'maria',
  extension: [
    {
      url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race',
      extension: [
        {
          url: 'ombCategory',
          valueCoding: { system: 'urn:oid:2.16.840.1.113883.6.238', code: '2106-3', display: 'White' },
        },
        { url: 'text', valueString: 'White' },
      ],
    },
  ],
  identifier: [{ system: 'http://care.example/mrn', value: '1032702' }],
  active: true,
  name: [{ use: 'official', family: 'Keller', given: ['Maria', 'Elena'] }],
  telecom: [{ system: 'phone', value: '555-555-5555', use: 'home' }],
  gender: 'female',
  birthDate: '1980-02-17',
  address: [{ line: ['49 Meadow Street'], city: 'Mounds', state: 'OK', postalCode: '74047', country: 'US' }],
} as unknown as AnyResource;

/** Against a profile of the package at `path`. */
async function usCore(path: string): Promise<readonly Row[]> {
  const { manifest, resources } = await readPackage(path);
  const definitions = new Map(
    resources.map(({ type, url, content }) => [`${type} ${url}`, JSON.parse(content) as object]),
  );
  const find = <T>(type: string, canonical: string) =>
    definitions.get(`${type} ${canonical.split('|')[0]}`) as T | undefined;
  const source = layered(
    {
      structureDefinition: (canonical) => find<StructureDefinition>('StructureDefinition', canonical),
      valueSet: (canonical) => find<ValueSet>('ValueSet', canonical),
      codeSystem: (canonical) => find('CodeSystem', canonical),
    },
    packagedDefinitions(),
  );
  const withProfiles = createValidator(source);
  const options = { profiles: [US_CORE_PATIENT] };
  const first = elapsed(() => withProfiles.validate(maria, options));
  const errorsOf = (resource: AnyResource) =>
    withProfiles.validate(resource, options).filter(({ severity }) => severity === 'error');
  const { name: _name, ...nameless } = maria as Patient;
  if (errorsOf(maria).length > 0 || errorsOf(nameless as AnyResource).length === 0)
    throw new Error(`The package does not tell a Patient of US Core: ${JSON.stringify(errorsOf(maria))}`);
  // In turns, so that neither has the warmer code.
  const plain: number[] = [];
  const held: number[] = [];
  for (let round = 0; round < 5; round++) {
    plain.push(microseconds(() => withProfiles.validate(maria)));
    held.push(microseconds(() => withProfiles.validate(maria, options)));
  }
  const name = `${manifest.name} ${manifest.version}`;
  return [
    {
      name: `Patient without a profile (${name})`,
      figures: { 'us each': median(plain) },
    },
    {
      name: `Patient and its profile in ${name}`,
      figures: { 'us each': median(held), 'first of all ms': first },
    },
  ];
}

const { rows, targets, notes } = throughput();
const kinds = byType();
const profile = process.env.US_CORE ? await usCore(process.env.US_CORE) : [];
const report: Report = { rows: [...rows, ...kinds, ...profile], targets, notes };
process.stdout.write(JSON.stringify(report));
