import { strict as assert } from 'node:assert';
import { type DefinitionSource, layered, packagedDefinitions } from '../../profiles/source.ts';
import { localTerminology } from '../../profiles/terminology.ts';
import type { CodeSystem, ValueSet, ValueSetCompose } from '../../resources/types.ts';

const url = (name: string): string => `http://example.com/fhir/${name}`;

const animals = {
  url: url('animals'),
  content: 'complete',
  caseSensitive: false,
  concept: [
    {
      code: 'Mammal',
      concept: [{ code: 'Dog', display: 'Dog', property: [{ code: 'legs', valueInteger: 4 }] }, { code: 'Whale' }],
    },
    { code: 'Bird' },
    { code: 'Bat', property: [{ code: 'parent', valueCode: 'Mammal' }] },
  ],
} as unknown as CodeSystem;
const fragment = { url: url('fragment'), content: 'fragment', concept: [{ code: 'a' }] } as unknown as CodeSystem;

const compositions: Readonly<Record<string, ValueSetCompose>> = {
  all: { include: [{ system: url('animals') }] },
  listed: { include: [{ system: url('animals'), concept: [{ code: 'Dog' }] }] },
  mammals: { include: [{ system: url('animals'), filter: [{ property: 'concept', op: 'is-a', value: 'Mammal' }] }] },
  'below-mammal': {
    include: [{ system: url('animals'), filter: [{ property: 'concept', op: 'descendent-of', value: 'Mammal' }] }],
  },
  'four-legs': { include: [{ system: url('animals'), filter: [{ property: 'legs', op: '=', value: '4' }] }] },
  'no-legs-known': {
    include: [{ system: url('animals'), filter: [{ property: 'legs', op: 'exists', value: 'false' }] }],
  },
  pattern: { include: [{ system: url('animals'), filter: [{ property: 'code', op: 'regex', value: '(a+)+$' }] }] },
  'not-dogs': {
    include: [{ valueSet: [url('mammals')] }],
    exclude: [{ system: url('animals'), concept: [{ code: 'Dog' }] }],
  },
  'both-sets': { include: [{ valueSet: [url('mammals'), url('listed')] }] },
  circular: { include: [{ valueSet: [url('circular')] }] },
  part: { include: [{ system: url('fragment') }] },
  snomed: { include: [{ system: 'http://snomed.info/sct' }] },
};

const source: DefinitionSource = layered(
  {
    structureDefinition: () => undefined,
    valueSet: (canonical) => {
      const name = canonical.slice(url('').length);
      return canonical.startsWith(url('')) && Object.hasOwn(compositions, name)
        ? ({ url: canonical, compose: compositions[name] } as ValueSet)
        : undefined;
    },
    codeSystem: (canonical) => [animals, fragment].find((each) => each.url === canonical),
  },
  packagedDefinitions(),
);
const terminology = localTerminology(source);

// https://hl7.org/fhir/R4/valueset.html#compositions
const table: readonly (readonly [string, string | undefined, string, 'yes' | 'no' | 'unknown'])[] = [
  [url('all'), url('animals'), 'Dog', 'yes'],
  [url('all'), url('animals'), 'DOG', 'yes'],
  [url('all'), undefined, 'Dog', 'yes'],
  [url('all'), url('animals'), 'Unicorn', 'no'],
  [url('all'), url('plants'), 'Dog', 'no'],
  [url('listed'), url('animals'), 'Dog', 'yes'],
  [url('listed'), url('animals'), 'Whale', 'no'],
  [url('mammals'), url('animals'), 'Mammal', 'yes'],
  [url('mammals'), url('animals'), 'Bat', 'yes'],
  [url('mammals'), url('animals'), 'Bird', 'no'],
  [url('below-mammal'), url('animals'), 'Mammal', 'no'],
  [url('below-mammal'), url('animals'), 'Whale', 'yes'],
  [url('four-legs'), url('animals'), 'Dog', 'yes'],
  [url('four-legs'), url('animals'), 'Bird', 'no'],
  [url('no-legs-known'), url('animals'), 'Bird', 'yes'],
  [url('pattern'), url('animals'), 'Dog', 'unknown'],
  [url('not-dogs'), url('animals'), 'Whale', 'yes'],
  [url('not-dogs'), url('animals'), 'Dog', 'no'],
  [url('both-sets'), url('animals'), 'Dog', 'yes'],
  [url('both-sets'), url('animals'), 'Whale', 'no'],
  [url('circular'), url('animals'), 'Dog', 'unknown'],
  [url('part'), url('fragment'), 'a', 'yes'],
  [url('part'), url('fragment'), 'b', 'unknown'],
  [url('snomed'), 'http://snomed.info/sct', '22298006', 'unknown'],
  [url('snomed'), 'http://snomed.info/sct', '22298007', 'no'],
  [url('missing'), url('animals'), 'Dog', 'unknown'],
  // of R4
  ['http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1', undefined, 'female', 'yes'],
  ['http://hl7.org/fhir/ValueSet/administrative-gender', undefined, 'F', 'no'],
  ['http://hl7.org/fhir/ValueSet/mimetypes', undefined, 'text/plain; charset=utf-8', 'yes'],
  ['http://hl7.org/fhir/ValueSet/mimetypes', undefined, 'plain', 'no'],
  ['http://hl7.org/fhir/ValueSet/currencies', undefined, 'EUR', 'yes'],
  ['http://hl7.org/fhir/ValueSet/currencies', undefined, 'XYZ', 'no'],
  ['http://hl7.org/fhir/ValueSet/ucum-units', 'http://unitsofmeasure.org', 'mg/dL', 'yes'],
  ['http://hl7.org/fhir/ValueSet/ucum-units', 'http://unitsofmeasure.org', '{# of calculi}', 'yes'],
  ['http://hl7.org/fhir/ValueSet/ucum-units', 'http://unitsofmeasure.org', 'mmHg', 'no'],
  ['http://hl7.org/fhir/ValueSet/all-languages', 'urn:ietf:bcp:47', 'de-CH', 'yes'],
  ['http://hl7.org/fhir/ValueSet/all-languages', 'urn:ietf:bcp:47', 'xx-klingon-9', 'no'],
];

describe('terminology', () => {
  for (const [valueSet, system, code, answer] of table)
    it(`${valueSet} ${answer === 'yes' ? 'holds' : answer === 'no' ? 'does not hold' : 'may hold'} ${system ?? ''}|${code}`, () =>
      assert.equal(terminology.contains(valueSet, system, code).kind, answer));

  it('names what is missing', () => {
    const answer = terminology.contains(url('snomed'), 'http://snomed.info/sct', '22298006');
    assert.deepEqual(answer, {
      kind: 'unknown',
      reason: 'the code system http://snomed.info/sct is not available here',
    });
  });
});
