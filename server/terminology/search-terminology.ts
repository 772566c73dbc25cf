/**
 * What the criteria of a search ask of terminology (`:in`, `:not-in`, `:above`, `:below`), found before the search is parsed: parsing does not
 * wait. https://hl7.org/fhir/R4/search.html#token
 */
import { FhirError, issue } from '../../resources/outcome.ts';
import { splitUnescaped } from '../search/escape.ts';
import type { Terminology as SearchTerminology, SystemCode } from '../search/type/search-type.ts';
import { unescapeValue } from '../search/type/unescape.ts';
import { expansionOf } from './expansion.ts';
import { requireValueSet, type Terminology } from './terminology.ts';

/** Each code is a parameter of the statement, of which SQLite takes 32,766. */
const MOST_CODES = 10_000;

interface Wanted {
  readonly modifier: 'in' | 'above' | 'below';
  readonly value: string;
}

/** The values of criteria with one of these modifiers, each once. */
function wantedBy(query: URLSearchParams): readonly Wanted[] {
  const wanted = new Map<string, Wanted>();
  for (const [name, text] of query) {
    const [, found] = /:(in|not-in|above|below)$/.exec(name) ?? [];
    if (found === undefined) continue;
    const modifier = found === 'above' || found === 'below' ? found : 'in';
    for (const each of splitUnescaped(text, ','))
      wanted.set(`${modifier} ${each}`, { modifier, value: modifier === 'in' ? unescapeValue(each) : each });
  }
  return [...wanted.values()];
}

/** Undefined when the query asks nothing of terminology. @throws FhirError 422, when a value set is too large or includes itself */
export async function searchTerminology(
  query: URLSearchParams,
  terminology: Terminology,
): Promise<SearchTerminology | undefined> {
  const wanted = wantedBy(query);
  if (wanted.length === 0) return undefined;
  const expansions = new Map<string, readonly SystemCode[] | undefined>();
  const hierarchies = new Map<string, readonly SystemCode[] | undefined>();
  for (const { modifier, value } of wanted) {
    if (modifier === 'in') expansions.set(value, await codesIn(value, terminology));
    else {
      const [system = '', code = ''] = splitUnescaped(value, '|').map(unescapeValue);
      hierarchies.set(`${modifier} ${system}|${code}`, await related(modifier, { system, code }, terminology));
    }
  }
  return {
    expansion: (valueSet) => expansions.get(valueSet),
    subsumption: (direction, { system, code }) => hierarchies.get(`${direction} ${system}|${code}`),
  };
}

async function codesIn(canonical: string, terminology: Terminology): Promise<readonly SystemCode[] | undefined> {
  if (!terminology.valueSet(canonical)) return undefined;
  const { entries } = await expansionOf(requireValueSet(terminology, canonical), terminology, { activeOnly: false });
  requireFew(entries.length, canonical);
  return entries.map(({ system, concept }) => ({ system, code: concept.code }));
}

async function related(
  direction: 'above' | 'below',
  { system: url, code }: SystemCode,
  terminology: Terminology,
): Promise<readonly SystemCode[] | undefined> {
  if (url === '' || code === '') return undefined;
  const system = await terminology.system(url);
  if (!system || !(await system.find(code))) return undefined;
  const codes = direction === 'above' ? await system.ancestors(code) : await system.descendants(code, MOST_CODES);
  requireFew(codes.length, `${url}|${code}`);
  return codes.map((each) => ({ system: url, code: each }));
}

function requireFew(count: number, what: string): void {
  if (count <= MOST_CODES) return;
  throw new FhirError(422, [
    issue('too-costly', `${what} stands for more than ${MOST_CODES} codes, too many for a search`, {
      rule: 'search-too-many-codes',
    }),
  ]);
}
