/**
 * Code systems that are a grammar or a list of the platform rather than a CodeSystem resource: MIME types (BCP 13), units (UCUM), languages (BCP 47),
 * countries (ISO 3166), currencies (ISO 4217). https://hl7.org/fhir/R4/terminologies-systems.html
 */
import { isUnit } from './ucum.ts';

const MIME =
  /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9*][A-Za-z0-9!#$&^_.+*-]{0,126}(?:\s*;\s*[A-Za-z0-9!#$&^_.+-]+=(?:[A-Za-z0-9!#$&^_.+:/-]+(?: [A-Za-z0-9!#$&^_.+:/-]+)*|"[^"]*"))*$/;

/** What FHIR itself writes for its formats where it says a MIME type: CapabilityStatement.format. */
const FORMATS = new Set(['xml', 'json', 'ttl']);

let currencies: ReadonlySet<string> | undefined;
let regions: Intl.DisplayNames | undefined;
let languages: Intl.DisplayNames | undefined;

function isCurrency(code: string): boolean {
  currencies ??= new Set(Intl.supportedValuesOf('currency'));
  return currencies.has(code);
}

/** Alpha-2 by the names that the platform knows. */
function isRegion(code: string): boolean {
  if (!/^[A-Z]{2}$/.test(code)) return false;
  regions ??= new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  return regions.of(code) !== undefined;
}

// The languages of a practice are few, and looking one up takes as long as checking the rest of a Patient.
const MOST_LANGUAGES = 1_000;
const LONGEST_LANGUAGE = 12;
const knownLanguages = new Map<string, boolean>();

function isLanguage(code: string): boolean {
  const known = knownLanguages.get(code);
  if (known !== undefined) return known;
  if (knownLanguages.size >= MOST_LANGUAGES) knownLanguages.clear();
  const found = hasLanguage(code);
  if (code.length <= LONGEST_LANGUAGE) knownLanguages.set(code, found);
  return found;
}

function hasLanguage(code: string): boolean {
  languages ??= new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
  try {
    const { language } = new Intl.Locale(code);
    return languages.of(language) !== undefined;
  } catch {
    return false;
  }
}

const systems: Readonly<Record<string, (code: string) => boolean>> = {
  'urn:ietf:bcp:13': (code) => FORMATS.has(code) || (code.length < 512 && MIME.test(code)),
  'http://unitsofmeasure.org': isUnit,
  'urn:ietf:bcp:47': isLanguage,
  'urn:iso:std:iso:4217': isCurrency,
};

/** The test of such a system; undefined for all others. */
export function implicitSystem(canonical: string): ((code: string) => boolean) | undefined {
  // ISO 3166 holds alpha-3 and numeric codes too, of which the platform has no list: only a yes is certain there.
  return Object.hasOwn(systems, canonical) ? systems[canonical] : undefined;
}

/** False when no version of the system can have the code, by its form and check digit; the systems themselves are not here. */
export function canBeCode(canonical: string, code: string): boolean {
  if (canonical === 'http://snomed.info/sct')
    return /^[1-9]\d{5,17}$/.test(code) ? hasVerhoeffDigit(code) : !/^[^\s:+{(=<>]*$/.test(code);
  if (canonical === 'http://loinc.org') return /^(?:LA|LL|LP|LG|MTHU)[0-9-]+$/.test(code) || isLoinc(code);
  const form = Object.hasOwn(FORMS, canonical) ? FORMS[canonical] : undefined;
  return form?.test(code) ?? true;
}

/** The form of codes of systems that are not here. */
const FORMS: Readonly<Record<string, RegExp>> = {
  'urn:iso:std:iso:3166': /^(?:[A-Z]{2,3}|\d{3})$/,
  'urn:iso:std:iso:3166:-2': /^[A-Z]{2}-[A-Z0-9]{1,3}$/,
  'http://unstats.un.org/unsd/methods/m49/m49.htm': /^\d{3}$/,
  'http://www.nlm.nih.gov/research/umls/rxnorm': /^\d{1,8}$/,
};

/** LOINC: up to seven digits, a hyphen and a check digit modulo 10. */
function isLoinc(code: string): boolean {
  return /^\d{1,7}-\d$/.test(code);
}

const MULTIPLIED: readonly string[] = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
];
const PERMUTED: readonly string[] = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
];

/** The last digit of a SNOMED CT identifier checks the others: Verhoeff's algorithm over the dihedral group of order 10. */
function hasVerhoeffDigit(digits: string): boolean {
  let check = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at]);
    check = Number(MULTIPLIED[check]?.[Number(PERMUTED[at % 8]?.[digit])]);
  }
  return check === 0;
}

/** True when the code is a country of ISO 3166-1 alpha-2. */
export const isCountry = isRegion;
