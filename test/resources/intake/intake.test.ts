/** The intake as a form and as the rules read it are one. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { INTAKE, intakeIn } from '../../../resources/intake/intake.ts';
import { domains, SDOH_CATEGORY } from '../../../resources/social-need/domain.ts';
import type { Questionnaire, QuestionnaireItem } from '../../../resources/types.ts';

const form = JSON.parse(
  readFileSync(new URL('../../../profiles/throughline/Questionnaire/intake.json', import.meta.url), 'utf8'),
) as Questionnaire;
const items = (form.item ?? []).flatMap(({ item = [] }) => item);
const itemOf = (linkId: string): QuestionnaireItem | undefined => items.find((each) => each.linkId === linkId);

describe('the intake', () => {
  it('has the canonical that rules know', () => assert.equal(form.url, INTAKE));

  for (const { linkId, code, display } of domains)
    it(`asks about ${display} by ${linkId}, and then whether help is wanted`, () => {
      const question = itemOf(linkId);
      assert.equal(question?.type, 'boolean');
      assert.deepEqual(question?.code, [{ system: SDOH_CATEGORY, code, display }]);
      const help = itemOf(`${linkId}.help`);
      assert.deepEqual(help?.enableWhen, [{ question: linkId, operator: '=', answerBoolean: true }]);
      assert.equal(help?.required, true);
      assert.match(help?.answerValueSet ?? '', /intake-help$/);
    });

  it('asks about no need that the rules do not know', () => {
    const asked = items.filter(({ linkId, type }) => linkId.startsWith('needs.') && type === 'boolean');
    assert.deepEqual(asked.map(({ linkId }) => linkId).sort(), domains.map(({ linkId }) => linkId).sort());
  });

  it('is worded in English and Spanish, down to the last item', () => {
    for (const { linkId, text, _text } of [...(form.item ?? []), ...items]) {
      assert.ok(text, linkId);
      assert.equal(_text?.extension?.[0]?.extension?.[0]?.valueCode, 'es', linkId);
    }
  });

  it('is read in any version, and only when it counts', () => {
    const response = {
      resourceType: 'QuestionnaireResponse' as const,
      status: 'completed',
      questionnaire: `${INTAKE}|0.9`,
    };
    assert.ok(intakeIn(response));
    assert.equal(intakeIn({ ...response, status: 'in-progress' }), undefined);
    assert.equal(intakeIn({ ...response, questionnaire: `${INTAKE}-other` }), undefined);
    assert.equal(intakeIn(undefined), undefined);
  });
});
