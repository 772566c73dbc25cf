/**
 * What the intake fills into the Patient, in the elements where the Client of the mappings has its fields. Only what is answered, and nothing else is
 * touched; a list keeps what is there, and an answer that is corrected takes the place of the one before. https://hl7.org/fhir/R4/patient.html
 */
import { isDeepStrictEqual } from 'node:util';
import { BASE } from '../publication.ts';
import type {
  CodeableConcept,
  ContactPoint,
  Extension,
  HumanName,
  Patient,
  PatientCommunication,
  PatientContact,
} from '../types.ts';
import { type Answers, INTAKE_ANSWER } from './intake.ts';

type Filled = (patient: Patient, answers: Answers, former: Answers | undefined) => Patient;

const STANDARD = 'http://hl7.org/fhir/StructureDefinition';
const LANGUAGE = 'urn:ietf:bcp:47';
const EMERGENCY = { system: 'http://terminology.hl7.org/CodeSystem/v2-0131', code: 'C', display: 'Emergency Contact' };
const ROLE = 'http://terminology.hl7.org/CodeSystem/v3-RoleCode';

/** The list with `wanted` in the place of the first that is like it, or at its end. */
function replaced<T>(list: readonly T[] | undefined, wanted: T, isLike: (each: T) => boolean): T[] {
  const at = (list ?? []).findIndex(isLike);
  return at < 0 ? [...(list ?? []), wanted] : (list ?? []).with(at, wanted);
}

/** The Patient with this extension in the place of that with its url. */
export const withExtension = (patient: Patient, extension: Extension): Patient => ({
  ...patient,
  extension: replaced(patient.extension, extension, ({ url }) => url === extension.url),
});

/** The list without the former value and with the wanted one, once. */
function listWith<T>(
  list: readonly T[] | undefined,
  wanted: T | undefined,
  former: T | undefined,
  isSame: (a: T, b: T) => boolean,
): T[] | undefined {
  if (wanted === undefined) return list && [...list];
  const kept = (list ?? []).filter((each) => former === undefined || !isSame(each, former) || isSame(each, wanted));
  return kept.some((each) => isSame(each, wanted)) ? kept : [...kept, wanted];
}

const spoken = ({ text, given = [], family }: HumanName): string =>
  text ?? [...given, family].filter(Boolean).join(' ');

const name: Filled = (patient, answers) => {
  const text = answers.text('contact.name');
  const usual = patient.name?.find(({ use }) => use === 'usual');
  if (text === undefined || (usual && spoken(usual) === text)) return patient;
  return { ...patient, name: replaced(patient.name, { use: 'usual', given: [text] }, ({ use }) => use === 'usual') };
};

const pronouns: Filled = (patient, answers) => {
  const text = answers.text('contact.pronouns');
  if (text === undefined) return patient;
  const value = [{ url: 'value', valueCodeableConcept: { text } }];
  return withExtension(patient, { url: `${STANDARD}/individual-pronouns`, extension: value });
};

/** The language becomes the preferred one; those that are known stay. */
const language: Filled = (patient, answers) => {
  const coding = answers.codings('contact.language')[0];
  const text = answers.text('contact.language');
  if (!coding && text === undefined) return patient;
  const isIt = ({ language: known }: PatientCommunication): boolean =>
    coding
      ? (known.coding ?? []).some(({ system = LANGUAGE, code }) => system === LANGUAGE && code === coding.code)
      : known.text === text;
  const known = patient.communication ?? [];
  const concept: CodeableConcept = coding ? { coding: [coding] } : { text: text ?? '' };
  const all: readonly PatientCommunication[] = known.some(isIt) ? known : [...known, { language: concept }];
  const communication = all.map((each): PatientCommunication => {
    const { preferred: _preferred, ...rest } = each;
    return isIt(each) ? { ...rest, preferred: true } : rest;
  });
  return { ...patient, communication };
};

const interpreter: Filled = (patient, answers) => {
  const valueBoolean = answers.boolean('contact.interpreter');
  if (valueBoolean === undefined) return patient;
  return withExtension(patient, { url: `${STANDARD}/patient-interpreterRequired`, valueBoolean });
};

/** How and when to reach the client, as a sentence: "By phone, in person. Evenings". */
const preferences: Filled = (patient, answers) => {
  const ways = answers.codings('contact.way').flatMap(({ system, code, display }) => {
    const text = display ?? (system === INTAKE_ANSWER ? code : undefined);
    return text ?? [];
  });
  const sentence = [ways.join(', '), answers.text('contact.when') ?? ''].filter(Boolean).join('. ');
  if (sentence === '') return patient;
  return withExtension(patient, {
    url: `${BASE}/StructureDefinition/client-communication-preferences`,
    valueString: sentence,
  });
};

const isSameNumber = (a: ContactPoint, b: ContactPoint): boolean => a.system === b.system && plain(a) === plain(b);
const plain = ({ system, value = '' }: ContactPoint): string =>
  system === 'email' ? value.toLowerCase() : value.replace(/[^\d+]/g, '');

const reached =
  (linkId: string, system: 'phone' | 'email'): Filled =>
  (patient, answers, former) => {
    const point = (from: Answers | undefined): ContactPoint | undefined => {
      const value = from?.text(linkId);
      return value === undefined ? undefined : { system, value };
    };
    const telecom = listWith(patient.telecom, point(answers), point(former), isSameNumber);
    return telecom ? { ...patient, telecom } : patient;
  };

const isSameContact = (a: PatientContact, b: PatientContact): boolean =>
  a.name !== undefined && b.name !== undefined && spoken(a.name) === spoken(b.name);

function supporter(from: Answers | undefined): PatientContact | undefined {
  const text = from?.text('contact.support');
  if (!from || text === undefined) return undefined;
  const [phone, role] = [from.text('contact.support.phone'), from.codings('contact.support.relation')[0]];
  return {
    relationship: [{ coding: [EMERGENCY] }, ...(role?.system === ROLE ? [{ coding: [role] }] : [])],
    name: { text },
    ...(phone ? { telecom: [{ system: 'phone', value: phone }] } : {}),
  };
}

/** Whom to call. Somebody who is known by that name gets what is newly told. */
const support: Filled = (patient, answers, former) => {
  const wanted = supporter(answers);
  const before = supporter(former);
  const contact = listWith(patient.contact, wanted, before, isSameContact)?.map((each) =>
    wanted && isSameContact(each, wanted) ? told(each, wanted) : each,
  );
  return contact ? { ...patient, contact } : patient;
};

const told = (known: PatientContact, wanted: PatientContact): PatientContact => ({
  ...known,
  relationship: [
    ...(known.relationship ?? []),
    ...(wanted.relationship ?? []).filter(
      ({ coding = [] }) =>
        !(known.relationship ?? []).some((each) =>
          each.coding?.some(({ system, code }) => coding.some((one) => one.system === system && one.code === code)),
        ),
    ),
  ],
  ...(wanted.telecom ? { telecom: wanted.telecom } : {}),
});

const fields: readonly Filled[] = [
  name,
  pronouns,
  language,
  interpreter,
  preferences,
  reached('contact.phone', 'phone'),
  reached('contact.email', 'email'),
  support,
];

/** The Patient with the answers; the same value when they say nothing new. `former` are the answers before they were corrected. */
export function filled(patient: Patient, answers: Answers, former: Answers | undefined): Patient {
  const made = fields.reduce((each, fill) => fill(each, answers, former), patient);
  return isDeepStrictEqual(made, patient) ? patient : made;
}
