import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { dateTest, numberTest, type Prefix, prefixes, testRange } from '../../../../server/search/type/range.ts';

const NOW = Date.parse('2026-01-01');
const interval = fc
  .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 40 }))
  .map(([low, width]) => ({ low, high: low + width }));
const number = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 5 })).map(([value, half]) => ({
  value,
  low: value - half,
  high: value + half,
}));

type Holds = (prefix: Prefix) => boolean;

/** What holds between prefixes whatever they compare. */
function laws(holds: Holds): void {
  assert.equal(holds('ne'), !holds('eq'));
  for (const [narrow, wide] of [
    ['eq', 'ap'],
    ['gt', 'ge'],
    ['lt', 'le'],
    ['sa', 'gt'],
    ['eb', 'lt'],
  ] as const)
    assert.ok(!holds(narrow) || holds(wide), `${narrow} implies ${wide}`);
  assert.ok(!(holds('sa') && holds('eb')));
  assert.ok(!(holds('sa') && holds('le')) && !(holds('eb') && holds('ge')));
}

describe('prefixes', () => {
  it('hold together on dates', () => {
    fc.assert(
      fc.property(interval, interval, (search, stored) => {
        const holds: Holds = (prefix) => testRange(dateTest(prefix, search, NOW), stored.low, stored.high);
        laws(holds);
        assert.ok(!holds('eq') || (holds('ge') && holds('le')));
        assert.ok(holds('sa') || holds('eb') || (holds('ge') && holds('le')));
      }),
    );
  });

  it('hold together on numbers', () => {
    fc.assert(
      fc.property(number, fc.integer({ min: -60, max: 60 }), (search, stored) => {
        const holds: Holds = (prefix) => testRange(numberTest(prefix, search), stored, stored);
        laws(holds);
        assert.equal(holds('gt'), stored > search.value);
        assert.equal(holds('le'), stored <= search.value);
      }),
    );
  });

  it('are nine, each with a meaning for both', () => {
    assert.equal(prefixes.length, 9);
    for (const prefix of prefixes) {
      assert.ok(dateTest(prefix, { low: 0, high: 1 }, NOW).comparisons.length > 0);
      assert.ok(numberTest(prefix, { value: 0, low: -1, high: 1 }).comparisons.length > 0);
    }
  });
});
