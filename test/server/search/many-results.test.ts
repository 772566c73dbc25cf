import { strict as assert } from 'node:assert';
import { explain } from '../../../server/search/explain.ts';
import type { SearchResult } from '../../../server/search/query.ts';
import { restrict, unrestricted } from '../../../server/search/restrict.ts';
import { storesUnderTest } from '../../store-under-test.ts';
import { openPractice, type Practice } from './practice.ts';

const OBSERVATIONS = 2300;

const next = ({ links }: SearchResult): string | undefined => links.find(({ relation }) => relation === 'next')?.url;

for (const under of storesUnderTest())
  describe(`many results on ${under.name}`, () => {
    let practice: Practice;
    before(async () => {
      practice = await openPractice(under);
      await practice.put(
        { resourceType: 'Patient', id: 'maria', name: [{ family: 'Lopez' }] },
        { resourceType: 'Patient', id: 'jonas', name: [{ family: 'Berg' }] },
        ...Array.from({ length: OBSERVATIONS }, (_, at) => ({
          resourceType: 'Observation',
          id: `o${at}`,
          status: 'final',
          code: { text: 'steps' },
          subject: { reference: 'Patient/maria' },
          effectiveDateTime: new Date(Date.UTC(2024, 0, 1) + (OBSERVATIONS - at) * 60_000).toISOString(),
        })),
      );
    });
    after(() => practice.close());

    it('includes that do not fit into one answer follow by next, before the next matches, and are announced', async () => {
      const answers: SearchResult[] = [];
      for (let url: string | undefined = 'Patient?_revinclude=Observation:subject&_count=1'; url; ) {
        const answer: SearchResult = await practice.search(url);
        answers.push(answer);
        url = next(answer);
      }
      assert.deepEqual(
        answers.map(({ matches, includes, issues }) => [matches.map(({ id }) => id), includes.length, issues.length]),
        [
          [['maria'], 1000, 1],
          [[], 1000, 1],
          [[], 300, 0],
          [['jonas'], 0, 0],
        ],
      );
      assert.match(answers[0]?.issues[0]?.diagnostics ?? '', /the others follow by the next link/);
      const included = answers.flatMap(({ includes }) => includes.map(({ id }) => id));
      assert.equal(new Set(included).size, OBSERVATIONS);
    });

    it('a search for a range alone comes in the order of the range, on all pages', async () => {
      const found: string[] = [];
      for (let url: string | undefined = 'Observation?date=ge2024-01-01T12:00:00Z&_count=400'; url; ) {
        const answer: SearchResult = await practice.search(url);
        found.push(...answer.matches.map(({ id }) => id));
        url = next(answer);
      }
      const from = (Date.UTC(2024, 0, 1, 12) - Date.UTC(2024, 0, 1)) / 60_000;
      const expected = Array.from({ length: OBSERVATIONS }, (_, at) => at)
        .filter((at) => OBSERVATIONS - at >= from)
        .reverse()
        .map((at) => `o${at}`);
      assert.deepEqual(found, expected);
    });

    it('_total=estimate counts a while, and says so', async () => {
      assert.equal((await practice.search('Observation?_total=estimate&_count=1')).total, OBSERVATIONS);
    });

    it('_explain shows expression, plan, statement, values and the plan of the database', async () => {
      const query = restrict(practice.parse('Observation?subject:Patient.name=lopez&status:not=amended'), unrestricted);
      const { expression, plan, sql, values, database } = await explain(query, practice.context);
      assert.deepEqual(
        expression.map(({ type }) => type),
        ['Observation'],
      );
      assert.match(
        expression[0]?.text ?? '',
        /Observation.subject -> Patient\[Patient.name .*\] and not Observation.status/,
      );
      assert.match(plan, /what refers by id in Observation.subject to Patient/);
      assert.match(sql, /^WITH page AS MATERIALIZED/);
      assert.ok(!sql.includes('lopez'), 'what was sent is bound, not written');
      assert.ok(values.includes('lopez'));
      assert.ok(database.length > 0);
    });
  });
