import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { isResourceType, searchParameterTables } from '../../resources/definition.ts';
import { type Compiled, compile, compileByLibrary, type TypedValue } from '../../resources/fhirpath.ts';
import { FhirError } from '../../resources/outcome.ts';
import type { AnyResource, ResourceType } from '../../resources/types.ts';

const EXAMPLES = 'node_modules/hl7.fhir.r4.examples/';
// The larger ones are definitions that fhirpath.js takes minutes for.
const MAX_BYTES = 150_000;
const EXAMPLES_A_TYPE = 12;

/** Up to twelve official examples of each type. */
function* examples(): Generator<AnyResource> {
  const seen = new Map<ResourceType, number>();
  for (const name of readdirSync(EXAMPLES)) {
    if (!/^[A-Z].*\.json$/.test(name) || statSync(EXAMPLES + name).size > MAX_BYTES) continue;
    const type = name.slice(0, name.indexOf('-'));
    const count = seen.get(type as ResourceType) ?? 0;
    if (!isResourceType(type) || count >= EXAMPLES_A_TYPE) continue;
    seen.set(type, count + 1);
    yield JSON.parse(readFileSync(EXAMPLES + name, 'utf8')) as AnyResource;
  }
}

const select = (expression: string, resource: AnyResource): readonly TypedValue[] =>
  compile(expression, resource.resourceType).evaluate(resource, resource);

const observation: AnyResource = {
  resourceType: 'Observation',
  contained: [{ resourceType: 'Patient', id: 'p' }],
  status: 'final',
  subject: { reference: '#p' },
  performer: [{ reference: 'Practitioner/1' }, { reference: 'http://a.example/fhir/Organization/2' }, { display: 'x' }],
  code: { coding: [{ system: 'http://loinc.org', code: 'a' }, { code: 'b' }] },
  effectiveDateTime: '2024-05-01',
  valueQuantity: { value: 5.4 },
  component: [{ valueString: 'low' }, { valueQuantity: { value: 1 } }, { code: {} }],
  extension: [
    { url: 'http://a.example/e', valueCode: 'x' },
    { url: 'http://a.example/f', valueCode: 'y' },
  ],
};

describe('compile', () => {
  for (const [expression, found] of [
    ['Observation.status', [['final', 'code']]],
    ['status', [['final', 'code']]],
    ['Resource.contained.id', [['p', 'id']]],
    ['Patient.name', []],
    [
      'Observation.code.coding.code',
      [
        ['a', 'code'],
        ['b', 'code'],
      ],
    ],
    ['Observation.code.coding[1].code', [['b', 'code']]],
    ['Observation.code.coding.first().code', [['a', 'code']]],
    ["Observation.code.coding.where(system='http://loinc.org').code", [['a', 'code']]],
    ['Observation.code.coding.where(system.empty()).code', [['b', 'code']]],
    ['Observation.effective', [['2024-05-01', 'dateTime']]],
    ['(Observation.effective as Period)', []],
    ['Observation.effective.ofType(dateTime)', [['2024-05-01', 'dateTime']]],
    ['Observation.value.as(DateTime) | Observation.effective.as(DateTime)', [['2024-05-01', 'dateTime']]],
    ['(Observation.component.value as string)', [['low', 'string']]],
    ['Observation.value.exists()', [[true, 'boolean']]],
    ['Observation.value is Quantity', [[true, 'boolean']]],
    ['Observation.value.exists().not()', [[false, 'boolean']]],
    ["Observation.status = 'final' and Observation.value.exists()", [[true, 'boolean']]],
    ["Observation.status != 'final' or Observation.note.exists()", [[false, 'boolean']]],
    ["Observation.language = 'de'", []],
    ['Observation.subject.where(resolve() is Patient).reference', [['#p', 'string']]],
    ['Observation.subject.where(resolve() is Group)', []],
    [
      'Observation.performer.where(resolve() is Organization).reference',
      [['http://a.example/fhir/Organization/2', 'string']],
    ],
    ["Observation.extension('http://a.example/e').value", [['x', 'code']]],
    ["Observation.where(hasExtension('http://a.example/e')).status", [['final', 'code']]],
    ["Observation.where(hasExtension('http://a.example/g')).status", []],
  ] as const)
    it(`${expression} selects ${JSON.stringify(found)}, by a closure`, () => {
      assert.equal(compile(expression, 'Observation').by, 'closure');
      assert.deepEqual(
        select(expression, observation).map(({ value, type }) => [value, type]),
        found,
      );
    });

  it('knows the types that a result can have before there is one', () => {
    assert.deepEqual(compile('Condition.onset', 'Condition').types, ['dateTime', 'Age', 'Period', 'Range', 'string']);
    assert.deepEqual(compile('Condition.onset.as(Age)', 'Condition').types, ['Age']);
    assert.deepEqual(compile('Patient.nothing', 'Patient').types, []);
    assert.equal(compile('Bundle.entry.resource.id', 'Bundle').types, undefined);
  });

  it('evaluates from a part of a resource, with the resource at hand', () => {
    const { evaluate, by } = compile('%resource.status | value.as(string)', 'Observation.component', 'Observation');
    const [component] = observation.component as readonly unknown[];
    assert.equal(by, 'closure');
    assert.deepEqual(
      evaluate(component, observation).map(({ value }) => value),
      ['final', 'low'],
    );
  });

  it('leaves what is no plain path to fhirpath.js', () => {
    const { by } = compile("Observation.code.coding.code.select($this & '!')", 'Observation');
    assert.equal(by, 'library');
    assert.deepEqual(select("Observation.code.coding.code.select($this & '!')", observation), [
      { value: 'a!', type: 'string' },
      { value: 'b!', type: 'string' },
    ]);
    assert.deepEqual(select('Observation.value.value + 1', observation), [{ value: 6.4, type: 'decimal' }]);
    assert.deepEqual(select('Observation.status.extension', observation), []);
  });

  it('refuses what is no FHIRPath, saying so', () => {
    assert.throws(() => compile('Observation.', 'Observation'), FhirError);
    assert.throws(() => compile("Observation.where(x = 'y'", 'Observation'), /is no FHIRPath expression/);
  });
});

