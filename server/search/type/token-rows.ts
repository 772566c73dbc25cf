/**
 * The index rows of tokens, and which of them are compared without regard to case. https://hl7.org/fhir/R4/search.html#token
 */
import { isResourceType } from '../../../resources/definition.ts';
import type { CodeableConcept, Coding, ContactPoint, Identifier } from '../../../resources/types.ts';
import { compositeIndex, tokenIndex } from '../index-table.ts';
import type { SearchParameter } from '../search-parameter.ts';
import { keyText } from './condition.ts';
import type { TableRow, TypedValue } from './search-type.ts';
import { textRows } from './string.ts';

/** The systems of R4 whose codes are the same in upper and lower case: languages, media types, countries, currencies. */
const caseInsensitiveSystems = new Set([
  'urn:ietf:bcp:47',
  'urn:ietf:bcp:13',
  'urn:iso:std:iso:3166',
  'urn:iso:std:iso:4217',
]);

/** Types whose tokens are texts, not codes: R4 has them compared without regard to case. */
const textTypes = new Set(['string', 'markdown', 'ContactPoint']);

/** Whether all that a parameter selects is compared without regard to case. */
export const isCaseInsensitive = ({ valueTypes }: SearchParameter): boolean =>
  valueTypes !== undefined && valueTypes.length > 0 && valueTypes.every((type) => textTypes.has(type));

/** Whether a parameter selects codes of no system, among which media types are found. */
export const mayBeMime = ({ code }: SearchParameter): boolean => /content-?type|mime/i.test(code);

/** A code as rows and searches compare it; `fold` when its parameter is compared without regard to case. */
export function comparableCode(code: string, system: string, fold: boolean): string {
  return keyText(fold || caseInsensitiveSystems.has(system) ? code.toLowerCase() : code);
}

/** The rows of one value; `texts` false leaves out those of its texts, which `:text` asks for. */
export function tokenRows({ value, type }: TypedValue, param: SearchParameter, texts = true): readonly TableRow[] {
  const { number } = param;
  const fold = isCaseInsensitive(param);
  switch (type) {
    case 'CodeableConcept':
      return conceptRows(value as CodeableConcept, number, texts);
    case 'Coding':
      return codingRows(value as Coding, number, texts);
    case 'Identifier':
      return identifierRows(value as Identifier, number, texts);
    case 'ContactPoint':
      return contactRows(value as ContactPoint, number);
    default:
      // A contained resource stands for its type.
      if (isResourceType(type)) return [codeRow(number, type, '')];
      return typeof value === 'object' || value === undefined || value === null
        ? []
        : type === 'code' && param.impliedSystem
          ? codingRows({ system: param.impliedSystem, code: String(value) }, number, texts)
          : [codeRow(number, comparableCode(String(value), '', fold), '')];
  }
}

const codeRow = (number: number, code: string, system: string): TableRow => ({
  table: tokenIndex,
  row: [number, code, keyText(system)],
});

/** The objects of a list; content that was never validated may have anything there. */
const list = <T>(items: readonly T[] | undefined): readonly T[] =>
  Array.isArray(items) ? items.filter((item) => typeof item === 'object' && item !== null) : [];
const isText = (text: unknown): text is string => typeof text === 'string' && text !== '';

/** Without a coding: a row with neither code nor system, so that `:missing` knows that there is a value. */
function conceptRows({ coding, text }: CodeableConcept, number: number, texts: boolean): readonly TableRow[] {
  const rows = list(coding).flatMap((each) => codingRows(each, number, texts));
  const textual = texts && isText(text) ? textRows(text, number) : [];
  return rows.length > 0 ? [...rows, ...textual] : [codeRow(number, '', ''), ...textual];
}

/**
 * A code of a case-insensitive system is there as written, for searches that name no system, and in lower case.
 */
function codingRows({ system, code, display }: Coding, number: number, texts: boolean): readonly TableRow[] {
  const [uri, written] = [isText(system) ? system : '', isText(code) ? code : ''];
  const comparable = comparableCode(written, uri, false);
  return [
    codeRow(number, keyText(written), uri),
    ...(comparable === keyText(written) ? [] : [codeRow(number, comparable, uri)]),
    ...(texts && isText(display) ? textRows(display, number) : []),
  ];
}

function identifierRows({ system, value, type }: Identifier, number: number, texts: boolean): readonly TableRow[] {
  const [uri, text] = [isText(system) ? system : '', isText(value) ? value : ''];
  const types = text === '' ? [] : list(type?.coding).filter(({ code }) => isText(code));
  return [
    codeRow(number, keyText(text), uri),
    ...(texts && isText(type?.text) ? textRows(type.text, number) : []),
    ...types.map(
      ({ system: typeSystem = '', code = '' }): TableRow => ({
        table: compositeIndex,
        row: [number, keyText(code), keyText(typeSystem), keyText(text), 0, 0, '', 0],
      }),
    ),
  ];
}

const contactRows = ({ value }: ContactPoint, number: number): readonly TableRow[] => [
  codeRow(number, isText(value) ? comparableCode(contactText(value), '', true) : '', ''),
];

/** Whether a parameter selects telephone numbers, mail addresses and the like. */
export const isContact = ({ valueTypes }: SearchParameter): boolean =>
  valueTypes?.length === 1 && valueTypes[0] === 'ContactPoint';

/** A telephone number without what separates its digits; anything else as it is. */
export const contactText = (text: string): string =>
  /^[+\d\s().\-/]*\d[+\d\s().\-/]*$/.test(text) ? text.replace(/[\s().\-/]/g, '') : text;
