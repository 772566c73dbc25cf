/**
 * Token search: a code or value, with the system that gives it its meaning, or by its text (`:text`), its identifier type
 * (`:of-type`), a value set (`:in`) or a hierarchy (`:above`, `:below`). https://hl7.org/fhir/R4/search.html#token
 */
import sql, { type Sql } from 'sql-template-tag';
import { splitUnescaped } from '../escape.ts';
import { compositeIndex, type IndexRow, stringIndex, tokenIndex } from '../index-table.ts';
import type { SearchParameter } from '../search-parameter.ts';
import { allOf, anyOf, beginsWith, column, inList, keyText, uriNumber } from './condition.ts';
import type { ParseContext, SearchType, SearchValue, SystemCode } from './search-type.ts';
import { type TextTest, testText, textTest, whereText } from './string.ts';
import { comparableCode, contactText, isCaseInsensitive, isContact, mayBeMime, tokenRows } from './token-rows.ts';
import { unescapeValue } from './unescape.ts';
import { badSearchValue } from './value-error.ts';

/** A code alone, a system alone, or both; an empty system is "without a system". */
export interface CodeTest {
  readonly code?: string;
  readonly system?: string;
}

export type TokenValue = SearchValue & { readonly type: 'token' } & (
    | ({ readonly kind: 'code' } & CodeTest)
    | ({ readonly kind: 'text' } & TextTest)
    | { readonly kind: 'of-type'; readonly system: string; readonly code: string; readonly value: string }
    /** Any of the codes of a value set or hierarchy. */
    | { readonly kind: 'set'; readonly concepts: readonly SystemCode[] }
    /** `text/xml` and what follows it: `text/xml; charset=utf-8`. */
    | { readonly kind: 'mime'; readonly base: string }
  );

export const token: SearchType<TokenValue> = {
  parse(text, modifier, param, context) {
    switch (modifier) {
      case 'text':
        return { type: 'token', kind: 'text', ...textTest(text, undefined, param) };
      case 'of-type':
        return { type: 'token', kind: 'of-type', ...ofType(text, param) };
      case 'in':
      case 'not-in':
        return { type: 'token', kind: 'set', concepts: valueSet(text, param, context) };
      case 'above':
      case 'below':
        return modifier === 'below' && mayBeMime(param)
          ? { type: 'token', kind: 'mime', base: keyText(unescapeValue(text)) }
          : { type: 'token', kind: 'set', concepts: hierarchy(modifier, text, param, context) };
      default:
        return { type: 'token', kind: 'code', ...codeTest(text, param) };
    }
  },
  modifiers: (param) => [
    'not',
    ...(hasText(param) ? ['text'] : []),
    'in',
    'not-in',
    'above',
    'below',
    ...(selects(param, 'Identifier') ? ['of-type'] : []),
  ],
  rows: (value, param) => tokenRows(value, param),
  present: () => ({ type: 'token', kind: 'code' }),
  table(value) {
    if (value.kind === 'text') return stringIndex;
    return value.kind === 'of-type' ? compositeIndex : tokenIndex;
  },
  test: testToken,
  where: whereToken,
};

const selects = ({ valueTypes }: SearchParameter, ...types: readonly string[]): boolean =>
  !valueTypes || valueTypes.some((type) => types.includes(type) || type === 'Extension');
const hasText = (param: SearchParameter): boolean => selects(param, 'CodeableConcept', 'Coding', 'Identifier');

/** `code`, `system|code`, `|code` or `system|`. */
export function codeTest(text: string, param: SearchParameter): CodeTest {
  const [first = '', second, ...more] = splitUnescaped(text, '|').map(unescapeValue);
  if (more.length > 0 || (first === '' && !second))
    throw badSearchValue(
      param,
      text,
      'is no token; accepted are code, system|code, |code and system|, with \\| for a bar inside',
    );
  const fold = isCaseInsensitive(param);
  if (second === undefined) return { code: comparableCode(isContact(param) ? contactText(first) : first, '', fold) };
  const system = keyText(first);
  return second === '' ? { system } : { system, code: comparableCode(second, first, fold) };
}

