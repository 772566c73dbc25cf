/** https://hl7.org/fhir/R4/questionnaireresponse.html and https://hl7.org/fhir/R4/questionnaire.html, rule by rule */
import { strict as assert } from 'node:assert';
import { type DefinitionSource, layered, packagedDefinitions } from '../../profiles/source.ts';
import { createValidator, type ValidateOptions } from '../../profiles/validate.ts';
import type { Questionnaire, QuestionnaireItem, QuestionnaireResponseItem, ValueSet } from '../../resources/types.ts';

const core = 'http://hl7.org/fhir/StructureDefinition';
const coded = (code: string) => ({ system: 'https://practice.example/answers', code });

const intake: Questionnaire = {
  resourceType: 'Questionnaire',
  url: 'https://practice.example/Questionnaire/intake',
  version: '2.0.0',
  name: 'Intake',
  title: 'Intake',
  status: 'active',
  effectivePeriod: { start: '2026-01-01', end: '2026-12-31' },
  contained: [
    {
      resourceType: 'ValueSet',
      id: 'pets',
      status: 'active',
      compose: { include: [{ system: 'https://practice.example/pets', concept: [{ code: 'cat' }, { code: 'dog' }] }] },
    } as ValueSet,
  ],
  item: [
    { linkId: 'welcome', type: 'display', text: 'Welcome' },
    { linkId: 'name', type: 'string', text: 'Your name', required: true, maxLength: 20 },
    {
      linkId: 'home',
      type: 'group',
      text: 'Home',
      item: [
        {
          linkId: 'lives-alone',
          type: 'boolean',
          item: [{ linkId: 'who-calls', type: 'string', text: 'Who calls in?' }],
        },
        {
          linkId: 'people',
          type: 'integer',
          required: true,
          enableWhen: [{ question: 'lives-alone', operator: '=', answerBoolean: false }],
          extension: [
            { url: `${core}/minValue`, valueInteger: 2 },
            { url: `${core}/maxValue`, valueInteger: 12 },
          ],
        },
      ],
    },
    {
      linkId: 'mood',
      type: 'choice',
      answerOption: [{ valueCoding: coded('good') }, { valueCoding: coded('bad') }],
    },
    { linkId: 'talents', type: 'open-choice', repeats: true, answerOption: [{ valueString: 'cooking' }] },
    { linkId: 'pet', type: 'choice', answerValueSet: '#pets' },
    {
      linkId: 'weight',
      type: 'decimal',
      extension: [{ url: `${core}/maxDecimalPlaces`, valueInteger: 1 }],
    },
    {
      linkId: 'height',
      type: 'quantity',
      extension: [
        {
          url: 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-maxQuantity',
          valueQuantity: { value: 2.5, system: 'http://unitsofmeasure.org', code: 'm' },
        },
      ],
    },
    {
      linkId: 'why',
      type: 'text',
      required: true,
      enableBehavior: 'all',
      enableWhen: [
        { question: 'mood', operator: '=', answerCoding: coded('bad') },
        { question: 'people', operator: '>', answerInteger: 3 },
      ],
    },
    {
      linkId: 'child',
      type: 'group',
      repeats: true,
      item: [
        { linkId: 'school', type: 'boolean' },
        {
          linkId: 'grade',
          type: 'integer',
          enableWhen: [{ question: 'school', operator: 'exists', answerBoolean: true }],
        },
      ],
    },
    {
      linkId: 'dated',
      type: 'date',
      extension: [
        {
          url: 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression',
          valueExpression: {
            language: 'text/fhirpath',
            expression: "%resource.item.where(linkId = 'name').answer.value = 'Rosa'",
          },
        },
      ],
    },
  ],
};

const name: QuestionnaireResponseItem = { linkId: 'name', answer: [{ valueString: 'Ana' }] };
const home = (...item: QuestionnaireResponseItem[]): QuestionnaireResponseItem => ({
  linkId: 'home',
  ...(item.length > 0 ? { item } : {}),
});
const alone = (valueBoolean: boolean): QuestionnaireResponseItem => ({
  linkId: 'lives-alone',
  answer: [{ valueBoolean }],
});
const answered = (linkId: string, answer: QuestionnaireResponseItem['answer']): QuestionnaireResponseItem => ({
  linkId,
  answer,
});

const source: DefinitionSource = layered(
  {
    structureDefinition: () => undefined,
    valueSet: () => undefined,
    codeSystem: () => undefined,
    questionnaire: (canonical) =>
      canonical === intake.url || canonical === `${intake.url}|2.0.0` ? intake : undefined,
  },
  packagedDefinitions(),
);
const validator = createValidator(source);

