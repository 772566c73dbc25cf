/**
 * Code systems that are a grammar or a list of the platform: UCUM, languages (BCP 47), MIME types (BCP 13), countries (ISO 3166-1 alpha-2),
 * currencies (ISO 4217). https://hl7.org/fhir/R4/terminologies-systems.html
 */
import { createRequire } from 'node:module';
import { implicitSystem, isCountry } from '../../profiles/implicit-system.ts';
import { unprocessable } from '../../resources/outcome.ts';
import { type Concept, type Concepts, isFoundBy } from './concepts.ts';
import { notUnderstood, passesFilter } from './filter.ts';

interface Grammar {
  readonly name: string;
  readonly has: (code: string) => boolean;
  readonly display: (code: string) => string | undefined;
  /** All codes, where the system can be listed. */
  readonly list?: () => readonly string[];
}

const names = (type: 'region' | 'language' | 'currency') => {
  let made: Intl.DisplayNames | undefined;
  return (code: string): string | undefined => {
    made ??= new Intl.DisplayNames('en', { type, fallback: 'none' });
    try {
      return made.of(code);
    } catch {
      return undefined;
    }
  };
};

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const known = (system: string) => (code: string) => implicitSystem(system)?.(code) ?? false;

const grammars: Readonly<Record<string, Grammar>> = {
  'http://unitsofmeasure.org': { name: 'UCUM', has: isUnit, display: () => undefined },
  'urn:ietf:bcp:47': { name: 'BCP 47', has: known('urn:ietf:bcp:47'), display: names('language') },
  'urn:ietf:bcp:13': { name: 'BCP 13', has: known('urn:ietf:bcp:13'), display: () => undefined },
  'urn:iso:std:iso:4217': {
    name: 'ISO 4217',
    has: known('urn:iso:std:iso:4217'),
    display: names('currency'),
    list: () => Intl.supportedValuesOf('currency'),
  },
  'urn:iso:std:iso:3166': {
    name: 'ISO 3166-1 alpha-2',
    has: isCountry,
    display: names('region'),
    list: () => LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).filter(isCountry),
  },
};

interface Ucum {
  validateUnitString(unit: string): { readonly status: string; readonly ucumCode?: string | null };
}

let library: Ucum | undefined;
const units = new Map<string, boolean>();

/** No real unit is longer, and the memory that units of clients can take is bounded. */
const [LONGEST_UNIT, MOST_UNITS] = [100, 5_000];

/** Valid by the grammar and the units of UCUM, which are case sensitive. */
export function isUnit(code: string): boolean {
  if (code.length > LONGEST_UNIT || code.trim() !== code || code === '') return false;
  const before = units.get(code);
  if (before !== undefined) return before;
  const load = createRequire(import.meta.url);
  library ??= (load('@lhncbc/ucum-lhc') as { UcumLhcUtils: { getInstance(): Ucum } }).UcumLhcUtils.getInstance();
  const { status, ucumCode } = library.validateUnitString(code);
  const valid = status === 'valid' && ucumCode === code;
  if (units.size >= MOST_UNITS) units.clear();
  units.set(code, valid);
  return valid;
}

const conceptOf = (code: string, { display }: Grammar): Concept => ({
  code,
  display: display(code),
  designations: [],
  properties: [],
  parents: [],
  abstract: false,
  inactive: false,
});

/** The concepts of such a system; undefined for all others. */
export function implicitConcepts(url: string): Concepts | undefined {
  const grammar = Object.hasOwn(grammars, url) ? grammars[url] : undefined;
  if (!grammar) return undefined;
  const isA = (code: string, ancestor: string) => code === ancestor;
  return {
    url,
    name: grammar.name,
    find: async (code) => (grammar.has(code) ? conceptOf(code, grammar) : undefined),
    async select({ filters, text, limit }) {
      const codes = grammar.list?.();
      if (!codes)
        throw unprocessable(`The codes of ${url} (${grammar.name}) follow a grammar and cannot be listed`, {
          rule: 'system-not-listable',
        });
      return codes
        .map((code) => conceptOf(code, grammar))
        .filter(
          (concept) => filters.every((filter) => passesFilter(concept, filter, isA, url)) && isFoundBy(concept, text),
        )
        .slice(0, limit + 1);
    },
    async passes(concept, filter) {
      if (filter.op === 'exists') throw notUnderstood(filter, url);
      return passesFilter(concept, filter, isA, url);
    },
    isA: async (code, ancestor) => isA(code, ancestor),
    ancestors: async (code) => [code],
    descendants: async (code) => [code],
    children: async () => [],
  };
}
