/** How the search types refuse a value: with the parameter, what was found and what is accepted. */
import { badValue, type FhirError } from '../../../resources/outcome.ts';
import type { SearchParameter } from '../search-parameter.ts';

// A value is quoted in the message up to this length.
const QUOTED = 60;

/** 400 for a value of `param` that cannot be read; `problem` finishes the sentence that the value begins. */
export function badSearchValue({ resource, code }: SearchParameter, text: string, problem: string): FhirError {
  const shown = text.length > QUOTED ? `${text.slice(0, QUOTED - 3)}...` : text;
  return badValue(`${resource}.${code}: '${shown}' ${problem}`, { expression: `http.${code}`, rule: 'search-value' });
}
