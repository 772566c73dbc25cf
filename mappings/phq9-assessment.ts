/**
 * Phq9Assessment <-> QuestionnaireResponse. The answers are found as they are scored: by codes, texts and points, wherever in the form they stand;
 * what is written is LOINC's form. https://hl7.org/fhir/R4/questionnaireresponse.html
 */
import { identifier } from '../resources/questionnaire-response/identify-item.ts';
import { codingOf, type InstrumentItem } from '../resources/questionnaire-response/instrument.ts';
import { phq9 } from '../resources/questionnaire-response/phq9.ts';
import { readAnswer } from '../resources/questionnaire-response/read-answer.ts';
import { type Score, safetyAnswer, score } from '../resources/questionnaire-response/score.ts';
import type { QuestionnaireResponse, QuestionnaireResponseItem } from '../resources/types.ts';
import { type Codec, code, dateTime, reference } from './codec.ts';
import { test } from './condition.ts';
import { type Element, element, extension } from './element.ts';
import { isObject, type Json } from './json.ts';
import { mapping } from './mapping.ts';
import type { Phq9Assessment } from './model.ts';
import { asker, EXTENSION, person } from './parts.ts';
import { constant, derived, type Rule, required, rule } from './rule.ts';
import { coded, codesFor, concept, type Table, wordFor } from './table.ts';
import { difficulty, formMode, formStatus, severity } from './words.ts';

const identify = identifier(phq9);

const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';

/** Whether an item answers `wanted`; the items of answers are left to scoring. */
const answers = ({ linkId, text, definition }: Json, wanted: InstrumentItem): boolean => {
  if (typeof linkId !== 'string' || !isText(text) || !isText(definition)) return false;
  const found = identify({ linkId, text, definition } as QuestionnaireResponseItem);
  return found.kind === 'item' && found.item.code === wanted.code;
};

/** Whether what is asked of an answer has the types of FHIR: what was stored unchecked must not stop a reader. */
function isAnswer({ valueCoding, valueString, extension: extensions }: Json): boolean {
  const { system, code: coded, display, extension: inner } = isObject(valueCoding) ? valueCoding : {};
  const areObjects = (list: unknown): boolean => list === undefined || (Array.isArray(list) && list.every(isObject));
  return (
    (valueCoding === undefined || isObject(valueCoding)) &&
    [system, coded, display, valueString].every(isText) &&
    areObjects(extensions) &&
    areObjects(inner)
  );
}

const itemsOf = (owner: Json): readonly Json[] => (Array.isArray(owner.item) ? owner.item.filter(isObject) : []);

/** The answer to an item of the PHQ-9, at any depth of groups. It is written where the item stands, or as an item of LOINC's form. */
function answerTo(wanted: InstrumentItem): Element {
  const find = (owner: Json): Json | undefined => {
    for (const item of itemsOf(owner)) {
      const found = answers(item, wanted) ? item : find(item);
      if (found) return found;
    }
    return undefined;
  };
  const replace = (owner: Json, before: Json, after: Json | undefined): Json => {
    if (!find(owner)) return owner;
    const items = (owner.item as readonly unknown[]).flatMap((item) =>
      item === before ? (after ? [after] : []) : [isObject(item) ? replace(item, before, after) : item],
    );
    const { item: _, ...rest } = owner;
    return items.length === 0 ? rest : { ...owner, item: items };
  };
  return {
    steps: [
      { name: 'item', slice: { linkId: `/${wanted.code}` } },
      { name: 'answer', slice: {} },
    ],
    path: `item.where(linkId = '/${wanted.code}').answer`,
    read: (owner) => {
      const found = find(owner)?.answer;
      return Array.isArray(found) ? found : undefined;
    },
    numeral: () => undefined,
    write(owner, value) {
      const before = find(owner);
      if (before) return replace(owner, before, value === undefined ? undefined : { ...before, answer: value });
      if (value === undefined) return owner;
      const items = Array.isArray(owner.item) ? owner.item : [];
      return { ...owner, item: [...items, { linkId: `/${wanted.code}`, text: wanted.text.en, answer: value }] };
    },
  };
}

/** The one answer of an item as an option of its list; undefined where it is not understood. */
function optionOf(wanted: InstrumentItem, fhir: unknown) {
  const [first, ...others] = Array.isArray(fhir) ? fhir.filter(isObject) : [];
  if (!first || others.length > 0 || !isAnswer(first)) return undefined;
  const read = readAnswer(wanted, first);
  return 'option' in read ? read.option : undefined;
}

function points(name: string, index: number): Rule<number> {
  const wanted = phq9.items[index];
  if (!wanted) throw new Error(`the PHQ-9 has no item ${index}`);
  const codec: Codec<number> = {
    decode: (fhir) => optionOf(wanted, fhir)?.weight,
    encode: (model) =>
      wanted.options.filter(({ weight }) => weight === model).map((each) => ({ valueCoding: codingOf(each) })),
    schema: { type: 'integer', minimum: 0, maximum: 3 },
    reading: { kind: 'derived', from: { rule: 'phq9-answer', item: wanted.code } },
    form: 'a Coding of LOINC LL358-3',
  };
  return rule(answerTo(wanted), codec, `${name}, 0 (not at all) to 3 (nearly every day). LOINC ${wanted.code}.`);
}

