/** https://hl7.org/fhir/R4/fhirpatch.html */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { copy, parseJson, stringifyJson } from '../../../../resources/json.ts';
import type { AnyResource, Parameters } from '../../../../resources/types.ts';
import { applyFhirPathPatch } from '../../../../server/transaction/patch/fhirpath-patch.ts';
import { failure } from './failure.ts';

interface SuiteCase {
  readonly name: string;
  readonly input: AnyResource;
  readonly patch: Parameters;
  readonly output?: AnyResource;
  readonly error?: string;
}

const suite = JSON.parse(readFileSync(new URL('../../../spec/fhirpath-patch.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly SuiteCase[];
};

/** Narrative with the white space and quotes of no meaning made the same. */
const tidy = (value: AnyResource): unknown =>
  JSON.parse(
    JSON.stringify(value, (name, each) =>
      name === 'div' ? String(each).replace(/\s+/g, ' ').replaceAll('&quot;', '"') : each,
    ),
  );

const resource = (json: string): AnyResource => parseJson(json) as unknown as AnyResource;

/** Operations in short form, `{"type":"delete","path":"..."}`; `value` is the part without its name. */
function patchOf(json: string): Parameters {
  const operations = parseJson(json) as readonly Record<string, unknown>[];
  const part = (name: string, value: unknown): object => {
    if (name === 'value') return { ...(value as object), name };
    if (typeof value === 'number') return { name, valueInteger: value };
    return { name, [name === 'type' ? 'valueCode' : 'valueString']: value };
  };
  const parameter = operations.map((operation) => ({
    name: 'operation',
    part: Object.entries(operation).map(([name, value]) => part(name, value)),
  }));
  return { resourceType: 'Parameters', parameter } as Parameters;
}

const patched = (before: AnyResource, operations: string): AnyResource =>
  applyFhirPathPatch(before, patchOf(operations));

const maria = resource(`{
  "resourceType": "Patient", "id": "maria", "active": true,
  "birthDate": "1970-01-01", "_birthDate": { "extension": [{ "url": "urn:time", "valueDateTime": "1970-01-01T10:00:00Z" }] },
  "name": [
    { "use": "official", "family": "Lopez", "given": ["Maria", "Elena"], "_given": [null, { "id": "g2" }] },
    { "use": "nickname", "given": ["Mari"] }
  ],
  "contact": [{ "gender": "female", "telecom": [{ "value": "1" }, { "value": "2" }] }],
  "deceasedBoolean": false
}`);

const sodium = resource(`{
  "resourceType": "Observation", "id": "sodium", "status": "final", "code": { "coding": [{ "code": "a.b" }] },
  "valueQuantity": { "value": 140.00, "unit": "mmol/l" },
  "component": [
    { "code": { "text": "one" }, "valueQuantity": { "value": 1.0 } },
    { "code": { "text": "two" }, "valueString": "x" }
  ],
  "contained": [{ "resourceType": "Patient", "id": "p", "name": [{ "family": "Lopez" }] }]
}`);

describe('FHIRPath Patch', () => {
  describe('the test cases of HL7', () => {
    it('are 33', () => assert.equal(suite.cases.length, 33));
    for (const { name, input, patch, output, error } of suite.cases)
      it(`${name}: ${error ? 'is refused' : 'gives the output'}`, () => {
        const untouched = copy(input);
        if (output) assert.deepEqual(tidy(applyFhirPathPatch(input, patch)), tidy(output));
        else assert.equal(failure(() => applyFhirPathPatch(input, patch)).status, 422);
        assert.deepEqual(input, untouched);
      });
  });

  describe('an operation that applies', () => {
    const applied: readonly (readonly [
      what: string,
      before: AnyResource,
      patch: string,
      element: string,
      value: string,
    ])[] = [
      [
        'add of a choice writes the name of the type',
        sodium,
        '[{"type":"delete","path":"Observation.value"},{"type":"add","path":"Observation","name":"value","value":{"valueCodeableConcept":{"text":"x"}}}]',
        'valueCodeableConcept',
        '{"text":"x"}',
      ],
      [
        'add takes the JSON name of a choice too',
        sodium,
        '[{"type":"add","path":"Observation","name":"effectivePeriod","value":{"valuePeriod":{"start":"2024"}}}]',
        'effectivePeriod',
        '{"start":"2024"}',
      ],
      [
        'replace of a choice by another type takes the first away',
        sodium,
        '[{"type":"replace","path":"Observation.value","value":{"valueString":"high"}}]',
        'valueQuantity',
        'undefined',
      ],
      [
        'a path finds a choice by the name of the element',
        sodium,
        '[{"type":"replace","path":"Observation.value.unit","value":{"valueString":"mg"}}]',
        'valueQuantity',
        '{"value":140.00,"unit":"mg"}',
      ],
      [
        'a path narrows a choice by ofType()',
        sodium,
        '[{"type":"replace","path":"Observation.value.ofType(Quantity).unit","value":{"valueString":"mg"}}]',
        'valueQuantity',
        '{"value":140.00,"unit":"mg"}',
      ],
      [
        'where() chooses among several',
        sodium,
        `[{"type":"replace","path":"Observation.component.where(code.text = 'two').value","value":{"valueString":"y"}}]`,
        'component',
        '[{"code":{"text":"one"},"valueQuantity":{"value":1.0}},{"code":{"text":"two"},"valueString":"y"}]',
      ],
      [
        'last() chooses the last',
        sodium,
        '[{"type":"delete","path":"Observation.component.last()"}]',
        'component',
        '[{"code":{"text":"one"},"valueQuantity":{"value":1.0}}]',
      ],
      [
        'a path may begin below the resource',
        sodium,
        '[{"type":"replace","path":"status","value":{"valueCode":"amended"}}]',
        'status',
        '"amended"',
      ],
      [
        'an index counts in the whole collection',
        maria,
        '[{"type":"replace","path":"Patient.name.given[2]","value":{"valueString":"Mary"}}]',
        'name',
        '[{"use":"official","family":"Lopez","given":["Maria","Elena"],"_given":[null,{"id":"g2"}]},{"use":"nickname","given":["Mary"]}]',
      ],
      [
        'contained resources are reached by path',
        sodium,
        `[{"type":"replace","path":"Observation.contained.where(id = 'p').name.family","value":{"valueString":"Diaz"}}]`,
        'contained',
        '[{"resourceType":"Patient","id":"p","name":[{"family":"Diaz"}]}]',
      ],
      [
        'contained resources are added as resource',
        sodium,
        '[{"type":"add","path":"Observation","name":"contained","value":{"resource":{"resourceType":"Basic","id":"b"}}},{"type":"delete","path":"Observation.contained[0]"}]',
        'contained',
        '[{"resourceType":"Basic","id":"b"}]',
      ],
      [
        'parts make an anonymous element, with choices, lists and nesting',
        sodium,
        '[{"type":"insert","path":"Observation.component","index":0,"value":{"part":[{"name":"code","valueCodeableConcept":{"text":"zero"}},{"name":"value","valueQuantity":{"value":0.50}},{"name":"referenceRange","part":[{"name":"text","valueString":"a"}]},{"name":"referenceRange","part":[{"name":"text","valueString":"b"},{"name":"low","valueQuantity":{"value":1.10}}]}]}},{"type":"delete","path":"Observation.component[1]"},{"type":"delete","path":"Observation.component[1]"}]',
        'component',
        '[{"code":{"text":"zero"},"valueQuantity":{"value":0.50},"referenceRange":[{"text":"a"},{"text":"b","low":{"value":1.10}}]}]',
      ],
      [
        'parts make a named type that value[x] lacks',
        maria,
        '[{"type":"add","path":"Patient","name":"text","value":{"part":[{"name":"status","valueCode":"empty"},{"name":"div","valueString":"<div>x</div>"}]}}]',
        'text',
        '{"status":"empty","div":"<div>x</div>"}',
      ],
      [
        'parts make an extension',
        maria,
        '[{"type":"add","path":"Patient.contact[0]","name":"extension","value":{"part":[{"name":"url","valueUri":"urn:x"},{"name":"value","valueDecimal":1.00}]}}]',
        'contact',
        '[{"gender":"female","telecom":[{"value":"1"},{"value":"2"}],"extension":[{"url":"urn:x","valueDecimal":1.00}]}]',
      ],
      [
        'insert at the length appends',
        maria,
        '[{"type":"insert","path":"Patient.contact[0].telecom","index":2,"value":{"valueContactPoint":{"value":"3"}}}]',
        'contact',
        '[{"gender":"female","telecom":[{"value":"1"},{"value":"2"},{"value":"3"}]}]',
      ],
      [
        'insert at 0 begins a list',
        maria,
        '[{"type":"insert","path":"Patient.telecom","index":0,"value":{"valueContactPoint":{"value":"3"}}}]',
        'telecom',
        '[{"value":"3"}]',
      ],
      [
        'the list of insert may lie below where()',
        maria,
        `[{"type":"insert","path":"Patient.name.where(use = 'nickname').given","index":0,"value":{"valueString":"Ma"}},{"type":"delete","path":"name[0]"}]`,
        'name',
        '[{"use":"nickname","given":["Ma","Mari"]}]',
      ],
      [
        'delete of nothing changes nothing',
        maria,
        '[{"type":"delete","path":"Patient.telecom[3].value"}]',
        'active',
        'true',
      ],
      [
        'delete of the last child takes the parents that it empties',
        maria,
        '[{"type":"delete","path":"Patient.contact.telecom[0].value"},{"type":"delete","path":"Patient.contact.telecom[0]"},{"type":"delete","path":"Patient.contact.gender"}]',
        'contact',
        'undefined',
      ],
      [
        'add of a dateTime takes a date',
        maria,
        '[{"type":"delete","path":"Patient.deceased"},{"type":"add","path":"Patient.contact","name":"period","value":{"part":[{"name":"end","valueDate":"2021-12-01"}]}}]',
        'contact',
        '[{"gender":"female","telecom":[{"value":"1"},{"value":"2"}],"period":{"end":"2021-12-01"}}]',
      ],
      ['type and path may be strings', maria, '[{"path":"Patient.active","type":"delete"}]', 'active', 'undefined'],
    ];
    for (const [what, before, patch, element, value] of applied)
      it(what, () => {
        const untouched = copy(before);
        assert.equal(
          stringifyJson(patched(before, patch)[element] ?? 'undefined').replace('"undefined"', 'undefined'),
          value,
        );
        assert.deepEqual(before, untouched);
      });
  });

  describe('a primitive', () => {
    const companions: readonly (readonly [what: string, patch: string, value: string])[] = [
      [
        'is replaced with its extensions',
        '[{"type":"replace","path":"Patient.birthDate","value":{"valueDate":"1971-01-01"}}]',
        '"birthDate":"1971-01-01"',
      ],
      [
        'brings its own extensions',
        '[{"type":"replace","path":"Patient.birthDate","value":{"valueDate":"1971","_valueDate":{"id":"b"}}}]',
        '"birthDate":"1971","_birthDate":{"id":"b"}',
      ],
      [
        'may have extensions only',
        '[{"type":"replace","path":"Patient.birthDate","value":{"_valueDate":{"id":"b"}}}]',
        '"_birthDate":{"id":"b"}',
      ],
      ['is deleted with its extensions', '[{"type":"delete","path":"Patient.birthDate"}]', ''],
      [
        'loses an extension by path',
        '[{"type":"delete","path":"Patient.birthDate.extension[0]"}]',
        '"birthDate":"1970-01-01"',
      ],
      [
        'loses an extension by url',
        `[{"type":"delete","path":"Patient.birthDate.extension('urn:time')"}]`,
        '"birthDate":"1970-01-01"',
      ],
      [
        'gets an extension beside another',
        '[{"type":"add","path":"Patient.birthDate","name":"extension","value":{"part":[{"name":"url","valueUri":"u"},{"name":"value","valueCode":"c"}]}}]',
        '"birthDate":"1970-01-01","_birthDate":{"extension":[{"url":"urn:time","valueDateTime":"1970-01-01T10:00:00Z"},{"url":"u","valueCode":"c"}]}',
      ],
      [
        'has its extension changed',
        `[{"type":"replace","path":"Patient.birthDate.extension('urn:time').value","value":{"valueString":"dawn"}}]`,
        '"birthDate":"1970-01-01","_birthDate":{"extension":[{"url":"urn:time","valueString":"dawn"}]}',
      ],
    ];
    for (const [what, patch, value] of companions)
      it(what, () => {
        const { birthDate, _birthDate } = patched(maria, patch);
        assert.equal(stringifyJson({ birthDate, _birthDate }), `{${value}}`);
      });

    const lists: readonly (readonly [what: string, patch: string, value: string])[] = [
      [
        'leaves the list with its companion',
        '[{"type":"delete","path":"Patient.name[0].given[1]"}]',
        '"given":["Maria"]',
      ],
      [
        'leaves the companions of the others in step',
        '[{"type":"delete","path":"Patient.name[0].given[0]"}]',
        '"given":["Elena"],"_given":[{"id":"g2"}]',
      ],
      [
        'enters the list with companions in step',
        '[{"type":"insert","path":"Patient.name[0].given","index":0,"value":{"valueString":"Ana"}}]',
        '"given":["Ana","Maria","Elena"],"_given":[null,null,{"id":"g2"}]',
      ],
      [
        'moves with its companion',
        '[{"type":"move","path":"Patient.name[0].given","source":1,"destination":0}]',
        '"given":["Elena","Maria"],"_given":[{"id":"g2"},null]',
      ],
      [
        'of a list gets an id',
        '[{"type":"add","path":"Patient.name[0].given[0]","name":"id","value":{"valueString":"g1"}}]',
        '"given":["Maria","Elena"],"_given":[{"id":"g1"},{"id":"g2"}]',
      ],
      [
        'of a list loses its id',
        '[{"type":"delete","path":"Patient.name[0].given[1].id"}]',
        '"given":["Maria","Elena"]',
      ],
      [
        'of a list is replaced with its companion',
        '[{"type":"replace","path":"Patient.name[0].given[1]","value":{"valueString":"Eva"}}]',
        '"given":["Maria","Eva"]',
      ],
      [
        'of a list may be without a value',
        '[{"type":"replace","path":"Patient.name[0].given[0]","value":{"_valueString":{"id":"g1"}}}]',
        '"given":[null,"Elena"],"_given":[{"id":"g1"},{"id":"g2"}]',
      ],
    ];
    for (const [what, patch, value] of lists)
      it(what, () => {
        const [name] = patched(maria, patch).name as readonly Record<string, unknown>[];
        const { given, _given } = name ?? {};
        assert.equal(stringifyJson({ given, _given }), `{${value}}`);
      });
  });

  describe('digits', () => {
    const digits: readonly (readonly [what: string, patch: string, contains: string])[] = [
      [
        'stay where nothing changes',
        '[{"type":"replace","path":"Observation.status","value":{"valueCode":"amended"}}]',
        '"valueQuantity":{"value":140.00,',
      ],
      [
        'come with a value',
        '[{"type":"replace","path":"Observation.value.value","value":{"valueDecimal":141.50}}]',
        '"valueQuantity":{"value":141.50,',
      ],
      [
        'change where only they differ',
        '[{"type":"replace","path":"Observation.value.value","value":{"valueDecimal":140}}]',
        '"valueQuantity":{"value":140,',
      ],
      [
        'come inside a value',
        '[{"type":"replace","path":"Observation.value","value":{"valueQuantity":{"value":1.10}}}]',
        '"valueQuantity":{"value":1.10}',
      ],
      [
        'go with an item that moves',
        '[{"type":"move","path":"Observation.component","source":0,"destination":1}]',
        '{"code":{"text":"one"},"valueQuantity":{"value":1.0}}]',
      ],
    ];
    for (const [what, patch, contains] of digits)
      it(what, () => {
        const text = stringifyJson(patched(sodium, patch));
        assert.ok(text.includes(contains), text);
      });
  });

  describe('a malformed document is a 400 that names the operation', () => {
    const one = '"type":"replace","path":"Patient.active","value":{"valueBoolean":true}';
    const malformed: readonly (readonly [patch: string, message: RegExp])[] = [
      ['[{"path":"Patient.active"}]', /operation\[0\]: there is no part type/],
      ['[{"type":"upsert","path":"Patient"}]', /type is "upsert"; expected add, insert, delete, replace or move/],
      ['[{"type":"constructor","path":"Patient"}]', /type is "constructor"/],
      [`[{${one}},{"type":"delete"}]`, /operation\[1\]: delete has no part path/],
      [
        '[{"type":"insert","path":"Patient.name","value":{"valueHumanName":{"text":"x"}}}]',
        /insert has no part index; expected the parts type, path, index, value/,
      ],
      ['[{"type":"move","path":"Patient.name","source":0}]', /move has no part destination/],
      ['[{"type":"delete","path":"Patient.name[0]","index":1}]', /delete has a part "index"/],
      [
        '[{"type":"insert","path":"Patient.name","index":-1,"value":{"valueHumanName":{"text":"x"}}}]',
        /expected a valueInteger of 0 or more/,
      ],
      [
        '[{"type":"insert","path":"Patient.name","index":"1","value":{"valueHumanName":{"text":"x"}}}]',
        /the part index has "valueString"/,
      ],
      [
        '[{"type":"insert","path":"Patient.name[0]","index":1,"value":{"valueHumanName":{"text":"x"}}}]',
        /does not name a list/,
      ],
      ['[{"type":"move","path":"Patient","source":0,"destination":1}]', /does not name a list/],
      ['[{"type":"delete","path":""}]', /expected a valueString that is not empty/],
      ['[{"type":"delete","path":"Patient.name["}]', /is no FHIRPath/],
      ['[{"type":"add","path":"Patient","name":"active","value":{}}]', /the value of active has no content/],
      [
        '[{"type":"add","path":"Patient","name":"active","value":{"valueBoolean":true,"part":[]}}]',
        /has value\[x\] and part; expected one/,
      ],
      [
        '[{"type":"add","path":"Patient","name":"language","value":{"valueCode":"a","valueString":"b"}}]',
        /both a code and a string/,
      ],
      ['[{"type":"add","path":"Patient","name":"contact","value":{"part":[]}}]', /no parts; expected one at least/],
      [
        '[{"type":"add","path":"Patient","name":"contact","value":{"part":"x"}}]',
        /part is a string; expected an array/,
      ],
      [
        '[{"type":"add","path":"Patient","name":"contact","value":{"part":[{"name":"gender","valueCode":"male"},{"name":"gender","valueCode":"male"}]}}]',
        /"gender" is there twice; Patient.contact has one at most/,
      ],
      [
        '[{"type":"add","path":"Patient","name":"maritalStatus","value":{"valueCodeableConcept":"x"}}]',
        /valueCodeableConcept is a string; expected an object/,
      ],
      [
        '[{"type":"add","path":"Patient","name":"gender","value":{"valueCode":{"x":1}}}]',
        /valueCode is an object; expected a primitive value/,
      ],
      [
        '[{"type":"add","path":"Patient","name":"gender","value":{"valueCode":"male","_valueCode":"x"}}]',
        /_valueCode is a string; expected an object/,
      ],
    ];
    for (const [patch, message] of malformed)
      it(patch, () => {
        const error = failure(() => patched(maria, patch));
        assert.match(error.message, message);
        assert.equal(error.status, 400);
      });

    const documents: readonly (readonly [document: unknown, message: RegExp])[] = [
      [{ resourceType: 'Patient' }, /a FHIRPath Patch is a Parameters resource; found "Patient"/],
      [{ resourceType: 'Parameters', parameter: {} }, /Parameters.parameter is an object; expected an array/],
      [{ resourceType: 'Parameters', parameter: [null] }, /operation\[0\]: the parameter is null/],
      [{ resourceType: 'Parameters', parameter: [{ name: 'op' }] }, /named "op"; expected "operation"/],
      [{ resourceType: 'Parameters', parameter: [{ name: 'operation', part: [3] }] }, /a part is a number/],
      [
        { resourceType: 'Parameters', parameter: [{ name: 'operation', part: [{ name: 1 }] }] },
        /a number for its name/,
      ],
      [
        { resourceType: 'Parameters', parameter: [{ name: 'operation', part: [{ name: 'type' }, { name: 'type' }] }] },
        /"type" is there twice/,
      ],
    ];
    for (const [document, message] of documents)
      it(JSON.stringify(document), () => {
        const error = failure(() => applyFhirPathPatch(maria, document as Parameters));
        assert.match(error.message, message);
        assert.equal(error.status, 400);
      });
  });

  describe('an operation that does not apply is a 422 that names it', () => {
    const inapplicable: readonly (readonly [patch: string, message: RegExp])[] = [
      [
        '[{"type":"replace","path":"Patient.gender","value":{"valueCode":"male"}}]',
        /operation\[0\] \(replace Patient.gender\): the path finds no element; expected one/,
      ],
      [
        '[{"type":"delete","path":"Patient.name"}]',
        /finds 2 elements, Patient.name\[0\] and Patient.name\[1\] among them; expected one/,
      ],
      [
        '[{"type":"replace","path":"Patient.name.where(given.exists()).use","value":{"valueCode":"old"}}]',
        /finds 2 elements/,
      ],
      [
        '[{"type":"add","path":"Patient","name":"birthDate","value":{"valueDate":"1970"}}]',
        /Patient.birthDate is there already and does not repeat; expected a replace/,
      ],
      [
        '[{"type":"add","path":"Patient","name":"deceased","value":{"valueDateTime":"1970"}}]',
        /Patient.deceased is there already/,
      ],
      [
        '[{"type":"add","path":"Patient","name":"shoeSize","value":{"valueInteger":3}}]',
        /Patient has no element "shoeSize"/,
      ],
      [
        '[{"type":"add","path":"Patient","name":"__proto__","value":{"valueString":"x"}}]',
        /Patient has no element "__proto__"/,
      ],
      [
        '[{"type":"add","path":"Patient","name":"contact","value":{"part":[{"name":"shoe","valueInteger":3}]}}]',
        /Patient.contact has no element "shoe"/,
      ],
      [
        '[{"type":"delete","path":"Patient.brithDate"}]',
        /Patient has no element "brithDate"; did you mean birthDate\?/,
      ],
      ['[{"type":"delete","path":"Patient.deceasedBoolean"}]', /FHIRPath calls deceasedBoolean deceased/],
      ['[{"type":"delete","path":"Patient.birthDate.value"}]', /date has no element "value"/],
      ['[{"type":"delete","path":"Observation.status"}]', /path begins with "Observation"; expected Patient/],
      ['[{"type":"delete","path":"Patient"}]', /names the resource itself/],
      [
        '[{"type":"replace","path":"Patient","value":{"resource":{"resourceType":"Patient"}}}]',
        /names the resource itself/,
      ],
      ['[{"type":"delete","path":"Patient.name.count()"}]', /path gives a value that it computes/],
      [`[{"type":"delete","path":"Patient.name.where(use > 3)"}]`, /path cannot be evaluated/],
      [
        '[{"type":"add","path":"Patient","name":"gender","value":{"valueBoolean":true}}]',
        /gender is code; found a value of type boolean/,
      ],
      [
        '[{"type":"replace","path":"Patient.deceased","value":{"valueString":"x"}}]',
        /deceased is boolean or dateTime; found a value of type string/,
      ],
      [
        '[{"type":"add","path":"Patient","name":"contact","value":{"valueString":"x"}}]',
        /contact is Patient.contact; found a value of type string/,
      ],
      [
        '[{"type":"add","path":"Patient","name":"gender","value":{"part":[{"name":"a","valueString":"x"}]}}]',
        /gender is code, which has no parts/,
      ],
      [
        '[{"type":"replace","path":"Patient.deceased","value":{"part":[{"name":"a","valueString":"x"}]}}]',
        /has no parts/,
      ],
      [
        '[{"type":"add","path":"Patient","name":"telecom","value":{"resource":{"resourceType":"Basic"}}}]',
        /telecom is ContactPoint; found a resource/,
      ],
      [
        '[{"type":"insert","path":"Patient.name","index":3,"value":{"valueHumanName":{"text":"x"}}}]',
        /index is 3; expected 2 at most, since Patient.name has 2 items/,
      ],
      [
        '[{"type":"insert","path":"Patient.birthDate","index":0,"value":{"valueDate":"1970"}}]',
        /Patient.birthDate does not repeat/,
      ],
      ['[{"type":"insert","path":"Patient.name.given","index":0,"value":{"valueString":"x"}}]', /finds 2 elements/],
      ['[{"type":"move","path":"Patient.name","source":2,"destination":0}]', /source is 2; expected less than 2/],
      ['[{"type":"move","path":"Patient.name","source":0,"destination":2}]', /destination is 2; expected less than 2/],
      [
        '[{"type":"replace","path":"Patient.id","value":{"valueId":"eva"}}]',
        /may not change the id: expected "maria", found "eva"/,
      ],
      [
        '[{"type":"delete","path":"Patient.active"},{"type":"delete","path":"Patient.id"}]',
        /operation\[1\] \(delete Patient.id\): a patch may not change the id/,
      ],
    ];
    for (const [patch, message] of inapplicable)
      it(patch, () => {
        const before = copy(maria);
        const error = failure(() => patched(maria, patch));
        assert.match(error.message, message);
        assert.equal(error.status, 422);
        assert.deepEqual(maria, before);
      });
  });

  describe('a path that does more than find elements is refused', () => {
    const refused: readonly (readonly [path: string, message: RegExp])[] = [
      [`Patient.name.where(family.matches('(a+)+$'))`, /the function matches\(\)/],
      [`Patient.name.where(family.replaceMatches('a', 'b') = 'x')`, /the function replaceMatches\(\)/],
      ['Patient.managingOrganization.resolve()', /the function resolve\(\)/],
      ['Patient.descendants().where(true)', /the function descendants\(\)/],
      ['Patient.repeat(extension)', /the function repeat\(\)/],
      [`Patient.name.trace('x')`, /the function trace\(\)/],
      [`Patient.name.where(%resource.id = 'x')`, /path uses/],
      ['Patient.name | Patient.contact', /path uses "\|"/],
      ['Patient.name.where(given ~ given)', /path uses "~"/],
      [`'a' & 'b'`, /path uses "&"/],
      [`Patient.name.where(${'('.repeat(400)}true${')'.repeat(400)})`, /is no FHIRPath|finds 2 elements/],
      [`${'-'.repeat(900)}1`, /is no FHIRPath/],
      [`Patient${'.name'.repeat(300)}`, /path has 1507 characters; this server evaluates 1000 at most/],
    ];
    for (const [path, message] of refused)
      it(path.slice(0, 60), () => {
        const error = failure(() => patched(maria, JSON.stringify([{ type: 'delete', path }])));
        assert.match(error.message, message);
        assert.ok([400, 422].includes(error.status));
      });

    it('when the paths of one patch take too long together', () => {
      const path = `Patient.name.where(${Array.from({ length: 30 }, (_, index) => `use = '${index}'`).join(' or ')})`;
      const patch = JSON.stringify(Array.from({ length: 2_000 }, () => ({ type: 'delete', path })));
      assert.equal(failure(() => patched(maria, patch)).status, 413);
    });
  });

  it('is refused when its paths name more and more elements', () => {
    const bundle = { resourceType: 'Bundle', entry: Array.from({ length: 20_000 }, () => ({ link: [] })) } as never;
    const patch = JSON.stringify(
      Array.from({ length: 5_000 }, () => ({ type: 'delete', path: 'Bundle.entry.link.url' })),
    );
    assert.equal(failure(() => patched(bundle, patch)).status, 413);
  });

  it('is refused when the result is nested deeper than JSON is read', () => {
    let part: object = { name: 'extension', part: [{ name: 'url', valueUri: 'u' }] };
    for (let depth = 0; depth < 60; depth += 1)
      part = { name: 'extension', part: [{ name: 'url', valueUri: 'u' }, part] };
    const patch = JSON.stringify([{ type: 'add', path: 'Patient', name: 'extension', value: part }]);
    assert.match(failure(() => patched(maria, patch)).message, /nested deeper than 100/);
  });
});
