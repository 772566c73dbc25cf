import { strict as assert } from 'node:assert';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { type InOrderOptions, inOrder } from '../../../server/cli/in-order.ts';

/** What is under way when, and the results in their order. */
async function run(delays: readonly number[], options: InOrderOptions<number>) {
  const running = new Set<number>();
  let most = 0;
  const together: [number, number][] = [];
  const results: number[] = [];
  const items = delays.keys();
  for await (const [item, result] of inOrder(
    items,
    async (index) => {
      for (const other of running) together.push([index, other]);
      running.add(index);
      most = Math.max(most, running.size);
      await wait(delays[index]);
      running.delete(index);
      return index * 2;
    },
    options,
  )) {
    assert.equal(result, item * 2);
    results.push(item);
  }
  return { most, together, results };
}

describe('Work in order', () => {
  it('gives the results in the order of the items, with no more under way than allowed', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(5), { maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        async (delays, concurrency) => {
          const { most, results } = await run(delays, { concurrency });
          assert.deepEqual(results, [...delays.keys()]);
          assert.ok(most <= concurrency, `${most} were under way`);
        },
      ),
      { numRuns: 30 },
    ));

  it('never has two items under way that conflict', async () => {
    const conflict = (one: number, other: number) => one % 3 === other % 3;
    const { together, most } = await run(
      Array.from({ length: 30 }, (_, index) => index % 4),
      { concurrency: 4, conflict },
    );
    assert.deepEqual(
      together.filter(([one, other]) => conflict(one, other)),
      [],
    );
    assert.ok(most > 1);
  });

  it('ends after what is under way when it is told to stop', async () => {
    const controller = new AbortController();
    const results: number[] = [];
    for await (const [item] of inOrder(Array.from({ length: 100 }).keys(), async () => wait(1), {
      concurrency: 2,
      signal: controller.signal,
    })) {
      results.push(item);
      if (item === 3) controller.abort();
    }
    assert.ok(results.length >= 4 && results.length < 20, `${results.length} results`);
    assert.deepEqual(results, [...results.keys()]);
  });

  it('gives a result while the next item is still awaited, and does not wait for it after a stop', async () => {
    const controller = new AbortController();
    async function* slowly(): AsyncGenerator<number> {
      yield 1;
      await new Promise(() => undefined);
    }
    for await (const [item] of inOrder(slowly(), async () => undefined, {
      concurrency: 2,
      signal: controller.signal,
    })) {
      assert.equal(item, 1);
      setTimeout(() => controller.abort(), 1);
    }
  });

  it('throws what the items throw, after the results before it', async () => {
    async function* failing(): AsyncGenerator<number> {
      yield 1;
      throw new Error('no more');
    }
    const results: number[] = [];
    await assert.rejects(async () => {
      for await (const [item] of inOrder(failing(), async () => undefined, { concurrency: 2 })) results.push(item);
    }, /no more/);
    assert.deepEqual(results, [1]);
  });

  it('throws what the work throws, after the results before it', async () => {
    const results: number[] = [];
    await assert.rejects(async () => {
      const work = async (item: number) => {
        if (item === 5) throw new Error('five');
      };
      for await (const [item] of inOrder([1, 2, 3, 4, 5, 6, 7], work, { concurrency: 3 })) results.push(item);
    }, /five/);
    assert.deepEqual(results, [1, 2, 3, 4]);
  });
});
