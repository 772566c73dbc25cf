import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { isResourceType, searchParameterTables } from '../../resources/definition.ts';
import { compile } from '../../resources/fhirpath.ts';
import { entranceOf } from '../../resources/fhirpath-entrance.ts';
import type { AnyResource } from '../../resources/types.ts';
import { alternatives, typesOf } from '../../server/search/compile-parameters.ts';

const EXAMPLES = 'node_modules/hl7.fhir.r4.examples/';

describe('the properties without which a path selects nothing', () => {
  const cases: readonly (readonly [expression: string, type: string, entrance: readonly string[] | undefined])[] = [
    ['Patient.birthDate', 'Patient', ['birthDate']],
    ['Patient.name.family', 'Patient', ['name']],
    [
      '(Observation.value as Quantity) | (Observation.value as SampledData)',
      'Observation',
      ['valueQuantity', 'valueSampledData'],
    ],
    ['Patient.deceased', 'Patient', ['deceasedBoolean', 'deceasedDateTime']],
    ["Patient.telecom.where(system='phone')", 'Patient', ['telecom']],
    ["Patient.extension('http://hl7.org/fhir/StructureDefinition/patient-religion').value", 'Patient', ['extension']],
    ['Patient.link.other | Patient.generalPractitioner', 'Patient', ['link', 'generalPractitioner']],
    ['Encounter.subject.where(resolve() is Patient)', 'Encounter', ['subject']],
    ['Observation', 'Observation', undefined],
    ['Observation | Observation.component', 'Observation', undefined],
    // Says no of a patient without the element.
    ['Patient.deceased.exists() and Patient.deceased != false', 'Patient', undefined],
    ['Patient.deceased.exists()', 'Patient', undefined],
    ['Patient.deceased.empty()', 'Patient', undefined],
    ['Patient.birthDate + 1 year', 'Patient', undefined],
  ];
  for (const [expression, type, entrance] of cases)
    it(`${expression}: ${entrance ? entrance.join(', ') : 'cannot be told'}`, () =>
      assert.deepEqual(entranceOf(expression, type), entrance));

  it('are there in every example of R4 in which a search parameter selects anything', () => {
    let tested = 0;
    const compiled = new Map<
      string,
      { entrance: readonly string[]; evaluate: ReturnType<typeof compile>['evaluate'] }[]
    >();
    for (const table of searchParameterTables())
      for (const type of table.base.flatMap(typesOf)) {
        const expression = alternatives(type, table).join(' | ');
        const entrance = expression === '' ? undefined : entranceOf(expression, type);
        const own = compiled.get(type) ?? [];
        compiled.set(type, own);
        if (entrance) own.push({ entrance, evaluate: compile(expression, type).evaluate });
      }
    for (const name of readdirSync(EXAMPLES)) {
      if (!/^[A-Z].*\.json$/.test(name)) continue;
      const resource = JSON.parse(readFileSync(EXAMPLES + name, 'utf8')) as AnyResource;
      if (!isResourceType(resource.resourceType)) continue;
      for (const { entrance, evaluate } of compiled.get(resource.resourceType) ?? []) {
        if (entrance.some((property) => resource[property] !== undefined)) continue;
        tested += 1;
        assert.deepEqual(evaluate(resource, resource), [], `${name}: ${entrance}`);
      }
    }
    assert.ok(tested > 10_000, `only ${tested} were tested`);
  });
});
