/** https://www.rfc-editor.org/rfc/rfc6902 and https://hl7.org/fhir/R4/http.html#patch */
import { strict as assert } from 'node:assert';
import { copy, parseJson, stringifyJson } from '../../../../resources/json.ts';
import type { AnyResource } from '../../../../resources/types.ts';
import { applyJsonPatch } from '../../../../server/transaction/patch/json-patch.ts';
import { failure } from './failure.ts';

const resource = (json: string): AnyResource => parseJson(json) as unknown as AnyResource;
const operations = (json: string): unknown => parseJson(json);

const maria = resource(`{
  "resourceType": "Patient", "id": "maria", "active": true, "birthDate": "1970-01-01",
  "name": [{ "family": "Lopez", "given": ["Maria", "Elena"] }, { "text": "Mari" }],
  "contact": [{ "gender": "female" }]
}`);

const sodium = resource(`{
  "resourceType": "Observation", "id": "sodium", "status": "final",
  "valueQuantity": { "value": 140.00, "unit": "mmol/l" },
  "component": [{ "valueQuantity": { "value": 1.0 } }, { "valueQuantity": { "value": 2.50 } }],
  "referenceRange": [{ "low": { "value": 135.0 } }]
}`);

describe('JSON Patch', () => {
  describe('an operation that applies', () => {
    const applied: readonly (readonly [
      what: string,
      patch: string,
      path: readonly (string | number)[],
      value: unknown,
    ])[] = [
      ['add sets a member', '[{"op":"add","path":"/gender","value":"female"}]', ['gender'], 'female'],
      ['add replaces a member that is there', '[{"op":"add","path":"/active","value":false}]', ['active'], false],
      [
        'add inserts before an index',
        '[{"op":"add","path":"/name/0/given/1","value":"Jo"}]',
        ['name', 0, 'given'],
        ['Maria', 'Jo', 'Elena'],
      ],
      [
        'add appends at the length',
        '[{"op":"add","path":"/name/0/given/2","value":"Jo"}]',
        ['name', 0, 'given'],
        ['Maria', 'Elena', 'Jo'],
      ],
      [
        'add appends at -',
        '[{"op":"add","path":"/name/0/given/-","value":"Jo"}]',
        ['name', 0, 'given'],
        ['Maria', 'Elena', 'Jo'],
      ],
      ['remove takes a member away', '[{"op":"remove","path":"/birthDate"}]', ['birthDate'], undefined],
      ['remove closes the gap', '[{"op":"remove","path":"/name/0/given/0"}]', ['name', 0, 'given'], ['Elena']],
      [
        'replace changes a member',
        '[{"op":"replace","path":"/birthDate","value":"1971-02-03"}]',
        ['birthDate'],
        '1971-02-03',
      ],
      [
        'replace changes an item',
        '[{"op":"replace","path":"/name/0/given/1","value":"Jo"}]',
        ['name', 0, 'given'],
        ['Maria', 'Jo'],
      ],
      [
        'move takes along',
        '[{"op":"move","from":"/name/1/text","path":"/name/0/text"}]',
        ['name'],
        [{ family: 'Lopez', given: ['Maria', 'Elena'], text: 'Mari' }],
      ],
      ['move reorders', '[{"op":"move","from":"/name/0","path":"/name/1"}]', ['name', 0], { text: 'Mari' }],
      [
        'copy leaves the source',
        '[{"op":"copy","from":"/name/0/given","path":"/name/1/given"}]',
        ['name', 1],
        { text: 'Mari', given: ['Maria', 'Elena'] },
      ],
      [
        'copy is by value',
        '[{"op":"copy","from":"/name/0","path":"/name/-"},{"op":"replace","path":"/name/2/family","value":"Diaz"}]',
        ['name', 0, 'family'],
        'Lopez',
      ],
      [
        'test of equal values lets pass',
        '[{"op":"test","path":"/name/0","value":{"given":["Maria","Elena"],"family":"Lopez"}}]',
        ['active'],
        true,
      ],
      [
        'operations see those before them',
        '[{"op":"add","path":"/telecom","value":[]},{"op":"add","path":"/telecom/-","value":{"value":"1"}}]',
        ['telecom'],
        [{ value: '1' }],
      ],
      [
        'unknown members are passed over',
        '[{"op":"add","path":"/gender","value":"female","note":1}]',
        ['gender'],
        'female',
      ],
      ['~1 and ~0 are unescaped', '[{"op":"add","path":"/a~1b~01","value":"x"}]', ['a/b~1'], 'x'],
      [
        'the whole resource may be replaced by itself',
        '[{"op":"replace","path":"","value":{"resourceType":"Patient","id":"maria","active":false}}]',
        ['active'],
        false,
      ],
    ];
    for (const [what, patch, path, value] of applied)
      it(what, () => {
        const after = applyJsonPatch(maria, operations(patch));
        assert.deepEqual(
          path.reduce<unknown>((at, name) => (at as Record<string | number, unknown>)[name], after),
          value,
        );
      });
  });

  it('does not change the resource it is given, nor the operations', () => {
    const [before, patch] = [
      copy(maria),
      operations(
        '[{"op":"add","path":"/name/-","value":{"given":["A"]}},{"op":"add","path":"/name/2/given/-","value":"B"}]',
      ),
    ];
    const patchBefore = copy(patch);
    applyJsonPatch(maria, patch);
    assert.deepEqual(maria, before);
    assert.deepEqual(patch, patchBefore);
  });

  it('removes what removals leave empty, up to the resource', () => {
    const after = applyJsonPatch(
      maria,
      operations(
        '[{"op":"remove","path":"/contact/0/gender"},{"op":"remove","path":"/name/0/given/0"},{"op":"remove","path":"/name/0/given/0"}]',
      ),
    );
    assert.equal(Object.hasOwn(after, 'contact'), false);
    assert.deepEqual(after.name, [{ family: 'Lopez' }, { text: 'Mari' }]);
  });

  it('keeps a list that is emptied and filled again', () => {
    const after = applyJsonPatch(
      maria,
      operations('[{"op":"remove","path":"/contact/0"},{"op":"add","path":"/contact/-","value":{"gender":"male"}}]'),
    );
    assert.deepEqual(after.contact, [{ gender: 'male' }]);
  });

  describe('digits', () => {
    const digits: readonly (readonly [what: string, patch: string, contains: string])[] = [
      ['stay where nothing changes', '[{"op":"replace","path":"/status","value":"amended"}]', '"value":140.00'],
      [
        'come with a number that is added',
        '[{"op":"add","path":"/referenceRange/0/high","value":{"value":145.0}}]',
        '"high":{"value":145.0}',
      ],
      [
        'come with a number that replaces another',
        '[{"op":"replace","path":"/valueQuantity/value","value":141.50}]',
        '"value":141.50',
      ],
      [
        'change where only they differ',
        '[{"op":"replace","path":"/valueQuantity/value","value":140}]',
        '"valueQuantity":{"value":140,',
      ],
      [
        'go with a number that moves',
        '[{"op":"move","from":"/referenceRange/0/low/value","path":"/valueQuantity/value"}]',
        '"valueQuantity":{"value":135.0,',
      ],
      [
        'go with an object that moves',
        '[{"op":"move","from":"/component/0","path":"/component/1"}]',
        '"component":[{"valueQuantity":{"value":2.50}},{"valueQuantity":{"value":1.0}}]',
      ],
      [
        'are copied',
        '[{"op":"copy","from":"/valueQuantity/value","path":"/component/0/valueQuantity/value"}]',
        '"component":[{"valueQuantity":{"value":140.00}}',
      ],
      [
        'follow the items of an array',
        '[{"op":"add","path":"/x","value":[1.0,2.00,3]},{"op":"remove","path":"/x/0"},{"op":"add","path":"/x/0","value":0.10}]',
        '"x":[0.10,2.00,3]',
      ],
    ];
    for (const [what, patch, contains] of digits)
      it(`${what}`, () => {
        const text = stringifyJson(applyJsonPatch(sodium, operations(patch)));
        assert.ok(text.includes(contains), text);
      });

    for (const [number, equal] of [
      ['140', true],
      ['140.0', true],
      ['1.4e2', true],
      ['140.00000000000000000001', false],
      ['141', false],
    ] as const)
      it(`test of 140.00 against ${number} ${equal ? 'passes' : 'fails'}: numbers compare by value`, () => {
        const apply = () =>
          applyJsonPatch(sodium, operations(`[{"op":"test","path":"/valueQuantity/value","value":${number}}]`));
        if (equal) assert.deepEqual(apply(), sodium);
        else assert.equal(failure(apply).status, 422);
      });
  });

  describe('a malformed document is a 400 that names the operation', () => {
    const malformed: readonly (readonly [patch: string, message: RegExp])[] = [
      ['{"op":"add"}', /array of operations; found an object/],
      ['null', /found null/],
      ['"x"', /found a string/],
      ['[1]', /operation\[0\]: found a number; expected an object/],
      ['[{"op":"test","path":"/active","value":true},null]', /operation\[1\]: found null/],
      ['[{"op":"merge","path":"/active"}]', /op is "merge"; expected add, remove/],
      ['[{"op":"_get","path":"/active"}]', /op is "_get"/],
      ['[{"op":"constructor","path":"/active"}]', /op is "constructor"/],
      ['[{"path":"/active"}]', /op is nothing/],
      ['[{"op":"remove"}]', /path is nothing; expected a JSON Pointer/],
      ['[{"op":"remove","path":7}]', /path is a number/],
      ['[{"op":"remove","path":"active"}]', /"active" is no JSON Pointer: expected it to begin with \//],
      ['[{"op":"remove","path":"/a~2"}]', /expected 0 or 1 after each ~/],
      ['[{"op":"add","path":"/active"}]', /add has no value/],
      ['[{"op":"move","path":"/active"}]', /from is nothing/],
      ['[{"op":"move","from":"/name","path":"/name/0/x"}]', /into itself/],
      ['[{"op":"add","path":"/__proto__/x","value":1}]', /names __proto__/],
      ['[{"op":"add","path":"/constructor/prototype/x","value":1}]', /names constructor/],
      ['[{"op":"copy","from":"/__proto__","path":"/x"}]', /names __proto__/],
    ];
    for (const [patch, message] of malformed)
      it(patch, () => {
        const error = failure(() => applyJsonPatch(maria, operations(patch)));
        assert.match(error.message, message);
        assert.equal(error.status, 400);
      });
  });

  describe('an operation that does not apply is a 422 that names it', () => {
    const inapplicable: readonly (readonly [patch: string, message: RegExp])[] = [
      [
        '[{"op":"add","path":"/gender","value":"female"},{"op":"remove","path":"/telecom"}]',
        /operation\[1\] \(remove \/telecom\): the resource has no "telecom"/,
      ],
      ['[{"op":"replace","path":"/name/5/family","value":"x"}]', /"\/name" has 2 items; expected one at index 5/],
      ['[{"op":"add","path":"/telecom/0/value","value":"x"}]', /the resource has no "telecom"/],
      ['[{"op":"add","path":"/name/3","value":{}}]', /expected an index of 2 at most/],
      ['[{"op":"add","path":"/name/x","value":{}}]', /is an array of 2; expected an index, found "x"/],
      ['[{"op":"add","path":"/name/00","value":{}}]', /found "00"/],
      ['[{"op":"add","path":"/name/1.5","value":{}}]', /found "1.5"/],
      ['[{"op":"remove","path":"/name/-"}]', /the place after the last item/],
      ['[{"op":"add","path":"/active/x","value":1}]', /"\/active" is a boolean; expected an object or an array/],
      ['[{"op":"test","path":"/active","value":"true"}]', /the test fails: expected a string, found a boolean/],
      ['[{"op":"test","path":"/birthDate","value":"1970"}]', /expected a string, found a string that differs/],
      ['[{"op":"test","path":"/name","value":[]}]', /found an array that differs/],
      [
        '[{"op":"test","path":"/name/0","value":{"hasOwnProperty":1,"family":"Lopez"}}]',
        /found an object that differs/,
      ],
      ['[{"op":"test","path":"/toString","value":1}]', /has no "toString"/],
      ['[{"op":"copy","from":"/valueOf","path":"/x"}]', /has no "valueOf"/],
      ['[{"op":"remove","path":""}]', /may not remove the resource/],
      ['[{"op":"replace","path":"","value":[]}]', /leaves an array in the place of the resource/],
      ['[{"op":"replace","path":"","value":null}]', /leaves null/],
      [
        '[{"op":"replace","path":"/resourceType","value":"Person"}]',
        /may not change the resource type: expected Patient, found "Person"/,
      ],
      ['[{"op":"remove","path":"/resourceType"}]', /may not change the resource type/],
      ['[{"op":"replace","path":"/id","value":"eva"}]', /may not change the id: expected "maria", found "eva"/],
      ['[{"op":"move","from":"/id","path":"/language"}]', /may not change the id/],
    ];
    for (const [patch, message] of inapplicable)
      it(patch, () => {
        const before = copy(maria);
        const error = failure(() => applyJsonPatch(maria, operations(patch)));
        assert.match(error.message, message);
        assert.equal(error.status, 422);
        assert.deepEqual(maria, before);
      });
  });

  describe('hostile patches', () => {
    it('are refused when copies double without end', () => {
      const patch = Array.from({ length: 60 }, () => ({ op: 'copy', from: '/name', path: '/name/0/extension' }));
      assert.match(failure(() => applyJsonPatch(maria, patch)).message, /nested deeper than 100/);
      const wide = Array.from({ length: 60 }, (_, index) => ({
        op: 'copy',
        from: index % 2 ? '/b' : '/a',
        path: index % 2 ? '/a/-' : '/b/-',
      }));
      const error = failure(() => applyJsonPatch(resource('{"resourceType":"Basic","a":["x"],"b":["y"]}'), wide));
      assert.ok([413, 422].includes(error.status));
    });

    it('are refused when they copy long text again and again', () => {
      const binary = resource(`{"resourceType":"Binary","data":"${'QUJD'.repeat(500_000)}"}`);
      const patch = Array.from({ length: 5_000 }, (_, index) => ({ op: 'copy', from: '/data', path: `/x${index}` }));
      const error = failure(() => applyJsonPatch(binary, patch));
      assert.equal(error.status, 413);
      assert.match(error.message, /operation\[5\].*10000000 characters and values/);
    });

    it('are refused above 5,000 operations', () => {
      const patch = Array.from({ length: 5_001 }, () => ({ op: 'test', path: '/active', value: true }));
      assert.equal(failure(() => applyJsonPatch(maria, patch)).status, 413);
    });

    it('cannot pollute a prototype with the values they add', () => {
      const after = applyJsonPatch(maria, [
        { op: 'add', path: '/x', value: JSON.parse('{"__proto__":{"polluted":1}}') },
      ]);
      assert.equal((after.x as { polluted?: number }).polluted, undefined);
      assert.equal(({} as { polluted?: number }).polluted, undefined);
    });
  });
});
