/**
 * The Questionnaire of an instrument: its items with codes, answers with their points in both extension forms, the total calculated from
 * them, help, and the Spanish wording where there is one. The files in profiles/throughline/Questionnaire are written from this.
 */
import { DATE, PUBLISHER } from '../publication.ts';
import type { Element, Extension, Questionnaire, QuestionnaireItem, QuestionnaireItemAnswerOption } from '../types.ts';
import {
  type AnswerOption,
  codingOf,
  type Instrument,
  type InstrumentCode,
  type InstrumentItem,
  type Wording,
} from './instrument.ts';
import { WEIGHTS } from './read-answer.ts';

const core = 'http://hl7.org/fhir/StructureDefinition';
const calculated = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression';

/** The linkId of an item: that of LOINC's own forms, a slash and the code. */
export const linkIdOf = ({ code }: InstrumentCode): string => `/${code}`;

export function questionnaireOf(instrument: Instrument): Questionnaire {
  const { name, title, version, canonicals, panel, copyright, description, lead } = instrument;
  return {
    resourceType: 'Questionnaire',
    id: name,
    url: canonicals[0],
    version,
    name: `Throughline${name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    title,
    status: 'active',
    experimental: false,
    date: DATE,
    subjectType: ['Patient'],
    publisher: PUBLISHER,
    description,
    copyright,
    code: [codingOf(panel)],
    item: [
      { linkId: 'lead', ...worded(lead), type: 'display' },
      ...instrument.items.map((item) => question(item, true)),
      ...instrument.unscored.map((item) => question(item, false)),
      total(instrument),
      ...next(instrument),
    ],
  };
}

function question(item: InstrumentItem, required: boolean): QuestionnaireItem {
  const help = item.help ? [helpItem(item, item.help)] : [];
  return {
    linkId: linkIdOf(item),
    code: [codingOf(item)],
    ...worded(item.text),
    type: 'choice',
    required,
    answerOption: item.options.map(answerOption),
    ...(help.length > 0 ? { item: help } : {}),
  };
}

function answerOption({ weight, text, ...code }: AnswerOption): QuestionnaireItemAnswerOption {
  const points = WEIGHTS.map((url): Extension => ({ url, valueDecimal: weight ?? 0 }));
  return {
    ...(weight === undefined ? {} : { extension: points }),
    valueCoding: { ...codingOf(code), ...(text.es === undefined ? {} : { _display: translated(text.es) }) },
  };
}

function helpItem(item: InstrumentItem, help: Wording): QuestionnaireItem {
  const valueCodeableConcept = { coding: [{ system: 'http://hl7.org/fhir/questionnaire-item-control', code: 'help' }] };
  return {
    extension: [{ url: `${core}/questionnaire-itemControl`, valueCodeableConcept }],
    linkId: `${linkIdOf(item)}/help`,
    ...worded(help),
    type: 'display',
  };
}

/** Empty while an answer is missing: an incomplete form has no total. */
function total(instrument: Instrument): QuestionnaireItem {
  const { items, total: code, toldAs, bands } = instrument;
  const answers = `%resource.repeat(item).where(linkId in (${items.map((item) => `'${linkIdOf(item)}'`).join(' | ')})).answer.value`;
  const sum = `${answers}.weight().sum()`;
  const result = toldAs === 'band' ? byBand(instrument, sum) : sum;
  const expression = `iif(${answers}.count() = ${items.length}, ${result}, {})`;
  return {
    extension: [{ url: calculated, valueExpression: { language: 'text/fhirpath', expression } }],
    linkId: linkIdOf(code),
    code: [codingOf(code)],
    text: code.display,
    type: toldAs === 'band' ? 'choice' : 'decimal',
    required: false,
    readOnly: true,
    ...(toldAs === 'band' ? { answerOption: bands.map((band) => ({ valueCoding: codingOf(band) })) } : {}),
  };
}

/** The option of the total item that the sum falls in, from the highest band down. */
function byBand({ total: code, bands }: Instrument, sum: string): string {
  const option = (each: InstrumentCode): string =>
    `%questionnaire.item.where(linkId = '${linkIdOf(code)}').answerOption.value.where(code = '${each.code}')`;
  return bands.reduce<string>(
    (otherwise, band) =>
      otherwise === '' ? option(band) : `iif(${sum} >= ${band.from}, ${option(band)}, ${otherwise})`,
    '',
  );
}

/** What comes after a total that asks for another instrument. */
function next({ total: code, stepUp }: Instrument): QuestionnaireItem[] {
  if (!stepUp) return [];
  return [
    {
      linkId: 'next',
      text: `A total of ${stepUp.from} or more: please go on with ${stepUp.to}`,
      type: 'display',
      enableWhen: [{ question: linkIdOf(code), operator: '>=', answerDecimal: stepUp.from }],
    },
  ];
}

const worded = ({ en, es }: Wording): { text: string; _text?: Element } =>
  es === undefined ? { text: en } : { text: en, _text: translated(es) };

const translated = (content: string): Element => ({
  extension: [
    {
      url: `${core}/translation`,
      extension: [
        { url: 'lang', valueCode: 'es' },
        { url: 'content', valueString: content },
      ],
    },
  ],
});
