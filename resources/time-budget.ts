/**
 * Work that is ended when it takes too long: what a client or an author of forms has written may take any time, and nothing else in this process
 * goes on meanwhile.
 */
import { type Context, createContext, Script } from 'node:vm';

// The script is there for its time limit: it ends whatever runs inside it, regular expressions included.
const timed = new Script('run()');
// Made when it is first needed: most starts of the program need none.
let context: Context | undefined;

/** Work that took longer than there was. */
export class OutOfTime extends Error {}

export class TimeBudget {
  readonly #eachMs: number;
  readonly #totalMs: number;
  #spentMs = 0;

  /** @param eachMs what one piece of work may take @param totalMs what all of them may take together; both in milliseconds */
  constructor(eachMs: number, totalMs: number) {
    this.#eachMs = eachMs;
    this.#totalMs = totalMs;
  }

  get isSpent(): boolean {
    return this.#spentMs >= this.#totalMs;
  }

  /** The result of `work`, which does not wait for anything. @throws OutOfTime when it takes longer than there is; whatever `work` throws */
  run<T>(work: () => T): T {
    if (this.isSpent) throw new OutOfTime(`all expressions together take more than ${this.#totalMs / 1000} s`);
    const timeout = Math.max(1, Math.ceil(Math.min(this.#eachMs, this.#totalMs - this.#spentMs)));
    const begun = performance.now();
    context ??= createContext({});
    const outer: unknown = context.run;
    context.run = work;
    let least = 0;
    try {
      // The script does nothing but call `work`.
      return timed.runInContext(context, { timeout }) as T;
    } catch (error) {
      if ((error as NodeJS.ErrnoException | null)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      // The limit has a clock of its own, which may be a little ahead of ours.
      least = timeout;
      throw new OutOfTime(`it takes more than ${timeout} ms`);
    } finally {
      context.run = outer;
      this.#spentMs += Math.max(least, performance.now() - begun);
    }
  }
}
