/** What each trajectory promises, as a check of a series of totals. */
import type { Trajectory } from '../../../server/demo/trajectory.ts';

/** What a clinician would see in the totals, for each name. */
export const recognisable: Readonly<Record<Trajectory, (totals: readonly number[]) => boolean>> = {
  worsening: (totals) => last(totals) - first(totals) >= 5,
  responding: (totals) => last(totals) <= first(totals) / 2 && last(totals) >= 5,
  remitting: (totals) => first(totals) > 9 && last(totals) < 5,
  relapsing: (totals) => first(totals) > 9 && Math.min(...totals) < 5 && last(totals) > 9,
  stable: (totals) => Math.max(...totals) - Math.min(...totals) <= 4,
};

const first = (totals: readonly number[]): number => totals[0] ?? Number.NaN;
const last = (totals: readonly number[]): number => totals.at(-1) ?? Number.NaN;
