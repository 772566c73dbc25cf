import { strict as assert } from 'node:assert';
import { editDistance, nearest } from '../../resources/nearest.ts';

describe('the nearest name', () => {
  const names = ['birthDate', 'name', 'gender', 'generalPractitioner'];
  for (const [meant, expected] of [
    ['birthdate', 'birthDate'],
    ['brithDate', 'birthDate'],
    ['nmae', 'name'],
    ['gendr', 'gender'],
    ['generalPractitionr', 'generalPractitioner'],
    ['colour', undefined],
    ['x', undefined],
    ['', undefined],
  ] as const) {
    it(`of ${meant || 'nothing'} is ${expected ?? 'none'}`, () => assert.equal(nearest(meant, names), expected));
  }

  it('counts insertions, deletions, replacements and swaps as one edit each', () => {
    assert.deepEqual(
      [
        editDistance('name', 'names'),
        editDistance('name', 'nme'),
        editDistance('name', 'nome'),
        editDistance('name', 'nmae'),
      ],
      [1, 1, 1, 1],
    );
  });

  it('answers at once for a very long name', () => {
    assert.equal(nearest('a'.repeat(1_000_000), names), undefined);
  });
});
