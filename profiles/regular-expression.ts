/**
 * Regular expressions of constraints: a pattern of an uploaded profile may take exponential time in a backtracking engine, so all but the
 * plainest run on an automaton (automaton.ts), in time proportional to the text. FHIRPath asks for single-line mode; the flag `u` is left
 * out, because it refuses some patterns that R4 itself contains.
 */
import { automaton } from './automaton.ts';

export interface Pattern {
  /** Whether the pattern matches somewhere in the text. */
  readonly test: (text: string) => boolean;
}

const compiled = new Map<string, Pattern>();
// Definitions come and go; their patterns are few.
const MOST = 2000;
// Characters: quadratic time is nothing on a text of this length.
const SHORT = 5000;

/** @throws Error when the pattern is none, or cannot be run in bounded time */
export function regularExpression(pattern: string): Pattern {
  let found = compiled.get(pattern);
  if (!found) {
    if (compiled.size >= MOST) compiled.clear();
    found = isPlain(pattern) ? plain(pattern) : automaton(pattern);
    compiled.set(pattern, found);
  }
  return found;
}

/** A plain pattern in the engine of JavaScript on short texts, on an automaton on others. */
function plain(pattern: string): Pattern {
  const short = new RegExp(pattern, 's');
  let long: Pattern | undefined;
  return {
    test(text) {
      if (text.length <= SHORT) return short.test(text);
      long ??= automaton(pattern);
      return long.test(text);
    },
  };
}

/** `text` with what the pattern matches replaced. @throws Error when the pattern is not plain, or the text is long: that could take any time */
export function replaceMatches(text: string, pattern: string, substitution: string): string {
  if (!isPlain(pattern) || text.length > SHORT) throw new Error('replaceMatches() would take too long');
  return text.replace(new RegExp(pattern, 'gs'), substitution);
}

/** At most one repetition, of a single character: such a pattern takes at most quadratic time. */
function isPlain(pattern: string): boolean {
  const bare = pattern.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
  return !/\\\d|\(\?[=!<]|[)][*+?{]|\|/.test(pattern) && (bare.match(/[*+]|\{\d/g)?.length ?? 0) <= 1;
}
