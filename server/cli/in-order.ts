/** Work on several items at once whose results come in the order of the items. */

export interface InOrderOptions<T> {
  /** So many at once. */
  readonly concurrency: number;
  /** Items that must not be under way together: the later one waits. */
  readonly conflict?: (one: T, other: T) => boolean;
  /** Aborted: no further item is begun; those under way end and are given. */
  readonly signal?: AbortSignal;
}

/** Items begun whose results are not given yet, for each that may be under way: a slow item does not stop the others at once. */
const AHEAD = 4;

const quiet = (promise: Promise<unknown>): Promise<unknown> => promise.catch(() => undefined);

const aborted = (signal: AbortSignal | undefined): Promise<unknown> =>
  new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }));

/** Results are given as soon as they are there, also while the next item is waited for. @throws what `items` or `work` throw */
export async function* inOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  work: (item: T) => Promise<R>,
  { concurrency, conflict = () => false, signal }: InOrderOptions<T>,
): AsyncGenerator<readonly [T, R]> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const stop = aborted(signal);
  const running = new Map<T, Promise<unknown>>();
  const begun: { readonly item: T; readonly result: Promise<R> }[] = [];
  let arriving: Promise<void> | undefined;
  let arrived: { readonly item: T } | undefined;
  let failure: { readonly error: unknown } | undefined;
  let ended = false;

  async function arrive(): Promise<void> {
    try {
      const next = await iterator.next();
      if (next.done) ended = true;
      else arrived = { item: next.value };
    } catch (error) {
      failure = { error };
      ended = true;
    }
  }

  function canBegin(item: T): boolean {
    const hasRoom = running.size < concurrency && begun.length < concurrency * AHEAD;
    return hasRoom && ![...running.keys()].some((other) => conflict(item, other));
  }

  function begin(item: T): void {
    const result = work(item);
    running.set(
      item,
      quiet(result).then(() => running.delete(item)),
    );
    begun.push({ item, result });
  }

  try {
    for (;;) {
      for (let [first] = begun; first && !running.has(first.item); [first] = begun) {
        const result = await first.result;
        begun.shift();
        yield [first.item, result];
      }
      if (signal?.aborted) ended = true;
      if (arrived && !ended && canBegin(arrived.item)) {
        begin(arrived.item);
        arrived = undefined;
        arriving = undefined;
      }
      if (!ended && !arrived) arriving ??= arrive();
      const events = [...running.values(), ...(ended || arrived || !arriving ? [] : [arriving, stop])];
      if (events.length > 0) await Promise.race(events);
      else if (begun.length === 0 && (ended || !arrived)) break;
    }
    if (failure) throw failure.error;
  } finally {
    await Promise.all(running.values());
    // An iterator that is waiting for its source would answer only after it.
    if (!arriving || arrived) await iterator.return?.();
  }
}
