import { strict as assert } from 'node:assert';
import { primitiveChecks } from '../../profiles/primitive.ts';

// https://hl7.org/fhir/R4/datatypes.html#primitive
const table: readonly (readonly [string, readonly unknown[], readonly unknown[]])[] = [
  ['boolean', [true, false], ['true', 0, null]],
  ['integer', [0, -5, 2147483647, -2147483648], [1.5, '1', 2147483648, -2147483649]],
  ['positiveInt', [1], [0, -1]],
  ['unsignedInt', [0], [-1]],
  ['decimal', [1.5, 0, -3, 1e20], ['1.5', true]],
  ['string', ['a', ' a ', 'a\nb\tc'], ['', ' ', 'a\u0000', 5]],
  ['markdown', ['# a\n\nb'], ['']],
  ['code', ['final', 'a b'], ['a  b', ' a', 'a ', 'a\tb', '']],
  ['id', ['a', 'A-1.b', 'x'.repeat(64)], ['', 'a_b', 'x'.repeat(65), 'a b']],
  [
    'uri',
    ['http://x.org', 'urn:oid:1.2.3', 'a', 'urn:uuid:0f9d2b2e-7e2c-4d5f-8a55-0d6d1b0f5f11'],
    ['', 'a b', 'urn:oid:X.Y', 'urn:uuid:12'],
  ],
  ['oid', ['urn:oid:2.16.840'], ['2.16.840', 'urn:oid:3.1', 'urn:oid:1.02']],
  ['uuid', ['urn:uuid:0f9d2b2e-7e2c-4d5f-8a55-0d6d1b0f5f11'], ['0f9d2b2e-7e2c-4d5f-8a55-0d6d1b0f5f11']],
  ['base64Binary', ['AAAA', 'QQ==', 'AA AA'], ['A', 'A===', 'A*AA', '']],
  [
    'date',
    ['2024', '2024-02', '2024-02-29', '2000-02-29'],
    ['2023-02-29', '1900-02-29', '2024-13', '2024-00', '2024-04-31', '24', '2024-1-1', '2024-01-01T00:00:00Z'],
  ],
  [
    'dateTime',
    ['2024', '2024-02-29', '2024-02-29T23:59:59Z', '2024-02-29T23:59:60.123+05:30'],
    [
      '2024-02-29T10:00:00',
      '2024-02-29T10:00Z',
      '2024-02T10:00:00Z',
      '2024-02-30T10:00:00Z',
      '2024-02-29T24:00:00Z',
      '2024-02-29T10:00:00+15:00',
    ],
  ],
  ['instant', ['2024-02-29T10:00:00Z', '2024-02-29T10:00:00.5-14:00'], ['2024-02-29', '2024-02-29T10:00:00']],
  ['time', ['10:00:00', '23:59:59.5'], ['10:00', '24:00:00', '10:60:00', '10:00:00Z']],
];

describe('primitives', () => {
  for (const [type, good, bad] of table) {
    for (const value of good)
      it(`${JSON.stringify(value)} is a ${type}`, () => assert.equal(primitiveChecks[type]?.(value), undefined));
    for (const value of bad)
      it(`${JSON.stringify(value)?.slice(0, 40)} is no ${type}`, () =>
        assert.equal(typeof primitiveChecks[type]?.(value), 'string'));
  }
});
