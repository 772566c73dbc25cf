/**
 * The values of cells of a workbook: which number formats are dates, and what day a serial number is. ECMA-376 part 1, 18.8.30 (number formats) and
 * 18.17.4 (dates and times).
 */

/** What a number format shows of a date. */
export type DateFormat = 'date' | 'time' | 'none';

/** Built-in formats that are dates or times; 27 to 36 and 50 to 58 are those of East Asian installations. */
function builtIn(id: number): DateFormat {
  if ((id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 58))
    return 'date';
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47)) return 'time';
  return 'none';
}

/** What a number format shows: by its id, and its code where it is no built-in one. */
export function dateFormat(id: number, code: string | undefined): DateFormat {
  if (code === undefined) return builtIn(id);
  // The first section counts. Quoted texts, escaped characters and conditions such as [Red] are no parts of a date; [h] is one.
  const bare = code
    .split(';', 1)
    .join('')
    .replace(/"[^"]*"|\\.|_.|\*./g, '')
    .replace(/\[(?!(?:h+|m+|s+)\])[^\]]*\]/gi, '')
    .toLowerCase();
  if (/[yd]/.test(bare)) return 'date';
  if (/[hs]/.test(bare)) return 'time';
  // Months alone: mmm, m.
  return /^[\s./-]*m+[\s./-]*$/.test(bare) ? 'date' : 'none';
}

const DAY_MS = 86_400_000;
const EPOCH_1900 = Date.UTC(1899, 11, 30);
const EPOCH_1904 = Date.UTC(1904, 0, 1);
/** 31 December 9999. */
const LAST_SERIAL = 2_958_466;

/**
 * The day, moment or time of a serial number: `2026-05-01`, `2026-05-01T09:30:00`, `09:30:00`; undefined when it is none. The system of 1900 counts a
 * 29 February 1900 that never was, so serials below 60 stand one day later than they seem, and 60 is no day.
 */
export function momentOfSerial(
  serial: number,
  format: Exclude<DateFormat, 'none'>,
  is1904: boolean,
): string | undefined {
  if (!Number.isFinite(serial) || serial < 0 || serial >= LAST_SERIAL) return undefined;
  const day = Math.floor(serial);
  // Serials are binary fractions of a day: to the second is what they can say.
  const seconds = Math.round((serial - day) * 86_400);
  if (day === 0 && (format === 'time' || seconds > 0)) return new Date(seconds * 1000).toISOString().slice(11, 19);
  if (!is1904 && (day === 60 || day === 0)) return undefined;
  const epoch = is1904 ? EPOCH_1904 : day < 60 ? EPOCH_1900 + DAY_MS : EPOCH_1900;
  const text = new Date(epoch + day * DAY_MS + seconds * 1000).toISOString();
  return seconds === 0 && format === 'date' ? text.slice(0, 10) : text.slice(0, 19);
}