function issuesOf(item: readonly QuestionnaireResponseItem[], more: object = {}, options: ValidateOptions = {}) {
  const response = {
    resourceType: 'QuestionnaireResponse' as const,
    questionnaire: intake.url,
    status: 'completed',
    authored: '2026-05-05',
    ...(item.length > 0 ? { item } : {}),
    ...more,
  };
  return validator.validate(response, { bestPractice: false, ...options });
}
const rulesOf = (issues: ReturnType<typeof issuesOf>): string[] =>
  issues.map(({ severity, rule, expression }) => `${severity} ${rule} ${expression?.[0]}`);

const at = 'QuestionnaireResponse';
const cases: readonly (readonly [
  sentence: string,
  item: readonly QuestionnaireResponseItem[],
  found: readonly string[],
  more?: object,
])[] = [
  ['a response that fits', [name, home(alone(false), answered('people', [{ valueInteger: 3 }]))], []],
  ['a required item that is missing', [], [`error item-required ${at}`]],
  ['a required item without an answer', [{ linkId: 'name' }], [`error item-required ${at}.item[0]`]],
  ['what is required is not asked of a response in progress', [], [], { status: 'in-progress' }],
  ['what is required is asked of an amended response', [], [`error item-required ${at}`], { status: 'amended' }],
  ['what is required is not asked of a stopped response', [], [], { status: 'stopped' }],
  ['an unknown linkId', [name, answered('moood', [{ valueString: 'x' }])], [`error item-unknown ${at}.item[1]`]],
  ['items out of order', [home(), name], [`error item-order ${at}.item[1]`]],
  ['an item in the wrong place', [name, alone(true)], [`error item-misplaced ${at}.item[1]`]],
  ['a question that is there twice', [name, name], [`error item-repeated ${at}.item[1]`]],
  [
    'two answers to a question that takes one',
    [answered('name', [{ valueString: 'Ana' }, { valueString: 'Eva' }])],
    [`error item-answers ${at}.item[0]`],
  ],
  ['a group that repeats', [name, { linkId: 'child' }, { linkId: 'child' }], []],
  ['a group that does not repeat, twice', [name, home(), home()], [`error item-repeated ${at}.item[2]`]],
  [
    'an answer of another type',
    [answered('name', [{ valueInteger: 3 }])],
    [`error answer-type ${at}.item[0].answer[0].value`],
  ],
  [
    'a display item with an answer',
    [answered('welcome', [{ valueString: 'thanks' }]), name],
    [`error item-no-answers ${at}.item[0]`],
  ],
  [
    'a group with an answer',
    [name, answered('home', [{ valueBoolean: true }])],
    [`error item-no-answers ${at}.item[1]`],
  ],
  [
    'a text that is too long',
    [answered('name', [{ valueString: 'a'.repeat(21) }])],
    [`error answer-max-length ${at}.item[0].answer[0].value`],
  ],
  [
    'a number that is too small',
    [name, home(alone(false), answered('people', [{ valueInteger: 1 }]))],
    [`error answer-min-value ${at}.item[1].item[1].answer[0].value`],
  ],
  [
    'a number that is too great',
    [name, home(alone(false), answered('people', [{ valueInteger: 13 }]))],
    [`error answer-max-value ${at}.item[1].item[1].answer[0].value`],
  ],
  [
    'a number with too many decimal places',
    [name, answered('weight', [{ valueDecimal: 70.25 }])],
    [`error answer-decimal-places ${at}.item[1].answer[0].value`],
  ],
  [
    'a quantity that is too great in another unit',
    [name, answered('height', [{ valueQuantity: { value: 260, system: 'http://unitsofmeasure.org', code: 'cm' } }])],
    [`error answer-max-value ${at}.item[1].answer[0].value`],
  ],
  [
    'a quantity that fits in another unit',
    [name, answered('height', [{ valueQuantity: { value: 170, system: 'http://unitsofmeasure.org', code: 'cm' } }])],
    [],
  ],
  [
    'a quantity that cannot be compared',
    [name, answered('height', [{ valueQuantity: { value: 170, unit: 'cm' } }])],
    [`error answer-incomparable ${at}.item[1].answer[0].value`],
  ],
  [
    'an answer that is none of the options',
    [name, answered('mood', [{ valueCoding: coded('so-so') }])],
    [`error answer-option ${at}.item[1].answer[0]`],
  ],
  ['an option', [name, answered('mood', [{ valueCoding: coded('good') }])], []],
  ['an open choice in words', [name, answered('talents', [{ valueString: 'singing' }])], []],
  [
    'a code outside the contained value set',
    [name, answered('pet', [{ valueCoding: { system: 'https://practice.example/pets', code: 'fish' } }])],
    [`error answer-value-set ${at}.item[1].answer[0]`],
  ],
  [
    'a code of the contained value set',
    [name, answered('pet', [{ valueCoding: { system: 'https://practice.example/pets', code: 'cat' } }])],
    [],
  ],
  ['an item that is enabled, required and missing', [name, home(alone(false))], [`error item-required ${at}.item[1]`]],
  [
    'an item that is answered and not enabled',
    [name, home(alone(true), answered('people', [{ valueInteger: 3 }]))],
    [`error item-disabled ${at}.item[1].item[1]`],
  ],
  [
    'an item that is enabled by all conditions, and is missing',
    [
      name,
      home(alone(false), answered('people', [{ valueInteger: 4 }])),
      answered('mood', [{ valueCoding: coded('bad') }]),
    ],
    [`error item-required ${at}`],
  ],
  [
    'an item of which one condition does not hold',
    [
      name,
      home(alone(false), answered('people', [{ valueInteger: 3 }])),
      answered('mood', [{ valueCoding: coded('bad') }]),
    ],
    [],
  ],
  [
    'a condition on an item that is itself not enabled',
    [
      name,
      home(alone(true), answered('people', [{ valueInteger: 4 }])),
      answered('mood', [{ valueCoding: coded('bad') }]),
      answered('why', [{ valueString: 'many' }]),
    ],
    [`error item-disabled ${at}.item[1].item[1]`, `error item-disabled ${at}.item[3]`],
  ],
  [
    'a condition looks in its own repetition of a group',
    [
      name,
      {
        linkId: 'child',
        item: [answered('school', [{ valueBoolean: true }]), answered('grade', [{ valueInteger: 3 }])],
      },
      { linkId: 'child', item: [answered('grade', [{ valueInteger: 3 }])] },
    ],
    [],
  ],
  [
    'items under an answer',
    [
      name,
      home({
        linkId: 'lives-alone',
        answer: [{ valueBoolean: true, item: [answered('who-calls', [{ valueString: 'Eva' }])] }],
      }),
    ],
    [],
  ],
  [
    'items under a question, not under its answer',
    [
      name,
      home({
        linkId: 'lives-alone',
        answer: [{ valueBoolean: true }],
        item: [answered('who-calls', [{ valueString: 'Eva' }])],
      }),
    ],
    [`error item-misplaced ${at}.item[1].item[0].item[0]`],
  ],
  [
    'an expression that is not true',
    [name, answered('dated', [{ valueDate: '2026-05-05' }])],
    [`error item-disabled ${at}.item[1]`],
  ],
  [
    'an expression that is true',
    [answered('name', [{ valueString: 'Rosa' }]), answered('dated', [{ valueDate: '2026-05-05' }])],
    [],
  ],
  ['a text that is another', [{ ...name, text: 'Your age' }], [`error item-text ${at}.item[0]`]],
  [
    'answers after the last day of the form',
    [name],
    [`warning questionnaire-period ${at}.authored`],
    { authored: '2027-01-01T10:00:00Z' },
  ],
  [
    'a version of the form that is not known',
    [],
    [`warning questionnaire-unknown ${at}.questionnaire`],
    { questionnaire: `${intake.url}|1.0.0` },
  ],
  [
    'a canonical of something else',
    [],
    [`error questionnaire-type ${at}.questionnaire`],
    { questionnaire: 'http://hl7.org/fhir/ValueSet/administrative-gender' },
  ],
];

