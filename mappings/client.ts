/** Client <-> Patient. https://hl7.org/fhir/R4/patient.html */
import { BASE } from '../resources/publication.ts';
import { boolean, code, date, dateTime, party, text } from './codec.ts';
import { test } from './condition.ts';
import { element, extension } from './element.ts';
import { isObject, type Json } from './json.ts';
import { mapping } from './mapping.ts';
import type { Client, EmergencyContact, Identifier } from './model.ts';
import { address, EXTENSION, emails, humanName, ours, part, phones } from './parts.ts';
import { choiceOf, derived, list, record, required, rule } from './rule.ts';
import { coded, concept } from './table.ts';
import { birthSex, enrolment, relation, riskTier, sex, sharing } from './words.ts';

/** The system of the practice's record numbers. */
export const RECORD_NUMBER = `${BASE}/id/mrn`;

const STANDARD = 'http://hl7.org/fhir/StructureDefinition';
const CONTACT_ROLE = 'http://terminology.hl7.org/CodeSystem/v2-0131';
const ROLE_CODE = 'http://terminology.hl7.org/CodeSystem/v3-RoleCode';

const identifier = record<Identifier>({
  system: rule(element('system'), code, 'Who gives such numbers, by a URL.'),
  value: required(element('value'), text, 'The number itself.'),
});

const emergencyContact = record<EmergencyContact>({
  name: rule(element('name'), humanName, 'Who it is.'),
  relation: rule(
    element('relationship', { coding: [{ system: ROLE_CODE }] }),
    concept(relation),
    'What they are to the client.',
  ),
  phone: rule(element('telecom', { system: 'phone' }, 'value'), text, 'The number to call.'),
  email: rule(element('telecom', { system: 'email' }, 'value'), text, 'The address to write to.'),
});

const decision = record<NonNullable<Client['consentToShare']>>({
  decision: part('decision', 'valueCode', coded(sharing), 'Whether care partners may see the record.', true),
  date: part('date', 'valueDate', date, 'The day of the decision.'),
  limits: part('limits', 'valueString', text, 'What is not to be shared, or with whom not.'),
});

const enrolled = record<NonNullable<Client['enrolment']>>({
  status: part('status', 'valueCode', coded(enrolment), 'Where the client stands in the program.', true),
  start: part('start', 'valueDate', date, 'First day.'),
  end: part('end', 'valueDate', date, 'Last day.'),
  reason: part('reason', 'valueString', text, 'Why the status is what it is.'),
});

const deceasedOn = record<{ readonly date: string }>({
  date: required(element('date'), dateTime, 'When the client died.'),
});
const deceasedKnown = record<{ readonly value: boolean }>({
  value: required(element('value'), boolean, 'Whether the client has died, when no date is known.'),
});
const deceased = choiceOf<NonNullable<Client['deceased']>>('deceased', {
  on: { type: 'DateTime', codec: deceasedOn, under: 'date' },
  known: { type: 'Boolean', codec: deceasedKnown, under: 'value' },
});

/** The name to call a client by: preferred, legal, or the first there is. */
function called({ name }: Json): string | undefined {
  const names = Array.isArray(name) ? name.filter(isObject) : [];
  const use = (wanted: string) => names.find((each) => each.use === wanted);
  const best = use('usual') ?? use('official') ?? names[0];
  if (!best) return undefined;
  if (typeof best.text === 'string') return best.text;
  const parts = [...(Array.isArray(best.given) ? best.given : []), best.family].filter(
    (each) => typeof each === 'string',
  );
  return parts.length === 0 ? undefined : parts.join(' ');
}

const isOtherNumber = test('isOtherNumber', {
  kind: 'not',
  condition: { kind: 'fits', pattern: { system: RECORD_NUMBER } },
});

