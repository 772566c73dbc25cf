/** Ctrl-C for commands that write: the first asks for a stop after what is under way, the second ends at once. */

export interface Interruption {
  readonly signal: AbortSignal;
  /** 130 after SIGINT, 143 after SIGTERM, as shells have it. */
  readonly exitCode: number;
  /** Gives the signals back. */
  end(): void;
}

const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Listens until `end`; `say` is called once, when the stop begins. */
export function interruption(say: () => void): Interruption {
  const controller = new AbortController();
  let exitCode: number = CODES.SIGINT;
  const stop = (name: NodeJS.Signals) => {
    exitCode = CODES[name as keyof typeof CODES] ?? exitCode;
    if (controller.signal.aborted) process.exit(exitCode);
    controller.abort();
    say();
  };
  const names = Object.keys(CODES) as (keyof typeof CODES)[];
  for (const name of names) process.on(name, stop);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    end() {
      for (const name of names) process.off(name, stop);
    },
  };
}
