/** How the old programs of the practice write things: codes of staff, American dates, phone numbers as they were typed. */
import { type Day, momentOf } from '../calendar.ts';
import { plain } from '../names.ts';
import type { Colleague } from '../practice.ts';
import type { Random } from '../random.ts';

/** The first letter of the given and three of the family name: `MONT` is Maribel Ontiveros. */
export const staffCode = ({ given, family }: Pick<Colleague, 'given' | 'family'>): string =>
  `${plain(given).slice(0, 1)}${plain(family).slice(0, 3)}`.toUpperCase();

/** `05/01/2026`. */
export const usDate = (date: string): string => `${date.slice(5, 7)}/${date.slice(8, 10)}/${date.slice(0, 4)}`;

/** `2026-05-01 09:30:00` by the clock of the practice. */
export const localTime = (moment: string): string => moment.slice(0, 19).replace('T', ' ');

/** When somebody of the practice last saved a row: in working hours of that day. */
export const savedOn = (day: Day, random: Random): string => localTime(momentOf(day, random.integer(8 * 60, 17 * 60)));

/** `+1 520-555-0123` as one of those who sit at the front desk would type it. */
export function typedPhone(phone: string, random: Random): string {
  const digits = phone.replace(/\D/g, '').slice(-10);
  const [area, exchange, line] = [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6)];
  return random.pick([
    digits,
    digits,
    `${area}-${exchange}-${line}`,
    `(${area}) ${exchange}-${line}`,
    `${exchange}-${line}`,
  ]);
}
