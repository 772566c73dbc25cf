/** The Patient of a story, and the RelatedPerson closest to them. https://hl7.org/fhir/R4/patient.html */
import type {
  Address,
  ContactPoint,
  Extension,
  HumanName,
  Identifier,
  Meta,
  Patient,
  RelatedPerson,
} from '../../resources/types.ts';
import { ageOn, dateOf, momentOf } from './calendar.ts';
import { coding, concept, identifierSystem } from './coding.ts';
import { plain } from './names.ts';
import { narrative } from './narrative.ts';
import { fullName, type Person } from './person.ts';
import { areaCodes, streets, towns } from './places.ts';
import { organizationReference } from './practice.ts';
import { type Random, uuid } from './random.ts';
import { idOf, patientReference, randomFor, type Story } from './story.ts';

const usCore = 'http://hl7.org/fhir/us/core/StructureDefinition';
const interpreterRequired = 'http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired';
const birthTime = 'http://hl7.org/fhir/StructureDefinition/patient-birthTime';

const phone = (random: Random, use: ContactPoint['use'], rank?: number): ContactPoint => ({
  system: 'phone',
  value: `+1 ${random.pick(areaCodes)}-555-0${random.integer(100, 199)}`,
  use,
  ...(rank === undefined ? {} : { rank }),
});

function addresses(random: Random): Address[] {
  const [city, postalCode] = random.pick(towns);
  if (random.chance(0.04))
    return [{ use: 'temp', text: `No fixed address, ${city}`, city, state: 'AZ', country: 'US' }];
  const line = [`${random.integer(1, 980)} ${random.pick(streets)}`];
  if (random.chance(0.2)) line.push(`Unit ${random.integer(1, 40)}`);
  return [{ use: 'home', type: 'both', line, city, state: 'AZ', postalCode, country: 'US' }];
}

function names({ given, family, nickname }: Person, random: Random): HumanName[] {
  const official: HumanName = { use: 'official', text: fullName({ given, family }), family, given: [...given] };
  const all = [official];
  if (nickname) all.push({ use: 'nickname', given: [nickname] });
  if (random.chance(0.06)) all.push({ use: 'maiden', family: random.pick(['Ávila', 'Sørensen', 'Kowalczyk', 'Tran']) });
  return all;
}

// Coprime to the modulus, so that every client of a seed has a number of their own.
const nationalStep = 7_368_787;
const nationalNumbers = 1_000_000_000;

function identifiers({ seed, index }: Story): Identifier[] {
  const digits = String(((index % nationalNumbers) * nationalStep + seed) % nationalNumbers).padStart(9, '0');
  return [
    {
      use: 'usual',
      type: concept('identifierType', 'MR', 'Medical record number'),
      system: identifierSystem.mrn,
      value: `PV-${seed}-${String(index).padStart(6, '0')}`,
      assigner: organizationReference('palo-verde-care'),
    },
    {
      use: 'official',
      type: concept('identifierType', 'NI', 'National unique individual identifier'),
      system: identifierSystem.national,
      value: `${digits.slice(0, 3)}-${digits.slice(3, 5)}-${digits.slice(5)}`,
    },
  ];
}

function ombExtension(name: 'race' | 'ethnicity', code: string, display: string): Extension {
  return {
    url: `${usCore}/us-core-${name}`,
    extension: [
      { url: 'ombCategory', valueCoding: coding('omb', code, display) },
      { url: 'text', valueString: display },
    ],
  };
}

function extensions({ culture, gender, interpreter }: Person, random: Random): Extension[] {
  const hispanic = culture.hispanic ? random.chance(0.9) : random.chance(0.04);
  const ethnicity = hispanic
    ? ombExtension('ethnicity', '2135-2', 'Hispanic or Latino')
    : ombExtension('ethnicity', '2186-5', 'Not Hispanic or Latino');
  const extension = [ombExtension('race', ...culture.race), ethnicity];
  if (gender === 'female' || gender === 'male')
    extension.push({ url: `${usCore}/us-core-birthsex`, valueCode: gender === 'female' ? 'F' : 'M' });
  if (interpreter) extension.push({ url: interpreterRequired, valueBoolean: true });
  return extension;
}

function meta({ trajectory, team, foodInsecure, person }: Story): Meta {
  const tag = [coding('trajectory', trajectory)];
  if (team.psychiatrist || foodInsecure) tag.push(coding('caseload', 'high-touch'));
  if (person.interpreter) tag.push(coding('caseload', 'interpreter'));
  return { security: [coding('actReason', 'HTEST', 'test health data')], tag };
}

