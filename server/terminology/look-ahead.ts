/**
 * The terminology of the validator, which does not wait, over code systems in the database, which have to be waited for: what validation asks and
 * memory does not answer is looked up, and the validation made again. Units are answered by the grammar of UCUM.
 */
import type { Membership, Terminology as ValidatorTerminology } from '../../profiles/terminology.ts';
import { FhirError } from '../../resources/outcome.ts';
import { isUnit } from './implicit-concepts.ts';
import { membership } from './membership.ts';
import type { Terminology } from './terminology.ts';

export interface LookAhead {
  readonly terminology: ValidatorTerminology;
  /** Whether something is in the database, so that it is worth looking ahead. */
  isNeeded(): boolean;
  /** The result of `work`, which may run several times, when all that it asked is known. */
  answered<T>(work: () => T): Promise<T>;
}

/** Answers that are kept, and questions that one validation may have looked up. */
const [MOST_ANSWERS, MOST_QUESTIONS] = [50_000, 1_000];

/** An answer can lead to another question; a third round is rare. */
const ROUNDS = 3;

const UCUM = 'http://unitsofmeasure.org';

type Ask = () => Promise<Membership>;

/** @param state what is in the database: answers are forgotten when `revision` changes */
export function lookAhead(
  local: ValidatorTerminology,
  terminology: Terminology,
  state: () => { readonly revision: string; readonly isLoaded: boolean },
): LookAhead {
  let answers = new Map<string, Membership>();
  let revision = '';
  let asked = new Map<string, Ask>();

  function fromDatabase(key: string, doubt: Membership, ask: Ask): Membership {
    const current = state();
    if (!current.isLoaded) return doubt;
    if (current.revision !== revision || answers.size > MOST_ANSWERS) answers = new Map();
    revision = current.revision;
    const known = answers.get(key);
    if (!known && asked.size < MOST_QUESTIONS) asked.set(key, ask);
    return known ?? doubt;
  }

  return {
    terminology: {
      contains(valueSet, system, code) {
        const found = local.contains(valueSet, system, code);
        if (found.kind !== 'unknown') return found;
        if (system === UCUM && isAllOfUcum(valueSet, terminology)) return unit(code);
        return fromDatabase(`${valueSet} ${system ?? ''} ${code}`, found, () =>
          contains(valueSet, system, code, terminology, found),
        );
      },
      lookup(system, code) {
        if (system === UCUM) return unit(code);
        const found = local.lookup(system, code);
        if (found.kind !== 'unknown') return found;
        return fromDatabase(`${system} ${code}`, found, () => lookup(system, code, terminology, found));
      },
    },
    isNeeded: () => state().isLoaded,
    async answered(work) {
      for (let round = 0; round < ROUNDS; round++) {
        asked = new Map();
        const result = work();
        const questions = asked;
        if (questions.size === 0) return result;
        const found = await Promise.all([...questions].map(async ([key, ask]) => [key, await ask()] as const));
        for (const [key, answer] of found) answers.set(key, answer);
      }
      return work();
    },
  };
}

const unit = (code: string): Membership => (isUnit(code) ? { kind: 'yes' } : { kind: 'no' });

const isAllOfUcum = (canonical: string, terminology: Terminology): boolean =>
  terminology
    .valueSet(canonical)
    ?.compose?.include.some(
      ({ system, concept, filter, valueSet }) => system === UCUM && !concept && !filter && !valueSet,
    ) ?? false;

async function contains(
  canonical: string,
  system: string | undefined,
  code: string,
  terminology: Terminology,
  doubt: Membership,
): Promise<Membership> {
  const valueSet = terminology.valueSet(canonical);
  if (!valueSet) return doubt;
  try {
    const found = await membership(valueSet, system, code, terminology);
    if (found.kind === 'no') return { kind: 'no' };
    return found.display === undefined ? { kind: 'yes' } : { kind: 'yes', display: found.display };
  } catch (error) {
    if (error instanceof FhirError) return { kind: 'unknown', reason: error.message };
    throw error;
  }
}

async function lookup(url: string, code: string, terminology: Terminology, doubt: Membership): Promise<Membership> {
  const system = await terminology.system(url);
  if (!system || system.incomplete) return doubt;
  const concept = await system.find(code);
  if (!concept) return { kind: 'no' };
  return concept.display === undefined ? { kind: 'yes' } : { kind: 'yes', display: concept.display };
}
