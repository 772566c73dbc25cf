/**
 * Which client a row is about: the one with the same identifier, else the one with the same name and birth date. Names are compared as string search
 * does, without case, accents and punctuation. Where several fit, or one fits nearly, nobody is chosen.
 */

import { RECORD_NUMBER } from '../../../mappings/client.ts';
import type { Client } from '../../../mappings/model.ts';
import type { HumanName, Patient } from '../../../resources/types.ts';
import { escapeValue } from '../../search/escape.ts';
import { fold, foldApart } from '../../search/type/fold.ts';

/** Patients that meet search criteria, 100 at most. */
export type FindPatients = (criteria: Readonly<Record<string, string>>) => Promise<readonly Patient[]>;

export interface Candidate {
  readonly id: string;
  readonly why: string;
  /** Of a preview: the line of an earlier row that would make this client. */
  readonly line?: number;
}

export type Match =
  | { readonly kind: 'matched'; readonly id: string; readonly by: string }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'none' };

/** What a row says of who the client is. */
export type Who = Pick<Client, 'recordNumber' | 'identifiers' | 'legalName' | 'preferredName' | 'bornOn' | 'sex'>;

export async function matchClient(who: Who, find: FindPatients): Promise<Match> {
  const byIdentifier = await withIdentifier(who, find);
  if (byIdentifier.kind !== 'none') return byIdentifier;
  return withNameAndBirthDate(who, find);
}

/** Family name and first given name, folded; undefined where one of them is missing. People who match by name have it in common. */
export function nameMark({ legalName, preferredName }: Who): string | undefined {
  const first = firstOf(legalName?.given ?? preferredName?.given);
  return legalName?.family === undefined || first === ''
    ? undefined
    : `${fold(legalName.family).replaceAll(' ', '')} ${fold(first)}`;
}

/** Identifiers whose system is known: a bare number may be anybody's. */
export function identifiersOf({
  recordNumber,
  identifiers = [],
}: Who): readonly { readonly system: string; readonly value: string }[] {
  const own = recordNumber === undefined ? [] : [{ system: RECORD_NUMBER, value: recordNumber }];
  return [...own, ...identifiers.flatMap(({ system, value }) => (system === undefined ? [] : [{ system, value }]))];
}

async function withIdentifier(who: Who, find: FindPatients): Promise<Match> {
  const found = new Map<string, { readonly patient: Patient; readonly value: string }>();
  for (const { system, value } of identifiersOf(who))
    for (const patient of await find({ identifier: `${escapeValue(system)}|${escapeValue(value)}` }))
      found.set(patient.id ?? '', { patient, value });
  const all = [...found.values()].filter(({ patient }) => !isReplaced(patient));
  const [first] = all;
  if (!first) return { kind: 'none' };
  const { patient, value } = first;
  if (all.length > 1)
    return {
      kind: 'ambiguous',
      candidates: all.map((each) => candidate(each.patient, `has the identifier ${each.value}`)),
    };
  if (isSomebodyElse(who, patient))
    return {
      kind: 'ambiguous',
      candidates: [candidate(patient, `has the identifier ${value}, another name and another birth date`)],
    };
  return { kind: 'matched', id: patient.id ?? '', by: `identifier ${value}` };
}

const candidate = ({ id = '' }: Patient, why: string): Candidate => ({ id, why });

/** A record that another has taken the place of. https://hl7.org/fhir/R4/patient.html#links */
const isReplaced = ({ link = [] }: Patient): boolean => link.some(({ type }) => type === 'replaced-by');

/** A number that was typed wrong leads to somebody whose name and birth date both differ. */
function isSomebodyElse({ legalName, bornOn }: Who, patient: Patient): boolean {
  const [family, birthDate] = [legalName?.family, patient.birthDate];
  if (family === undefined || bornOn === undefined || birthDate === undefined) return false;
  const differs = !birthDate.startsWith(bornOn) && !bornOn.startsWith(birthDate);
  return differs && !namesOf(patient).some((name) => name.family !== undefined && isSameText(name.family, family));
}

