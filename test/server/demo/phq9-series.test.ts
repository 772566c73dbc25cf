import { strict as assert } from 'node:assert';
import type { Observation, QuestionnaireResponse } from '../../../resources/types.ts';
import { phq9Series, raisesSafety, safetyFlag } from '../../../server/demo/phq9-series.ts';
import { clientStory } from '../../../server/demo/population.ts';

const stories = Array.from({ length: 200 }, (_, at) => clientStory({ seed: 7, until: '2026-11-02' }, at + 1));

const points: Readonly<Record<string, number>> = { 'LA6568-5': 0, 'LA6569-3': 1, 'LA6570-1': 2, 'LA6571-9': 3 };
/** The severity bands of LL382-3. */
const bands = [
  ['LA6708-7', 0, 4],
  ['LA6709-5', 5, 9],
  ['LA6710-3', 10, 14],
  ['LA6711-1', 15, 19],
  ['LA6712-9', 20, 27],
] as const;

const pairs = stories.flatMap((story) => {
  const series = phq9Series(story);
  const responses = series.filter((one): one is QuestionnaireResponse => one.resourceType === 'QuestionnaireResponse');
  const totals = series.filter((one): one is Observation => one.resourceType === 'Observation');
  assert.equal(responses.length, totals.length);
  return responses.map((response, at) => ({ response, total: totals[at] as Observation }));
});

const sumOf = ({ item = [] }: QuestionnaireResponse): number =>
  item
    .filter(({ linkId }) => linkId !== '/69722-7')
    .reduce((sum, { answer }) => sum + (points[answer?.[0]?.valueCoding?.code ?? ''] ?? Number.NaN), 0);

describe('a PHQ-9 series', () => {
  it('answers nine items each time, by the links of LOINC', () => {
    const links = '44250-9 44255-8 44259-0 44254-1 44251-7 44258-2 44252-5 44253-3 44260-8'.split(' ');
    for (const { response } of pairs) {
      assert.equal(response.questionnaire, 'http://loinc.org/q/44249-1');
      assert.deepEqual(
        response.item?.slice(0, 9).map(({ linkId }) => linkId),
        links.map((code) => `/${code}`),
      );
    }
  });

  it('has a total that is the sum of the nine answers, from the response it names', () => {
    for (const { response, total } of pairs) {
      assert.equal(total.valueQuantity?.value, sumOf(response));
      assert.equal(total.valueQuantity?.code, '{score}');
      assert.deepEqual(total.derivedFrom, [{ reference: `QuestionnaireResponse/${response.id}` }]);
      assert.equal(total.effectiveDateTime, response.authored);
    }
  });

  it('interprets each total by its severity band', () => {
    for (const { total } of pairs) {
      const value = total.valueQuantity?.value ?? Number.NaN;
      const band = bands.find(([, low, high]) => value >= low && value <= high);
      assert.equal(total.interpretation?.[0]?.coding?.[0]?.code, band?.[0]);
    }
  });

  it('asks about difficulty only when there is a problem', () => {
    for (const { response } of pairs) assert.equal(response.item?.length, sumOf(response) > 0 ? 10 : 9);
  });

  it('raises a safety Flag for every client who answered item 9 above "not at all", and for nobody else', () => {
    for (const story of stories) assert.equal(safetyFlag(story).length, story.screenings.some(raisesSafety) ? 1 : 0);
    const statuses = new Set(stories.flatMap(safetyFlag).map(({ status }) => status));
    assert.deepEqual([...statuses].sort(), ['active', 'inactive']);
  });
});
