/** What lists are narrowed and sorted by: a name of ours for a search parameter of FHIR, with values in our words. */
import { RECORD_NUMBER } from '../../mappings/client.ts';
import { codesFor, type Table } from '../../mappings/table.ts';
import * as words from '../../mappings/words.ts';
import { badValue } from '../../resources/outcome.ts';

export interface Filter {
  /** The search parameter of the resource type. */
  readonly search: string;
  readonly doc: string;
  /** Our words, where it takes no others. */
  readonly words?: readonly string[];
  readonly example: string;
  /** Whether lists can be sorted by it. */
  readonly sorts?: boolean;
  value(text: string, name: string): string;
}

/** Commas, bars and dollars of a value are no separators. https://hl7.org/fhir/R4/search.html#escaping */
const escaped = (text: string): string => text.replace(/[\\,|$]/g, '\\$&');

const plain = (search: string, doc: string, sorts = false): Filter => ({
  search,
  doc,
  example: 'maria',
  sorts,
  value: escaped,
});

/** Dates with a prefix: ge2026-05-01. */
const date = (search: string, doc: string): Filter => ({
  search,
  doc: `${doc}: a day, or a day after eq, ne, lt, le, gt or ge, such as ge2026-05-01; twice for a span.`,
  example: 'ge2026-05-01',
  sorts: true,
  value: (text) => text,
});

const word = (search: string, table: Table, doc: string): Filter => ({
  search,
  doc: `${doc}; several with commas between them.`,
  words: [...new Set(table.rows.map((row) => row[0]))],
  example: table.rows[0]?.[0] ?? '',
  value: (text, name) =>
    text
      .split(',')
      .flatMap((each) => {
        const codes = codesFor(table, each);
        if (codes.length > 0) return codes;
        const known = [...new Set(table.rows.map((row) => row[0]))];
        throw badValue(`${name}=${each}: expected one of ${known.join(', ')}`, { expression: `http.${name}` });
      })
      .join(','),
});

const ID = /^[A-Za-z0-9.-]{1,64}$/;

const of = (search: string, type: string, doc: string): Filter => ({
  search,
  doc,
  example: 'maria',
  value(text, name) {
    if (ID.test(text)) return `${type}/${text}`;
    throw badValue(`${name}=${text}: expected an id`, { expression: `http.${name}` });
  },
});

const yesNo = (search: string, doc: string): Filter => ({
  search,
  doc,
  words: ['true', 'false'],
  example: 'true',
  value(text, name) {
    if (text === 'true' || text === 'false') return text;
    throw badValue(`${name}=${text}: expected true or false`, { expression: `http.${name}` });
  },
});

const updated = date('_lastUpdated', 'When the record was last changed');

/** The filters of each model type by its place in addresses. */
export const filters: Readonly<Record<string, Readonly<Record<string, Filter>>>> = {
  clients: {
    name: plain('name', 'The beginning of any part of a name', true),
    recordNumber: {
      ...plain('identifier', "The practice's own number"),
      value: (text) => `${RECORD_NUMBER}|${escaped(text)}`,
    },
    phone: { ...plain('phone', 'A phone number as it is stored') },
    email: { ...plain('email', 'An email address') },
    bornOn: date('birthdate', 'Birth date'),
    sex: word('gender', words.sex, 'Sex for administration'),
    city: plain('address-city', 'The beginning of a city'),
    active: yesNo('active', 'Whether the record is in use'),
    updated,
  },
  plans: {
    client: of('subject', 'Patient', 'Whose plans'),
    status: word('status', words.planStatus, 'Where they stand'),
    date: date('date', 'A time that the plan covers'),
    goal: of('goal', 'Goal', 'Plans with this goal'),
    team: of('care-team', 'CareTeam', 'Plans of this team'),
    problem: of('condition', 'Condition', 'Plans that address this problem'),
    updated,
  },
  goals: {
    client: of('subject', 'Patient', 'Whose goals'),
    status: word('lifecycle-status', words.goalStatus, 'Where they stand'),
    achievement: word('achievement-status', words.achievement, 'How far along they are'),
    start: date('start-date', 'First day'),
    due: date('target-date', 'When a target is due'),
    updated,
  },
  teams: {
    client: of('subject', 'Patient', 'Whose teams'),
    status: word('status', words.teamStatus, 'Whether they are at work'),
    date: date('date', 'A time at which the team is at work'),
    practitioner: of('participant', 'Practitioner', 'Teams with this practitioner'),
    updated,
  },
  appointments: {
    client: of('patient', 'Patient', 'Who comes'),
    status: word('status', words.appointmentStatus, 'Where they stand'),
    kind: word('appointment-type', words.appointmentKind, 'What kind of visit'),
    start: date('date', 'Begin'),
    practitioner: of('practitioner', 'Practitioner', 'Whom the client sees'),
    location: of('location', 'Location', 'Where'),
    updated,
  },
  'phq9-assessments': {
    client: of('subject', 'Patient', 'Whose answers'),
    status: word('status', words.formStatus, 'Whether the form is finished'),
    answeredAt: date('authored', 'When it was answered'),
    updated,
  },
  handoffs: {
    client: of('patient', 'Patient', 'Whose care'),
    status: word('status', words.handoffStatus, 'Where they stand'),
    urgency: word('priority', words.urgency, 'How soon they are needed'),
    to: of('owner', 'Practitioner', 'The practitioner who is asked'),
    askedAt: date('authored-on', 'When they were asked'),
    updated,
  },
  referrals: {
    client: of('subject', 'Patient', 'Who is sent'),
    status: word('status', words.referralStatus, 'Where they stand'),
    urgency: word('priority', words.urgency, 'How soon they are needed'),
    to: of('performer', 'Practitioner', 'The practitioner they go to'),
    orderedAt: date('authored', 'When they were made'),
    updated,
  },
  feedback: {
    client: of('subject', 'Patient', 'Whose care'),
    status: word('status', words.contactStatus, 'Where it stands'),
    givenAt: date('sent', 'When it was given'),
    updated,
  },
  'contact-notes': {
    client: of('subject', 'Patient', 'Which client'),
    status: word('status', words.contactStatus, 'Whether they were reached'),
    medium: word('medium', words.medium, 'By which way'),
    at: date('sent', 'When'),
    updated,
  },
  'social-needs': {
    client: of('subject', 'Patient', 'Whose needs'),
    need: word('category', words.need, 'What is lacking'),
    status: word('clinical-status', words.needStatus, 'Whether they are still there'),
    since: date('onset-date', 'Since when'),
    updated,
  },
  'risk-scores': {
    client: of('subject', 'Patient', 'Whose risk'),
    assessedAt: date('date', 'When it was assessed'),
    likelihood: word('risk', words.likelihood, 'How likely, in words'),
    updated,
  },
};
