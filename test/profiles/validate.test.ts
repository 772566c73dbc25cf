/** The official examples of R4 are valid, apart from those listed as broken; mutilated ones end in issues, never in an exception. */
import { strict as assert } from 'node:assert';
import { packagedDefinitions } from '../../profiles/source.ts';
import { createValidator } from '../../profiles/validate.ts';
import type { AnyResource } from '../../resources/types.ts';
import { brokenExamples } from './broken-examples.ts';
import { exampleNames, readExample } from './examples.ts';
import { mutations } from './mutation.ts';

const validator = createValidator(packagedDefinitions());

const errorRules = (resource: unknown): readonly string[] => [
  ...new Set(
    validator
      .validate(resource as AnyResource)
      .filter(({ severity }) => severity === 'error')
      .map(({ rule }) => rule ?? ''),
  ),
];

describe('validate', () => {
  for (const name of exampleNames('sample'))
    it(`${name in brokenExamples ? `finds only ${brokenExamples[name]?.because}` : 'finds nothing wrong'} in ${name}`, () =>
      assert.deepEqual(errorRules(readExample(name)).toSorted(), [...(brokenExamples[name]?.rules ?? [])].toSorted()));

  for (const name of exampleNames('sample').filter((_, at) => at % 8 === 0))
    it(`ends with issues on mutilated forms of ${name}`, () => {
      for (const mutated of mutations(readExample(name), 30))
        assert(Array.isArray(validator.validate(mutated as AnyResource)));
    });

  for (const hostile of [
    null,
    [],
    'x',
    5,
    {},
    { resourceType: null },
    { resourceType: '__proto__' },
    { resourceType: 'Patient', name: { constructor: 1 } },
  ])
    it(`ends with issues on ${JSON.stringify(hostile)}`, () =>
      assert(validator.validate(hostile as unknown as AnyResource).some(({ severity }) => severity === 'error')));

  it('compiles a type at its first use only', () => {
    const patient = readExample('Patient-example.json');
    assert.deepEqual(
      validator.validate(patient as unknown as AnyResource),
      validator.validate(patient as unknown as AnyResource),
    );
  });

  it('changes nothing in what it validates', () => {
    const patient = readExample('Patient-example.json');
    const before = JSON.stringify(patient);
    validator.validate(patient as unknown as AnyResource);
    assert.equal(JSON.stringify(patient), before);
  });
});
