/** https://hl7.org/fhir/uv/sdc/expressions.html: calculatedExpression, variable, weight() and ordinal() */
import { strict as assert } from 'node:assert';
import { layered, packagedDefinitions } from '../../../profiles/source.ts';
import { throughlineDefinitions } from '../../../profiles/throughline.ts';
import { createValidator } from '../../../profiles/validate.ts';
import type {
  CodeSystem,
  Extension,
  Questionnaire,
  QuestionnaireItem,
  QuestionnaireResponseItem,
  ValueSet,
} from '../../../resources/types.ts';

const core = 'http://hl7.org/fhir/StructureDefinition';
const url = 'https://practice.example/Questionnaire/calculated';
const answers = 'https://practice.example/answers';

const calculation = (expression: string): Extension => ({
  url: 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression',
  valueExpression: { language: 'text/fhirpath', expression },
});

interface Given {
  readonly contained?: readonly (ValueSet | CodeSystem)[];
  readonly systems?: readonly CodeSystem[];
  readonly extension?: readonly Extension[];
}

/** What is told of calculated answers: the rule, the place and the words. */
function told(item: readonly QuestionnaireItem[], answered: readonly QuestionnaireResponseItem[], given: Given = {}) {
  const { contained = [], systems = [], extension = [] } = given;
  const questionnaire: Questionnaire = {
    resourceType: 'Questionnaire',
    url,
    status: 'active',
    contained: [...contained],
    extension: [...extension],
    item: [...item],
  };
  const own = {
    ...packagedDefinitions(),
    questionnaire: () => questionnaire,
    codeSystem: (canonical: string) => systems.find((each) => each.url === canonical),
  };
  const response = { resourceType: 'QuestionnaireResponse', status: 'completed', questionnaire: url, item: answered };
  return createValidator(layered(own, packagedDefinitions()))
    .validate(response as never)
    .filter(({ rule }) => rule?.startsWith('calculated'))
    .map(({ rule, severity, expression, diagnostics }) => ({ rule, severity, at: expression?.[0], diagnostics }));
}

const items: readonly QuestionnaireItem[] = ['a', 'b'].map((linkId) => ({ linkId, type: 'integer' }));
const numbers = (a: number, b: number): QuestionnaireResponseItem[] => [
  { linkId: 'a', answer: [{ valueInteger: a }] },
  { linkId: 'b', answer: [{ valueInteger: b }] },
];
const sum = calculation("%resource.item.where(linkId in ('a' | 'b')).answer.value.sum()");
const total = (type: QuestionnaireItem['type'], ...extension: Extension[]): QuestionnaireItem => ({
  linkId: 'total',
  type,
  extension: extension.length > 0 ? extension : [sum],
});

describe('an answer that the Questionnaire calculates', () => {
  it('is told when the response states another, naming both', () => {
    const [found, ...others] = told(
      [...items, total('integer')],
      [...numbers(2, 3), { linkId: 'total', answer: [{ valueInteger: 6 }] }],
    );
    assert.deepEqual(others, []);
    assert.equal(found?.severity, 'warning');
    assert.equal(found?.rule, 'calculated-value');
    assert.equal(found?.at, 'QuestionnaireResponse.item[2]');
    assert.match(found?.diagnostics ?? '', /states 6; 'total' is calculated by the Questionnaire, which gives 5$/);
  });

  for (const [type, answer] of [
    ['integer', { valueInteger: 5 }],
    ['decimal', { valueDecimal: 5 }],
    ['quantity', { valueQuantity: { value: 5, system: 'http://unitsofmeasure.org', code: '1' } }],
  ] as const)
    it(`is as good as a ${type}`, () => {
      const stated = [...numbers(2, 3), { linkId: 'total', answer: [answer] }];
      assert.deepEqual(told([...items, total(type)], stated), []);
      assert.equal(told([...items, total(type)], [...numbers(2, 4), { linkId: 'total', answer: [answer] }]).length, 1);
    });

  it('may be left out, and may be stated where there is nothing to calculate from', () => {
    assert.deepEqual(told([...items, total('integer')], numbers(2, 3)), []);
    const none = calculation("%resource.item.where(linkId = 'c').answer.value");
    assert.deepEqual(
      told([...items, total('integer', none)], [{ linkId: 'total', answer: [{ valueInteger: 6 }] }]),
      [],
    );
  });

  it('is told to be unchecked when its expression cannot be evaluated', () => {
    const stated: QuestionnaireResponseItem[] = [{ linkId: 'total', answer: [{ valueInteger: 6 }] }];
    for (const [expression, reason] of [
      ['%patient.birthDate', /patient/],
      ['1 +', /./],
      ["'six'", /a value of type string is no answer to a question of type integer/],
    ] as const) {
      const [found] = told([...items, total('integer', calculation(expression))], stated);
      assert.equal(found?.severity, 'information');
      assert.equal(found?.rule, 'calculated-unchecked');
      assert.match(found?.diagnostics ?? '', reason);
    }
  });

  it('draws on variables of the form', () => {
    const variable: Extension = {
      url: `${core}/variable`,
      valueExpression: {
        name: 'two',
        language: 'text/fhirpath',
        expression: "item.where(linkId = 'a').answer.value * 2",
      },
    };
    const stated = (valueInteger: number) => [...numbers(4, 0), { linkId: 'total', answer: [{ valueInteger }] }];
    const form = [...items, total('integer', calculation('%two + 1'))];
    assert.deepEqual(told(form, stated(9), { extension: [variable] }), []);
    assert.equal(told(form, stated(8), { extension: [variable] }).length, 1);
  });
});

const coded = (code: string) => ({ system: answers, code });
const points = (name: string, valueDecimal: number): Extension[] => [{ url: `${core}/${name}`, valueDecimal }];

