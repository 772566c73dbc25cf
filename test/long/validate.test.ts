/** As test/profiles/validate.test.ts, on all examples and with many more mutations, each in a bounded time. */
import { strict as assert } from 'node:assert';
import { packagedDefinitions } from '../../profiles/source.ts';
import { createValidator } from '../../profiles/validate.ts';
import type { AnyResource } from '../../resources/types.ts';
import { brokenExamples } from '../profiles/broken-examples.ts';
import { exampleNames, readExample } from '../profiles/examples.ts';
import { mutations } from '../profiles/mutation.ts';

const validator = createValidator(packagedDefinitions());
// A bundle of all definitions of R4 is validated in less; a mutation that takes longer has found a loop.
const LONGEST_MS = 20_000;

describe('validate, all examples', () => {
  for (const name of exampleNames('all'))
    it(name, () => {
      const errors = validator
        .validate(readExample(name) as unknown as AnyResource)
        .filter(({ severity }) => severity === 'error');
      const rules = [...new Set(errors.map(({ rule }) => rule ?? ''))];
      assert.deepEqual(rules.toSorted(), [...(brokenExamples[name]?.rules ?? [])].toSorted(), errors[0]?.diagnostics);
    });
});

describe('validate, mutilated examples', () => {
  for (const name of exampleNames('all').filter((each) => !each.startsWith('Bundle')))
    it(name, () => {
      for (const mutated of mutations(readExample(name), 60)) {
        const start = performance.now();
        validator.validate(mutated as AnyResource);
        assert(performance.now() - start < LONGEST_MS);
      }
    });
});