const namesOf = ({ name = [] }: Patient): readonly HumanName[] => name;

const isSameText = (one: string, other: string): boolean =>
  fold(one) === fold(other) || foldApart(one) === foldApart(other);

const YEAR = /^\d{4}/;

async function withNameAndBirthDate(who: Who, find: FindPatients): Promise<Match> {
  const { legalName, preferredName, bornOn } = who;
  const family = legalName?.family;
  const given = legalName?.given ?? preferredName?.given;
  const year = YEAR.exec(bornOn ?? '')?.[0];
  if (family === undefined || given === undefined || bornOn === undefined || year === undefined)
    return { kind: 'none' };
  const named = { family: escapeValue(family), given: escapeValue(firstOf(given)) };
  const [ofYear, undated] = [
    await find({ ...named, birthdate: year }),
    await find({ ...named, 'birthdate:missing': 'true' }),
  ];
  const fits = [...ofYear, ...undated]
    .filter((patient) => !isReplaced(patient))
    .flatMap((patient) => judged(patient, family, given, bornOn, who) ?? []);
  const exact = fits.filter(({ why }) => why === undefined);
  const [only] = exact;
  if (only && exact.length === 1) return { kind: 'matched', id: only.patient.id ?? '', by: 'name and birth date' };
  if (exact.length > 1)
    return {
      kind: 'ambiguous',
      candidates: exact.map(({ patient }) => candidate(patient, 'has the same name and birth date')),
    };
  if (fits.length > 0)
    return { kind: 'ambiguous', candidates: fits.map(({ patient, why }) => candidate(patient, why ?? '')) };
  return { kind: 'none' };
}

/** How a patient fits: wholly when there is no `why`; undefined when it is somebody else. */
function judged(
  patient: Patient,
  family: string,
  given: readonly string[],
  bornOn: string,
  who: Who,
): { readonly patient: Patient; readonly why?: string } | undefined {
  const names = namesOf(patient).filter((name) => name.family !== undefined && isSameText(name.family, family));
  const wholly = names.some((name) => isSameText((name.given ?? []).join(' '), given.join(' ')));
  const nearly = names.some((name) => isSameText(firstOf(name.given), firstOf(given)));
  if (!nearly && !wholly) return undefined;
  const { birthDate } = patient;
  const isOther = hasOtherNumber(who, patient);
  if (wholly && birthDate === bornOn && bornOn.length === 10) {
    const but = isOther
      ? 'another identifier of the same system'
      : hasOtherSex(who, patient)
        ? 'another sex'
        : undefined;
    return but === undefined ? { patient } : { patient, why: `has the same name and birth date, and ${but}` };
  }
  // Who fits in part alone and has another number is somebody else.
  if (isOther) return undefined;
  if (birthDate === undefined) return { patient, why: 'has the same name and no birth date' };
  if (birthDate === bornOn && bornOn.length === 10)
    return { patient, why: 'has the same birth date and family name, and other given names beside the first' };
  if (birthDate.startsWith(bornOn) || bornOn.startsWith(birthDate))
    return { patient, why: 'has the same name; of the birth date only a part is known' };
  return undefined;
}

/** Whether the row gives a number of a system of which the patient has others. */
const hasOtherNumber = (who: Who, { identifier = [] }: Patient): boolean =>
  identifiersOf(who).some(({ system }) => identifier.some((each) => each.system === system));

/** Twins may have one name until they are given their own. */
const hasOtherSex = ({ sex }: Who, { gender }: Patient): boolean =>
  (sex === 'male' && gender === 'female') || (sex === 'female' && gender === 'male');

/** The first given name, where two stand in one text too. */
const firstOf = (given: readonly string[] = []): string => given[0]?.split(' ')[0] ?? '';