describe('weight() and ordinal()', () => {
  const concepts = (name: string) =>
    ['none', 'some', 'much'].map((code, at) => ({ code, extension: points(name, at) }));
  const places: readonly {
    readonly where: string;
    readonly item?: Partial<QuestionnaireItem>;
    readonly given?: Given;
    readonly on?: Extension[];
    readonly onAnswer?: Extension[];
  }[] = [
    {
      where: 'itemWeight on the answer option',
      item: { answerOption: [{ valueCoding: coded('much'), extension: points('itemWeight', 2) }] },
    },
    {
      where: 'ordinalValue on the answer option',
      item: { answerOption: [{ valueCoding: coded('much'), extension: points('ordinalValue', 2) }] },
    },
    {
      where: 'itemWeight on the coding of the option',
      item: { answerOption: [{ valueCoding: { ...coded('much'), extension: points('itemWeight', 2) } }] },
    },
    { where: 'ordinalValue on the coding of the answer', on: points('ordinalValue', 2) },
    { where: 'itemWeight on the answer', onAnswer: points('itemWeight', 2) },
    {
      where: 'a value set that the form contains',
      item: { answerValueSet: '#list' },
      given: {
        contained: [
          {
            resourceType: 'ValueSet',
            id: 'list',
            status: 'active',
            compose: { include: [{ system: answers, concept: concepts('ordinalValue') }] },
          },
        ],
      },
    },
    {
      where: 'extensions in the code system',
      given: {
        systems: [
          {
            resourceType: 'CodeSystem',
            url: answers,
            status: 'active',
            content: 'complete',
            concept: concepts('itemWeight'),
          },
        ],
      },
    },
    {
      where: 'the property itemWeight of a code system that the form contains, as in the PHQ-9 of SDC',
      given: {
        contained: [
          {
            resourceType: 'CodeSystem',
            id: 'answers',
            url: answers,
            status: 'active',
            content: 'complete',
            property: [{ code: 'points', uri: 'http://hl7.org/fhir/concept-properties#itemWeight', type: 'decimal' }],
            concept: [{ code: 'some', concept: [{ code: 'much', property: [{ code: 'points', valueDecimal: 2 }] }] }],
          },
        ],
      },
    },
  ];
  for (const name of ['weight', 'ordinal'])
    for (const { where, item, given, on, onAnswer } of places)
      it(`${name}() finds ${where}`, () => {
        const form: QuestionnaireItem[] = [
          { linkId: 'mood', type: 'choice', ...item },
          total('decimal', calculation(`%resource.item.where(linkId = 'mood').answer.value.${name}() + 1`)),
        ];
        const stated = (valueDecimal: number): QuestionnaireResponseItem[] => [
          {
            linkId: 'mood',
            answer: [
              {
                valueCoding: { ...coded('much'), ...(on ? { extension: on } : {}) },
                ...(onAnswer ? { extension: onAnswer } : {}),
              },
            ],
          },
          { linkId: 'total', answer: [{ valueDecimal }] },
        ];
        assert.deepEqual(told(form, stated(3), given), []);
        assert.match(told(form, stated(2), given)[0]?.diagnostics ?? '', /gives 3$/);
      });

  it('is empty for an answer without a weight', () => {
    const form: QuestionnaireItem[] = [
      { linkId: 'mood', type: 'choice' },
      total('integer', calculation("%resource.item.where(linkId = 'mood').answer.value.weight().count()")),
    ];
    const stated = [
      { linkId: 'mood', answer: [{ valueCoding: coded('much') }] },
      { linkId: 'total', answer: [{ valueInteger: 0 }] },
    ];
    assert.deepEqual(told(form, stated), []);
  });

  it('does not remember the weights of another form with the same URL', () => {
    const form = (weight: number): QuestionnaireItem[] => [
      {
        linkId: 'mood',
        type: 'choice',
        answerOption: [{ valueCoding: coded('much'), extension: points('itemWeight', weight) }],
      },
      total('decimal', calculation("%resource.item.where(linkId = 'mood').answer.value.weight()")),
    ];
    const stated = (valueDecimal: number) => [
      { linkId: 'mood', answer: [{ valueCoding: coded('much') }] },
      { linkId: 'total', answer: [{ valueDecimal }] },
    ];
    assert.deepEqual(told(form(2), stated(2)), []);
    assert.deepEqual(told(form(7), stated(7)), []);
  });
});

describe("SDC's example of a PHQ-9", () => {
  // questionnaireresponse-sdc-profile-example-PHQ9 states 13; its answers are worth 0, 0, 0, 1, 2, 1, 3, 2 and 1.
  const given = [0, 0, 0, 1, 2, 1, 3, 2, 1];
  const codes = ['44250-9', '44255-8', '44259-0', '44254-1', '44251-7', '44258-2', '44252-5', '44253-3', '44260-8'];
  const frequency = ['LA6568-5', 'LA6569-3', 'LA6570-1', 'LA6571-9'];

  it('is told that its total of 13 is 10', () => {
    const response = {
      resourceType: 'QuestionnaireResponse',
      questionnaire: 'http://loinc.org/q/44249-1',
      status: 'completed',
      item: [
        ...codes.map((code, at) => ({
          linkId: `/${code}`,
          answer: [{ valueCoding: { system: 'http://loinc.org', code: frequency[given[at] ?? 0] } }],
        })),
        { linkId: '/44261-6', answer: [{ valueDecimal: 13 }] },
      ],
    };
    const issues = createValidator(layered(throughlineDefinitions(), packagedDefinitions())).validate(
      response as never,
    );
    const [found] = issues.filter(({ rule }) => rule === 'calculated-value');
    assert.match(found?.diagnostics ?? '', /^states 13; .* gives 10$/);
  });
});
