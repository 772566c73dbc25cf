/** Read by id against node:http and stock Express that send the same bytes from memory: the cost of being a FHIR server with a database. */
import { type Baseline, startBaseline } from '../baseline/baseline.ts';
import { withPopulation } from '../loaded-service.ts';
import { figuresOf, type Measured, measure } from '../named-requests.ts';
import { get, patients } from '../population.ts';
import { atLeast, type Bench, type Report, type Row, type Scenario } from '../scenario.ts';
import { median } from '../statistics.ts';

const CONNECTIONS = 32;

interface Contestant {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  readonly seen: Measured[];
}

const rates = ({ seen }: Contestant): number[] => seen.map(({ result }) => result.perSecond);

/** The median over the rounds of how many times the throughput of `other` this one has. */
const ratio = (one: Contestant, other: Contestant): number =>
  median(rates(one).map((rate, round) => rate / (rates(other)[round] ?? Number.NaN)));

function row(contestant: Contestant): Row {
  const sorted = contestant.seen.toSorted((a, b) => a.result.perSecond - b.result.perSecond);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (!middle) throw new Error('a contestant has a round');
  return { name: contestant.name, figures: { ...figuresOf(middle.result), 'server CPU us': middle.cpuUs } };
}

/** The bodies that the server sends, so that the baselines send the same. */
async function stored(port: number, paths: readonly string[]): Promise<readonly (readonly [string, string])[]> {
  return Promise.all(
    paths.map(async (path) => [path, await (await fetch(`http://127.0.0.1:${port}${path}`)).text()] as const),
  );
}

export const read: Scenario = {
  name: 'read',
  title: `Read by id, ${CONNECTIONS} connections`,
  run(bench: Bench): Promise<Report> {
    const clients = bench.options.quick ? 5 : 100;
    return withPopulation(bench, clients, async (service) => {
      const paths = patients(clients).map(({ id }) => `/fhir/Patient/${id}`);
      const content = await stored(service.port, paths);
      const baselines: Baseline[] = [];
      for (const name of ['bare-http', 'stock-express', 'bare-socket'] as const)
        baselines.push(await startBaseline(name, content));
      const [http, express, socket] = baselines as [Baseline, Baseline, Baseline];
      const contestant = (name: string, { port, pid }: { port: number; pid: number }): Contestant => ({
        name,
        port,
        pid,
        seen: [],
      });
      const ours = contestant('Throughline', service);
      const bareHttp = contestant('bare node:http, from memory', http);
      const stockExpress = contestant('stock Express, from memory', express);
      const ceiling = contestant('bare socket (ceiling of the load generator)', socket);
      const order = [ours, bareHttp, stockExpress, ceiling];
      for (let round = 0; round < bench.options.rounds; round++) {
        for (const each of order)
          each.seen.push(await measure(bench, each, { name: each.name, requests: paths.map(get) }, CONNECTIONS));
        order.reverse();
      }
      for (const baseline of baselines) baseline.stop();
      const bytes = Math.round(content.reduce((sum, [, body]) => sum + Buffer.byteLength(body), 0) / content.length);
      return {
        rows: [ours, bareHttp, stockExpress, ceiling].map(row),
        targets: [
          atLeast(1 / 3, 'at least 1/3 of bare node:http', ratio(ours, bareHttp)),
          atLeast(2, 'at least twice stock Express', ratio(ours, stockExpress)),
        ],
        notes: [`Bodies of ${bytes} bytes on average; ratios are medians over ${bench.options.rounds} rounds.`],
      };
    });
  },
};
