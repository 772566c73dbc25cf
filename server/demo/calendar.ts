/**
 * Days and times of a story. A `Day` is a whole number of days since 1970-01-01, so that dates add up as integers.
 * The practice keeps one clock, UTC-07:00, all the year round.
 */

export type Day = number;

const dayMs = 86_400_000;
const zone = '-07:00';

/** @throws RangeError when `date` is no calendar date of the form YYYY-MM-DD */
export function dayOf(date: string): Day {
  const day = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00Z`) / dayMs : Number.NaN;
  if (Number.isNaN(day) || dateOf(day) !== date)
    throw new RangeError(`until is ${date}; expected a calendar date such as 2026-11-01`);
  return day;
}

/** The FHIR date of a day: YYYY-MM-DD. */
export const dateOf = (day: Day): string => new Date(day * dayMs).toISOString().slice(0, 10);

/** The FHIR dateTime or instant that is `minute` minutes after midnight of `day`, by the clock of the practice. */
export function momentOf(day: Day, minute: number): string {
  const hours = String(Math.floor(minute / 60)).padStart(2, '0');
  const minutes = String(minute % 60).padStart(2, '0');
  return `${dateOf(day)}T${hours}:${minutes}:00${zone}`;
}

/** 0 for Sunday to 6 for Saturday; 1970-01-01 was a Thursday. */
const weekday = (day: Day): number => (((day + 4) % 7) + 7) % 7;

/** `day`, or the Friday before when it falls on a weekend. */
export function workdayUpTo(day: Day): Day {
  const name = weekday(day);
  return name === 6 ? day - 1 : name === 0 ? day - 2 : day;
}

/** `day`, or the Monday after when it falls on a weekend. */
export function workdayFrom(day: Day): Day {
  const name = weekday(day);
  return name === 6 ? day + 2 : name === 0 ? day + 1 : day;
}

/** Completed years of life on `day`; a year is 365.25 days, which is near enough for a choice by age. */
export const ageOn = (birth: Day, day: Day): number => Math.floor((day - birth) / 365.25);
