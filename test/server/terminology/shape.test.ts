import { strict as assert } from 'node:assert';
import { shaped } from '../../../server/terminology/shape.ts';

const include = (parts: unknown) => ({ resourceType: 'ValueSet', status: 'active', compose: { include: parts } });

describe('shaped', () => {
  it('leaves a definition that has the form of R4 as it is', () => {
    const valueSet = include([
      { system: 'http://x', concept: [{ code: 'a', _code: { id: '1' } }], extension: [{ url: 'http://y' }] },
    ]);
    assert.deepEqual(shaped(valueSet), { resource: valueSet, problems: [] });
  });

  const wrong: readonly [object, object, string][] = [
    [include('x'), { resourceType: 'ValueSet', status: 'active', compose: {} }, 'ValueSet.compose.include is no array'],
    [include([null]), include([]), 'ValueSet.compose.include[0] is no object'],
    [include([{ system: 1 }]), include([{}]), 'ValueSet.compose.include[0].system is no uri'],
    [
      include([{ filter: [{ property: 'a', op: '=' }] }]),
      include([{ filter: [] }]),
      'ValueSet.compose.include[0].filter[0] has no value',
    ],
    [
      { resourceType: 'CodeSystem', concept: [{ code: 'a', concept: [{ display: 'b' }] }] },
      { resourceType: 'CodeSystem', concept: [{ code: 'a', concept: [] }] },
      'CodeSystem.concept[0].concept[0] has no code',
    ],
    [
      { resourceType: 'StructureDefinition', differential: { element: [null, { path: 5 }] } },
      { resourceType: 'StructureDefinition', differential: { element: [{}] } },
      'StructureDefinition.differential.element[0] is no object',
    ],
  ];
  for (const [given, resource, problem] of wrong)
    it(`leaves out what is wrong: ${problem}`, () => {
      const found = shaped(given);
      assert.deepEqual(found.resource, resource);
      assert.equal(found.problems[0], problem);
    });
});