export const client = mapping<Client>({
  name: 'Client',
  title: 'Client',
  doc: 'A person whom the practice coordinates care for: who they are, how to reach them, how they wish to be cared for.',
  plural: 'clients',
  type: 'Patient',
  profile: `${EXTENSION}/client`,
  rules: {
    recordNumber: rule(
      element('identifier', { system: RECORD_NUMBER }, 'value'),
      text,
      "The practice's own number of the client.",
    ),
    identifiers: rule(
      element('identifier'),
      list(identifier, { accepts: isOtherNumber, key: ({ system }) => system }),
      'Numbers that others have given: hospital, insurer, state.',
    ),
    active: rule(element('active'), boolean, 'Whether the record is in use.'),
    name: derived(
      'name',
      { type: 'string' },
      'The name to call the client by, from the names below.',
      { rule: 'name' },
      called,
    ),
    legalName: rule(element('name', { use: 'official' }), humanName, 'The name in official papers.'),
    preferredName: rule(element('name', { use: 'usual' }), humanName, 'The name that the client goes by.'),
    pronouns: rule(
      extension(`${STANDARD}/individual-pronouns`, 'extension', { url: 'value' }, 'valueCodeableConcept', 'text'),
      text,
      'The pronouns that the client uses: they/them.',
    ),
    bornOn: rule(element('birthDate'), date, 'Day of birth, or the month or year where no more is known.'),
    deceased: rule(deceased.element, deceased, 'When the client died, or whether, where no date is known.'),
    sex: rule(element('gender'), coded(sex), 'Sex for administration.'),
    birthSex: rule(
      extension('http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex', 'valueCode'),
      coded(birthSex),
      'Sex assigned at birth.',
    ),
    genderIdentity: rule(
      extension(`${STANDARD}/individual-genderIdentity`, 'extension', { url: 'value' }, 'valueCodeableConcept', 'text'),
      text,
      'Gender in the words of the client.',
    ),
    phones: phones(),
    emails: emails(),
    addresses: rule(
      element('address'),
      list(address, { key: ({ use }) => use }),
      'Where the client lives or gets mail.',
    ),
    languages: rule(
      element('communication'),
      list(
        record<{ readonly language: string; readonly preferred?: boolean }>({
          language: required(
            element('language', 'coding', { system: 'urn:ietf:bcp:47' }, 'code'),
            code,
            'A BCP 47 tag: en, es-MX.',
          ),
          preferred: rule(element('preferred'), boolean, 'Whether the client would rather speak it.'),
        }),
        { key: ({ language }) => language },
      ),
      'The languages that the client speaks, at most one of them preferred.',
    ),
    interpreterNeeded: rule(
      extension(`${STANDARD}/patient-interpreterRequired`, 'valueBoolean'),
      boolean,
      'Whether visits need an interpreter.',
    ),
    culturalContext: ours(
      'client-cultural-context',
      'valueString',
      text,
      'Culture, faith and customs that matter in care.',
    ),
    communicationPreferences: ours(
      'client-communication-preferences',
      'valueString',
      text,
      'How and when to reach the client: text before calling, never at work.',
    ),
    carePreferences: ours('client-care-preferences', 'valueString', text, 'How the client wishes to be cared for.'),
    lifeCircumstances: ours('client-life-circumstances', 'valueString', text, 'Work, housing, family, transport.'),
    emergencyContacts: rule(
      element('contact'),
      list(emergencyContact, {
        where: { relationship: [{ coding: [{ system: CONTACT_ROLE, code: 'C' }] }] },
        key: ({ name }) => name,
      }),
      'Whom to call in an emergency.',
    ),
    consentToShare: rule(
      extension(`${EXTENSION}/client-consent-to-share`),
      decision,
      'What the client has decided on sharing the record.',
    ),
    primaryCareProvider: rule(
      element('generalPractitioner', {}),
      party({ practitioner: 'Practitioner', role: 'PractitionerRole', organization: 'Organization' }),
      'Who the client sees for primary care.',
    ),
    coordinator: ours(
      'client-coordinator',
      'valueReference',
      party({ practitioner: 'Practitioner', role: 'PractitionerRole' }),
      'The care coordinator of the client.',
    ),
    enrolment: rule(
      extension(`${EXTENSION}/client-enrolment`),
      enrolled,
      'Where the client stands in the program, since when, and why.',
    ),
    riskTier: ours('client-risk-tier', 'valueCode', coded(riskTier), 'How closely the client is to be followed.'),
  },
});
