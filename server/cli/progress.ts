/** How far a command is: one line that is rewritten on a terminal, a line now and then elsewhere. Everything goes to stderr. */

/** What is counted. `bytes` are shown as such, everything else as a number with its name. */
export type ProgressUnit = 'bytes' | 'clients' | 'resources';

export interface Figures {
  /** Of `total`, in the unit of the progress. */
  readonly done: number;
  /** Resources written or read, of which the rate is made. */
  readonly resources: number;
  readonly failed: number;
}

export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressOptions {
  readonly unit: ProgressUnit;
  /** Undefined when it cannot be known, as for standard input. */
  readonly total?: number | undefined;
  readonly terminal?: Terminal;
  /** Milliseconds; for tests. */
  readonly clock?: () => number;
}

export interface Progress {
  update(figures: Figures): void;
  /** A line of its own, above the bar. */
  say(line: string): void;
  /** Removes the bar and gives the seconds since the start. */
  end(): number;
}

const TTY_MS = 100;
const PLAIN_MS = 10_000;
const BAR = 20;

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `1.2 GB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** `12,345`. */
export const numberText = (value: number): string => Math.round(value).toLocaleString('en-US');

/** `45 s`, `3:20 min`, `2:05 h`. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (value: number) => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)}:${two(whole % 60)} min`;
  return `${Math.floor(whole / 3600)}:${two(Math.floor((whole % 3600) / 60))} h`;
}

function barOf(share: number): string {
  const filled = Math.round(Math.min(1, share) * BAR);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}] `;
}

/** The line of a progress: bar, done of total, resources a second, time left, failures. */
export function progressLine(
  { done, resources, failed }: Figures,
  { unit, total }: ProgressOptions,
  seconds: number,
  bar: boolean,
): string {
  const text = unit === 'bytes' ? bytesText : numberText;
  const name = unit === 'bytes' ? '' : ` ${unit}`;
  const share = total ? done / total : undefined;
  const rate = seconds > 0 ? `${numberText(resources / seconds)}/s` : undefined;
  const left = share !== undefined && share > 0 && share < 1 ? (seconds * (1 - share)) / share : undefined;
  return [
    `${bar && share !== undefined ? barOf(share) : ''}${text(done)}${total === undefined ? '' : ` of ${text(total)}`}${name}`,
    ...(unit === 'resources' ? [] : [`${numberText(resources)} resources`]),
    ...(rate ? [rate] : []),
    ...(left === undefined ? [] : [`${durationText(left)} left`]),
    ...(failed > 0 ? [`${numberText(failed)} failed`] : []),
  ].join(', ');
}

export function progressOf(options: ProgressOptions): Progress {
  const { terminal = process.stderr, clock = Date.now } = options;
  const isTTY = terminal.isTTY === true;
  const started = clock();
  let shown = started;
  let drawn = false;
  const erase = () => {
    if (drawn) terminal.write('\r\x1b[K');
    drawn = false;
  };
  return {
    update(figures) {
      const now = clock();
      if (now - shown < (isTTY ? TTY_MS : PLAIN_MS)) return;
      shown = now;
      const line = progressLine(figures, options, (now - started) / 1000, isTTY);
      if (isTTY) {
        terminal.write(`\r\x1b[K${line.slice(0, (terminal.columns ?? 80) - 1)}`);
        drawn = true;
      } else terminal.write(`${line}\n`);
    },
    say(line) {
      erase();
      terminal.write(`${line}\n`);
    },
    end() {
      erase();
      return (clock() - started) / 1000;
    },
  };
}
