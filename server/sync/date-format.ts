/** Forms of dates as people write them: `MM/DD/YYYY hh:mm A`. Read and written by the same form. */
import type { Wall } from './zone.ts';

/** A date, with the time of day where the form has one. `fraction` is the digits behind the second. */
export interface Written extends Wall {
  readonly hasTime: boolean;
  readonly fraction?: string;
}

export interface DateFormat {
  readonly hasTime: boolean;
  /** Undefined where the text is not of the form, or no date. */
  read(text: string): Written | undefined;
  write(value: Written): string;
}

type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'fraction' | 'half';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

interface Token {
  readonly part: Part;
  readonly pattern: string;
  read(text: string): number;
  write(value: Written): string;
}

const two = (value: number): string => String(value).padStart(2, '0');
const plain = (part: Exclude<Part, 'fraction' | 'half'>, pattern: string, write: (value: number) => string): Token => ({
  part,
  pattern,
  read: Number,
  write: (value) => write(value[part]),
});
const twelve = (hour: number): number => (hour % 12 === 0 ? 12 : hour % 12);

/** Two digits of a year mean 1930 to 2029. */
const CENTURY_SPLIT = 30;
const fullYear = (short: number): number => (short < CENTURY_SPLIT ? 2000 : 1900) + short;

const TOKENS: Readonly<Record<string, Token>> = {
  YYYY: plain('year', '\\d{4}', (value) => String(value).padStart(4, '0')),
  YY: { ...plain('year', '\\d{2}', (value) => two(value % 100)), read: (text) => fullYear(Number(text)) },
  MMM: {
    ...plain('month', '[A-Za-z]{3}', (value) => MONTHS[value - 1] ?? ''),
    read: (text) => MONTHS.findIndex((each) => each.toLowerCase() === text.toLowerCase()) + 1,
  },
  MM: plain('month', '\\d{2}', two),
  M: plain('month', '\\d{1,2}', String),
  DD: plain('day', '\\d{2}', two),
  D: plain('day', '\\d{1,2}', String),
  HH: plain('hour', '\\d{2}', two),
  H: plain('hour', '\\d{1,2}', String),
  hh: plain('hour', '\\d{2}', (value) => two(twelve(value))),
  h: plain('hour', '\\d{1,2}', (value) => String(twelve(value))),
  mm: plain('minute', '\\d{2}', two),
  ss: plain('second', '\\d{2}', two),
  A: {
    part: 'half',
    pattern: '[AaPp][Mm]',
    read: (text) => (/^p/i.test(text) ? 12 : 0),
    write: ({ hour }) => (hour < 12 ? 'AM' : 'PM'),
  },
};

/** The longest names first. */
const TOKEN = /YYYY|YY|MMM|MM|M|DD|D|HH|H|hh|h|mm|ss|A/g;

/** @throws Error with a sentence when the form has no day, month and year or has one of them twice */
export function dateFormat(form: string): DateFormat {
  const tokens = (form.match(TOKEN) ?? []).flatMap((name) => TOKENS[name] ?? []);
  const parts = tokens.map(({ part }) => part);
  const missing = ['year', 'month', 'day'].filter((part) => !parts.includes(part as Part));
  if (missing.length > 0 || new Set(parts).size !== parts.length)
    throw new Error(
      `"${form}" is no form of a date; expected YYYY, MM and DD once each, with HH, mm, ss or hh, mm, A where there is a time`,
    );
  const literals = form.split(TOKEN);
  const escaped = literals.map((each) => each.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'));
  const pattern = new RegExp(
    `^${escaped.map((each, at) => each + (tokens[at] ? `(${tokens[at].pattern})` : '')).join('')}$`,
  );
  const hasTime = parts.includes('hour');
  return {
    hasTime,
    read(text) {
      const [, ...found] = pattern.exec(text) ?? [];
      if (found.length === 0) return undefined;
      const values = Object.fromEntries(tokens.map(({ part, read }, at) => [part, read(found[at] ?? '')]));
      const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, half } = values;
      const full = half === undefined ? hour : hour >= 1 && hour <= 12 ? (hour % 12) + half : 24;
      const written = { year, month, day, hour: full, minute, second, hasTime };
      return isReal(written) ? written : undefined;
    },
    write: (value) => literals.map((each, at) => each + (tokens[at]?.write(value) ?? '')).join(''),
  };
}

/** Whether the calendar has the day, and the clock the time. */
export function isReal({ year, month, day, hour, minute, second }: Wall): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  return (
    year >= 1 &&
    month >= 1 &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60
  );
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?$/;

/** `2026-05-01`, `2026-05-01 10:00`, `2026-05-01T10:00:00.250`. Written with a space, and with the time where there is one. */
export const isoFormat: DateFormat = {
  hasTime: true,
  read(text) {
    const [, year, month, day, hour, minute, second, fraction] = ISO.exec(text) ?? [];
    if (year === undefined) return undefined;
    const written = {
      year: Number(year),
      month: Number(month),
      day: Number(day),
      hour: Number(hour ?? 0),
      minute: Number(minute ?? 0),
      second: Number(second ?? 0),
      hasTime: hour !== undefined,
      ...(fraction === undefined || /^0+$/.test(fraction) ? {} : { fraction }),
    };
    return isReal(written) ? written : undefined;
  },
  write: (value) => `${dayText(value)}${value.hasTime ? ` ${timeText(value)}` : ''}`,
};

export const dayText = ({ year, month, day }: Wall): string =>
  `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;

export const timeText = ({ hour, minute, second, fraction }: Written): string =>
  `${two(hour)}:${two(minute)}:${two(second)}${fraction === undefined ? '' : `.${fraction}`}`;
