/** The examples of our profiles, good and wrong, with what is expected of the wrong ones. */
import { readdirSync, readFileSync } from 'node:fs';
import { layered, packagedDefinitions } from '../../../profiles/source.ts';
import { throughlineDefinitions } from '../../../profiles/throughline.ts';
import { createValidator } from '../../../profiles/validate.ts';
import type { Issue } from '../../../resources/outcome.ts';
import type { AnyResource } from '../../../resources/types.ts';

const folder = new URL('../../../profiles/throughline/examples/', import.meta.url);

export interface Wrong {
  /** What is wrong, as the end of a sentence. */
  readonly what: string;
  /** Every error: its rule and its place, in the order of the alphabet. */
  readonly errors: readonly (readonly [rule: string, expression: string])[];
  /** What the sender does about it. */
  readonly mend: string;
}

export interface Example {
  readonly profile: string;
  readonly name: string;
  readonly resource: AnyResource;
  /** Absent for a good one. */
  readonly wrong?: Wrong;
}

const expected = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')) as Readonly<Record<string, Wrong>>;

/** In the order of profile and name. @throws Error when a wrong one has no expectation */
export const examples: readonly Example[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: profile }) =>
    readdirSync(new URL(`${profile}/`, folder))
      .sort()
      .map((file): Example => {
        const name = file.replace('.json', '');
        const wrong = expected[`${profile}/${name}`];
        if (name.startsWith('wrong-') !== (wrong !== undefined))
          throw new Error(`${profile}/${name} and expected.json disagree`);
        const resource = JSON.parse(readFileSync(new URL(`${profile}/${file}`, folder), 'utf8')) as AnyResource;
        return { profile, name, resource, ...(wrong ? { wrong } : {}) };
      }),
  );

export const source = layered(throughlineDefinitions(), packagedDefinitions());
export const validator = createValidator(source);

/** What is said of an example; that nobody here knows SNOMED CT is left out. */
export const issuesOf = (resource: AnyResource): readonly Issue[] =>
  validator.validate(resource, { unknownExtension: 'information' });

export const errorsOf = (resource: AnyResource): readonly Issue[] =>
  issuesOf(resource).filter(({ severity }) => severity === 'error' || severity === 'fatal');