describe('closures and fhirpath.js', () => {
  it('select the same, by every search parameter of R4 in the official examples', () => {
    const expressions = new Map<string, Set<string>>();
    // fhirpath.js resolves references over the network only.
    for (const { expression, base } of searchParameterTables())
      if (expression && !expression.includes('resolve()'))
        for (const type of base) expressions.set(type, (expressions.get(type) ?? new Set()).add(expression));
    const compiled = new Map<string, readonly [Compiled, Compiled]>();
    const differences: string[] = [];
    let compared = 0;
    for (const resource of examples())
      for (const expression of expressions.get(resource.resourceType) ?? []) {
        const key = `${resource.resourceType}: ${expression}`;
        const pair = compiled.get(key) ?? [
          compile(expression, resource.resourceType),
          compileByLibrary(expression, resource.resourceType),
        ];
        compiled.set(key, pair);
        const expected = attempt(() => distinct(pair[1].evaluate(resource, resource)));
        if (expected === undefined) continue;
        compared += 1;
        if (distinct(pair[0].evaluate(resource, resource)) !== expected) differences.push(`${key} in ${resource.id}`);
      }
    assert.deepEqual(differences, []);
    assert.ok(compared > 5_000, `${compared} comparisons`);
  });

  it('are closures for every search parameter of R4', () => {
    const byLibrary = searchParameterTables().flatMap(({ expression, base }) =>
      base
        .filter((type) => expression && compile(expression, type).by === 'library')
        .map((type) => `${type}: ${expression}`),
    );
    assert.deepEqual(byLibrary, []);
  });
});

describe('values that an expression makes', () => {
  const made: readonly (readonly [string, string, unknown])[] = [
    ['1 + 1', 'integer', 2],
    ['0.5 + 1', 'decimal', 1.5],
    ["'a' & 'b'", 'string', 'ab'],
    ['@2026-03-02 + 1 day', 'date', '2026-03-03'],
    ['@2026-03-02T10:00:00Z', 'dateTime', '2026-03-02T10:00:00Z'],
    ['@T10:00:00', 'time', '10:00:00'],
    ["3 'mg'", 'Quantity', { value: 3, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' }],
    ['3 days', 'Quantity', { value: 3, unit: 'days' }],
  ];
  for (const [expression, type, value] of made)
    it(`${expression} is the ${type} ${JSON.stringify(value)}`, () =>
      assert.deepEqual(compileByLibrary(expression, 'Observation').evaluate(observation, observation), [
        { value, type },
      ]));
});

/** fhirpath.js throws where `as` meets several values, which the closures take one by one. */
function attempt<T>(evaluate: () => T): T | undefined {
  try {
    return evaluate();
  } catch {
    return undefined;
  }
}

const distinct = (values: readonly TypedValue[]): string =>
  [...new Set(values.map(({ value, type }) => `${type} ${JSON.stringify(value)}`))].sort().join('\n');
