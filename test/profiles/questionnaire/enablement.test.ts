/** https://hl7.org/fhir/R4/questionnaire.html#enableWhen, operator by operator, and the expressions of SDC */
import { strict as assert } from 'node:assert';
import { layered, packagedDefinitions } from '../../../profiles/source.ts';
import { createValidator } from '../../../profiles/validate.ts';
import type {
  Extension,
  Questionnaire,
  QuestionnaireItem,
  QuestionnaireItemEnableWhen,
  QuestionnaireResponseItem,
  QuestionnaireResponseItemAnswer,
} from '../../../resources/types.ts';

type Answers = readonly QuestionnaireResponseItemAnswer[];
type Condition = Omit<QuestionnaireItemEnableWhen, 'question'>;

const url = 'https://practice.example/Questionnaire/conditions';
const [good, bad] = ['good', 'bad'].map((code) => ({ system: 'https://practice.example/mood', code }));
const weight = (value: number, code: string) => ({ value, system: 'http://unitsofmeasure.org', code });

/** Whether an answer to `more` is taken, where the form has these items and the response these. */
function takes(items: readonly QuestionnaireItem[], answered: readonly QuestionnaireResponseItem[]): boolean {
  const questionnaire: Questionnaire = { resourceType: 'Questionnaire', url, status: 'active', item: [...items] };
  const source = layered({ ...packagedDefinitions(), questionnaire: () => questionnaire });
  const response = { resourceType: 'QuestionnaireResponse', status: 'completed', questionnaire: url, item: answered };
  const rules = createValidator(source)
    .validate(response as never)
    .map(({ rule }) => rule);
  return !rules.includes('item-disabled');
}

const more: QuestionnaireItem = { linkId: 'more', type: 'string' };
const moreAnswered: QuestionnaireResponseItem = { linkId: 'more', answer: [{ valueString: 'because' }] };
const asked = (answer: Answers): QuestionnaireResponseItem[] =>
  answer.length > 0 ? [{ linkId: 'asked', answer: [...answer] }] : [];

describe('enableWhen', () => {
  const cases: readonly [QuestionnaireItem['type'], Condition, Answers, boolean][] = [
    ['string', { operator: 'exists', answerBoolean: true }, [{ valueString: 'x' }], true],
    ['string', { operator: 'exists', answerBoolean: true }, [], false],
    ['string', { operator: 'exists', answerBoolean: false }, [], true],
    ['string', { operator: 'exists', answerBoolean: false }, [{ valueString: 'x' }], false],
    ['boolean', { operator: '=', answerBoolean: true }, [{ valueBoolean: true }], true],
    ['boolean', { operator: '=', answerBoolean: true }, [{ valueBoolean: false }], false],
    ['boolean', { operator: '=', answerBoolean: false }, [], false],
    ['boolean', { operator: '!=', answerBoolean: true }, [{ valueBoolean: false }], true],
    ['boolean', { operator: '!=', answerBoolean: true }, [], false],
    ['integer', { operator: '>', answerInteger: 3 }, [{ valueInteger: 4 }], true],
    ['integer', { operator: '>', answerInteger: 3 }, [{ valueInteger: 3 }], false],
    ['integer', { operator: '>=', answerInteger: 3 }, [{ valueInteger: 3 }], true],
    ['integer', { operator: '<', answerInteger: 3 }, [{ valueInteger: 2 }], true],
    ['integer', { operator: '<', answerInteger: 3 }, [{ valueInteger: 3 }], false],
    ['integer', { operator: '<=', answerInteger: 3 }, [{ valueInteger: 3 }], true],
    ['integer', { operator: '>', answerInteger: 3 }, [{ valueInteger: 1 }, { valueInteger: 9 }], true],
    ['decimal', { operator: '>', answerDecimal: 36.6 }, [{ valueDecimal: 36.61 }], true],
    ['decimal', { operator: '=', answerDecimal: 36.6 }, [{ valueDecimal: 36.6 }], true],
    ['date', { operator: '<', answerDate: '2026-03-01' }, [{ valueDate: '2026-02-28' }], true],
    ['date', { operator: '<', answerDate: '2026-03-01' }, [{ valueDate: '2026-03-01' }], false],
    [
      'dateTime',
      { operator: '>=', answerDateTime: '2026-03-01T10:00:00+01:00' },
      [{ valueDateTime: '2026-03-01T09:00:00Z' }],
      true,
    ],
    ['time', { operator: '>', answerTime: '12:00:00' }, [{ valueTime: '12:00:01' }], true],
    ['string', { operator: '=', answerString: 'yes' }, [{ valueString: 'yes' }], true],
    ['string', { operator: '=', answerString: 'yes' }, [{ valueString: 'Yes' }], false],
    ['choice', { operator: '=', answerCoding: bad ?? {} }, [{ valueCoding: bad ?? {} }], true],
    ['choice', { operator: '=', answerCoding: bad ?? {} }, [{ valueCoding: good ?? {} }], false],
    ['choice', { operator: '!=', answerCoding: bad ?? {} }, [{ valueCoding: good ?? {} }], true],
    ['quantity', { operator: '>', answerQuantity: weight(80, 'kg') }, [{ valueQuantity: weight(81, 'kg') }], true],
    ['quantity', { operator: '>', answerQuantity: weight(80, 'kg') }, [{ valueQuantity: weight(81_000, 'g') }], true],
    ['quantity', { operator: '<', answerQuantity: weight(80, 'kg') }, [{ valueQuantity: weight(81_000, 'g') }], false],
    [
      'reference',
      { operator: '=', answerReference: { reference: 'Patient/maria' } },
      [{ valueReference: { reference: 'Patient/maria' } }],
      true,
    ],
  ];
  for (const [type, condition, answers, enabled] of cases)
    it(`${type} ${JSON.stringify(condition)} is ${enabled ? 'met' : 'not met'} by ${JSON.stringify(answers)}`, () => {
      const question: QuestionnaireItem = {
        linkId: 'asked',
        type,
        repeats: true,
        ...(type === 'choice'
          ? { answerOption: [good, bad].map((valueCoding) => ({ valueCoding: valueCoding ?? {} })) }
          : {}),
      };
      const conditional = { ...more, enableWhen: [{ question: 'asked', ...condition }] };
      assert.equal(takes([question, conditional], [...asked(answers), moreAnswered]), enabled);
    });

  const two = (enableBehavior: 'all' | 'any'): QuestionnaireItem => ({
    ...more,
    enableBehavior,
    enableWhen: [
      { question: 'a', operator: '=', answerBoolean: true },
      { question: 'b', operator: '=', answerBoolean: true },
    ],
  });
  for (const [behaviour, a, b, enabled] of [
    ['all', true, true, true],
    ['all', true, false, false],
    ['any', true, false, true],
    ['any', false, false, false],
  ] as const)
    it(`enableBehavior ${behaviour} of ${a} and ${b} is ${enabled}`, () => {
      const items: QuestionnaireItem[] = ['a', 'b'].map((linkId) => ({ linkId, type: 'boolean' }));
      const answers = [a, b].map((valueBoolean, at) => ({ linkId: at === 0 ? 'a' : 'b', answer: [{ valueBoolean }] }));
      assert.equal(takes([...items, two(behaviour)], [...answers, moreAnswered]), enabled);
    });

  it('asks the answer in the same repetition of a group', () => {
    const group: QuestionnaireItem = {
      linkId: 'child',
      type: 'group',
      repeats: true,
      item: [
        { linkId: 'school', type: 'boolean' },
        { ...more, enableWhen: [{ question: 'school', operator: '=', answerBoolean: true }] },
      ],
    };
    const child = (valueBoolean: boolean, ...rest: QuestionnaireResponseItem[]): QuestionnaireResponseItem => ({
      linkId: 'child',
      item: [{ linkId: 'school', answer: [{ valueBoolean }] }, ...rest],
    });
    assert.ok(takes([group], [child(true, moreAnswered), child(false)]));
    assert.ok(!takes([group], [child(true), child(false, moreAnswered)]));
  });
});

