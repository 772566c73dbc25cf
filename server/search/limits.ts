/** How large a search may be. Whatever goes beyond is refused with the number that was exceeded, never cut. */

/** Parameters of one request, result parameters included. */
export const MAX_PARAMETERS = 100;
/** Values joined by commas in one parameter; `_id` may list MAX_IDS. SQLite takes at most 500 parts of a UNION. */
export const MAX_VALUES = 400;
export const MAX_IDS = 1_000;
/** Characters of one parameter's value. */
export const MAX_TEXT = 20_000;
/** Links of a chain, `_has` included. */
export const MAX_CHAIN = 10;
/** Leaves of all expressions together, over all types: a chain without a type counts once for each type it may go to. */
export const MAX_LEAVES = 8_000;
/** Matches to a page when the client does not say, and at most. */
export const DEFAULT_COUNT = 50;
export const MAX_COUNT = 1_000;
/** Keys of `_sort`. */
export const MAX_SORT = 10;
/** Different words of which a score is made; a search that looks for more has none. */
export const MAX_SCORED_WORDS = 50;
/** Included resources in one answer; the rest follows by the next link. */
export const MAX_INCLUDED = 1_000;
/** Included resources of one page over all its answers. Their numbers are held in memory while the page is made. */
export const MAX_INCLUDED_OF_PAGE = 50_000;
/** Rounds of `:iterate`. */
export const MAX_ROUNDS = 20;
/** Resources of which the former state is looked at for one page; 10,000 take about a second, once in a walk. */
export const MAX_CHANGED = 10_000;
