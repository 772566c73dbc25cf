/** Wall clocks and instants of a time zone, by the zone data of the platform. */

/** What a clock on the wall shows; `millisecond` apart, as text it is `YYYY-MM-DD HH:mm:ss`. */
export interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

export interface Zone {
  readonly name: string;
  /** Minutes east of UTC at an instant, in milliseconds since the epoch. */
  offsetAt(instant: number): number;
  /** The instant at which the wall shows this: the first where it does so twice; undefined where it never does. */
  instantOf(wall: Wall): number | undefined;
  wallAt(instant: number): Wall;
}

const MINUTE_MS = 60_000;
/** Offsets change at whole quarters of an hour. */
const QUARTER_MS = 15 * MINUTE_MS;
/** Quarters that are remembered; beyond it the memory begins anew. */
const MOST_REMEMBERED = 20_000;

const numberOf = ({ year, month, day, hour, minute, second }: Wall): number =>
  Date.UTC(year, month - 1, day, hour, minute, second);

function wallOf(milliseconds: number): Wall {
  const date = new Date(milliseconds);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}

export const utc: Zone = { name: 'UTC', offsetAt: () => 0, instantOf: numberOf, wallAt: wallOf };

/** @throws RangeError when the platform knows no such zone */
export function zoneOf(name: string): Zone {
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const remembered = new Map<number, number>();
  const computed = (instant: number): number => {
    const parts = Object.fromEntries(formatter.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const shown = Date.UTC(
      parts.year ?? 0,
      (parts.month ?? 1) - 1,
      parts.day ?? 1,
      parts.hour ?? 0,
      parts.minute ?? 0,
      parts.second ?? 0,
    );
    return Math.round((shown - instant) / MINUTE_MS);
  };
  const offsetAt = (instant: number): number => {
    const quarter = Math.floor(instant / QUARTER_MS);
    const known = remembered.get(quarter);
    if (known !== undefined) return known;
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    const offset = computed(quarter * QUARTER_MS);
    remembered.set(quarter, offset);
    return offset;
  };
  return {
    name,
    offsetAt,
    instantOf(wall) {
      const shown = numberOf(wall);
      // The offsets of a day before and after are all that can hold; the greater comes first on the clock.
      const offsets = new Set([offsetAt(shown - 24 * 3_600_000), offsetAt(shown + 24 * 3_600_000)]);
      const instants = [...offsets].map((offset) => shown - offset * MINUTE_MS).sort((a, b) => a - b);
      return instants.find((instant) => instant + offsetAt(instant) * MINUTE_MS === shown);
    },
    wallAt: (instant) => wallOf(instant + offsetAt(instant) * MINUTE_MS),
  };
}

/** `-05:00`. */
export function offsetText(minutes: number): string {
  const absolute = Math.abs(minutes);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(absolute / 60))}:${two(absolute % 60)}`;
}
