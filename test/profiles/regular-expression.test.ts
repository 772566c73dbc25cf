import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { automaton } from '../../profiles/automaton.ts';
import { regularExpression } from '../../profiles/regular-expression.ts';

const patterns = [
  '^(a|b)*c$',
  '[A-Z]([A-Za-z0-9_]){0,254}',
  '^[^\\s.,:]{1,4}(\\.[^\\s.]{1,3}(\\[x\\])?)*$',
  '(a+)+b',
  'x?y{2}z{1,}',
  '^$',
  '\\d{4}-\\d{2}|[a-c\\-]+',
  'a.b',
  '^(?:ab|cd){2,3}$',
  '[^a]',
  '\\u0061+',
  '[\\w.-]+@[\\w-]+',
];

describe('regular expressions', () => {
  for (const pattern of patterns)
    it(`${pattern} matches on the automaton what it matches in JavaScript`, () => {
      const ours = automaton(pattern);
      const theirs = new RegExp(pattern, 's');
      const characters = fc.string({ unit: fc.constantFrom(...'abcdxyzA09_.-:@[] \n'), maxLength: 12 });
      fc.assert(
        fc.property(characters, (text) => ours.test(text) === theirs.test(text)),
        { numRuns: 500 },
      );
    });

  for (const bomb of ['^(a+)+$', '^(a|a)*$', '(x+x+)+y', '^(([a-z])+.)+[A-Z]([a-z])+$', '^(a?){50}a{50}$'])
    it(`${bomb} ends soon on a text made to stop it`, () => {
      const start = performance.now();
      regularExpression(bomb).test(`${'a'.repeat(3000)}!`);
      regularExpression(bomb).test('x'.repeat(3000));
      assert(performance.now() - start < 5000);
    });

  for (const refused of ['(?=a)b', '(a)\\1', '(', '[a', '(a{1000}){1000}'])
    it(`${refused} is refused`, () => assert.throws(() => automaton(refused)));
});
