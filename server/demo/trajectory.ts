/**
 * The course of depression that a client's PHQ-9 series follows, as totals over time, and the answers that make up a total.
 * Five points are the change that clinicians call meaningful; half of the first total is a response; below five is remission.
 */
import type { Random, Weighted } from './random.ts';

/**
 * worsening: the last total is at least 5 above the first.
 * responding: the last is at most half of the first, and not below 5.
 * remitting: the first is above 9, the last below 5.
 * relapsing: the first is above 9, then below 5, then above 9 again.
 * stable: no two totals are more than 4 apart.
 */
export type Trajectory = 'worsening' | 'responding' | 'remitting' | 'relapsing' | 'stable';

export const trajectories: Weighted<Trajectory> = [
  ['remitting', 25],
  ['responding', 25],
  ['stable', 22],
  ['worsening', 14],
  ['relapsing', 14],
];

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Totals that run straight through `marks`, at `count` equal steps, with a point of unrest except at the marks at the ends. */
function through(marks: readonly number[], count: number, random: Random): number[] {
  return Array.from({ length: count }, (_, step) => {
    const at = (step / (count - 1)) * (marks.length - 1);
    const before = Math.min(Math.floor(at), marks.length - 2);
    const [from = 0, to = 0] = marks.slice(before, before + 2);
    const unrest = step === 0 || step === count - 1 ? 0 : random.integer(-1, 1);
    return clamp(Math.round(from + (to - from) * (at - before)) + unrest, 0, 27);
  });
}

/** The `count` totals (0 to 27) of a series that follows `trajectory`; `count` is at least 5. */
export function totalsOf(trajectory: Trajectory, count: number, random: Random): number[] {
  switch (trajectory) {
    case 'worsening': {
      const first = random.integer(5, 13);
      return through([first, Math.min(27, first + random.integer(7, 14))], count, random);
    }
    case 'responding': {
      const first = random.integer(13, 25);
      return through([first, random.integer(5, Math.floor(first / 2))], count, random);
    }
    case 'remitting':
      return through([random.integer(11, 23), random.integer(1, 6), random.integer(0, 4)], count, random);
    case 'relapsing': {
      const totals = through([random.integer(13, 21), random.integer(1, 3), random.integer(11, 20)], count, random);
      totals[Math.floor(count / 2)] = random.integer(1, 4);
      return totals;
    }
    case 'stable': {
      const level = random.integer(3, 19);
      return Array.from({ length: count }, () => clamp(level + random.integer(-2, 2), 0, 27));
    }
  }
}

/** How readily each of the nine items takes a point of the total: sleep and fatigue first, thoughts of death last. */
const readiness: Weighted<number> = [
  [0, 10],
  [1, 10],
  [2, 12],
  [3, 13],
  [4, 8],
  [5, 7],
  [6, 8],
  [7, 4],
  [8, 0.6],
];

/** Nine answers of 0 to 3 that add up to `total`. */
export function answersFor(total: number, random: Random): number[] {
  const answers = readiness.map(() => 0);
  for (let point = 0; point < total; point++) {
    const item = random.weighted(readiness.filter(([at]) => (answers[at] ?? 0) < 3));
    answers[item] = (answers[item] ?? 0) + 1;
  }
  return answers;
}
