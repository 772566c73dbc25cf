import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { FhirError } from '../../../resources/outcome.ts';
import { parseQuery } from '../../../server/search/parse.ts';
import type { Query } from '../../../server/search/query.ts';
import { BASE, PAGE_KEY, parametersWithoutStore, requestOf } from './practice.ts';

/** A search that cannot be carried out as it stands, and the diagnostics of its answer. */
interface WrongSearch {
  readonly search: string;
  readonly status: number;
  readonly answer: readonly string[];
}

const FILE = new URL('../../spec/wrong-searches.json', import.meta.url);
const wrongSearches = JSON.parse(readFileSync(FILE, 'utf8')) as readonly WrongSearch[];
const context = { parameters: parametersWithoutStore(), baseUrl: BASE, pageKey: PAGE_KEY };

function answerTo(search: string): WrongSearch {
  try {
    const { issues } = parseQuery(requestOf(search), context);
    return { search, status: 200, answer: issues.map(({ diagnostics }) => diagnostics) };
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    return { search, status: error.status, answer: error.issues.map(({ diagnostics }) => diagnostics) };
  }
}

const lenient = (search: string): Query => parseQuery(requestOf(search, 'lenient'), context);

// `GOLDEN=write npx mocha <this file>` writes the answers anew; read them before committing.
if (process.env.GOLDEN === 'write')
  writeFileSync(
    FILE,
    `${JSON.stringify(
      wrongSearches.map(({ search }) => answerTo(search)),
      null,
      2,
    )}\n`,
  );

describe('wrong searches', () => {
  it('are at least a hundred', () => assert.ok(wrongSearches.length >= 100));

  for (const { search, status, answer } of wrongSearches)
    it(`${search} is answered with ${status} and what to do`, () => {
      assert.deepEqual(answerTo(search), { search, status, answer });
      assert.ok(answer.length > 0 && answer.every((text) => text.length > 0));
    });

  it('have one issue for each thing that is wrong, named by its parameter', () => {
    assert.throws(
      () => parseQuery(requestOf('Patient?nmae=maria&birthdate=1980-13&_sort=-nmae&name=lopez'), context),
      (error: FhirError) => {
        assert.deepEqual(
          error.issues.map(({ expression, severity }) => [expression, severity]),
          [
            [['http.nmae'], 'error'],
            [['http.birthdate'], 'error'],
            [['http._sort'], 'error'],
          ],
        );
        return true;
      },
    );
  });

  it('are carried out without what is wrong when handling is lenient, and say so', () => {
    const query = lenient('Patient?nmae=maria&name=lopez&_count=ten');
    assert.deepEqual(query.applied, [['name', 'lopez']]);
    assert.deepEqual(
      query.issues.map(({ severity, expression }) => [severity, expression]),
      [
        ['warning', ['http.nmae']],
        ['warning', ['http._count']],
      ],
    );
    assert.match(query.issues[0]?.diagnostics ?? '', /did you mean 'name'\? \(left out of this search\)/);
  });

  for (const { search, status } of wrongSearches.filter(({ status }) => status === 400))
    if (!search.includes('_page='))
      it(`${search} has a warning and an empty self link when handling is lenient`, () => {
        const { applied, issues } = lenient(search);
        const wrong = issues.filter(({ severity }) => severity === 'warning');
        assert.ok(wrong.length > 0, `${status}`);
        assert.ok(applied.length < [...requestOf(search).query].length);
      });
});
