import { strict as assert } from 'node:assert';
import { gad7 } from '../../../resources/questionnaire-response/gad7.ts';
import { hungerVitalSign } from '../../../resources/questionnaire-response/hunger-vital-sign.ts';
import { instrumentFor, instruments } from '../../../resources/questionnaire-response/index.ts';
import { type Instrument, rangeOf } from '../../../resources/questionnaire-response/instrument.ts';
import { phq2 } from '../../../resources/questionnaire-response/phq2.ts';
import { phq9 } from '../../../resources/questionnaire-response/phq9.ts';
import { satisfaction } from '../../../resources/questionnaire-response/satisfaction.ts';
import { nextInstrument, safetyAnswer, score } from '../../../resources/questionnaire-response/score.ts';
import type { QuestionnaireResponse } from '../../../resources/types.ts';
import { phq9Cases, responseOf } from '../../spec/phq9-cases.ts';

/** A response with the given points, item by item, in the LOINC codes of the instrument. */
function answered(instrument: Instrument, points: readonly (number | undefined)[]): QuestionnaireResponse {
  return {
    resourceType: 'QuestionnaireResponse',
    questionnaire: instrument.canonicals[0],
    status: 'completed',
    item: instrument.items.flatMap(({ code, options }, at) => {
      const option = options.find(({ weight }) => weight !== undefined && weight === points[at]);
      return option ? [{ linkId: code, answer: [{ valueCoding: { code: option.code } }] }] : [];
    }),
  };
}

describe('the score of a PHQ-9', () => {
  it('is held to at least 60 cases', () => assert.ok(phq9Cases.length >= 60, String(phq9Cases.length)));

  for (const each of phq9Cases)
    it(each.name, () => {
      const response = responseOf(each);
      const instrument = instrumentFor(response.questionnaire);
      assert.equal(instrument, phq9);
      const result = score(phq9, response);
      const { total, band, missing = [], unknown = [], submittedTotal, safety = false } = each.expect;
      assert.deepEqual(
        {
          total: result.total,
          band: result.band?.code,
          missing: result.missing.map(({ code }) => code),
          unknown: result.unknown.map(({ linkId }) => linkId),
          submittedTotal: result.submittedTotal,
          safety: safetyAnswer(phq9, result) !== undefined,
        },
        { total, band, missing, unknown, submittedTotal, safety },
      );
    });

  it('knows items by the codes of the Questionnaire that was answered', () => {
    const response: QuestionnaireResponse = {
      resourceType: 'QuestionnaireResponse',
      status: 'completed',
      item: phq9.items.map((_, at) => ({ linkId: `x-${at}x`, text: 'as above', answer: [{ valueInteger: 2 }] })),
    };
    assert.equal(score(phq9, response).total, undefined);
    const item = phq9.items.map(({ code }, at) => ({
      linkId: `x-${at}x`,
      type: 'choice' as const,
      code: [{ system: 'http://loinc.org', code }],
    }));
    assert.equal(score(phq9, response, { resourceType: 'Questionnaire', status: 'active', item }).total, 18);
  });

  it('names the place of every answer', () => {
    const { answers, unknown } = score(phq9, {
      resourceType: 'QuestionnaireResponse',
      status: 'completed',
      item: [
        {
          linkId: 'group',
          item: [
            { linkId: '44250-9', answer: [{ valueInteger: 1 }] },
            { linkId: '44255-8', answer: [{ valueString: 'maybe' }] },
          ],
        },
      ],
    });
    assert.equal(answers[0]?.path, 'QuestionnaireResponse.item[0].item[0].answer[0]');
    assert.equal(unknown[0]?.path, 'QuestionnaireResponse.item[0].item[1].answer[0]');
    assert.equal(unknown[0]?.found, "the text 'maybe'");
  });
});

describe('instruments', () => {
  for (const instrument of instruments) {
    const { low, high } = rangeOf(instrument);
    it(`${instrument.name} has a band for each total from ${low} to ${high}`, () => {
      let next = low;
      for (const { from, to } of instrument.bands) {
        assert.equal(from, next);
        next = to + 1;
      }
      assert.equal(next, high + 1);
    });

    it(`${instrument.name} has phrases and wordings that tell its items apart`, () => {
      for (const item of [...instrument.items, ...instrument.unscored])
        for (const text of [item.text.en, item.text.es]) {
          if (text === undefined) continue;
          const [option] = item.options;
          const { unknown, answers, unscored } = score(instrument, {
            resourceType: 'QuestionnaireResponse',
            status: 'completed',
            item: [{ linkId: 'any', text: `${text} (!)`, answer: [{ valueString: option?.text.en }] }],
          });
          assert.deepEqual(unknown, []);
          assert.deepEqual(
            [...answers, ...unscored].map((answer) => answer.item.code),
            [item.code],
          );
        }
    });
  }

  it('are found by canonical, whatever the version', () => {
    assert.equal(instrumentFor('http://loinc.org/q/69737-5|2.1'), gad7);
    assert.equal(instrumentFor('http://loinc.org/q/00000-0'), undefined);
    assert.equal(instrumentFor(undefined), undefined);
  });

  const totals = [
    { instrument: phq2, points: [1, 1], total: 2, band: 'negative' },
    { instrument: phq2, points: [2, 1], total: 3, band: 'positive' },
    { instrument: gad7, points: [1, 1, 1, 1, 1, 0, 0], total: 5, band: 'mild' },
    { instrument: gad7, points: [3, 3, 3, 3, 3, 3, 3], total: 21, band: 'severe' },
    { instrument: hungerVitalSign, points: [0, 0], total: 0, band: 'LA19983-8' },
    { instrument: hungerVitalSign, points: [0, 1], total: 1, band: 'LA19952-3' },
    { instrument: satisfaction, points: [1, 2, 3, 4, 2], total: 12, band: 'dissatisfied' },
    { instrument: satisfaction, points: [5, 5, 5, 5, 5], total: 25, band: 'satisfied' },
  ];
  for (const { instrument, points, total, band } of totals)
    it(`${instrument.name} of ${points} is ${total}, ${band}`, () => {
      const result = score(instrument, answered(instrument, points));
      assert.equal(result.total, total);
      assert.equal(result.band?.code, band);
    });

  it('the PHQ-2 asks for the PHQ-9 at 3 and above', () => {
    const next = (points: number[]) => nextInstrument(phq2, score(phq2, answered(phq2, points)));
    assert.equal(next([2, 0]), undefined);
    assert.equal(next([2, 1]), 'http://loinc.org/q/44249-1');
    assert.equal(next([3]), undefined);
  });

  it('the GAD-7 takes the answer that LOINC gives item 2 alone', () => {
    const response = answered(gad7, [0, undefined, 0, 0, 0, 0, 0]);
    const item = [...(response.item ?? []), { linkId: '68509-9', answer: [{ valueCoding: { code: 'LA18938-3' } }] }];
    assert.equal(score(gad7, { ...response, item }).total, 2);
  });

  it('an answer that is refused leaves the form without a total', () => {
    const response = answered(hungerVitalSign, [1]);
    const item = [...(response.item ?? []), { linkId: '88123-5', answer: [{ valueCoding: { code: 'LA15775-2' } }] }];
    const result = score(hungerVitalSign, { ...response, item });
    assert.equal(result.total, undefined);
    assert.deepEqual(
      result.missing.map(({ code }) => code),
      ['88123-5'],
    );
    assert.deepEqual(result.unknown, []);
  });
});
