/**
 * A connection apart from the pool, for what a process does beside its transactions: taking tx numbers, asking for the horizon,
 * interning URIs. Its statements run in the order in which they are called. It is made again after it was lost.
 */
import pg from 'pg';
import { clientConfig, type PostgresAddress, rowsOf } from './connection.ts';

export interface Control {
  all<Row>(text: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Counts the connections made; locks that an earlier one held are gone. */
  generation(): number;
  close(): Promise<void>;
}

export function controlOf(address: PostgresAddress): Control {
  let current: Promise<pg.Client> | undefined;
  let generation = 0;

  async function connected(): Promise<pg.Client> {
    const client = new pg.Client(clientConfig(address));
    const lost = () => {
      if (current !== connecting) return;
      current = undefined;
      generation += 1;
    };
    const connecting = current;
    client.on('error', lost);
    client.on('end', lost);
    await client.connect();
    // What is written here is either no loss after a crash or flushed by a later commit that refers to it.
    await client.query('SET synchronous_commit = off');
    return client;
  }

  return {
    async all<Row>(text: string, values: readonly unknown[]) {
      current ??= connected();
      const mine = current;
      let client: pg.Client;
      try {
        client = await mine;
      } catch (error) {
        if (current === mine) current = undefined;
        throw error;
      }
      return rowsOf<Row>(client, text, values);
    },
    generation: () => generation,
    async close() {
      const client = await current?.catch(() => undefined);
      await client?.end();
    },
  };
}
