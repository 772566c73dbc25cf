/** Days and durations of plans: the calendar, in UTC. https://hl7.org/fhir/R4/datatypes.html#Duration */
import { unprocessable } from '../../../resources/outcome.ts';
import type { Age, Duration } from '../../../resources/types.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Months of a unit of the calendar, milliseconds of any other; by UCUM code and by the words that people write. */
const MONTHS: Readonly<Record<string, number>> = { mo: 1, month: 1, months: 1, a: 12, year: 12, years: 12 };
const MILLISECONDS: Readonly<Record<string, number>> = {
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: HOUR_MS,
  hour: HOUR_MS,
  hours: HOUR_MS,
  d: DAY_MS,
  day: DAY_MS,
  days: DAY_MS,
  wk: 7 * DAY_MS,
  week: 7 * DAY_MS,
  weeks: 7 * DAY_MS,
};

export const dayOf = (instant: string): string => instant.slice(0, 10);

/**
 * `from` (a date, dateTime or instant) and the duration, or without it when `sign` is -1: a date, and an instant for minutes and hours. The end of a
 * shorter month stands for days that it does not have.
 * @throws FhirError 422, when the unit is none of time
 */
export function later(from: string, { value = 0, code, unit }: Duration | Age, sign: 1 | -1 = 1): string {
  const name = code ?? unit ?? 'd';
  const months = MONTHS[name];
  const milliseconds = MILLISECONDS[name];
  if (months !== undefined) return monthsLater(dayOf(from), sign * value * months);
  if (milliseconds === undefined)
    throw unprocessable(
      `The duration ${value} ${name} has no unit of time; expected min, h, d, wk, mo or a, as UCUM has them`,
    );
  const time = Date.parse(milliseconds < DAY_MS ? from : dayOf(from)) + sign * value * milliseconds;
  const instant = new Date(time).toISOString();
  return milliseconds < DAY_MS ? instant : dayOf(instant);
}

function monthsLater(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const whole = month - 1 + Math.round(months);
  const last = new Date(Date.UTC(year, whole + 1, 0)).getUTCDate();
  return dayOf(new Date(Date.UTC(year, whole, Math.min(date, last))).toISOString());
}

/** The next working days after `day`, Monday to Friday; which of them are holidays nobody has told this server. */
export function workingDaysAfter(day: string, count: number): readonly string[] {
  const days: string[] = [];
  for (let time = Date.parse(day) + DAY_MS; days.length < count; time += DAY_MS) {
    const weekday = new Date(time).getUTCDay();
    if (weekday !== 0 && weekday !== 6) days.push(dayOf(new Date(time).toISOString()));
  }
  return days;
}
