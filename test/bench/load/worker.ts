/** The load generator's process: gets a Plan by message, carries it out, answers with a LoadResult. */
import { Random } from '../../../server/demo/random.ts';
import { type RawConnection, rawConnection, requestBytes } from '../../raw-http.ts';
import { ascending, percentile } from '../statistics.ts';
import type { Kind, KindResult, LoadResult, Plan } from './plan.ts';

interface Prepared {
  readonly name: string;
  readonly weight: number;
  readonly requests: readonly Buffer[];
  readonly isHead: boolean;
  readonly latencies: number[];
  readonly failures: Record<string, number>;
}

const prepare = ({ name, weight = 1, requests }: Kind): Prepared => ({
  name,
  weight,
  requests: requests.map(requestBytes),
  isHead: requests[0]?.method === 'HEAD',
  latencies: [],
  failures: {},
});

function resultOf({ name, latencies, failures }: Prepared, seconds: number): KindResult {
  const sorted = ascending(latencies);
  return {
    name,
    requests: sorted.length,
    perSecond: sorted.length / seconds,
    p50Ms: percentile(sorted, 0.5),
    p95Ms: percentile(sorted, 0.95),
    p99Ms: percentile(sorted, 0.99),
    maximumMs: sorted.at(-1) ?? Number.NaN,
    failures,
  };
}

type Next = () => { readonly kind: Prepared; readonly request: Buffer } | undefined;

function drawn(kinds: readonly Prepared[], until: number, connection: number): Next {
  const random = new Random(1, connection, 'load');
  const choices = kinds.map((kind) => [kind, kind.weight] as const);
  return () => {
    if (performance.now() >= until) return undefined;
    const kind = random.weighted(choices);
    return { kind, request: random.pick(kind.requests) };
  };
}

function inOrder(kinds: readonly Prepared[]): Next {
  const steps = kinds.flatMap((kind) => kind.requests.map((request) => ({ kind, request })));
  let place = 0;
  return () => steps[place++];
}

async function work(connection: RawConnection, next: Next): Promise<void> {
  for (let step = next(); step; step = next()) {
    const { kind, request } = step;
    const started = performance.now();
    const { status } = await connection.send(request, { isHead: kind.isHead });
    kind.latencies.push(performance.now() - started);
    if (status >= 400) kind.failures[status] = (kind.failures[status] ?? 0) + 1;
  }
}

async function run(plan: Plan): Promise<LoadResult> {
  const kinds = plan.kinds.map(prepare);
  const connections = await Promise.all(Array.from({ length: plan.connections }, () => rawConnection(plan.port)));
  const cpu = process.cpuUsage();
  const started = performance.now();
  const until = started + (plan.seconds ?? 0) * 1000;
  const shared = inOrder(kinds);
  await Promise.all(
    connections.map((connection, index) =>
      work(connection, plan.order === 'once' ? shared : drawn(kinds, until, index + 1)),
    ),
  );
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  for (const connection of connections) connection.close();
  return {
    seconds,
    kinds: kinds.map((kind) => resultOf(kind, seconds)),
    generatorLoad: (user + system) / 1e6 / seconds,
  };
}

process.on('message', (plan: Plan) => {
  run(plan).then(
    (result) => process.send?.({ result }),
    (error: Error) => process.send?.({ error: error.message }),
  );
});
