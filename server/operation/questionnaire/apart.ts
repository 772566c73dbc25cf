/**
 * Work with the expressions of forms in a process of its own, one task after another, with a limit of memory: what an author of forms writes neither
 * stops the server nor fills it. The process asks this one for what is stored; it is started by the first task, and again when one has used it up.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { tooLarge, unavailable, unprocessable } from '../../../resources/outcome.ts';
import type { FromProcess, Task, ToProcess } from './message.ts';

const MOST_MB = 256;
/** Callers who wait for others. */
const MOST_WAITING = 20;

/** Answers what the process asks: the text of a searchset or a resource. @throws when there is none */
export type Ask = (query: string) => Promise<string>;

export interface Apart {
  /**
   * The result of a task as JSON text.
   * @throws FhirError 422 when the task fails, 413 when it takes too much, 503 when too many wait
   */
  run(task: Task, ask: Ask): Promise<string>;
}

export function apart(): Apart {
  let child: Promise<ChildProcess> | undefined;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function carryOut(task: Task, ask: Ask): Promise<string> {
    child ??= started();
    const there = await child.catch((cause) => {
      child = undefined;
      throw cause;
    });
    const answer = await answered(there, task, ask);
    if (!answer) {
      child = undefined;
      throw tooLarge(`The form is too costly: its expressions take more than ${MOST_MB} MB of memory`);
    }
    if (answer.kind === 'failed') throw unprocessable(answer.reason.slice(0, 1_000));
    return answer.text;
  }
  return {
    async run(task, ask) {
      if (waiting >= MOST_WAITING) throw unavailable(`${waiting} forms wait to be worked on; try again later`);
      waiting += 1;
      const result = last.then(() => carryOut(task, ask));
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
  if ((first as FromProcess | undefined)?.kind !== 'ready') throw new Error('the process for forms does not start');
  rest(child);
  return child;
}

/** The server may end while the process waits. */
function rest(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
}

type Answer = Extract<FromProcess, { readonly kind: 'done' | 'failed' }>;

/** What the process says of a task, its questions answered meanwhile; undefined when it ended. */
async function answered(child: ChildProcess, task: Task, ask: Ask): Promise<Answer | undefined> {
  if (!child.connected) return undefined;
  child.channel?.ref();
  const tell = (message: ToProcess): void => {
    if (child.connected) child.send(message, () => undefined);
  };
  const ended = new AbortController();
  const end = (): void => ended.abort();
  child.once('disconnect', end);
  const messages = on(child, 'message', { signal: ended.signal });
  try {
    tell({ kind: 'task', task });
    for await (const [message] of messages as AsyncIterable<readonly [FromProcess]>) {
      if (message.kind === 'done' || message.kind === 'failed') return message;
      if (message.kind === 'asks') tell(await reply(message.query, ask));
    }
    return undefined;
  } catch (cause) {
    if (ended.signal.aborted) return undefined;
    throw cause;
  } finally {
    child.removeListener('disconnect', end);
    rest(child);
  }
}

/** What cannot be found is told to the process, which goes on without. */
async function reply(query: string, ask: Ask): Promise<ToProcess> {
  try {
    return { kind: 'found', text: await ask(query) };
  } catch (cause) {
    return { kind: 'not found', reason: cause instanceof Error ? cause.message : String(cause) };
  }
}