describe('a QuestionnaireResponse against its Questionnaire', () => {
  for (const [sentence, item, found, more] of cases)
    it(`${found.length === 0 ? 'passes' : 'reports'} ${sentence}`, () =>
      assert.deepEqual(rulesOf(issuesOf(item, more)), found));

  it('says what was found, what is expected and what enables an item', () => {
    const [text] = issuesOf([name, answered('mood', [{ valueCoding: coded('so-so') }])]);
    assert.equal(
      text?.diagnostics,
      "https://practice.example/answers|so-so is none of the options of 'mood': good, bad",
    );
    const [disabled] = issuesOf([name, home(alone(true), answered('people', [{ valueInteger: 3 }]))]);
    assert.equal(disabled?.diagnostics, "'people' is answered, and is not enabled: it asks for 'lives-alone' = false");
    const [unknown] = issuesOf([name, answered('moood', [{ valueString: 'x' }])]);
    assert.equal(unknown?.diagnostics, "the Questionnaire has no item 'moood'; did you mean 'mood'?");
  });

  it('can be told to warn', () =>
    assert.deepEqual(rulesOf(issuesOf([], {}, { answers: 'warning' })), [`warning item-required ${at}`]));

  it('ends when conditions go round in a circle of thousands', () => {
    const circle: Questionnaire = {
      resourceType: 'Questionnaire',
      status: 'active',
      item: Array.from({ length: 5000 }, (_, index) => ({
        linkId: `q${index}`,
        type: 'boolean',
        enableWhen: [{ question: `q${(index + 1) % 5000}`, operator: 'exists', answerBoolean: true }],
      })),
    };
    const contained = [{ ...circle, id: 'circle' }];
    const all = (circle.item ?? []).map(({ linkId }) => answered(linkId, [{ valueBoolean: true }]));
    const found = rulesOf(issuesOf(all, { questionnaire: '#circle', contained }));
    assert.deepEqual(
      found.filter((each) => each.includes(`${at}.item`)),
      [],
    );
  });

  it('takes a Questionnaire that the response contains', () => {
    const { contained: _, ...form } = intake;
    const contained = [{ ...form, id: 'form' }];
    assert.deepEqual(
      rulesOf(issuesOf([], { questionnaire: '#form', contained })).filter((each) => each.includes('item-')),
      [`error item-required ${at}`],
    );
  });
});

