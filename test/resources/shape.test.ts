/** The shape of a resource: what rules rely on, whatever validation lets in. */
import { strict as assert } from 'node:assert';
import { parseJson } from '../../resources/json.ts';
import { isShaped } from '../../resources/shape.ts';
import type { AnyResource } from '../../resources/types.ts';
import { population } from '../../server/demo/population.ts';

const goal = '"resourceType":"Goal","lifecycleStatus":"active","subject":{"reference":"Patient/rosa"}';
const text = '"description":{"text":"Sing again"}';

const table: readonly (readonly [what: string, json: string, isIt: boolean])[] = [
  ['what is required', `{${goal},${text}}`, true],
  ['without what is required', `{${goal}}`, false],
  ['an object where a list belongs', `{${goal},${text},"target":{}}`, false],
  ['a list where an object belongs', `{${goal},"description":[{"text":"Sing again"}]}`, false],
  ['a text where an object belongs', `{${goal},"description":"Sing again"}`, false],
  ['null where an object belongs', `{${goal},"description":null}`, false],
  ['null in a list of objects', `{${goal},${text},"target":[null]}`, false],
  ['a number where a text belongs', `{${goal},"description":{"text":5}}`, false],
  ['a text where a number belongs', `{${goal},${text},"target":[{"detailInteger":"5"}]}`, false],
  ['a number with its digits', `{${goal},${text},"target":[{"detailQuantity":{"value":5.00}}]}`, true],
  [
    'a wrong part deep inside',
    `{${goal},"description":{"coding":[{"extension":[{"url":"u","valueCoding":[]}]}]}}`,
    false,
  ],
  ['an element that R4 does not have', `{${goal},${text},"colour":{"a":[null]}}`, true],
  [
    'a contained resource of any kind',
    `{${goal},${text},"contained":[{"resourceType":"Patient","name":"Rosa"}]}`,
    true,
  ],
  [
    'a primitive that is absent for its extensions',
    `{"resourceType":"Patient","name":[{"given":[null],"_given":[{"id":"a"}]}]}`,
    true,
  ],
  [
    'a required primitive with extensions alone',
    `{"resourceType":"Goal","_lifecycleStatus":{"id":"a"},"subject":{},${text}}`,
    true,
  ],
];

describe('the shape of a resource', () => {
  for (const [what, json, isIt] of table)
    it(`${isIt ? 'is' : 'is not'} ${what}`, () =>
      assert.equal(isShaped(parseJson(json) as unknown as AnyResource), isIt));

  it('is that of every resource of the demo population', () => {
    const bundles = [...population({ clients: 3, seed: 7, until: '2026-11-02' })];
    const all = bundles.flatMap(({ entry = [] }) => entry.flatMap(({ resource }) => resource ?? []));
    assert.deepEqual(
      all.filter((each) => !isShaped(each as unknown as AnyResource)),
      [],
    );
  });
});
