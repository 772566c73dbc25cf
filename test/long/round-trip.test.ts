import { strict as assert } from 'node:assert';
import { databasesUnderTrial, onSqlite } from '../trial/databases-under-trial.ts';
import { withServer } from '../trial/listening-server.ts';
import { type Example, exampleFiles, exampleIn } from '../trial/official-examples.ts';
import { differences } from '../trial/round-trip.ts';

/** Examples that cannot be stored, and why. */
const exceptions: Readonly<Record<string, string>> = {
  'SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject.json':
    'its id has 67 characters, and an id has at most 64',
};

/** One after the other, so that they are not all in memory. */
function* examples(): Generator<Example> {
  for (const file of exampleFiles()) {
    const example = exampleIn(file);
    if (example && !(file in exceptions)) yield example;
  }
}

/** The rules that some examples break are another matter: test/profiles. */
const RULES_ASIDE = { validation: 'off' } as const;

describe('every official example', () => {
  it('is a resource', () => {
    assert.equal(exampleFiles().filter((file) => exampleIn(file) === undefined).length, 0);
    assert.equal(exampleFiles().length, 5306);
  });

  for (const databases of databasesUnderTrial)
    it(`comes back as it went in, as JSON and by way of XML (${databases.name})`, () =>
      withServer(
        databases,
        async ({ port }) => {
          assert.deepEqual(await differences(port, examples()), []);
        },
        RULES_ASIDE,
      ));

  for (const [file, reason] of Object.entries(exceptions))
    it(`except ${file}, for ${reason}, is refused in words`, () =>
      withServer(
        onSqlite,
        async ({ port }) => {
          const example = exampleIn(file);
          const [difference] = await differences(port, example ? [example] : []);
          assert.match(difference?.reason ?? '', /PUT as JSON: 400 .*OperationOutcome/);
        },
        RULES_ASIDE,
      ));
});
