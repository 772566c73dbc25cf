/** A client from FHIR to the model and back, in this process: what each record of /care and each row of a sync costs at least. */
import type { client as Client } from '../../../mappings/client.ts';
import { patients } from '../population.ts';
import { type Bench, below, type Report, type Row, type Scenario } from '../scenario.ts';
import { median } from '../statistics.ts';

const CLIENTS = 200;

const microseconds = (work: () => void, count: number): number => {
  const started = performance.now();
  work();
  return ((performance.now() - started) * 1000) / count;
};

export const mapping: Scenario = {
  name: 'mapping',
  title: 'Client <-> Patient',
  async run({ options }: Bench): Promise<Report> {
    const built = new URL('../../../dist/mappings/client.js', import.meta.url).href;
    const { client } = (await import(built)) as { readonly client: typeof Client };
    const resources = patients(options.quick ? 5 : CLIENTS).map((resource) => JSON.parse(JSON.stringify(resource)));
    const models = resources.map((resource) => client.decode(resource));
    const steps: readonly (readonly [name: string, step: () => void])[] = [
      ['decode', () => resources.forEach((resource) => void client.decode(resource))],
      ['encode', () => models.forEach((model) => void client.encode(model))],
      [
        'put into the resource it came from',
        () => resources.forEach((resource, at) => void client.put(resource, models[at] ?? {})),
      ],
    ];
    const rounds = options.quick ? 1 : options.rounds * 20;
    const seen = steps.map(([name, step]) => {
      // The first half warms up.
      const times = Array.from({ length: 2 * rounds }, () => microseconds(step, resources.length)).slice(rounds);
      return { name, us: median(times) };
    });
    const us = (name: string): number => seen.find((each) => each.name === name)?.us ?? Number.NaN;
    return {
      rows: seen.map(({ name, us }): Row => ({ name, figures: { us } })),
      targets: [below(50, 'decode and encode of a client in under 50 us', us('decode') + us('encode'))],
    };
  },
};
