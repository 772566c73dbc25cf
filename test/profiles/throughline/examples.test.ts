import { strict as assert } from 'node:assert';
import { throughlineResources } from '../../../profiles/throughline.ts';
import { errorsOf, examples, issuesOf } from './examples.ts';

const base = 'https://throughline.dev/fhir/StructureDefinition';

describe('examples of our profiles', () => {
  for (const { profile, name, resource, wrong } of examples)
    it(`${profile}/${name} ${wrong ? `is told: ${wrong.what}` : 'is valid'}`, () => {
      assert.deepEqual(resource.meta?.profile, [`${base}/${profile}`]);
      const errors = errorsOf(resource).map(({ rule, expression }) => [rule ?? '', expression?.[0] ?? ''] as const);
      const order = (a: readonly string[], b: readonly string[]): number => (a.join() < b.join() ? -1 : 1);
      assert.deepEqual([...errors].sort(order), [...(wrong?.errors ?? [])].sort(order));
    });

  it('every constraint of ours can be evaluated', () => {
    for (const { resource } of examples)
      for (const { rule } of issuesOf(resource)) assert.ok(!/^(?!binding|answer).*-unchecked$/.test(rule ?? ''), rule);
  });

  it('every profile of a resource has a good one and a wrong one', () => {
    const profiles = throughlineResources()
      .filter((each) => each.resourceType === 'StructureDefinition' && each.kind === 'resource')
      .map(({ id }) => id ?? '');
    for (const profile of profiles)
      for (const kind of ['good', 'wrong'])
        assert.ok(
          examples.some((example) => example.profile === profile && example.name.startsWith(kind)),
          `${profile} has no ${kind} example`,
        );
  });
});
