import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { decimal, interval, intervalOf, isCode, isId, isUri } from '../../resources/primitive.ts';

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

describe('interval', () => {
  for (const [text, low, high] of [
    ['2024', '2024-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'],
    ['2024-02', '2024-02-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['2023-12', '2023-12-01T00:00:00.000Z', '2024-01-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['2024-05-01T10:30', '2024-05-01T10:30:00.000Z', '2024-05-01T10:31:00.000Z'],
    ['2024-05-01T10:30Z', '2024-05-01T10:30:00.000Z', '2024-05-01T10:31:00.000Z'],
    ['2024-05-01T10:30:15+02:00', '2024-05-01T08:30:15.000Z', '2024-05-01T08:30:16.000Z'],
    ['2024-05-01T10:30:15-05:30', '2024-05-01T16:00:15.000Z', '2024-05-01T16:00:16.000Z'],
    ['2024-05-01T10:30:15 02:00', '2024-05-01T08:30:15.000Z', '2024-05-01T08:30:16.000Z'],
    ['2024-05-01T10:30:15.2Z', '2024-05-01T10:30:15.200Z', '2024-05-01T10:30:15.300Z'],
    ['2024-05-01T10:30:15.239Z', '2024-05-01T10:30:15.239Z', '2024-05-01T10:30:15.240Z'],
    ['2024-05-01T10:30:15.239999Z', '2024-05-01T10:30:15.239Z', '2024-05-01T10:30:15.240Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z', '2017-01-01T00:00:01.000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z', '0001-01-02T00:00:00.000Z'],
    ['0099', '0099-01-01T00:00:00.000Z', '0100-01-01T00:00:00.000Z'],
  ] as const)
    it(`reads ${text} as [${low}, ${high})`, () => {
      const found = interval(text);
      assert.deepEqual([iso(found.low), iso(found.high)], [low, high]);
    });

  for (const text of [
    '',
    '24',
    '0000',
    '2024-13',
    '2024-00',
    '2024-02-30',
    '2023-02-29',
    '2024-05-01T',
    '2024-05-01T10',
    '2024-05-01T24:00',
    '2024-05-01T10:60',
    '2024-05-01T10:30:61',
    '2024-05-01T10:30:15+15:00',
    '2024-05-01T10:30:15.',
    '2024-5-1',
    ' 2024',
    '2024-05-01Z',
    '20240501',
    'gt2024',
  ])
    it(`does not take '${text}' for a date`, () => {
      assert.equal(intervalOf(text), undefined);
      assert.throws(() => interval(text), { name: 'FhirError', status: 400 });
    });

  it('puts each date into its month and each month into its year', () => {
    const day = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-30'), noInvalidDate: true });
    fc.assert(
      fc.property(day, (date) => {
        const text = date.toISOString();
        const texts = [
          text,
          `${text.slice(0, 19)}Z`,
          text.slice(0, 16),
          text.slice(0, 10),
          text.slice(0, 7),
          text.slice(0, 4),
        ];
        const nested = texts.map(interval);
        nested.forEach((inner, index) => {
          const outer = nested[index + 1];
          assert.ok(!inner || !outer || (outer.low <= inner.low && inner.high <= outer.high));
          assert.ok(inner && inner.low <= date.getTime() && date.getTime() < inner.high);
        });
      }),
    );
  });
});

describe('decimal', () => {
  for (const [text, value, low, high] of [
    ['100', 100, 99.5, 100.5],
    ['100.00', 100, 99.995, 100.005],
    ['1e2', 100, 95, 105],
    ['1.00e2', 100, 99.5, 100.5],
    ['5.4', 5.4, 5.35, 5.45],
    ['5.40e-3', 0.0054, 0.005395, 0.005405],
    ['8e-1', 0.8, 0.75, 0.85],
    ['2.0', 2, 1.95, 2.05],
    ['-7', -7, -7.5, -6.5],
    ['0', 0, -0.5, 0.5],
    ['0.1', 0.1, 0.05, 0.15],
    ['+3', 3, 2.5, 3.5],
    ['007', 7, 6.5, 7.5],
  ] as const)
    it(`reads ${text} as [${low}, ${high})`, () => {
      assert.deepEqual(decimal(text), { value, low, high });
    });

  for (const text of ['', '.5', '5.', '1,5', '0x10', '1e999', 'NaN', 'Infinity', '1 2', '--1', '9'.repeat(80)])
    it(`does not take '${text.slice(0, 20)}' for a number`, () => assert.equal(decimal(text), undefined));

  it('holds the number as written inside its interval, and more digits inside fewer', () => {
    const digits = fc.tuple(fc.integer({ min: -999_999, max: 999_999 }), fc.integer({ min: 0, max: 5 }));
    fc.assert(
      fc.property(digits, ([mantissa, places]) => {
        const text = (mantissa / 10 ** places).toFixed(places);
        const [coarse, fine] = [decimal(text), decimal(places === 0 ? `${text}.0` : `${text}0`)];
        assert.ok(coarse && fine && coarse.low <= coarse.value && coarse.value < coarse.high);
        assert.ok(coarse.low < fine.low && fine.high < coarse.high);
      }),
    );
  });
});

describe('id, uri and code', () => {
  it('takes an id of up to 64 letters, digits, hyphens and points', () => {
    for (const id of ['1', 'a.b-C', 'x'.repeat(64)]) assert.ok(isId(id), id);
    for (const id of ['', 'a_b', 'a/b', 'x'.repeat(65), 'ä', 'a\n']) assert.ok(!isId(id), id);
  });

  it('takes a uri without white space, and a code with single spaces inside', () => {
    assert.ok(isUri('urn:oid:1.2') && !isUri('a b') && !isUri(''));
    assert.ok(isCode('a b') && !isCode(' a') && !isCode('a  b') && !isCode('a\tb') && !isCode(''));
  });
});