function hardship(rows: typeof difficulty): Rule<NonNullable<Phq9Assessment['difficulty']>> {
  const [wanted] = phq9.unscored;
  if (!wanted) throw new Error('the PHQ-9 asks how difficult it has been');
  return rule(
    answerTo(wanted),
    {
      decode: (fhir) => wordFor(rows, optionOf(wanted, fhir)?.code),
      encode: (word) =>
        wanted.options
          .filter((each) => codesFor(rows, word).includes(each.code))
          .map((each) => ({ valueCoding: codingOf(each) })),
      schema: { type: 'string', enum: rows.rows.map(([word]) => word) },
      reading: { kind: 'derived', from: { rule: 'phq9-answer', item: wanted.code } },
      form: 'a Coding of LOINC LL359-1',
      table: rows as Table,
    },
    `How difficult the problems have made life. LOINC ${wanted.code}. Not part of the total.`,
  );
}

/** The items of a form as far as they are items: what is no item at all is left out before scoring. */
const formOf = (item: unknown): Json[] =>
  (Array.isArray(item) ? item.filter(isObject) : [])
    .filter(({ linkId, text, definition }) => typeof linkId === 'string' && isText(text) && isText(definition))
    .map((each) => ({
      ...each,
      item: formOf(each.item),
      answer: (Array.isArray(each.answer) ? each.answer.filter(isObject).filter(isAnswer) : []).map((answer) => ({
        ...answer,
        item: formOf(answer.item),
      })),
    }));

const scores = new WeakMap<Json, Score>();

/** The score of a form; four fields ask for it. */
function scored(owner: Json): Score {
  const known = scores.get(owner);
  if (known) return known;
  const made = score(phq9, { ...owner, item: formOf(owner.item) } as unknown as QuestionnaireResponse);
  scores.set(owner, made);
  return made;
}

export const phq9Assessment = mapping<Phq9Assessment>({
  name: 'Phq9Assessment',
  title: 'PHQ-9 assessment',
  doc: 'The answers of one person to the PHQ-9 on one day. The total and its severity are computed; they are given when all nine items are answered.',
  plural: 'phq9-assessments',
  type: 'QuestionnaireResponse',
  profile: `${EXTENSION}/phq9-response`,
  criteria: { questionnaire: phq9.canonicals.join(',') },
  accepts: test('isPhq9', { kind: 'canonical', element: 'questionnaire', urls: phq9.canonicals }),
  constants: [constant(element('questionnaire'), phq9.canonicals[0])],
  rules: {
    clientId: required(element('subject'), reference('Patient'), 'Whose answers they are.'),
    status: required(element('status'), coded(formStatus), 'Whether the form is finished.'),
    answeredAt: rule(element('authored'), dateTime, 'When it was answered.'),
    administeredBy: rule(element('author'), asker, 'Who asked the questions or took down the answers.'),
    answeredBy: rule(element('source'), person, 'Who gave the answers, where it was not the client.'),
    mode: rule(
      extension('http://hl7.org/fhir/StructureDefinition/questionnaireresponse-completionMode', 'valueCodeableConcept'),
      concept(formMode),
      'How it was asked.',
    ),
    language: rule(element('language'), code, 'The language of the form, as a BCP 47 tag: en, es.'),
    encounterId: rule(element('encounter'), reference('Encounter'), 'The visit at which it was answered.'),
    interest: points('Little interest or pleasure', 0),
    mood: points('Feeling down, depressed or hopeless', 1),
    sleep: points('Trouble sleeping, or sleeping too much', 2),
    energy: points('Feeling tired', 3),
    appetite: points('Poor appetite or overeating', 4),
    selfWorth: points('Feeling bad about oneself', 5),
    concentration: points('Trouble concentrating', 6),
    movement: points('Moving slowly, or being restless', 7),
    selfHarm: points('Thoughts of being better off dead or of self-harm', 8),
    difficulty: hardship(difficulty),
    complete: derived(
      'item',
      { type: 'boolean' },
      'Whether all nine items are answered.',
      { rule: 'phq9-score', of: 'complete' },
      (owner) => scored(owner).missing.length === 0,
    ),
    total: derived(
      'item',
      { type: 'integer' },
      'The sum of the nine answers, 0 to 27.',
      { rule: 'phq9-score', of: 'total' },
      (owner) => scored(owner).total,
    ),
    severity: derived(
      'item',
      { type: 'string', enum: severity.rows.map(([word]) => word) },
      'How severe a depression the total tells of.',
      { rule: 'phq9-score', of: 'severity' },
      (owner) => wordFor(severity, scored(owner).band?.code),
    ),
    safetyConcern: derived(
      'item',
      { type: 'boolean' },
      'Whether the item about self-harm has any answer above "not at all".',
      { rule: 'phq9-score', of: 'safety' },
      (owner) => safetyAnswer(phq9, scored(owner)) !== undefined,
    ),
  },
});
