/** A database for as long as a command needs it. */
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';

/** Runs `work` on the database at `url` and closes it, whatever happens. @throws Error with a sentence when it cannot be opened */
export async function withStore<T>(url: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ url });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