describe('enableWhenExpression', () => {
  const expression = (name: string, text: string, of = 'enableWhenExpression'): Extension => ({
    url:
      of === 'variable'
        ? 'http://hl7.org/fhir/StructureDefinition/variable'
        : `http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-${of}`,
    valueExpression: { ...(name === '' ? {} : { name }), language: 'text/fhirpath', expression: text },
  });
  const age: QuestionnaireItem = { linkId: 'asked', type: 'integer' };
  const enabled = (extension: readonly Extension[], years: number, of: readonly Extension[] = []): boolean =>
    takes(
      [
        {
          linkId: 'about',
          type: 'group',
          extension: [...of],
          item: [age, { ...more, extension: [...extension] }],
        },
      ],
      [{ linkId: 'about', item: [...asked([{ valueInteger: years }]), moreAnswered] }],
    );

  it('is evaluated with the response as %resource', () => {
    const adult = expression('', "%resource.descendants().where(linkId = 'asked').answer.value >= 18");
    assert.ok(enabled([adult], 18));
    assert.ok(!enabled([adult], 17));
  });

  it('knows the variables of the groups around it, evaluated on those', () => {
    const years = expression('age', "item.where(linkId = 'asked').answer.value", 'variable');
    const double = expression('double', '%age * 2', 'variable');
    assert.ok(enabled([expression('', '%double = 36')], 18, [years, double]));
    assert.ok(!enabled([expression('', '%double = 36')], 17, [years, double]));
  });

  it('knows its own item as %context and %qitem, and the form as %questionnaire', () => {
    assert.ok(enabled([expression('', "%context.linkId = 'more' and %qitem.linkId = 'more'")], 1));
    assert.ok(enabled([expression('', "%questionnaire.item.linkId = 'about'")], 1));
  });

  it('decides nothing where it cannot be evaluated', () => {
    assert.ok(enabled([expression('', '%patient.active')], 1));
    assert.ok(enabled([expression('', 'this is no expression')], 1));
    const circle = [expression('a', '%b', 'variable'), expression('b', '%a', 'variable')];
    assert.ok(enabled([expression('', '%a = 1')], 1, circle));
  });

  it('is ended when it takes too long', () => {
    const walks = '%resource.repeat(item | answer.item)';
    const costly = `(${'1 | '.repeat(800)} 2).all(%resource.descendants().count() > 0 and ${walks}.count() > 0)`;
    const begun = performance.now();
    const list: QuestionnaireResponseItem[] = [
      { linkId: 'asked', answer: Array.from({ length: 3000 }, () => ({ valueInteger: 1 })) },
    ];
    takes([age, { ...more, extension: [expression('', costly)] }], [...list, moreAnswered]);
    assert.ok(performance.now() - begun < 5_000);
  });
});
