/** FHIRPath in arguments: what is let through, and what could cost more than it should is not. */
import { strict as assert } from 'node:assert';
import { holds, pathOn } from '../../../../server/operation/graphql/path.ts';

const maria = {
  resourceType: 'Patient',
  name: [{ use: 'official', family: 'Keller', given: ['Maria', 'Anna'] }],
} as const;
const [name] = maria.name;

describe('FHIRPath in GraphQL arguments', () => {
  for (const [expression, expected] of [
    ['family.exists()', true],
    ["use = 'official' and given.count() = 2", true],
    ["family.startsWith('K')", true],
    ["given.where($this = 'Anna').exists()", true],
    ['period.exists()', false],
    ["family = 'matches(x)'", false],
    ['(family.exists()) and (use.exists())', true],
  ] as const)
    it(`${expression} is ${expected}`, () => assert.equal(holds(expression, name, 'HumanName', maria), expected));

  for (const expression of [
    "family.matches('(a+)+$')",
    "family.replaceMatches('(a+)+$', '')",
    "family.matches /* */ ('x')",
    "family.`matches`('x')",
    "family.\tmatches\n('x')",
    'repeat(children())',
    'descendants()',
    '%resource.name',
    '%context',
    '(1|2).select(1|2)',
    'given.select($this)',
    'resolve().is(Patient)',
    "trace('x')",
    'iif(true, 1, 2)',
    `family${' '.repeat(500)}`,
  ])
    it(`refuses ${expression.slice(0, 60).trim()}`, () =>
      assert.throws(() => pathOn(expression, 'HumanName'), { name: 'FhirError', status: 400 }));
});
