/** What the doctor found: one line each, and what to do about it when something is to be done. */

export interface Finding {
  /** What was looked at: `node`, `schema`, `free disk`. */
  readonly check: string;
  readonly level: 'ok' | 'warn' | 'fail';
  /** What was found. */
  readonly what: string;
  /** What to do about it. */
  readonly advice?: string;
  /** The figures, for `--json`. */
  readonly details?: Readonly<Record<string, unknown>>;
}

type Details = Finding['details'];

export const ok = (check: string, what: string, details?: Details): Finding => ({
  check,
  level: 'ok',
  what,
  ...(details ? { details } : {}),
});

const trouble =
  (level: 'warn' | 'fail') =>
  (check: string, what: string, advice: string, details?: Details): Finding => ({
    check,
    level,
    what,
    advice,
    ...(details ? { details } : {}),
  });

/** It works, and somebody should look at it. */
export const warn = trouble('warn');
/** It does not work. */
export const fail = trouble('fail');

export const lineOf = ({ level, check, what, advice }: Finding): string =>
  `${level.padEnd(4)}  ${check}: ${what}${advice ? ` — ${advice}` : ''}`;
