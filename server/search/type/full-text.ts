/**
 * Full text: `_text` (the narrative) and `_content` (all texts of a resource). R4 leaves the form of the value open; ours is that of search
 * engines: words that must all be there, "phrases", begin*, either OR, -not. https://hl7.org/fhir/R4/search.html#content
 */
import sql, { raw, type Sql } from 'sql-template-tag';
import { contentText, type IndexTable, narrativeText, wordsTable } from '../index-table.ts';
import type { SearchParameter } from '../search-parameter.ts';
import { column } from './condition.ts';
import { wordsOf } from './fold.ts';
import { resourceText } from './resource-text.ts';
import type { SearchType, SearchValue } from './search-type.ts';
import { unescapeValue } from './unescape.ts';
import { badSearchValue } from './value-error.ts';

/** Words in a row; the last may be the beginning of one. */
export interface Phrase {
  /** Folded, one space between them. */
  readonly words: string;
  readonly begins: boolean;
}

export interface FullTextValue extends SearchValue {
  readonly type: 'special';
  readonly kind: 'words' | 'any-words';
  readonly code: string;
  /** One phrase of each group must be there. */
  readonly all: readonly (readonly Phrase[])[];
  /** None of these may be there. */
  readonly none: readonly Phrase[];
}

const tableOf = (code: string): IndexTable => (code === '_text' ? narrativeText : contentText);

// More make a statement that nobody wrote by hand.
const MAX_PHRASES = 50;
const MAX_TERM = 500;
// Characters: PostgreSQL takes a megabyte of different words at most, and folding may make a text longer.
const MAX_WORDS = 100_000;

export const fullText: SearchType<FullTextValue> = {
  parse(text, _modifier, param) {
    const value = parsed(unescapeValue(text), param, text);
    return { type: 'special', kind: 'words', code: param.code, ...value };
  },
  modifiers: () => [],
  rows({ value }, { number, code }) {
    const words = wordsOf(resourceText(value, code === '_text')).slice(0, MAX_WORDS);
    return words === '' ? [] : [{ table: tableOf(code), row: [number, words] }];
  },
  present: ({ code }) => ({ type: 'special', kind: 'any-words', code, all: [], none: [] }),
  table: ({ code }) => tableOf(code),
  test: ([, words], { all, none }) =>
    all.every((group) => group.some((phrase) => has(String(words), phrase))) &&
    !none.some((phrase) => has(String(words), phrase)),
  where(alias, { kind, code, all, none }, param): Sql {
    const own = sql`${column(alias, 'param')} = ${param.number}`;
    if (kind === 'any-words') return own;
    if (param.fullText === 'postgres')
      return sql`${own} AND ${column(alias, 'words')} @@ to_tsquery('simple', ${postgresQuery(all, none)})`;
    const words = raw(wordsTable(tableOf(code)));
    return sql`${own} AND ${column(alias, 'rid')} IN (SELECT rowid FROM ${words} WHERE ${words} MATCH ${sqliteQuery(all, none)})`;
  },
};

const has = (words: string, { words: wanted, begins }: Phrase): boolean =>
  ` ${words} `.includes(begins ? ` ${wanted}` : ` ${wanted} `);

interface Term {
  readonly text: string;
  readonly minus: boolean;
  readonly star: boolean;
  readonly quoted: boolean;
}

/** What stands between quotes or between spaces, with a `-` before it or a `*` behind it. */
function termsOf(text: string): readonly Term[] {
  const terms: Term[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const minus = text.charAt(at) === '-';
    if (minus) at += 1;
    const quoted = text.charAt(at) === '"';
    const rest = text.slice(quoted ? at + 1 : at, (quoted ? at + 1 : at) + MAX_TERM);
    const end = rest.search(quoted ? /"/ : /[\s"]/);
    const found = end === -1 ? rest : rest.slice(0, end);
    at += found.length + (quoted ? 2 : 0);
    const star = quoted ? text.charAt(at) === '*' : found.endsWith('*');
    if (quoted && star) at += 1;
    terms.push({ text: found, minus, star, quoted });
    if (found === '' && !quoted) at += 1;
  }
  return terms;
}

type Query = Pick<FullTextValue, 'all' | 'none'>;

function parsed(text: string, param: SearchParameter, written: string): Query {
  const all: Phrase[][] = [];
  const none: Phrase[] = [];
  let either = false;
  for (const term of termsOf(text)) {
    const isOperator = !term.minus && !term.quoted;
    if (isOperator && term.text === 'OR') {
      either = all.length > 0;
      continue;
    }
    const words = isOperator && term.text === 'AND' ? '' : wordsOf(term.text);
    if (words === '') continue;
    const phrase = { words, begins: term.star };
    const group = either ? all.at(-1) : undefined;
    if (term.minus) none.push(phrase);
    else if (group) group.push(phrase);
    else all.push([phrase]);
    either = false;
  }
  if (all.length === 0)
    throw badSearchValue(
      param,
      written,
      'names no word to look for; accepted are words, "words in a row", begin*, one OR other, and -word beside them for what must not be there',
    );
  const count = all.flat().length + none.length;
  if (count > MAX_PHRASES)
    throw badSearchValue(param, written, `has ${count} words and phrases; at most ${MAX_PHRASES} are taken`);
  return { all, none };
}

/** Words hold letters and digits only, so that quoting them needs no escape. */
function sqliteQuery(all: Query['all'], none: Query['none']): string {
  const phrase = ({ words, begins }: Phrase): string => `"${words}"${begins ? ' *' : ''}`;
  const either = (phrases: readonly Phrase[]): string => `(${phrases.map(phrase).join(' OR ')})`;
  const wanted = all.map(either).join(' AND ');
  return none.length > 0 ? `(${wanted}) NOT ${either(none)}` : wanted;
}

function postgresQuery(all: Query['all'], none: Query['none']): string {
  const phrase = ({ words, begins }: Phrase): string => `(${words.split(' ').join(' <-> ')}${begins ? ':*' : ''})`;
  const either = (phrases: readonly Phrase[]): string => `(${phrases.map(phrase).join(' | ')})`;
  return [...all.map(either), ...none.map((each) => `!${phrase(each)}`)].join(' & ');
}
