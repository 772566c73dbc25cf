/**
 * Expressions of clients, one after another in a process of their own that keeps a limit of time and of memory: neither a regular expression nor a
 * `repeat` stops the server. It is started by the first expression, and again when one has used up its memory.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { tooLarge, unavailable, unprocessable } from '../../../resources/outcome.ts';
import type { Task } from './evaluate.ts';
import type { Answer } from './process.ts';

const MOST_MB = 256;
/** Callers who wait for others. */
const MOST_WAITING = 20;

export interface Evaluator {
  /**
   * The results as JSON text: an array of parameters.
   * @throws FhirError 422 when the expression fails, 413 when it takes too long or too much, 503 when too many wait
   */
  evaluate(task: Task): Promise<string>;
}

export function evaluator(): Evaluator {
  let child: Promise<ChildProcess> | undefined;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function answerTo(task: Task): Promise<Answer> {
    child ??= started();
    const there = await child.catch((cause) => {
      child = undefined;
      throw cause;
    });
    const answer = await asked(there, task);
    if (answer) return answer;
    child = undefined;
    return { kind: 'too costly', reason: `it takes more than ${MOST_MB} MB of memory` };
  }
  async function run(task: Task): Promise<string> {
    const answer = await answerTo(task);
    const place = { expression: 'http.expression' };
    switch (answer.kind) {
      case 'results':
        return answer.text;
      case 'failed':
        throw unprocessable(`The expression cannot be evaluated: ${answer.reason.slice(0, 500)}`, place);
      case 'too costly':
        throw tooLarge(`The expression is too costly on this resource: ${answer.reason}`, place);
    }
  }
  return {
    async evaluate(task) {
      if (waiting >= MOST_WAITING) throw unavailable(`${waiting} expressions wait to be evaluated; try again later`);
      waiting += 1;
      const result = last.then(() => run(task));
      last = result.catch(() => undefined);
      return result.finally(() => {
        waiting -= 1;
      });
    },
  };
}

async function started(): Promise<ChildProcess> {
  // Its name ends as that of this module does: .ts under the tests, .js when built.
  const file = new URL(import.meta.url.endsWith('.ts') ? 'process.ts' : 'process.js', import.meta.url);
  const child = fork(fileURLToPath(file), {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [...process.execArgv, `--max-old-space-size=${MOST_MB}`],
  });
  const [first] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (first !== 'ready') throw new Error('the process for FHIRPath does not start');
  rest(child);
  return child;
}

/** The server may end while the process waits. */
function rest(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
}

/** What the process says of a task; undefined when it ended. */
async function asked(child: ChildProcess, task: Task): Promise<Answer | undefined> {
  if (!child.connected) return undefined;
  child.channel?.ref();
  const done = new AbortController();
  const { signal } = done;
  const message = once(child, 'message', { signal }).then(([answer]) => answer as Answer);
  const end = once(child, 'disconnect', { signal }).then(() => undefined);
  message.catch(() => undefined);
  end.catch(() => undefined);
  try {
    child.send(task);
    return await Promise.race([message, end]);
  } finally {
    done.abort();
    rest(child);
  }
}
