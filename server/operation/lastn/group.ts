/**
 * The groups of $lastn: Observations of one subject whose codes are the same, directly or by way of others: what one of them calls a and b
 * makes every a and every b the same. https://hl7.org/fhir/R4/observation-operation-lastn.html
 */
import { intervalOf } from '../../../resources/primitive.ts';
import type { CodeableConcept, Observation } from '../../../resources/types.ts';

/** What $lastn keeps of an Observation while it reads them all. */
export interface Entry {
  readonly id: string;
  readonly rid: number;
  readonly subject: string;
  /** Codes by which it is grouped; never empty. */
  readonly codes: readonly string[];
  /** Milliseconds since the epoch; undefined when it does not say when. */
  readonly time: number | undefined;
}

/** `system|code` of each coding; the text where there is none. */
export function codesOf({ coding = [], text }: Partial<CodeableConcept>): readonly string[] {
  const codes = coding
    .filter(({ code }) => code !== undefined)
    .map(({ system = '', code }) => `code ${system}|${code}`);
  return codes.length > 0 ? codes : [text === undefined ? 'none' : `text ${text}`];
}

/** When it was true: the instant; of a period its end or, while it lasts, its start; of a timing the last event. */
export function timeOf(observation: Partial<Observation>): number | undefined {
  const { effectiveDateTime, effectiveInstant, effectivePeriod, effectiveTiming } = observation;
  const text =
    effectiveDateTime ??
    effectiveInstant ??
    effectivePeriod?.end ??
    effectivePeriod?.start ??
    [...(effectiveTiming?.event ?? [])].sort().at(-1);
  return text === undefined ? undefined : intervalOf(text)?.low;
}

/** A set of keys in which some are the same as others: each stands for itself or for another that leads to the first. */
class Equalities {
  readonly #parents = new Map<string, string>();

  /** The one key that stands for all that are the same. */
  first(key: string): string {
    let at = key;
    for (let parent = this.#parents.get(at); parent !== undefined; parent = this.#parents.get(at)) {
      const grandparent = this.#parents.get(parent);
      if (grandparent !== undefined) this.#parents.set(at, grandparent);
      at = parent;
    }
    return at;
  }

  equate(one: string, other: string): void {
    const [a, b] = [this.first(one), this.first(other)];
    if (a !== b) this.#parents.set(a, b);
  }
}

/** The most recent first; those without a time last; among equals what was stored later first. */
function byTime(a: Entry, b: Entry): number {
  const [one, other] = [a.time ?? Number.NEGATIVE_INFINITY, b.time ?? Number.NEGATIVE_INFINITY];
  return one === other ? b.rid - a.rid : other > one ? 1 : -1;
}

/** The `max` most recent entries of each group, and those that are as recent as the last of them; the most recent of all first. */
export function lastOfEach(entries: readonly Entry[], max: number): readonly Entry[] {
  const equalities = new Equalities();
  const keyOf = ({ subject }: Entry, code: string) => `${subject}\n${code}`;
  for (const entry of entries)
    for (const code of entry.codes.slice(1)) equalities.equate(keyOf(entry, entry.codes[0] ?? ''), keyOf(entry, code));
  const groups = new Map<string, { count: number; last: number | undefined }>();
  return [...entries].sort(byTime).filter((entry) => {
    const key = equalities.first(keyOf(entry, entry.codes[0] ?? ''));
    const group = groups.get(key) ?? { count: 0, last: undefined };
    if (group.count >= max && entry.time !== group.last) return false;
    groups.set(key, { count: group.count + 1, last: entry.time });
    return true;
  });
}
