import { strict as assert } from 'node:assert';
import sql, { raw } from 'sql-template-tag';
import { searchParameterTables } from '../../../../resources/definition.ts';
import type { AnyResource } from '../../../../resources/types.ts';
import { compileParameters } from '../../../../server/search/compile-parameters.ts';
import type { Expression } from '../../../../server/search/expression.ts';
import { indexer } from '../../../../server/search/index-rows.ts';
import { match } from '../../../../server/search/match.ts';
import { criterion, newBudget } from '../../../../server/search/parse-criterion.ts';
import { searchTypes } from '../../../../server/search/type/index.ts';
import type { Store } from '../../../../server/store/store.ts';
import { BASE_URL, searchCases, searchTables } from '../../../spec/search-cases.ts';
import { storesUnderTest } from '../../../store-under-test.ts';

const numbers = new Map<string, number>();
const parameters = compileParameters(searchParameterTables(), (type, code) => {
  const key = `${type}.${code}`;
  const number = numbers.get(key) ?? numbers.size + 1;
  numbers.set(key, number);
  return { number, status: 'active' };
});
const rowsOf = indexer(parameters, BASE_URL);

const cases = searchTables.flatMap(searchCases);
/** Everything that the tables store, each under an id of its own. */
const stored = [...new Map(cases.map((each) => [JSON.stringify(each.stored), each.stored])).values()].map(
  (resource, index): AnyResource => ({ ...resource, id: `r${index}` }),
);
const rows = new Map(stored.map((resource) => [resource, rowsOf(resource)]));

/** The values and presence tests in an expression, each as an expression of its own. */
function leaves(expression: Expression): readonly Extract<Expression, { kind: 'matches' }>[] {
  switch (expression.kind) {
    case 'matches':
      return [expression];
    case 'missing': {
      const { param } = expression;
      return [{ kind: 'matches', param, value: searchTypes[param.type].present(param) }];
    }
    case 'and':
    case 'or':
      return expression.terms.flatMap(leaves);
    case 'not':
      return leaves(expression.term);
    default:
      return [];
  }
}

/** The ids of the resources with a row that satisfies the condition. */
async function idsByRow(store: Store, { param, value }: Extract<Expression, { kind: 'matches' }>): Promise<string[]> {
  const searchType = searchTypes[param.type];
  const found = await store.query<{ id: string }>(
    sql`SELECT DISTINCT r.id AS id FROM ${raw(searchType.table(value).name)} v JOIN resource r ON r.rid = v.rid
      WHERE ${searchType.where('v', value, param)}`,
  );
  return found.map(({ id }) => id).sort();
}

for (const { name, open } of storesUnderTest())
  describe(`the conditions of search on ${name}`, () => {
    let store: Store;

    before(async () => {
      store = await open();
      await store.transact(async (session) => {
        session.write(
          stored.map((resource) => ({
            type: resource.resourceType,
            id: resource.id ?? '',
            method: 'PUT',
            version: 1,
            content: JSON.stringify(resource),
            rowsBefore: {},
            rowsAfter: rows.get(resource) ?? {},
          })),
        );
      });
    });
    after(() => store.close());

    for (const table of searchTables)
      it(`find in the tables what the tests find in memory: ${table}`, async () => {
        for (const { type, search } of searchCases(table)) {
          const at = search.indexOf('=');
          const context = { parameters, baseUrl: BASE_URL, budget: newBudget() };
          for (const leaf of leaves(criterion(type, search.slice(0, at), search.slice(at + 1), context))) {
            const expected = stored
              .filter((resource) => resource.resourceType === type)
              .filter((resource) => match(leaf, { type, id: resource.id ?? '', rows: rows.get(resource) ?? {} }))
              .map(({ id }) => id)
              .sort();
            assert.deepEqual(await idsByRow(store, leaf), expected, `${type}?${search}`);
          }
        }
      });
  });
