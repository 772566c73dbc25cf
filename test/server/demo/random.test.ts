import { strict as assert } from 'node:assert';
import { Random, uuid } from '../../../server/demo/random.ts';

const draws = (random: Random, count = 1000): number[] => Array.from({ length: count }, () => random.fraction());

describe('Random', () => {
  it('gives the same numbers for the same seed, index and subject', () => {
    assert.deepEqual(draws(new Random(7, 12, 'visits')), draws(new Random(7, 12, 'visits')));
  });

  for (const [what, other] of [
    ['seed', new Random(8, 12, 'visits')],
    ['index', new Random(7, 13, 'visits')],
    ['subject', new Random(7, 12, 'person')],
  ] as const)
    it(`gives other numbers for another ${what}`, () => {
      const shared = new Set(draws(new Random(7, 12, 'visits')));
      assert.ok(draws(other).filter((draw) => shared.has(draw)).length < 5);
    });

  it('draws evenly', () => {
    const tenths = new Array<number>(10).fill(0);
    for (const draw of draws(new Random(1, 1, 'even'), 100_000)) {
      const tenth = Math.floor(draw * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) assert.ok(count > 9_500 && count < 10_500, `${count} of 100000 in a tenth`);
  });

  it('keeps to the ends of a range', () => {
    const random = new Random(1, 1, 'range');
    const seen = new Set(Array.from({ length: 500 }, () => random.integer(3, 6)));
    assert.deepEqual([...seen].sort(), [3, 4, 5, 6]);
  });

  it('chooses by weight, and never what weighs nothing', () => {
    const random = new Random(1, 1, 'weight');
    const chosen = Array.from({ length: 4000 }, () =>
      random.weighted([
        ['never', 0],
        ['often', 3],
        ['seldom', 1],
      ]),
    );
    const often = chosen.filter((one) => one === 'often').length;
    assert.ok(!chosen.includes('never'));
    assert.ok(often > 2800 && often < 3200, `${often} of 4000`);
  });

  it('samples without repeating, and all when asked for more', () => {
    const random = new Random(1, 1, 'sample');
    assert.equal(new Set(random.sample(['a', 'b', 'c', 'd'], 3)).size, 3);
    assert.deepEqual(random.sample(['a', 'b'], 5).sort(), ['a', 'b']);
  });

  it('makes version 4 UUIDs', () => {
    const random = new Random(1, 1, 'uuid');
    for (let count = 0; count < 100; count++)
      assert.match(uuid(random), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
