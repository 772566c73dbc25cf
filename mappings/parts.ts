/** Codecs of the parts that several model types share: names, phones, notes, parties, periods. */
import { BASE } from '../resources/publication.ts';
import { type Codec, dateTime, party, text, texts } from './codec.ts';
import { choice, element, extension } from './element.ts';
import type { Address, Answerer, Asker, Attendee, Email, Member, Name, Note, Person, Phone, Writer } from './model.ts';
import { list, type Rule, record, required, rule } from './rule.ts';
import { coded } from './table.ts';
import { addressUse, contactUse } from './words.ts';

/** Canonical base of our extensions. */
export const EXTENSION = `${BASE}/StructureDefinition`;

const people = {
  client: 'Patient',
  family: 'RelatedPerson',
  practitioner: 'Practitioner',
  role: 'PractitionerRole',
} as const;

export const person: Codec<Person> = party(people);
export const member: Codec<Member> = party({ ...people, organization: 'Organization', team: 'CareTeam' });
/** Who may answer to a goal. */
export const answerer: Codec<Answerer> = party({
  client: 'Patient',
  family: 'RelatedPerson',
  practitioner: 'Practitioner',
});

/** Who may sign a note. */
const writer: Codec<Writer> = party({
  client: 'Patient',
  family: 'RelatedPerson',
  practitioner: 'Practitioner',
  organization: 'Organization',
});

export const asker: Codec<Asker> = party({ ...people, organization: 'Organization' });
/** Who and what takes part in a visit beside the client, who has a field of their own. */
export const attendee: Codec<Attendee> = party(
  {
    family: 'RelatedPerson',
    practitioner: 'Practitioner',
    role: 'PractitionerRole',
    location: 'Location',
    service: 'HealthcareService',
    device: 'Device',
  },
  'Patient',
);

export const humanName: Codec<Name> = record<Name>({
  given: rule(element('given'), texts, 'First and middle names, in their order.'),
  family: rule(element('family'), text, 'Family name.'),
  prefix: rule(element('prefix'), texts, 'What comes before the name: Dr., Mx.'),
  suffix: rule(element('suffix'), texts, 'What comes after the name: Jr.'),
  text: rule(element('text'), text, 'The whole name as it is written, where the parts do not say it.'),
});

const phone = record<Phone>({
  number: required(element('value'), text, 'The number as it is dialled.'),
  use: rule(element('use'), coded(contactUse), 'Where it reaches the person.'),
});

const email = record<Email>({
  address: required(element('value'), text, 'The address.'),
  use: rule(element('use'), coded(contactUse), 'Where it reaches the person.'),
});

/** The phones of a telecom list, each known by its use. */
export const phones = (): Rule<readonly Phone[]> =>
  rule(
    element('telecom'),
    list(phone, { where: { system: 'phone' }, key: ({ use }) => use }),
    'Phone numbers, the first to try first.',
  );

/** The email addresses of a telecom list, each known by its use. */
export const emails = (): Rule<readonly Email[]> =>
  rule(
    element('telecom'),
    list(email, { where: { system: 'email' }, key: ({ use }) => use }),
    'Email addresses, the first to try first.',
  );

export const address: Codec<Address> = record<Address>({
  use: rule(element('use'), coded(addressUse), 'What the address is for.'),
  lines: rule(element('line'), texts, 'Street, number, unit, as on an envelope.'),
  city: rule(element('city'), text, 'City.'),
  district: rule(element('district'), text, 'District or county.'),
  state: rule(element('state'), text, 'State or province.'),
  postalCode: rule(element('postalCode'), text, 'Postal code.'),
  country: rule(element('country'), text, 'Country.'),
  text: rule(
    element('text'),
    text,
    'The address in words, where there is no street: "no fixed address, near the library".',
  ),
});

const note: Codec<Note> = record<Note>({
  text: required(element('text'), text, 'What is noted; Markdown.'),
  at: rule(element('time'), dateTime, 'When.'),
  by: rule(choice('author', 'Reference'), writer, 'By whom.'),
});

export const notes = (): Rule<readonly Note[]> =>
  rule(element('note'), list(note), 'Notes, in the order of the record.');

/** A period as two fields of the record that has it. */
export const startOf = (doc: string): Rule<string> => rule(element('period', 'start'), dateTime, doc);
export const endOf = (doc: string): Rule<string> => rule(element('period', 'end'), dateTime, doc);

/** A value in an extension of ours: `ours('client-risk-tier', 'valueCode', codec, doc)`. */
export const ours = <M>(name: string, value: string, codec: Codec<M>, doc: string): Rule<M> =>
  rule(extension(`${EXTENSION}/${name}`, value), codec, doc);

/** A part of a complex extension. */
export const part = <M>(name: string, value: string, codec: Codec<M>, doc: string, isRequired = false): Rule<M> =>
  rule(extension(name, value), codec, doc, { required: isRequired });
