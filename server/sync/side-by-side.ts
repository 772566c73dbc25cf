/** Work on the items of a series, several at a time, with a word on how far it is without gaps. */

/** What a piece of work may ask: the last item before which all are done. */
export type DoneSoFar<T> = () => T | undefined;

/**
 * Runs `work` on each item, `most` at once, and reads the next item meanwhile. When one fails no other is begun, those under way are waited for, and
 * the first failure is thrown. `work` resolves to false when no other is to be begun. Gives the last item before which all are done.
 */
export async function sideBySide<T>(
  items: AsyncIterable<T>,
  most: number,
  work: (item: T, doneSoFar: DoneSoFar<T>) => Promise<boolean>,
): Promise<T | undefined> {
  /** Items in their order, those at the front that are done taken away. */
  const open: { readonly item: T; isDone: boolean }[] = [];
  let done: T | undefined;
  let goesOn = true;
  const failures: unknown[] = [];
  const underWay = new Set<Promise<void>>();
  const begin = async (item: T): Promise<void> => {
    const own = { item, isDone: false };
    open.push(own);
    try {
      goesOn = (await work(item, () => done)) && goesOn;
      own.isDone = true;
      for (let first = open[0]; first?.isDone; first = open[0]) {
        done = first.item;
        open.shift();
      }
    } catch (error) {
      failures.push(error);
      goesOn = false;
    }
  };
  for await (const item of items) {
    while (underWay.size >= most) await Promise.race(underWay);
    if (!goesOn) break;
    const running: Promise<void> = begin(item).finally(() => underWay.delete(running));
    underWay.add(running);
  }
  await Promise.all(underWay);
  if (failures.length > 0) throw failures[0];
  return done;
}
