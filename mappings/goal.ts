/** Goal <-> Goal. https://hl7.org/fhir/R4/goal.html */
import { type Codec, code, date, decimal, reference, text } from './codec.ts';
import { choice, type Element, element } from './element.ts';
import { isObject } from './json.ts';
import { mapping } from './mapping.ts';
import type { Aim, Amount, Goal, Target } from './model.ts';
import { answerer, EXTENSION, notes, part, person } from './parts.ts';
import { choiceOf, list, record, required, rule } from './rule.ts';
import { anyConcept, coded, concept } from './table.ts';
import { acceptance, achievement, comparator, goalPriority, goalStatus } from './words.ts';

const UCUM = 'http://unitsofmeasure.org';
const STANDARD = 'http://hl7.org/fhir/StructureDefinition';

/** A UCUM code, which is one by its system. */
const ucumCode: Element = {
  ...element('code'),
  when: { kind: 'fits', pattern: { system: UCUM } },
  path: `where(system = '${UCUM}').code`,
  read: (owner) => (owner.system === UCUM ? owner.code : undefined),
  write(owner, value) {
    const { system: _system, code: _code, ...rest } = owner;
    return value === undefined ? rest : { ...rest, system: UCUM, code: value };
  },
};

const amount = record<Amount>({
  value: required(element('value'), decimal, 'The number, digits included.'),
  comparator: rule(element('comparator'), coded(comparator), 'On which side of the number the aim lies.'),
  unit: rule(ucumCode, code, 'The unit as a UCUM code: {score}, kg, mm[Hg].'),
  unitText: rule(element('unit'), text, 'The unit as people read it.'),
});
/** An end of a range, which has no comparator. */
const end = record<Omit<Amount, 'comparator'>>({
  value: required(element('value'), decimal, 'The number, digits included.'),
  unit: rule(ucumCode, code, 'The unit as a UCUM code.'),
  unitText: rule(element('unit'), text, 'The unit as people read it.'),
});

const range = record<Omit<Extract<Aim, { kind: 'range' }>, 'kind'>>({
  low: rule(element('low'), end, 'The low end.'),
  high: rule(element('high'), end, 'The high end.'),
});
const words = record<{ readonly text: string }>({ text: required(element('text'), text, 'The aim in words.') });

const aim = choiceOf<Aim>('detail', {
  amount: { type: 'Quantity', codec: amount },
  range: { type: 'Range', codec: range },
  text: { type: 'String', codec: words, under: 'text' },
  finding: { type: 'CodeableConcept', codec: anyConcept },
});

const target = record<Target>({
  measure: rule(element('measure'), anyConcept, 'What is measured: LOINC 44261-6 is the PHQ-9 total.'),
  aim: rule(aim.element, aim, 'What is to be reached: an amount, a range, words, or a finding.'),
  due: rule(choice('due', 'Date'), date, 'By which day.'),
});

const answer = record<NonNullable<Goal['acceptance']>[number]>({
  by: part('individual', 'valueReference', answerer, 'Who answers.', true),
  answer: part('status', 'valueCode', coded(acceptance), 'What they think of the goal.', true),
});

/** The text of a reference in an extension. */
const interventionReference = element('valueReference', 'reference');
const intervention: Codec<string> = {
  decode(fhir) {
    const found = isObject(fhir) ? interventionReference.read(fhir) : undefined;
    return typeof found === 'string' ? found : undefined;
  },
  encode: (model, before) => interventionReference.write(isObject(before) ? before : {}, model),
  schema: { type: 'string', pattern: '^[^\\s]+$', examples: ['ServiceRequest/therapy'] },
  reading: { kind: 'below', element: interventionReference, codec: text },
  form: 'a reference in an extension',
};

export const goal = mapping<Goal>({
  name: 'Goal',
  title: 'Goal',
  doc: "What a client wants to reach, in the client's own words, and how far along it is.",
  plural: 'goals',
  type: 'Goal',
  profile: `${EXTENSION}/goal`,
  rules: {
    clientId: required(element('subject'), reference('Patient'), 'Whose goal it is.'),
    statement: required(element('description', 'text'), text, 'The goal in the words of the client.'),
    status: required(element('lifecycleStatus'), coded(goalStatus), 'Where it stands.'),
    statusOn: rule(element('statusDate'), date, 'Since when.'),
    statusReason: rule(element('statusReason'), text, 'Why, in words that the client can read.'),
    achievement: rule(element('achievementStatus'), concept(achievement), 'How far along it is.'),
    priority: rule(element('priority'), concept(goalPriority), 'How much it matters now.'),
    setBy: rule(element('expressedBy'), person, 'Who set it.'),
    acceptance: rule(
      element('extension'),
      list(answer, { where: { url: `${STANDARD}/goal-acceptance` }, key: ({ by }) => by }),
      'Who agrees with it and who does not.',
    ),
    start: rule(choice('start', 'Date'), date, 'From which day.'),
    targets: rule(
      element('target'),
      list(target, { key: ({ measure }) => measure }),
      'How one will know that it is reached.',
    ),
    problemIds: rule(element('addresses'), list(reference('Condition')), 'The problems that it is about.'),
    interventions: rule(
      element('extension'),
      list(intervention, { where: { url: `${EXTENSION}/goal-intervention` } }),
      'The orders and activities that serve it, as references.',
    ),
    notes: notes(),
  },
});
