/** `repeat` as a closure: the same as fhirpath.js finds, in whatever order. http://hl7.org/fhirpath/N1/#repeatprojection-expression-collection */
import { strict as assert } from 'node:assert';
import { compile, compileByLibrary } from '../../resources/fhirpath.ts';
import type { AnyResource } from '../../resources/types.ts';

const response = {
  resourceType: 'QuestionnaireResponse',
  item: [
    {
      linkId: '1',
      item: [
        {
          linkId: '1.1',
          answer: [{ valueBoolean: true, item: [{ linkId: '1.1.1', answer: [{ valueDecimal: 2 }] }] }],
        },
      ],
    },
    { linkId: '2', answer: [{ valueString: 'x' }] },
  ],
} as AnyResource;

describe('repeat', () => {
  for (const [expression, count] of [
    ['QuestionnaireResponse.repeat(item | answer.item).linkId', 4],
    ['QuestionnaireResponse.repeat(item).linkId', 3],
    ['QuestionnaireResponse.repeat(item | answer.item).answer.value', 3],
    ["QuestionnaireResponse.repeat(item | answer.item).where(linkId = '1.1.1').answer.value", 1],
    ['QuestionnaireResponse.item.repeat(item | answer.item).linkId', 2],
  ] as const)
    it(`${expression} is a closure and finds ${count}`, () => {
      const closure = compile(expression, 'QuestionnaireResponse');
      assert.equal(closure.by, 'closure');
      const texts = (found: readonly unknown[]) => found.map((each) => JSON.stringify(each)).sort();
      const found = texts(closure.evaluate(response, response));
      assert.equal(found.length, count);
      assert.deepEqual(
        found,
        texts(compileByLibrary(expression, 'QuestionnaireResponse').evaluate(response, response)),
      );
    });

  it('finds nothing where no element of the name is', () => {
    assert.deepEqual(compile('QuestionnaireResponse.repeat(nothing)', 'QuestionnaireResponse').types, []);
  });
});
