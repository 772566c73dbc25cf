import { strict as assert } from 'node:assert';
import { Random } from '../../../server/demo/random.ts';
import { answersFor, totalsOf, trajectories } from '../../../server/demo/trajectory.ts';
import { recognisable } from './recognisable.ts';

describe('a PHQ-9 trajectory', () => {
  for (const [trajectory] of trajectories)
    it(`${trajectory} is recognisable in its totals, at any length`, () => {
      for (let index = 0; index < 400; index++) {
        const count = 5 + (index % 5);
        const totals = totalsOf(trajectory, count, new Random(3, index, trajectory));
        assert.equal(totals.length, count);
        assert.ok(
          totals.every((total) => Number.isInteger(total) && total >= 0 && total <= 27),
          totals.join(' '),
        );
        assert.ok(recognisable[trajectory](totals), totals.join(' '));
      }
    });

  it('makes nine answers of 0 to 3 that add up to the total, for every total', () => {
    for (let total = 0; total <= 27; total++) {
      const answers = answersFor(total, new Random(1, total, 'answers'));
      assert.equal(answers.length, 9);
      assert.ok(answers.every((answer) => answer >= 0 && answer <= 3));
      assert.equal(
        answers.reduce((sum, answer) => sum + answer, 0),
        total,
      );
    }
  });
});
