/** The instruments that are scored here, and how one is found by the canonical of a QuestionnaireResponse. */
import { gad7 } from './gad7.ts';
import { hungerVitalSign } from './hunger-vital-sign.ts';
import type { Instrument } from './instrument.ts';
import { phq2 } from './phq2.ts';
import { phq9 } from './phq9.ts';
import { satisfaction } from './satisfaction.ts';

export const instruments: readonly Instrument[] = [phq9, phq2, gad7, hungerVitalSign, satisfaction];

const byCanonical = new Map(
  instruments.flatMap((each) => each.canonicals.map((canonical) => [canonical, each] as const)),
);

/**
 * The instrument of a canonical, with or without `|version`. Any version is scored: items are known by their codes and texts, and what a
 * version changed is named by `score` as unknown or missing.
 */
export function instrumentFor(canonical: string | undefined): Instrument | undefined {
  return canonical === undefined ? undefined : byCanonical.get(canonical.split('|', 1)[0] ?? '');
}
