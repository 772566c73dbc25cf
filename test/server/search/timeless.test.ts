import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import {
  isResourceType,
  ownSearchParameterTables,
  type SearchParameterTable,
  searchParameterTables,
} from '../../../resources/definition.ts';
import type { AnyResource } from '../../../resources/types.ts';
import { compileParameters } from '../../../server/search/compile-parameters.ts';
import { indexer } from '../../../server/search/index-rows.ts';
import { isTimeless } from '../../../server/search/timeless.ts';
import { BASE_URL } from '../../spec/search-cases.ts';

const EXAMPLES = 'node_modules/hl7.fhir.r4.examples/';
const shipped = [...searchParameterTables(), ...ownSearchParameterTables()];

function compiled(tables: readonly SearchParameterTable[]) {
  let count = 0;
  return compileParameters(tables, () => ({ number: ++count, status: 'active' }));
}

const table = (expression: string, type: SearchParameterTable['type'] = 'token'): SearchParameterTable => ({
  url: 'https://clinic.example/SearchParameter/own',
  code: 'own',
  base: ['Observation'],
  type,
  expression,
  description: 'of the clinic',
});

describe('resources whose index rows can be made before the server has stamped them', () => {
  it('are those of the parameters of R4 and of ours: an example has the same rows before and after', () => {
    const parameters = compiled(shipped);
    const rowsOf = indexer(parameters, BASE_URL);
    let tested = 0;
    for (const name of readdirSync(EXAMPLES)) {
      if (!/^[A-Z].*\.json$/.test(name)) continue;
      const resource = JSON.parse(readFileSync(EXAMPLES + name, 'utf8')) as AnyResource;
      const { resourceType: type, id: _id, meta, ...elements } = resource;
      if (!isResourceType(type) || !isTimeless(type, parameters)) continue;
      tested += 1;
      const stamped = { id: 'made-here', meta: { ...meta, versionId: '7', lastUpdated: '2026-11-21T10:00:00Z' } };
      assert.deepEqual(
        rowsOf({ resourceType: type, ...stamped, ...elements }),
        rowsOf({ resourceType: type, ...(meta ? { meta } : {}), ...elements }),
        name,
      );
    }
    assert.ok(tested > 1_000, `only ${tested} were tested`);
  });

  const cases: readonly (readonly [expression: string, timeless: boolean])[] = [
    ['Observation.status', true],
    ['Resource.meta.tag', true],
    ['Observation.meta.profile', true],
    ['Observation.meta.versionId', false],
    ['Observation.meta.lastUpdated', false],
    ['Observation.meta', false],
    ['Observation.id', false],
    ['Observation', false],
    ['Observation.descendants()', false],
    ["Observation.identifier.where(%resource.id = 'x')", false],
    ["Observation.component.where(id = 'x').code", false],
  ];
  for (const [expression, timeless] of cases)
    it(`are ${timeless ? '' : 'not '}those of a type with a parameter for ${expression}`, () =>
      assert.equal(isTimeless('Observation', compiled([table(expression)])), timeless));
});
