/**
 * String search: the beginning of a text, its whole (`:exact`) or any part (`:contains`), folded except for `:exact`. Names and
 * addresses are searched in all their parts. https://hl7.org/fhir/R4/search.html#string
 */
import sql, { type Sql } from 'sql-template-tag';
import type { Address, HumanName } from '../../../resources/types.ts';
import { type IndexRow, stringIndex } from '../index-table.ts';
import type { SearchParameter } from '../search-parameter.ts';
import { beginsWith, column, containsText, cutText, endsWith, keyText } from './condition.ts';
import { fold, foldApart } from './fold.ts';
import type { SearchType, SearchValue, TableRow, TypedValue } from './search-type.ts';
import { unescapeValue } from './unescape.ts';
import { badSearchValue } from './value-error.ts';

/** Only the first 400 UTF-16 units of a stored text can be found by `begins` and `contains`. */
export interface TextTest {
  readonly mode: 'begins' | 'contains' | 'exact' | 'any' | 'is' | 'ends';
  readonly folded: string;
  /** For `exact`: the text as written. */
  readonly exact: string;
}

export interface StringValue extends SearchValue, TextTest {
  readonly type: 'string';
}

export const string: SearchType<StringValue> = {
  parse: (text, modifier, param) => ({ type: 'string', ...textTest(text, modifier, param) }),
  modifiers: () => ['exact', 'contains'],
  rows: (value, { number, code }) => textsOf(value, code).flatMap((text) => textRows(text, number)),
  present: () => ({ type: 'string', mode: 'any', folded: '', exact: '' }),
  table: () => stringIndex,
  test: (row, value) => testText(row, value),
  where: (alias, value, { number }): Sql => whereText(alias, value, number),
};

export function textTest(text: string, modifier: string | undefined, param: SearchParameter): TextTest {
  const plain = unescapeValue(text);
  const folded = cutText(fold(plain));
  if (modifier === 'exact') return { mode: 'exact', folded, exact: keyText(plain) };
  if (folded === '')
    throw badSearchValue(param, text, 'has no letter or digit; string search passes over punctuation, :exact does not');
  return { mode: modifier === 'contains' ? 'contains' : 'begins', folded, exact: '' };
}

/** The rows of one text: the form without punctuation and, where it differs, the one with spaces in its place. */
export function textRows(text: string, number: number): readonly TableRow[] {
  const { exact, values } = formsOf(text);
  return values.map((value) => ({ table: stringIndex, row: [number, value, exact] }));
}

interface Forms {
  readonly exact: string;
  readonly values: readonly string[];
}

// The displays of codes and the names of places come again and again; folding them anew was half the time of a row.
const MAX_REMEMBERED = 5_000;
const MAX_LENGTH_REMEMBERED = 400;
const remembered = new Map<string, Forms>();

function formsOf(text: string): Forms {
  const known = remembered.get(text);
  if (known) return known;
  const [folded, apart] = [cutText(fold(text)), cutText(foldApart(text))];
  const forms = { exact: keyText(text), values: folded === apart ? [folded] : [folded, apart] };
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  if (text.length <= MAX_LENGTH_REMEMBERED) remembered.set(text, forms);
  return forms;
}

export function testText([, value, written]: IndexRow, { mode, folded, exact }: TextTest): boolean {
  switch (mode) {
    case 'begins':
      return String(value).startsWith(folded);
    case 'contains':
      return String(value).includes(folded);
    case 'exact':
      return value === folded && written === exact;
    case 'is':
      return value === folded;
    case 'ends':
      return String(value).endsWith(folded);
    case 'any':
      return true;
  }
}

export function whereText(alias: string, { mode, folded, exact }: TextTest, number: number): Sql {
  const param = sql`${column(alias, 'param')} = ${number}`;
  const value = column(alias, 'value');
  switch (mode) {
    case 'begins':
      return sql`${param} AND ${beginsWith(value, folded)}`;
    case 'contains':
      return sql`${param} AND ${containsText(value, folded)}`;
    case 'exact':
      return sql`${param} AND ${value} = ${folded} AND ${column(alias, 'exact')} = ${exact}`;
    case 'is':
      return sql`${param} AND ${value} = ${folded}`;
    case 'ends':
      return sql`${param} AND ${endsWith(value, folded)}`;
    case 'any':
      return param;
  }
}

/** The texts of an element. Later words of a family name count as names too: Quinones finds Carreno Quinones. */
function textsOf({ value, type }: TypedValue, code: string): readonly string[] {
  switch (type) {
    case 'HumanName': {
      const { text, family, given, prefix, suffix } = value as HumanName;
      return texts(text, family, ...laterWords(family), given, prefix, suffix);
    }
    case 'Address': {
      const { text, line, city, district, state, postalCode, country } = value as Address;
      return texts(text, line, city, district, state, postalCode, country);
    }
    default:
      return code === 'family' ? texts(value, ...laterWords(value)) : texts(value);
  }
}

const texts = (...parts: readonly unknown[]): readonly string[] =>
  parts.flat().filter((part): part is string => typeof part === 'string' && part !== '');

/** `Carreno de Quinones` also begins at `de Quinones` and at `Quinones`. */
function laterWords(text: unknown): readonly string[] {
  if (typeof text !== 'string') return [];
  const words = text.trim().split(/[\s\p{Pd}]+/u);
  return words.slice(1).map((_, index) => words.slice(index + 1).join(' '));
}
