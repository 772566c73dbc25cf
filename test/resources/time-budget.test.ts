/** Work that is ended when it takes too long. */
import { strict as assert } from 'node:assert';
import { TimeBudget } from '../../resources/time-budget.ts';

const forever = (): never => {
  for (;;);
};

describe('a TimeBudget', () => {
  it('gives what the work gives, and throws what it throws', () => {
    const budget = new TimeBudget(1_000, 1_000);
    assert.equal(
      budget.run(() => 7),
      7,
    );
    const own = new Error('of the work');
    assert.throws(
      () =>
        budget.run(() => {
          throw own;
        }),
      own,
    );
  });

  it('ends work that does not end by itself, a regular expression among it', () => {
    assert.throws(() => new TimeBudget(20, 1_000).run(forever), /it takes more than 20 ms/);
    assert.throws(() => new TimeBudget(20, 1_000).run(() => /^(a+)+$/.test(`${'a'.repeat(40)}!`)), /more than 20 ms/);
  });

  it('is spent by pieces of work together', () => {
    const budget = new TimeBudget(30, 50);
    assert.throws(() => budget.run(forever), /30 ms/);
    assert.throws(() => budget.run(forever), /it takes more than \d+ ms/);
    assert.ok(budget.isSpent);
    assert.throws(() => budget.run(() => 7), /all expressions together take more than 0\.05 s/);
  });

  it('lets work run other work', () => {
    const budget = new TimeBudget(1_000, 1_000);
    assert.equal(
      budget.run(() => budget.run(() => 3) + 4),
      7,
    );
  });
});
