/** Which version of a plan each reviewer signed, and what has changed since. */
import type { Reference } from '../../../resources/types.ts';
import type { Context } from '../../interaction/interaction.ts';
import { instantOf, keyOf } from '../../store/store.ts';
import { isSigned, signersOf, type Word } from './author.ts';
import { type ChangedResource, changesBetween } from './changed.ts';
import { type Moment, now } from './moment.ts';
import { type PlanState, stateAt } from './state.ts';

export interface SignOff {
  readonly who: Reference;
  readonly recorded: string;
  readonly version: number;
  /** Resources of the plan that are not as they were when it was signed. */
  readonly changesSince: number;
  readonly sentences: readonly string[];
  readonly provenance: string;
}

/** Of so many, the latest, is told. */
const MOST_SIGNED = 50;

/** Latest first. Signatures of versions that there are not tell nothing. */
export async function signOffsOf(
  id: string,
  current: PlanState,
  words: readonly Word[],
  context: Context,
): Promise<readonly SignOff[]> {
  const key = keyOf({ type: 'CarePlan', id });
  const latest = current.plan?.version.version ?? 0;
  const signed = words
    .filter(isSigned)
    .toSorted((a, b) => b.tx - a.tx)
    .slice(0, MOST_SIGNED)
    .flatMap((word) =>
      word.targets.flatMap((target) =>
        target.key === key && target.version !== undefined && target.version <= latest
          ? signersOf(word).map((who) => ({ word, who, version: target.version ?? 0 }))
          : [],
      ),
    );
  const since = new Map<number, Promise<readonly ChangedResource[]>>();
  const offs = await Promise.all(
    signed.map(async ({ word, who, version }): Promise<SignOff> => {
      const moment = await momentSigned(id, version, word, context);
      const lookup = since.get(moment.tx) ?? changedSince(id, moment, current, words, context);
      since.set(moment.tx, lookup);
      const changes = await lookup;
      const { recorded, id: provenance } = word.provenance;
      return {
        who,
        recorded,
        version,
        changesSince: changes.length,
        sentences: changes.flatMap(({ sentences }) => sentences),
        provenance: `Provenance/${provenance}`,
      };
    }),
  );
  return offs.toSorted((a, b) => (a.recorded < b.recorded ? 1 : -1));
}

/** Who signs a version has seen it as it was when the signature came, or as it was last. */
async function momentSigned(id: string, version: number, { tx }: Word, context: Context): Promise<Moment> {
  const next = await context.reader.vread('CarePlan', id, version + 1);
  const until = next ? Math.min(tx, next.tx - 1) : tx;
  return { tx: until, version, instant: instantOf(until) };
}

async function changedSince(
  id: string,
  from: Moment,
  current: PlanState,
  words: readonly Word[],
  context: Context,
): Promise<readonly ChangedResource[]> {
  return changesBetween(await stateAt(id, from, context), current, { from, to: now() }, words, context);
}
