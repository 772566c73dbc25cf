import { strict as assert } from 'node:assert';
import { searchParameterTables } from '../../../resources/definition.ts';
import type { AnyResource } from '../../../resources/types.ts';
import { compileParameters } from '../../../server/search/compile-parameters.ts';
import { indexer } from '../../../server/search/index-rows.ts';
import { type Candidate, isLocal, match } from '../../../server/search/match.ts';
import { criterion, newBudget } from '../../../server/search/parse-criterion.ts';
import { BASE_URL, searchCases, searchTables } from '../../spec/search-cases.ts';

let count = 0;
const parameters = compileParameters(searchParameterTables(), () => {
  count += 1;
  return { number: count, status: 'active' };
});
const rowsOf = indexer(parameters, BASE_URL);

const candidate = (resource: AnyResource): Candidate => ({
  type: resource.resourceType,
  id: resource.id ?? '',
  lastUpdated: Date.parse('2024-05-01T10:00:00Z'),
  rows: rowsOf(resource),
});

function expressionOf(type: AnyResource['resourceType'], search: string) {
  const at = search.indexOf('=');
  const context = { parameters, baseUrl: BASE_URL, budget: newBudget() };
  return criterion(type, search.slice(0, at), search.slice(at + 1), context);
}

describe('match', () => {
  for (const table of searchTables)
    describe(table, () => {
      for (const { section, type, search, stored, matches } of searchCases(table)) {
        const { resourceType: _type, id: _id, ...content } = stored;
        it(`${search} ${matches ? 'finds' : 'passes over'} ${JSON.stringify(content)}  ${section.split('#').at(-1)}`, () => {
          assert.equal(match(expressionOf(type, search), candidate(stored)), matches);
        });
      }
    });

  const maria: AnyResource = { resourceType: 'Patient', id: 'maria', name: [{ family: 'Lopez' }] };
  const observation: AnyResource = {
    resourceType: 'Observation',
    id: 'weight',
    status: 'final',
    subject: { reference: 'Patient/maria' },
  };

  it('knows the id and the time of the last update, which have no rows', () => {
    assert.ok(match(expressionOf('Patient', '_id=maria,eve'), candidate(maria)));
    assert.ok(!match(expressionOf('Patient', '_id=Maria'), candidate(maria)));
    assert.ok(match(expressionOf('Patient', '_lastUpdated=2024-05-01'), candidate(maria)));
    assert.ok(!match(expressionOf('Patient', '_lastUpdated=lt2024-05-01'), candidate(maria)));
  });

  it('follows chains and _has by the links that it is given', () => {
    const links = { targets: () => [candidate(maria)], sources: () => [candidate(observation)] };
    assert.ok(match(expressionOf('Observation', 'patient.family=lopez'), candidate(observation), links));
    assert.ok(!match(expressionOf('Observation', 'patient.family=smith'), candidate(observation), links));
    assert.ok(match(expressionOf('Patient', '_has:Observation:patient:status=final'), candidate(maria), links));
    assert.ok(!match(expressionOf('Patient', '_has:Observation:patient:status=amended'), candidate(maria), links));
  });

  it('says which expressions need links, and refuses those without them', () => {
    const chain = expressionOf('Observation', 'patient.family=lopez');
    assert.equal(isLocal(chain), false);
    assert.equal(isLocal(expressionOf('Observation', 'status:not=final')), true);
    assert.throws(() => match(chain, candidate(observation)), /without links/);
  });
});
