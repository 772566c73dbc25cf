/** Lists: which item is which when a list is written over another, and what it costs. */
import { strict as assert } from 'node:assert';
import { client } from '../../mappings/client.ts';
import type { Phone } from '../../mappings/model.ts';
import type { AnyResource } from '../../resources/types.ts';

type Telecom = Record<string, unknown>;
const patient = (telecom: Telecom[]): AnyResource => ({ resourceType: 'Patient', telecom });
const written = (telecom: Telecom[], phones: Phone[]): unknown => client.put(patient(telecom), { phones }).telecom;

describe('a list of the model', () => {
  const mobile = { system: 'phone', value: '1', use: 'mobile', rank: 1 };
  const work = { system: 'phone', value: '2', use: 'work', rank: 2 };
  const fax = { system: 'fax', value: '3' };
  const rules: readonly [string, Telecom[], Phone[], Telecom[]][] = [
    [
      'keeps what else is said of an item with the same key',
      [mobile, work],
      [
        { number: '9', use: 'mobile' },
        { number: '2', use: 'work' },
      ],
      [{ ...mobile, value: '9' }, work],
    ],
    [
      'moves items with all that is said of them',
      [mobile, fax, work],
      [
        { number: '2', use: 'work' },
        { number: '1', use: 'mobile' },
      ],
      [work, fax, mobile],
    ],
    ['takes items away', [mobile, fax, work], [{ number: '2', use: 'work' }], [work, fax]],
    [
      'makes new ones after the last of its own',
      [mobile, fax],
      [{ number: '1', use: 'mobile' }, { number: '7' }],
      [mobile, { system: 'phone', value: '7' }, fax],
    ],
    ['makes the first after all others', [fax], [{ number: '7' }], [fax, { system: 'phone', value: '7' }]],
    [
      'tells two of the same key apart by what is the same',
      [mobile, { ...mobile, value: '5', rank: 3 }],
      [
        { number: '5', use: 'mobile' },
        { number: '8', use: 'mobile' },
      ],
      [
        { ...mobile, value: '5', rank: 3 },
        { ...mobile, value: '8' },
      ],
    ],
  ];
  for (const [title, before, phones, expected] of rules)
    it(title, () => {
      assert.deepEqual(written(before, phones), expected);
    });

  it('of 20,000 items is written over as many in a second or so', () => {
    const many = Array.from({ length: 20_000 }, (_, at) => ({ ...mobile, value: String(at) }));
    const phones = many.map(({ value }): Phone => ({ number: `+${value}`, use: 'mobile' }));
    assert.equal((written(many, phones) as unknown[]).length, many.length);
  });
});