function maritalStatus({ relative }: Person, age: number, random: Random): Patient['maritalStatus'] {
  if (relative.relation[0] === 'SPS') return concept('maritalStatus', 'M', 'Married');
  if (age < 20) return concept('maritalStatus', 'S', 'Never Married');
  return random.pick([
    concept('maritalStatus', 'S', 'Never Married'),
    concept('maritalStatus', 'D', 'Divorced'),
    age > 60 ? concept('maritalStatus', 'W', 'Widowed') : concept('maritalStatus', 'T', 'Domestic partner'),
  ]);
}

/** Most birth dates are whole; for a few people only the month or the year is known, and for a few the time of birth too. */
function birth({ birth: day }: Person, random: Random): Pick<Patient, 'birthDate' | '_birthDate'> {
  const date = dateOf(day);
  const known = random.weighted([
    ['day', 96],
    ['month', 1],
    ['year', 1],
    ['time', 2],
  ]);
  if (known === 'month') return { birthDate: date.slice(0, 7) };
  if (known === 'year') return { birthDate: date.slice(0, 4) };
  if (known === 'day') return { birthDate: date };
  const valueDateTime = momentOf(day, random.integer(0, 1439));
  return { birthDate: date, _birthDate: { extension: [{ url: birthTime, valueDateTime }] } };
}

export function patient(story: Story): Patient {
  const { person, team, key } = story;
  const random = randomFor(story, 'patient');
  const name = fullName(person);
  const { relative, culture } = person;
  const home = addresses(random);
  const contactPhone = phone(random, 'mobile');
  return {
    resourceType: 'Patient',
    id: key,
    meta: meta(story),
    language: 'en',
    text: narrative(name, [`Born ${dateOf(person.birth)}`, home[0]?.text ?? `${home[0]?.line?.[0]}, ${home[0]?.city}`]),
    extension: extensions(person, random),
    identifier: identifiers(story),
    active: !story.deceased,
    name: names(person, random),
    telecom: [
      phone(random, 'mobile', 1),
      ...(random.chance(0.3) ? [phone(random, 'home', 2)] : []),
      {
        system: 'email',
        value: `${plain(person.given[0] ?? '')}.${plain(person.family)}.${story.index}@example.org`,
        use: 'home',
      },
    ],
    gender: person.gender,
    ...birth(person, random),
    ...(story.deceased ? { deceasedDateTime: dateOf(story.end) } : {}),
    address: home,
    maritalStatus: maritalStatus(person, ageOn(person.birth, story.end), random),
    contact: [
      {
        relationship: [concept('contactRole', 'C', 'Emergency Contact'), concept('roleCode', ...relative.relation)],
        name: { use: 'usual', family: relative.family, given: [relative.given] },
        telecom: [contactPhone],
        gender: relative.gender,
      },
    ],
    communication: [
      { language: { coding: [coding('language', culture.language, culture.languageName)] }, preferred: true },
      ...(culture.language === 'en' || person.interpreter
        ? []
        : [{ language: { coding: [coding('language', 'en', 'English')] } }]),
    ],
    generalPractitioner: [team.primaryCare.practitioner],
    managingOrganization: organizationReference('palo-verde-care'),
  };
}

/** Whether the person closest to the client takes part in care, and so is a resource. */
export const relativeTakesPart = (story: Story): boolean => randomFor(story, 'relative').chance(0.55);

export function relatedPerson(story: Story): RelatedPerson[] {
  if (!relativeTakesPart(story)) return [];
  const random = randomFor(story, 'related-person');
  const { relative, culture } = story.person;
  return [
    {
      resourceType: 'RelatedPerson',
      id: idOf(story, 'relative'),
      identifier: [{ system: 'urn:ietf:rfc:3986', value: `urn:uuid:${uuid(random)}` }],
      active: true,
      patient: patientReference(story),
      relationship: [concept('roleCode', ...relative.relation)],
      name: [{ use: 'usual', family: relative.family, given: [relative.given] }],
      telecom: [phone(random, 'mobile', 1)],
      gender: relative.gender,
      ...(random.chance(0.4)
        ? { birthDate: dateOf(story.person.birth + random.integer(-3000, 3000)).slice(0, 4) }
        : {}),
      communication: [{ language: { coding: [coding('language', culture.language, culture.languageName)] } }],
    },
  ];
}
