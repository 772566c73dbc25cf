/** A server on a database with a demo population. */
import type { Database } from '../databases.ts';
import { populationRequests } from './population.ts';
import type { Bench } from './scenario.ts';
import { type Service, startService } from './service.ts';

export interface LoadedService extends Service {
  readonly database: Database;
  /** How long the load took. */
  readonly loadSeconds: number;
}

/** `first` of the values, then `size` at a time, so that few are in memory at once. */
function* slices<T>(values: Iterable<T>, first: number, size: number): Generator<readonly T[]> {
  let slice: T[] = [];
  let limit = first;
  for (const value of values) {
    slice.push(value);
    if (slice.length < limit) continue;
    yield slice;
    slice = [];
    limit = size;
  }
  if (slice.length > 0) yield slice;
}

/** Runs `use` with a server that has the demo population of so many clients, then stops it and drops its database. */
export async function withPopulation<T>(
  { databases, load }: Bench,
  clients: number,
  use: (service: LoadedService) => Promise<T>,
): Promise<T> {
  const database = await databases.create();
  try {
    const service = await startService(database.url);
    try {
      const started = performance.now();
      const { port } = service;
      // The practice, which all refer to, goes first.
      for (const requests of slices(populationRequests(clients), 1, 50))
        await load.run({ port, connections: 4, order: 'once', kinds: [{ name: 'population', requests }] });
      return await use({ ...service, database, loadSeconds: (performance.now() - started) / 1000 });
    } finally {
      await service.stop();
    }
  } finally {
    await database.drop();
  }
}
