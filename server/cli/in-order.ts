/** Work on several items at once whose results come in the order of the items. */

export interface InOrderOptions<T> {
  /** So many at once. */
  readonly concurrency: number;
  /** Items that must not be under way together: the later one waits. */
  readonly conflict?: (one: T, other: T) => boolean;
  /** Aborted: no further item is begun; those under way end and are given. */
  readonly signal?: AbortSignal;
}

/** Finished results that wait for an earlier one, for each item under way: a slow item does not stop the others at once. */
const AHEAD = 4;

/** @throws what `work` throws first, after everything that is under way has ended */
export async function* inOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  work: (item: T) => Promise<R>,
  { concurrency, conflict = () => false, signal }: InOrderOptions<T>,
): AsyncGenerator<readonly [T, R]> {
  const running = new Map<T, Promise<R>>();
  const waiting: (readonly [T, Promise<R>])[] = [];

  async function begin(item: T): Promise<void> {
    for (;;) {
      const others = [...running].filter(([other]) => conflict(item, other)).map(([, promise]) => promise);
      const blocking = others.length > 0 ? others : running.size >= concurrency ? [Promise.race(running.values())] : [];
      if (blocking.length === 0) break;
      await Promise.allSettled(blocking);
    }
    const promise = work(item).finally(() => running.delete(item));
    // A rejection is met where the result is awaited.
    promise.catch(() => undefined);
    running.set(item, promise);
    waiting.push([item, promise]);
  }

  async function* settled(downTo: number): AsyncGenerator<readonly [T, R]> {
    for (let [first] = waiting; first; [first] = waiting) {
      const [item, promise] = first;
      if (waiting.length <= downTo && running.has(item)) return;
      const result = await promise;
      waiting.shift();
      yield [item, result];
    }
  }

  try {
    for await (const item of items) {
      if (signal?.aborted) break;
      await begin(item);
      yield* settled(concurrency * AHEAD);
    }
    yield* settled(0);
  } finally {
    await Promise.allSettled(running.values());
  }
}
