/**
 * The course of an instrument's totals: where it began, where it is, and whether that is a response (half the index score or less) or a remission.
 * The index is the first total of the threshold or above, as in the measures of depression care (CMS159: above 9). Pure.
 */
import { DISTANT_PAST, intervalOf } from '../primitive.ts';
import type { Instrument } from '../questionnaire-response/instrument.ts';
import type { Observation } from '../types.ts';

/** A total as a point of the series. */
export interface Point {
  readonly observation: Observation;
  readonly value: number;
  /** As the Observation has it: `2026-11-01`. */
  readonly date: string;
  /** Milliseconds: the beginning of `date`. */
  readonly time: number;
}

export interface Course {
  /** Oldest first. */
  readonly points: readonly Point[];
  readonly index?: Point;
  readonly latest?: Point;
  readonly previous?: Point;
  /** From the index to the latest. */
  readonly change?: number;
  /** Fallen by half the index score or more. */
  readonly response?: boolean;
  readonly remission?: boolean;
}

/** Where an episode begins, and below what it is over. */
interface Thresholds {
  readonly indexFrom: number;
  readonly remissionBelow: number;
}

const thresholds: Readonly<Record<string, Thresholds>> = {
  'phq-9': { indexFrom: 10, remissionBelow: 5 },
  'gad-7': { indexFrom: 10, remissionBelow: 5 },
};

/** Whether response and remission are defined for the instrument. */
export const hasCourse = ({ name }: Instrument): boolean => Object.hasOwn(thresholds, name);

const COUNTS: readonly string[] = ['final', 'amended', 'corrected'];

function pointOf(observation: Observation): readonly Point[] {
  const { status, valueQuantity, valueInteger, effectiveDateTime, effectivePeriod, effectiveInstant, issued } =
    observation;
  const value = valueQuantity?.value ?? valueInteger;
  const date = effectiveDateTime ?? effectiveInstant ?? effectivePeriod?.start ?? issued;
  if (value === undefined || date === undefined || !COUNTS.includes(status)) return [];
  return [{ observation, value, date, time: intervalOf(date)?.low ?? DISTANT_PAST }];
}

/** What of two totals at the same time was said last. */
const orderOf = ({ observation: { issued = '', meta, id = '' } }: Point): string =>
  `${issued} ${meta?.lastUpdated ?? ''} ${id}`;

const byTime = (a: Point, b: Point): number => a.time - b.time || (orderOf(a) < orderOf(b) ? -1 : 1);

/** The course of the totals of one person; those without a value, and those that do not count, are left out. */
export function courseOf({ name }: Instrument, totals: readonly Observation[]): Course {
  const points = totals.flatMap(pointOf).sort(byTime);
  const [latest, previous] = [points.at(-1), points.at(-2)];
  const limits = thresholds[name];
  const index = limits && points.find(({ value }) => value >= limits.indexFrom);
  return {
    points,
    ...(index ? { index } : {}),
    ...(latest ? { latest } : {}),
    ...(previous ? { previous } : {}),
    ...(index && latest && limits
      ? {
          change: latest.value - index.value,
          response: latest !== index && latest.value <= index.value / 2,
          remission: latest.value < limits.remissionBelow,
        }
      : {}),
  };
}
