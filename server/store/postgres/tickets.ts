/**
 * Numbers of transactions on PostgreSQL. A tx is taken before the work that uses it, and transactions end in any order; so each takes
 * a lock that says that it is under way, and readers of history stop below the lowest tx that is locked. Nobody sees 8 before 7.
 *
 * Transactions that begin at the same time share one statement and one lock, released when the last of them has ended.
 */
import type { Control } from './control.ts';

export interface Ticket {
  readonly tx: number;
  /** Of the search parameters, when the ticket was taken. */
  readonly revision: number;
  /** Whether the lock went with a lost connection: nothing may be written with this tx any more. */
  isLost(): boolean;
  leave(): void;
}

export interface Tickets {
  enter(): Promise<Ticket>;
  /** Below this tx nothing can appear any more. Transactions of this process that have left do not hold it back. */
  horizon(): Promise<number>;
}

const TAKE = 'SELECT first, revision FROM take_tx($1, $2)';
const RELEASE = "SELECT pg_advisory_unlock('transaction_log'::regclass::oid::integer, tx_key($1))";
const HORIZON = 'SELECT history_horizon() AS below';

/** At most so many transactions share a lock, so that a slow one holds back few. */
const MAXIMUM_SHARED = 100;

interface Waiting {
  resolve(ticket: Ticket): void;
  reject(error: unknown): void;
}

export function ticketsOf(control: Control, clock: () => number): Tickets {
  const waiting: Waiting[] = [];
  let taking = false;

  async function take(): Promise<void> {
    const batch = waiting.splice(0, MAXIMUM_SHARED);
    try {
      const [row] = await control.all<{ first: number; revision: number }>(TAKE, [batch.length, clock() * 1000]);
      if (!row) throw new Error('take_tx gave no number');
      const generation = control.generation();
      const isLost = () => control.generation() !== generation;
      let under = batch.length;
      const leave = () => {
        under -= 1;
        if (under > 0 || isLost()) return;
        // When this fails the connection is gone, and the lock with it.
        control.all(RELEASE, [row.first]).catch(() => undefined);
      };
      for (const [place, { resolve }] of batch.entries())
        resolve({ tx: row.first + place, revision: row.revision, isLost, leave });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  async function takeAll(): Promise<void> {
    taking = true;
    while (waiting.length > 0) await take();
    taking = false;
  }

  return {
    enter: () =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        if (!taking) void takeAll();
      }),
    async horizon() {
      const [row] = await control.all<{ below: number }>(HORIZON, []);
      return row?.below ?? 0;
    },
  };
}
