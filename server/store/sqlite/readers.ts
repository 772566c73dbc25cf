/** A fixed set of connections for reading: a statement takes the first that is free and waits while there is none. */
import type { Connection } from './connection.ts';

export interface Readers {
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** Waits for the statements under way. */
  close(): Promise<void>;
}

export function readersOf(connections: readonly Connection[]): Readers {
  const idle = [...connections];
  const waiting: ((connection: Connection) => void)[] = [];

  const take = (): Connection | Promise<Connection> => idle.pop() ?? new Promise((resolve) => waiting.push(resolve));

  function give(connection: Connection): void {
    const next = waiting.shift();
    if (next) next(connection);
    else idle.push(connection);
  }

  return {
    async use(work) {
      const connection = await take();
      try {
        return await work(connection);
      } finally {
        give(connection);
      }
    },
    async close() {
      for (const _ of connections) await (await take()).close();
    },
  };
}
