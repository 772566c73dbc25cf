/** A moment in the life of a plan, as a caller names it: by a version of the plan, or by a time. */
import { badValue, notFound } from '../../../resources/outcome.ts';
import { intervalOf } from '../../../resources/primitive.ts';
import type { Context } from '../../interaction/interaction.ts';
import { instantOf, txAt } from '../../store/store.ts';

export interface Moment {
  /** What was written up to here is seen. */
  readonly tx: number;
  /** The version by which it was named. */
  readonly version?: number;
  readonly instant: string;
}

/** Later than anything that is written. */
const NOW = Number.MAX_SAFE_INTEGER;

export const now = (): Moment => ({ tx: NOW, instant: new Date().toISOString() });

export async function ofVersion(id: string, version: number, { reader }: Context): Promise<Moment> {
  const stored = await reader.vread('CarePlan', id, version);
  if (!stored) throw notFound(`CarePlan/${id} has no version ${version}`);
  return { tx: stored.tx, version, instant: instantOf(stored.tx) };
}

/**
 * `5` is the moment in which version 5 was written. A time is that moment; of a day, a month or a year it is the beginning or the end, as `edge` says, so
 * that `from=2026-05&to=2026-05` is what happened in May.
 * @throws FhirError 400 for anything else, 404 for a version that there is not
 */
export async function momentOf(
  name: string,
  text: string,
  edge: 'beginning' | 'end',
  id: string,
  context: Context,
): Promise<Moment> {
  // A year has four digits too: `2026` is a version only of plans that changed a great deal, and then a time would be meant.
  if (/^[1-9]\d{0,2}$/.test(text) || /^[1-9]\d{4,9}$/.test(text)) return ofVersion(id, Number(text), context);
  const interval = intervalOf(text);
  if (!interval)
    throw badValue(`${name}=${text} is neither a version nor a time; expected 5, 2026-05-01 or 2026-05-01T10:00:00Z`, {
      expression: `http.${name}`,
    });
  const isTime = text.includes('T');
  const tx = txAt(edge === 'beginning' && !isTime ? interval.low : interval.high) - 1;
  return { tx, instant: instantOf(tx) };
}
