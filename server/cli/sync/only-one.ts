/** One pull, push or watch of a binding at a time: two would make the same rows twice. */
import { randomUUID } from 'node:crypto';
import { claimLease, releaseLease } from '../../store/lease.ts';
import type { Store } from '../../store/store.ts';

/** Several times within the life of a lease. */
const EXTEND_MS = 4000;

/**
 * Runs `work` while this process alone syncs the binding; its signal ends when `signal` does, or when another process has taken over because this one
 * did not answer for long. @throws Error with a sentence when another process is at it
 */
export async function onlyOne<T>(
  store: Store,
  binding: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const [name, owner] = [`sync ${binding}`, randomUUID()];
  if (!(await claimLease(store, name, owner)))
    throw new Error(
      `Another process syncs ${binding}; wait until it is through, or 15 seconds if it was ended by force`,
    );
  const lost = new AbortController();
  const timer = setInterval(() => {
    claimLease(store, name, owner).then(
      (isOurs) => {
        if (!isOurs) lost.abort();
      },
      // The database is away: what is under way notices by itself.
      () => undefined,
    );
  }, EXTEND_MS);
  try {
    const result = await work(AbortSignal.any([signal, lost.signal]));
    if (lost.signal.aborted) throw new Error(`Another process has taken over the sync of ${binding}`);
    return result;
  } finally {
    clearInterval(timer);
    if (!lost.signal.aborted) await releaseLease(store, name, owner);
  }
}
