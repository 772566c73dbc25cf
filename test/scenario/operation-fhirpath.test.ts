import { strict as assert } from 'node:assert';
import type { Parameters, ParametersParameter } from '../../resources/types.ts';
import { onEveryDatabase } from '../server-under-test.ts';

const maria = {
  resourceType: 'Patient',
  id: 'maria',
  active: true,
  name: [{ given: ['Maria', 'Elena'], family: 'Keller' }],
  contact: [{ name: { family: 'Keller' }, gender: 'male' }],
  birthDate: '1980-01-02',
};

onEveryDatabase('$fhirpath', (server) => {
  const ask = (parameter: readonly object[]) =>
    server()
      .http.post('/fhir/$fhirpath')
      .set('Content-Type', 'application/fhir+json')
      .send({ resourceType: 'Parameters', parameter });
  const ofMaria = (expression: string, more: readonly object[] = []) =>
    ask([{ name: 'expression', valueString: expression }, ...more, { name: 'resource', resource: maria }]);
  const resultsOf = ({ parameter = [] }: Parameters): readonly ParametersParameter[] =>
    parameter.filter(({ name }) => name === 'result');

  const values: readonly [string, readonly object[]][] = [
    ['Patient.active', [{ name: 'boolean', valueBoolean: true }]],
    [
      'name.given',
      [
        { name: 'string', valueString: 'Maria' },
        { name: 'string', valueString: 'Elena' },
      ],
    ],
    ['name', [{ name: 'HumanName', valueHumanName: maria.name[0] }]],
    ['birthDate', [{ name: 'date', valueDate: '1980-01-02' }]],
    ['1.50 + 1', [{ name: 'decimal', valueDecimal: 2.5 }]],
    ['name.given.count()', [{ name: 'integer', valueInteger: 2 }]],
    [
      "4 'mg'",
      [{ name: 'Quantity', valueQuantity: { value: 4, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' } }],
    ],
    ["''", [{ name: 'empty-string' }]],
    ['photo', []],
    ['id', [{ name: 'string', valueString: 'maria' }]],
    ['name.type().name', [{ name: 'string', valueString: 'HumanName' }]],
    ['%sct', [{ name: 'string', valueString: 'http://snomed.info/sct' }]],
    [
      '%`vs-administrative-gender`',
      [{ name: 'string', valueString: 'http://hl7.org/fhir/ValueSet/administrative-gender' }],
    ],
    [
      'contact',
      [
        {
          name: 'Patient.contact',
          extension: [
            {
              url: 'http://fhir.forms-lab.com/StructureDefinition/json-value',
              valueString: JSON.stringify(maria.contact[0]),
            },
          ],
        },
      ],
    ],
    ['$this', [{ name: 'Patient', resource: maria }]],
  ];
  for (const [expression, part] of values)
    it(`gives what ${expression} selects, with its type`, async () => {
      const { status, body } = await ofMaria(expression);
      assert.equal(status, 200);
      const [only] = resultsOf(body);
      assert.deepEqual(only?.part ?? [], part);
    });

  it('evaluates on each item of the context, and says which', async () => {
    const { body } = await ofMaria('length()', [{ name: 'context', valueString: 'name.given' }]);
    assert.deepEqual(resultsOf(body), [
      { name: 'result', valueString: 'Patient.name[0].given[0]', part: [{ name: 'integer', valueInteger: 5 }] },
      { name: 'result', valueString: 'Patient.name[0].given[1]', part: [{ name: 'integer', valueInteger: 5 }] },
    ]);
  });

  it('tells what trace() saw', async () => {
    const { body } = await ofMaria("name.family.trace('family').length()");
    assert.deepEqual(resultsOf(body)[0]?.part, [
      { name: 'trace', valueString: 'family', part: [{ name: 'string', valueString: 'Keller' }] },
      { name: 'integer', valueInteger: 6 },
    ]);
  });

  it('is asked of a stored resource by GET', async () => {
    await server().http.put('/fhir/Patient/maria').set('Content-Type', 'application/fhir+json').send(maria);
    const { status, body } = await server().http.get('/fhir/Patient/maria/$fhirpath?expression=name.family');
    assert.equal(status, 200);
    assert.deepEqual(resultsOf(body)[0]?.part, [{ name: 'string', valueString: 'Keller' }]);
    assert.equal((await server().http.get('/fhir/Patient/nobody/$fhirpath?expression=id')).status, 404);
  });

  it('gives a decimal of the resource as a decimal', async () => {
    const weight = { resourceType: 'Observation', id: 'weight', status: 'final', code: { text: 'Weight' } };
    await server()
      .http.put('/fhir/Observation/weight')
      .send({ ...weight, valueQuantity: { value: 71.5, unit: 'kg' } });
    const { body } = await server().http.get('/fhir/Observation/weight/$fhirpath?expression=value.value');
    assert.deepEqual(resultsOf(body)[0]?.part, [{ name: 'decimal', valueDecimal: 71.5 }]);
  });

  it('needs no resource', async () => {
    const { body } = await server().http.get(`/fhir/$fhirpath?expression=${encodeURIComponent('1 + 2')}`);
    assert.deepEqual(resultsOf(body)[0]?.part, [{ name: 'integer', valueInteger: 3 }]);
  });

  const refused: readonly [string, string, number][] = [
    ['what is no FHIRPath', 'name.(', 422],
    ['a function that there is not', 'name.giveMe()', 422],
    ['a comparison of what cannot be compared', 'name.family < 5', 422],
    ['what has no expression', '', 400],
    ['a longer expression than any person writes', `${'1 + '.repeat(2000)}1`, 413],
    ['a regular expression that would take for ever', `'${'a'.repeat(40)}!'.matches('^(a+)+$')`, 413],
    ['a repetition without an end', 'repeat(iif($this is Patient, 1, $this + 1))', 422],
    ['a question to another server', "name.given.memberOf('http://care.example/ValueSet/names')", 422],
    ['a reference that would have to be fetched', "'http://127.0.0.1/Patient/1'.resolve()", 422],
  ];
  for (const [title, expression, expected] of refused)
    it(`answers ${expected} to ${title}, and goes on`, async () => {
      const { status, body } = await ofMaria(expression);
      assert.equal(status, expected, JSON.stringify(body));
      assert.equal(body.resourceType, 'OperationOutcome');
      assert.equal((await ofMaria('active')).status, 200);
    });
});
