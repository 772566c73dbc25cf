import { strict as assert } from 'node:assert';
import { canonicalAmount, canonicalUnit } from '../../../../server/search/type/ucum.ts';

const canonical = (amount: number, code: string): string => {
  const unit = canonicalUnit(code);
  return unit ? `${canonicalAmount(amount, unit)} ${unit.unit}` : 'none';
};

describe('canonicalUnit', () => {
  for (const [amount, code, found] of [
    [5.4, 'mg', '0.0054 g'],
    [0.0054, 'g', '0.0054 g'],
    [37, 'Cel', '310.15 K'],
    [98.6, '[degF]', '310.15 K'],
    [120, 'mm[Hg]', '15998640 g.m-1.s-2'],
    [60, '/min', '1 s-1'],
    [60, '{beats}/min', '1 s-1'],
    [50, '%', '0.5 1'],
    [1, 'a', '31557600 s'],
    [7.4, '[pH]', 'none'],
    [5, '[IU]/L', 'none'],
    [5, 'beats', 'none'],
    [5, '', 'none'],
    [5, 'm'.repeat(1000), 'none'],
    [5, '((((((', 'none'],
  ] as const)
    it(`${amount} ${code.slice(0, 20)} is ${found}`, () => assert.equal(canonical(amount, code), found));
});