describe('a Questionnaire against itself', () => {
  const question = (linkId: string, more: Partial<QuestionnaireItem> = {}): QuestionnaireItem => ({
    linkId,
    type: 'boolean',
    ...more,
  });
  const place = 'Questionnaire.item';
  const rows: readonly (readonly [sentence: string, item: readonly QuestionnaireItem[], found: readonly string[]])[] = [
    [
      'a condition on an item that is not there',
      [
        question('smoker'),
        question('b', { enableWhen: [{ question: 'smoke', operator: 'exists', answerBoolean: true }] }),
      ],
      [`error enable-when-question ${place}[1].enableWhen[0]`],
    ],
    [
      'a condition on an item below',
      [
        {
          linkId: 'a',
          type: 'group',
          enableWhen: [{ question: 'b', operator: '=', answerBoolean: true }],
          item: [question('b')],
        },
      ],
      [`error enable-when-inner ${place}[0].enableWhen[0]`],
    ],
    [
      'a condition on itself',
      [question('a', { enableWhen: [{ question: 'a', operator: '=', answerBoolean: true }] })],
      [`error enable-when-inner ${place}[0].enableWhen[0]`],
    ],
    [
      'a condition with an answer of another type',
      [question('a'), question('b', { enableWhen: [{ question: 'a', operator: '=', answerInteger: 1 }] })],
      [`error enable-when-answer ${place}[1].enableWhen[0]`],
    ],
    [
      'a condition on what has no answers',
      [
        { linkId: 'a', type: 'display', text: 'Hello' },
        question('b', { enableWhen: [{ question: 'a', operator: 'exists', answerBoolean: true }] }),
      ],
      [`error enable-when-answer ${place}[1].enableWhen[0]`],
    ],
    [
      'a condition that no option meets',
      [
        { linkId: 'a', type: 'choice', answerOption: [{ valueCoding: coded('x') }] },
        question('b', { enableWhen: [{ question: 'a', operator: '=', answerCoding: coded('y') }] }),
      ],
      [`warning enable-when-answer ${place}[1].enableWhen[0]`],
    ],
    [
      'a condition on a later item',
      [question('b', { enableWhen: [{ question: 'a', operator: '=', answerBoolean: true }] }), question('a')],
      [`warning enable-when-order ${place}[0].enableWhen[0]`],
    ],
    [
      'an option of another type than its item',
      [{ linkId: 'a', type: 'integer', answerOption: [{ valueString: 'one' }] }],
      [`error option-type ${place}[0].answerOption[0]`],
    ],
    [
      'an option that is there twice',
      [{ linkId: 'a', type: 'integer', answerOption: [{ valueInteger: 1 }, { valueInteger: 1 }] }],
      [`warning option-duplicate ${place}[0].answerOption[1]`],
    ],
    [
      'an initial value of another type',
      [question('a', { initial: [{ valueString: 'yes' }] })],
      [`error initial-type ${place}[0].initial[0]`],
    ],
    [
      'limits that leave nothing',
      [
        {
          linkId: 'a',
          type: 'integer',
          extension: [
            { url: `${core}/minValue`, valueInteger: 9 },
            { url: `${core}/maxValue`, valueInteger: 3 },
          ],
        },
      ],
      [`warning limits ${place}[0]`],
    ],
  ];
  for (const [sentence, item, found] of rows)
    it(`reports ${sentence}`, () => {
      const { contained: _, ...rest } = intake;
      const questionnaire = { ...rest, item: [...item] };
      assert.deepEqual(rulesOf(validator.validate(questionnaire as never, { bestPractice: false })), found);
    });

  it('finds nothing wrong with one that fits', () => {
    // The extensions of SDC are not among those of R4.
    const issues = validator.validate(intake as never, { bestPractice: false, unknownExtension: 'information' });
    assert.deepEqual(rulesOf(issues.filter(({ severity }) => severity !== 'information')), []);
  });
});
