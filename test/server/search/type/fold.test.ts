import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { successor } from '../../../../server/search/type/condition.ts';
import { fold, foldApart } from '../../../../server/search/type/fold.ts';

describe('fold', () => {
  for (const [text, folded, apart] of [
    ['Eve', 'eve', 'eve'],
    ['RENÉE', 'renee', 'renee'],
    ['Rene\u0301e', 'renee', 'renee'],
    ["O'Brien-Smith", 'obriensmith', 'o brien smith'],
    ['St. Mary’s', 'st marys', 'st mary s'],
    ['  a \t\n b ', 'a b', 'a b'],
    ['Straße', 'strasse', 'strasse'],
    ['Łukasz Øst', 'lukasz ost', 'lukasz ost'],
    ['ﬁne', 'fine', 'fine'],
    ['100% a_b *', '100% a_b *', '100% a_b *'],
    ['Ελένη', 'ελενη', 'ελενη'],
    ['李小龙', '李小龙', '李小龙'],
    ['!?', '', ''],
  ] as const)
    it(`${JSON.stringify(text)} is ${JSON.stringify(folded)}`, () => {
      assert.equal(fold(text), folded);
      assert.equal(foldApart(text), apart);
    });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(fold(fold(text)), fold(text));
        assert.equal(foldApart(foldApart(text)), foldApart(text));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('successor', () => {
  it('is the first text behind all with the prefix, in the order of code points', () => {
    const bytes = (text: string): Buffer => Buffer.from(text);
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(text, fc.string({ unit: 'grapheme' }), (prefix, rest) => {
        const after = successor(prefix);
        assert.ok(after !== undefined && Buffer.compare(bytes(prefix + rest), bytes(after)) < 0);
        assert.ok(Buffer.compare(bytes(prefix), bytes(after)) < 0);
      }),
    );
  });

  it('passes over the surrogates, and does without a last character that has none', () => {
    assert.equal(successor('a\ud7ff'), 'a\ue000');
    assert.equal(successor('a\u{10ffff}'), 'b');
    assert.equal(successor('\u{10ffff}'), undefined);
  });
});
