/**
 * A connection apart from the pool, for what a process does beside its transactions: taking tx numbers, asking for the horizon,
 * interning URIs. Its statements run in the order in which they are called. It is made again after it was lost.
 */
import pg from 'pg';
import { unavailable } from '../../../resources/outcome.ts';
import { clientConfig, type PostgresAddress, rowsOf } from './connection.ts';

export interface Control {
  all<Row>(text: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Counts the connections made; locks that an earlier one held are gone. */
  generation(): number;
  close(): Promise<void>;
}

export function controlOf(address: PostgresAddress): Control {
  let client: pg.Client | undefined;
  let generation = 0;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  async function connect(): Promise<pg.Client> {
    const made = new pg.Client(clientConfig(address));
    const lost = () => {
      if (client !== made) return;
      client = undefined;
      generation += 1;
    };
    made.on('error', lost);
    made.on('end', lost);
    await made.connect();
    // What is written here is either no loss after a crash or flushed by a later commit that refers to it.
    await made.query('SET synchronous_commit = off');
    return made;
  }

  return {
    all<Row>(text: string, values: readonly unknown[]) {
      const result = last.then(async () => {
        if (closed) throw unavailable('The store is closed');
        client ??= await connect();
        return rowsOf<Row>(client, text, values);
      });
      last = result.catch(() => undefined);
      return result;
    },
    generation: () => generation,
    async close() {
      await last;
      closed = true;
      await client?.end();
    },
  };
}
