/** When something of a plan is to happen. https://hl7.org/fhir/R4/plandefinition-definitions.html#PlanDefinition.action.timing_x_ */
import type {
  ActivityDefinition,
  Patient,
  Period,
  PlanDefinitionAction,
  PlanDefinitionActionRelatedAction,
  Timing,
} from '../../../resources/types.ts';
import { later } from './dates.ts';

/** A span of time, open where an end is missing; or again and again. */
export type When =
  | { readonly kind: 'period'; readonly period: Period }
  | { readonly kind: 'timing'; readonly timing: Timing };

type Timed = Pick<
  PlanDefinitionAction & ActivityDefinition,
  'timingTiming' | 'timingDateTime' | 'timingPeriod' | 'timingDuration' | 'timingRange' | 'timingAge'
>;

const period = (start: string | undefined, end?: string): When => ({
  kind: 'period',
  period: { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) },
});

/** What the element timing[x] says of a plan that begins at `start`: durations and ranges count from there. */
export function whenOf(timed: Timed, start: string, now: string, patient: Patient | undefined): When | undefined {
  const { timingTiming, timingDateTime, timingPeriod, timingDuration, timingRange, timingAge } = timed;
  // Minutes and hours of a plan that begins today count from this moment.
  const from = now.startsWith(start) ? now : `${start}T00:00:00.000Z`;
  if (timingTiming) return { kind: 'timing', timing: timingTiming };
  if (timingDateTime) return period(timingDateTime, timingDateTime);
  if (timingPeriod) return { kind: 'period', period: timingPeriod };
  if (timingDuration) return period(start, later(from, timingDuration));
  if (timingRange)
    return period(
      timingRange.low ? later(from, timingRange.low) : start,
      timingRange.high && later(from, timingRange.high),
    );
  if (timingAge && patient?.birthDate) {
    const day = later(patient.birthDate, timingAge);
    return period(day, day);
  }
  return undefined;
}

/** What the relation to another action says, when it is known when that one happens. */
export function whenRelated(
  { relationship, offsetDuration, offsetRange }: PlanDefinitionActionRelatedAction,
  other: When | undefined,
  start: string,
): When | undefined {
  if (other?.kind !== 'period') return undefined;
  const [direction, edge = direction === 'after' ? 'end' : 'start'] = relationship.replace('-with', '').split('-');
  const from = edge === 'end' ? other.period.end : other.period.start;
  if (from === undefined) return undefined;
  const sign = direction === 'before' ? -1 : 1;
  const offset = offsetDuration ?? offsetRange?.high ?? offsetRange?.low;
  const end = offset ? later(from, offset, sign) : from;
  return period(end < start ? end : start, end);
}
