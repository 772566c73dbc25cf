/** Who wrote versions and signed them, as Provenance tells. https://hl7.org/fhir/R4/provenance.html */
import { parseReference } from '../../../resources/reference.ts';
import type { Provenance, ProvenanceAgent, Reference } from '../../../resources/types.ts';
import type { Context } from '../../interaction/interaction.ts';
import { or } from '../../search/expression.ts';
import { MAX_COUNT } from '../../search/limits.ts';
import { restrict } from '../../search/restrict.ts';
import { firstMatches } from '../../search/search.ts';
import { type Identity, keyOf, type StoredVersion } from '../../store/store.ts';
import { refersTo } from '../criteria.ts';
import { queryOf, resourceIn, searchContextOf } from '../visible.ts';

/** Provenance that is about a version. */
export interface Word {
  readonly provenance: Provenance;
  /** In which it was written. */
  readonly tx: number;
  /** `CarePlan/1` and the version, where the target says one. */
  readonly targets: readonly { readonly key: string; readonly version?: number }[];
}

/** Types of agents who do not write but stand for what is written. https://hl7.org/fhir/R4/valueset-provenance-agent-type.html */
const SIGNING: readonly string[] = ['verifier', 'attester', 'legal'];

/** What is told of any of the resources, as far as the caller may see it. */
export async function wordsOn(identities: readonly Identity[], context: Context): Promise<readonly Word[]> {
  if (identities.length === 0 || context.scope('Provenance', 'read').kind === 'nothing') return [];
  const search = searchContextOf(context);
  const expression = or(identities.map(({ type, id }) => refersTo('Provenance', ['target'], type, id, search)));
  const query = queryOf([{ type: 'Provenance', expression, sort: [] }], MAX_COUNT);
  const found = await firstMatches(restrict(query, context.scope), MAX_COUNT, search);
  return found.map(wordOf);
}

function wordOf(version: StoredVersion): Word {
  const provenance = resourceIn(version) as unknown as Provenance;
  const targets = provenance.target.flatMap(({ reference = '' }) => {
    const parsed = parseReference(reference);
    if (parsed?.kind !== 'literal') return [];
    const key = keyOf(parsed);
    return [parsed.version === undefined ? { key } : { key, version: Number(parsed.version) }];
  });
  return { provenance, tx: version.tx, targets };
}

/** Whether somebody signs by it: with a signature, or as one who verifies or attests. */
export const isSigned = ({ provenance: { signature = [], agent } }: Word): boolean =>
  signature.length > 0 || agent.some(isSigning);

const isSigning = ({ type }: ProvenanceAgent): boolean =>
  type?.coding?.some(({ code = '' }) => SIGNING.includes(code)) === true;

/** Who signs. */
export const signersOf = ({ provenance: { agent, signature = [] } }: Word): readonly Reference[] => {
  const signing = agent.filter(isSigning).map(({ who }) => who);
  if (signing.length > 0) return signing;
  const signed = signature.flatMap(({ who }) => (who ? [who] : []));
  return signed.length > 0 ? signed : agent.map(({ who }) => who);
};

/** Who wrote a version: told of that version, or of the resource in the same transaction. */
export function authorOf(version: StoredVersion, words: readonly Word[]): Reference | undefined {
  const key = keyOf(version);
  const isAbout = (word: Word) =>
    !isSigned(word) &&
    word.targets.some(
      (target) =>
        target.key === key &&
        (target.version === undefined ? word.tx === version.tx : target.version === version.version),
    );
  return words.find(isAbout)?.provenance.agent[0]?.who;
}
