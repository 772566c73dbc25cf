import { strict as assert } from 'node:assert';
import { searchParameterTables } from '../../../../resources/definition.ts';
import { FhirError } from '../../../../resources/outcome.ts';
import type { ResourceType } from '../../../../resources/types.ts';
import { compileParameters } from '../../../../server/search/compile-parameters.ts';
import { searchTypes } from '../../../../server/search/type/index.ts';
import type { ParseContext, SystemCode } from '../../../../server/search/type/search-type.ts';

const parameters = compileParameters(searchParameterTables(), () => ({ number: 1, status: 'active' }));
const concepts: readonly SystemCode[] = [
  { system: 'http://acme.org/codes', code: 'a' },
  { system: 'http://acme.org/codes', code: 'b' },
];
const context: ParseContext = {
  baseUrl: 'http://example.org/fhir',
  terminology: {
    expansion: (valueSet) => (valueSet === 'http://acme.org/ValueSet/1' ? concepts : undefined),
    subsumption: (_direction, { system }) => (system === 'http://acme.org/codes' ? concepts : undefined),
  },
};

function parse(type: ResourceType, code: string, text: string, modifier?: string) {
  const param = parameters.get(type, code);
  assert.ok(param);
  return searchTypes[param.type].parse(text, modifier, param, context);
}

describe('a value that does not parse', () => {
  for (const [type, code, text, said, modifier] of [
    ['Patient', 'birthdate', '2024-13', /Patient\.birthdate: '2024-13' is no date; a date is yyyy/],
    ['Patient', 'birthdate', 'xx2024', /'xx2024' is no date.*prefixes eq, ne, gt/],
    ['Patient', 'birthdate', 'ge', /'ge' is no date/],
    ['RiskAssessment', 'probability', 'high', /'high' is no number; a number is like 100/],
    ['RiskAssessment', 'probability', '1,5', /is no number/],
    ['Observation', 'value-quantity', '5.4|mg', /accepted are number, number\|\|unit and number\|system\|code/],
    ['Observation', 'value-quantity', '5.4|http://unitsofmeasure.org|', /is no quantity/],
    ['Observation', 'value-quantity', 'mg', /is no quantity/],
    ['Patient', 'identifier', '|', /is no token; accepted are code, system\|code/],
    ['Patient', 'identifier', 'a|b|c', /is no token/],
    ['Patient', 'identifier', 'a|b', /:of-type takes system\|code\|value/, 'of-type'],
    ['Patient', 'name', '...', /has no letter or digit/],
    ['Condition', 'code', 'http://acme.org/ValueSet/2', /is no value set that this server holds/, 'in'],
    ['Condition', 'code', 'x', /:below takes system\|code/, 'below'],
    ['Condition', 'code', 'http://other.org|x', /hierarchy this server does not hold/, 'below'],
    ['Observation', 'subject', 'Patient?x=1', /is no reference; accepted are id, type\/id/],
    ['Observation', 'patient', 'Group/1', /is a Group; the parameter refers to Patient/],
    ['Observation', 'subject', '1', /cannot be of type 'Appointment'.*Group, Device, Patient, Location/, 'Appointment'],
    ['Observation', 'subject', 'Group/1', /is a Group; the parameter refers to Patient/, 'Patient'],
    ['ValueSet', 'url', 'urn:oid:1.2', /is no URL; :below follows the path/, 'below'],
    [
      'Observation',
      'code-value-quantity',
      '2823-3',
      /needs 2 values joined by \$: code \(token\)\$value-quantity \(quantity\)/,
    ],
    ['Observation', 'code-value-quantity', '2823-3$high', /value-quantity: 'high' is no quantity/],
    ['Location', 'near', '42', /accepted is latitude\|longitude\|distance\|units/],
    ['Location', 'near', '42|-83|5|parsec', /is no place/],
    ['Location', 'near', '91|0', /is no place/],
  ] as const)
    it(`${type}?${code}${modifier ? `:${modifier}` : ''}=${text} is refused with ${said}`, () => {
      assert.throws(
        () => parse(type, code, text, modifier),
        (error) => {
          assert.ok(error instanceof FhirError);
          assert.equal(error.status, 400);
          assert.match(error.message, said);
          const [issue] = error.issues;
          assert.match(issue?.expression?.[0] ?? '', /^http\./);
          return true;
        },
      );
    });

  it('is quoted in part when it is long', () => {
    assert.throws(
      () => parse('Patient', 'birthdate', 'x'.repeat(5_000)),
      (error: Error) => error.message.length < 400,
    );
  });
});

describe('value sets and hierarchies', () => {
  it('become the codes that they stand for', () => {
    for (const [modifier, text] of [
      ['in', 'http://acme.org/ValueSet/1'],
      ['not-in', 'http://acme.org/ValueSet/1'],
      ['below', 'http://acme.org/codes|a'],
      ['above', 'http://acme.org/codes|b'],
    ] as const) {
      const value = parse('Condition', 'code', text, modifier);
      const type = searchTypes.token;
      assert.equal(type.test([1, 'b', 'http://acme.org/codes'], value), true);
      assert.equal(type.test([1, 'b', 'http://other.org'], value), false);
      const param = parameters.get('Condition', 'code');
      assert.ok(param && type.where('t', value, param).values.includes('b'));
    }
  });
});

describe('modifiers', () => {
  for (const [type, code, modifiers] of [
    ['Patient', 'gender', ['not', 'in', 'not-in', 'above', 'below']],
    ['Patient', 'identifier', ['not', 'text', 'in', 'not-in', 'above', 'below', 'of-type']],
    ['Patient', 'name', ['exact', 'contains']],
    ['Observation', 'subject', ['identifier']],
    ['QuestionnaireResponse', 'questionnaire', ['below', 'above']],
    ['ValueSet', 'url', ['below', 'above']],
    ['Patient', 'birthdate', []],
    ['Observation', 'code-value-quantity', []],
  ] as const)
    it(`of ${type}.${code} are ${modifiers.join(', ') || 'none'}`, () => {
      const param = parameters.get(type, code);
      assert.deepEqual(param && searchTypes[param.type].modifiers(param), modifiers);
    });
});
