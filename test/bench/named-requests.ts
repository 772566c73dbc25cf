/** A list of named requests, each measured alone: throughput and percentiles. */

import type { RequestText } from '../raw-http.ts';
import type { KindResult } from './load/plan.ts';
import { processorUs } from './process-figures.ts';
import type { Bench, Row } from './scenario.ts';

export interface NamedRequests {
  readonly name: string;
  /** Drawn at random, so that no cache of one value is measured. */
  readonly requests: readonly RequestText[];
}

/** A server under load. */
export interface Subject {
  readonly port: number;
  readonly pid: number;
}

export const figuresOf = ({ perSecond, p50Ms, p95Ms, p99Ms }: KindResult): Row['figures'] => ({
  'requests/s': perSecond,
  'p50 ms': p50Ms,
  'p95 ms': p95Ms,
  'p99 ms': p99Ms,
});

export interface Measured {
  readonly result: KindResult;
  /** Processor time of the server for a request, in microseconds. */
  readonly cpuUs: number | undefined;
}

/** Warms up for a fifth of the time, then measures. */
export async function measure(
  { load, options }: Bench,
  { port, pid }: Subject,
  { name, requests }: NamedRequests,
  connections: number,
): Promise<Measured> {
  const plan = { port, connections, order: 'random', kinds: [{ name, requests }] } as const;
  await load.run({ ...plan, seconds: options.seconds / 5 });
  const before = processorUs(pid);
  const result = await load.runKind({ ...plan, seconds: options.seconds });
  const after = processorUs(pid);
  const cpuUs = before === undefined || after === undefined ? undefined : (after - before) / result.requests;
  return { result, cpuUs };
}

/** One row for each of `list`, in its order. */
export async function measureAll(
  bench: Bench,
  subject: Subject,
  list: readonly NamedRequests[],
  connections: number,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const named of list) {
    const { result, cpuUs } = await measure(bench, subject, named, connections);
    rows.push({ name: named.name, figures: { ...figuresOf(result), 'server CPU us': cpuUs } });
  }
  return rows;
}
