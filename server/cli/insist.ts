/** Patience with a target that is overloaded, starting, or away for a moment. */
import { setTimeout as wait } from 'node:timers/promises';
import { FhirError } from '../../resources/outcome.ts';
import { sentenceOf } from './sentence.ts';
import type { Target } from './target.ts';

/** The target is not there, or cannot store anything: going on would be of no use. */
export class TargetError extends Error {}

/** Waits before further attempts: half a minute in all. */
const PAUSES_MS = [500, 1000, 2000, 4000, 8000, 16_000];

/** Statuses that say nothing about what was sent. */
const NOT_NOW = new Set([429, 502, 503, 504]);

/**
 * `target`, asked again and again while it is not available. `signal` ends the attempts; `say` hears when the waiting begins.
 * Its functions throw TargetError when the target stays away.
 */
export function patient(target: Target, signal: AbortSignal, say: (line: string) => void): Target {
  async function insist<T>(action: () => Promise<T>): Promise<T> {
    for (const pause of [...PAUSES_MS, undefined]) {
      try {
        return await action();
      } catch (error) {
        if (!(error instanceof FhirError) || !NOT_NOW.has(error.status)) throw error;
        if (pause === undefined || signal.aborted) throw new TargetError(sentenceOf(error), { cause: error });
        if (pause === PAUSES_MS[0]) say(`Waiting: ${sentenceOf(error)}`);
      }
      await wait(pause, undefined, { signal }).catch(() => undefined);
    }
    throw new Error('the last attempt returns or throws');
  }
  return {
    ...target,
    write: (resource) => insist(() => target.write(resource)),
    execute: (bundle) => insist(() => target.execute(bundle)),
  };
}
