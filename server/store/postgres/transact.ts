/** Runs a transaction on PostgreSQL, again when another writer came in between. */
import { setTimeout as sleep } from 'node:timers/promises';
import { conflict, unavailable } from '../../../resources/outcome.ts';
import type { Session } from '../store.ts';
import {
  type Held,
  lockAhead,
  type OpenSession,
  openSession,
  type SessionOptions,
  StaleTransaction,
} from './session.ts';

/** After so many attempts the conflict is the client's. */
const MAXIMUM_ATTEMPTS = 6;

const UNIQUE_VIOLATION = '23505';
/** serialization_failure, deadlock_detected and unique_violation: another transaction was faster. */
const repeatable = new Set(['40001', '40P01', UNIQUE_VIOLATION]);
/** Connection failures of the operating system, and the classes 08 (connection), 53 (resources) and 57P (shutdown) of PostgreSQL. */
const unreachable = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|08|53|57P)/;
/** The driver's words for a statement on a connection that broke, which have no code. */
const brokenConnection = /^(Connection terminated|Client has encountered a connection error|Client was closed)/;

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

/** The failure of a statement in the words of the client. */
export function failure(error: unknown): unknown {
  const code = codeOf(error);
  if (code === UNIQUE_VIOLATION) return conflict('A resource with this id was created before', { cause: error });
  if (isRepeatable(error)) return conflict('Other transactions change the same resources; try again', { cause: error });
  if (unreachable.test(code) || (error instanceof Error && brokenConnection.test(error.message)))
    return unavailable('The database does not answer; try again', { cause: error });
  return error;
}

export async function transact<T>(options: SessionOptions, work: (session: Session) => Promise<T>): Promise<T> {
  let held: Held = { identities: [], hashes: [] };
  for (let attempt = 1; ; attempt += 1) {
    const open = await openedWith(options, held).catch((error: unknown) => {
      throw failure(error);
    });
    try {
      const result = await work(open.session);
      await open.commit();
      return result;
    } catch (error) {
      await open.rollback();
      if (!isRepeatable(error) || attempt >= MAXIMUM_ATTEMPTS) throw failure(error);
      held = open.held();
    } finally {
      open.leave();
    }
    await sleep(Math.random() * 2 ** attempt);
  }
}

const isRepeatable = (error: unknown): boolean => error instanceof StaleTransaction || repeatable.has(codeOf(error));

/** A session that holds `held`, and whose tx is above those of its versions. */
async function openedWith(options: SessionOptions, held: Held): Promise<OpenSession & { leave(): void }> {
  const isAny = held.identities.length + held.hashes.length > 0;
  const client = isAny ? await lockAhead(options.pool, held) : undefined;
  try {
    const ticket = await options.tickets.enter();
    return { ...openSession(options, ticket, client), leave: ticket.leave };
  } catch (error) {
    client?.release(true);
    throw error;
  }
}
