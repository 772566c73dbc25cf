/** CarePlan <-> CarePlan. https://hl7.org/fhir/R4/careplan.html */
import { date, dateTime, decimal, positiveInteger, reference, text } from './codec.ts';
import { element } from './element.ts';
import { mapping } from './mapping.ts';
import type { Activity, CarePlan, Schedule } from './model.ts';
import { EXTENSION, endOf, member, notes, ours, startOf } from './parts.ts';
import { choiceOf, constant, list, record, required, rule } from './rule.ts';
import { anyConcept, coded } from './table.ts';
import { activityStatus, periodUnit, planStatus } from './words.ts';

const asText = record<{ readonly text: string }>({
  text: required(element('text'), text, 'When, in words: "every other Tuesday".'),
});
const between = record<{ readonly start?: string; readonly end?: string }>({
  start: rule(element('start'), dateTime, 'From when.'),
  end: rule(element('end'), dateTime, 'Until when.'),
});
const repeat = record<Omit<Extract<Schedule, { kind: 'repeat' }>, 'kind'>>({
  times: required(element('repeat', 'frequency'), positiveInteger, 'How many times in a period.'),
  every: required(element('repeat', 'period'), decimal, 'The length of a period, in units.'),
  unit: required(element('repeat', 'periodUnit'), coded(periodUnit), 'The unit of the period.'),
});
const schedule = choiceOf<Schedule>('scheduled', {
  text: { type: 'String', codec: asText, under: 'text' },
  between: { type: 'Period', codec: between },
  repeat: {
    type: 'Timing',
    codec: { ...repeat, schema: { ...repeat.schema, properties: positive(repeat.schema.properties) } },
  },
});

/** A period of time is longer than nothing. */
function positive(properties: typeof repeat.schema.properties): typeof repeat.schema.properties {
  return { ...properties, every: { ...properties?.every, minimum: 0 } };
}

const activity = record<Activity>({
  title: rule(element('detail', 'code'), anyConcept, 'What is done.'),
  description: rule(element('detail', 'description'), text, 'What it is about, for those who do it.'),
  status: rule(element('detail', 'status'), coded(activityStatus), 'How far it is.'),
  reason: rule(element('detail', 'statusReason', 'text'), text, 'Why the status is what it is.'),
  schedule: rule(
    { ...schedule.element, ...nested('detail') },
    schedule,
    'When, in one of three forms: words, a time span, so many times in each period.',
  ),
  performers: rule(element('detail', 'performer'), list(member), 'Who does it.'),
  order: rule(
    element('reference', 'reference'),
    text,
    'The order, task or appointment that it is recorded in, as its reference.',
  ),
});

/** The schedule lies in `detail`. */
function nested(name: string): Pick<typeof schedule.element, 'read' | 'write' | 'path' | 'steps'> {
  const [holder, inner] = [element(name), schedule.element];
  const detail = (owner: Parameters<typeof inner.read>[0]) =>
    (holder.read(owner) ?? {}) as Parameters<typeof inner.read>[0];
  return {
    steps: [...holder.steps, ...inner.steps],
    path: `${name}.${inner.path}`,
    read: (owner) => inner.read(detail(owner)),
    write(owner, value) {
      const after = inner.write(detail(owner), value);
      return holder.write(owner, Object.keys(after).length === 0 ? undefined : after);
    },
  };
}

export const carePlan = mapping<CarePlan>({
  name: 'CarePlan',
  title: 'Care plan',
  doc: 'The shared plan of a client: why, towards which goals, by whom, until when.',
  plural: 'plans',
  type: 'CarePlan',
  profile: `${EXTENSION}/care-plan`,
  constants: [
    constant(element('intent'), 'plan'),
    constant(element('category'), [
      {
        coding: [
          {
            system: 'http://hl7.org/fhir/us/core/CodeSystem/careplan-category',
            code: 'assess-plan',
            display: 'Assessment and Plan of Treatment',
          },
        ],
      },
    ]),
  ],
  rules: {
    clientId: required(element('subject'), reference('Patient'), 'Whose plan it is.'),
    title: rule(element('title'), text, 'What people call it.'),
    description: rule(element('description'), text, 'What it is about.'),
    status: required(element('status'), coded(planStatus), 'Where it stands.'),
    start: startOf('First day.'),
    end: endOf('Last day.'),
    created: rule(element('created'), dateTime, 'When it was first written.'),
    reviewOn: ours('care-plan-review-due', 'valueDate', date, 'The day by which the team looks at it again.'),
    problemIds: rule(element('addresses'), list(reference('Condition')), 'The problems that it addresses.'),
    goalIds: rule(element('goal'), list(reference('Goal')), 'Its goals.'),
    teamIds: rule(element('careTeam'), list(reference('CareTeam')), 'The teams that carry it out.'),
    activities: rule(
      element('activity'),
      list(activity, { key: ({ title }) => title }),
      'What is done, by whom and when.',
    ),
    author: rule(element('author'), member, 'Who is responsible for it.'),
    contributors: rule(element('contributor'), list(member), 'Who has taken part in making it.'),
    notes: notes(),
  },
});
