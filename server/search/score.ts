/**
 * Relevance: `search.score` and `_sort=_score`. It is made of the version of the resource and the search alone, not of what else is stored, so that
 * it is the same on all pages of a walk, in both databases (score-sql.ts) and in memory. Each different word that `_text` and `_content` look
 * for gives n/(n+1) for n occurrences, and the score is their mean: a second word always counts for more than the first once again.
 * https://hl7.org/fhir/R4/search.html#score
 */
import { conjuncts } from './driver.ts';
import type { Expression } from './expression.ts';
import type { IndexRows, IndexTable } from './index-table.ts';
import { MAX_SCORED_WORDS } from './limits.ts';
import type { SearchParameter } from './search-parameter.ts';
import type { FullTextValue } from './type/full-text.ts';
import { searchTypes } from './type/index.ts';

/** The key of `_sort`. */
export const SCORE = '_score';

/** What a word that occurs without end would give; points are whole numbers, which every database adds alike. */
export const FULL_POINTS = 1000;
/** More occurrences change nothing; PostgreSQL keeps 255. */
export const MAX_OCCURRENCES = 100;
/** Words of a text whose occurrences count: PostgreSQL knows no places behind them. */
export const MAX_PLACES = 16_382;

export interface ScoredWord {
  readonly word: string;
  /** Every word that begins so is an occurrence. */
  readonly begins: boolean;
}

/** The words that are looked for in one text of a resource, each once. */
export interface ScoredText {
  readonly param: SearchParameter;
  readonly table: IndexTable;
  readonly words: readonly ScoredWord[];
}

export interface Score {
  readonly texts: readonly ScoredText[];
  /** All words together; at least one. */
  readonly count: number;
}

type Matches = Extract<Expression, { kind: 'matches' }>;

/**
 * What the score of a search is made of: the words of `_text` and `_content` among its criteria, those of phrases one by one, without what must
 * not be there. Undefined when there are none, or more than MAX_SCORED_WORDS.
 */
export function scoreOf(criteria: readonly Expression[]): Score | undefined {
  const terms = criteria.flatMap(conjuncts).flatMap(fullTextTerms);
  if (terms.length === 0) return undefined;
  const texts = [...new Set(terms.map(({ param }) => param))].map((param): ScoredText => {
    // The full text parameters make values of this kind only.
    const words = terms.flatMap((term) => (term.param === param ? wordsOf(term.value as FullTextValue) : []));
    const table = searchTypes[param.type].table(searchTypes[param.type].present(param));
    return { param, table, words: [...new Map(words.map((each) => [`${each.word} ${each.begins}`, each])).values()] };
  });
  const count = texts.reduce((sum, { words }) => sum + words.length, 0);
  return count === 0 || count > MAX_SCORED_WORDS ? undefined : { texts, count };
}

/** Values joined by commas are an `or` of matches. */
function fullTextTerms(term: Expression): readonly Matches[] {
  if (term.kind === 'matches') return isFullText(term) ? [term] : [];
  if (term.kind !== 'or' || !term.terms.every(isFullText)) return [];
  return term.terms.filter(isFullText);
}

const isFullText = (term: Expression): term is Matches => term.kind === 'matches' && term.param.fullText !== undefined;

function wordsOf({ all }: FullTextValue): readonly ScoredWord[] {
  return all.flat().flatMap(({ words, begins }) => {
    const each = words.split(' ');
    return each.map((word, at) => ({ word, begins: begins && at === each.length - 1 }));
  });
}

/** The points of a resource, by its index rows. */
export function pointsOf(rows: IndexRows, { texts }: Score): number {
  let points = 0;
  for (const { param, table, words } of texts) {
    const text = rows[table.name]?.find(([number]) => number === param.number)?.[1];
    const places = String(text ?? '').split(' ', MAX_PLACES);
    for (const { word, begins } of words) {
      const found = places.filter((each) => (begins ? each.startsWith(word) : each === word)).length;
      const occurrences = Math.min(found, MAX_OCCURRENCES);
      points += Math.floor((FULL_POINTS * occurrences) / (occurrences + 1));
    }
  }
  return points;
}

/** The score in [0, 1), with three decimals. */
export const scoreOfPoints = (points: number, { count }: Score): number => Math.round(points / count) / FULL_POINTS;
