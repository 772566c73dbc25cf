/** The statements of a session, one at a time, whatever its user awaits; none after its end. */
export interface Turns {
  /** Runs `operation` when those before it have ended, well or not. @throws Error after the end */
  inTurn<T>(operation: () => Promise<T>): Promise<T>;
  /** @throws Error after the end */
  requireOpen(): void;
  /** Takes no more operations and waits for those that were taken. */
  end(): Promise<void>;
}

export function turns(): Turns {
  let ended = false;
  let last: Promise<unknown> = Promise.resolve();

  function requireOpen(): void {
    if (ended) throw new Error('the transaction has ended');
  }

  return {
    requireOpen,
    async inTurn(operation) {
      requireOpen();
      const result = last.then(operation);
      last = result.catch(() => undefined);
      return result;
    },
    async end() {
      ended = true;
      await last;
    },
  };
}