/** `system|code|value`, all three. */
function ofType(text: string, param: SearchParameter): { system: string; code: string; value: string } {
  const [system = '', code = '', value = '', ...more] = splitUnescaped(text, '|').map(unescapeValue);
  if (more.length > 0 || system === '' || code === '' || value === '')
    throw badSearchValue(
      param,
      text,
      'is not complete; :of-type takes system|code|value, where system and code are those of Identifier.type',
    );
  return { system: keyText(system), code: keyText(code), value: keyText(value) };
}

function valueSet(text: string, param: SearchParameter, { terminology }: ParseContext): readonly SystemCode[] {
  const concepts = terminology?.expansion(unescapeValue(text));
  if (concepts) return concepts.map(comparable);
  throw badSearchValue(
    param,
    text,
    'is no value set that this server holds; :in and :not-in take the canonical URL of one',
  );
}

function hierarchy(
  direction: 'above' | 'below',
  text: string,
  param: SearchParameter,
  { terminology }: ParseContext,
): readonly SystemCode[] {
  const [system = '', code, ...more] = splitUnescaped(text, '|').map(unescapeValue);
  if (!code || system === '' || more.length > 0)
    throw badSearchValue(param, text, `is no concept; :${direction} takes system|code`);
  const concepts = terminology?.subsumption(direction, { system, code });
  if (concepts) return concepts.map(comparable);
  throw badSearchValue(
    param,
    text,
    `is of a code system whose hierarchy this server does not hold; :${direction} cannot be answered`,
  );
}

const comparable = ({ system, code }: SystemCode): SystemCode => ({
  system: keyText(system),
  code: comparableCode(code, system, false),
});

/** A row that says "there is a value" without a code has neither code nor system; no search for a code finds it. */
function testToken(row: IndexRow, value: TokenValue): boolean {
  switch (value.kind) {
    case 'code':
      return testCode(String(row[1]), String(row[2]), value);
    case 'text':
      return testText(row, value);
    case 'of-type':
      return row[1] === value.code && row[2] === value.system && row[3] === value.value;
    case 'set':
      return value.concepts.some(({ system, code }) => row[1] === code && row[2] === system);
    case 'mime':
      return row[1] === value.base || mimeTails.some((tail) => String(row[1]).startsWith(value.base + tail));
  }
}

export const testCode = (rowCode: string, rowSystem: string, { code, system }: CodeTest): boolean =>
  (code === undefined || rowCode === code) && (system === undefined || rowSystem === system);

const mimeTails = [';', ' '];

function whereToken(alias: string, value: TokenValue, { number }: SearchParameter): Sql {
  const param = sql`${column(alias, 'param')} = ${number}`;
  const [code, system] = [column(alias, 'code'), column(alias, 'system')];
  switch (value.kind) {
    case 'code':
      return allOf([param, ...whereCode(alias, value)]);
    case 'text':
      return whereText(alias, value, number);
    case 'of-type':
      return sql`${param} AND ${code} = ${value.code} AND ${column(alias, 'text')} = ${value.value} AND ${system} = ${uriNumber(value.system)}`;
    case 'set':
      return sql`${param} AND ${whereConcepts(code, system, value.concepts)}`;
    case 'mime':
      return sql`${param} AND ${anyOf([sql`${code} = ${value.base}`, ...mimeTails.map((tail) => beginsWith(code, value.base + tail))])}`;
  }
}

export function whereCode(
  alias: string,
  { code, system }: CodeTest,
  names = { code: 'code', system: 'system' },
): readonly Sql[] {
  return [
    ...(code === undefined ? [] : [sql`${column(alias, names.code)} = ${code}`]),
    ...(system === undefined ? [] : [sql`${column(alias, names.system)} = ${uriNumber(system)}`]),
  ];
}

/** The concepts by system, so that the text grows by one placeholder for each code. */
function whereConcepts(code: Sql, system: Sql, concepts: readonly SystemCode[]): Sql {
  const bySystem = new Map<string, string[]>();
  for (const concept of concepts) {
    const codes = bySystem.get(concept.system);
    if (codes) codes.push(concept.code);
    else bySystem.set(concept.system, [concept.code]);
  }
  if (bySystem.size === 0) return sql`1 = 0`;
  return anyOf([...bySystem].map(([uri, codes]) => sql`(${inList(code, codes)} AND ${system} = ${uriNumber(uri)})`));
}
