/**
 * Work on what clients write (expressions, forms) in a process of its own, one task after another, with a limit of memory: neither a regular expression
 * nor a `repeat` stops the server or fills it. The process is started by the first task, and again when one has used up its memory.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { unavailable } from '../../../resources/outcome.ts';
import type { FromProcess, ToProcess } from './message.ts';

export const MOST_MB = 256;
/** Callers who wait for others, each for some milliseconds. */
const MOST_WAITING = 100;

/** Answers what the process asks meanwhile. @throws Error with a reason, which the process is told */
export type Reply = (question: string) => Promise<string>;

export interface Apart<Task, Answer> {
  /** Undefined when the process ended over the task: it took more than MOST_MB of memory. @throws FhirError 503 when too many wait */
  run(task: Task, reply?: Reply): Promise<Answer | undefined>;
}

/**
 * @param file the module that the process runs (see child.ts)
 * @param what its tasks in the plural, for messages: `expressions`
 */
export function apart<Task, Answer>(file: URL, what: string): Apart<Task, Answer> {
  let child: Promise<ChildProcess> | undefined;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function carryOut(task: Task, reply: Reply): Promise<Answer | undefined> {
    child ??= started(file, what);
    const there = await child.catch((cause) => {
      child = undefined;
      throw cause;
    });
    const answer = await answered<Task, Answer>(there, task, reply);
    if (!answer) child = undefined;
    return answer?.answer;
  }
  return {
    async run(task, reply = noReply) {
      if (waiting >= MOST_WAITING) throw unavailable(`${waiting} ${what} wait for others; try again later`);
      waiting += 1;
      const result = last.then(() => carryOut(task, reply));
      last = result.catch(() => undefined);
      return result.finally(() => {
        waiting -= 1;
      });
    },
  };
}

const noReply: Reply = async (question) => {
  throw new Error(`${question} is not answered`);
};

async function started(file: URL, what: string): Promise<ChildProcess> {
  const child = fork(fileURLToPath(file), {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [...process.execArgv, `--max-old-space-size=${MOST_MB}`],
  });
  const [first] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if ((first as FromProcess<unknown> | null)?.kind !== 'ready')
    throw new Error(`the process for ${what} does not start`);
  rest(child);
  return child;
}

/** The server may end while the process waits. */
function rest(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
}

/** What the process says of a task; undefined when it ended. */
async function answered<Task, Answer>(
  child: ChildProcess,
  task: Task,
  reply: Reply,
): Promise<{ readonly answer: Answer } | undefined> {
  if (!child.connected) return undefined;
  child.channel?.ref();
  // A process that has ended meanwhile is told by its `disconnect`.
  const tell = (message: ToProcess<Task>): void => void child.send(message as never, () => undefined);
  const ended = new AbortController();
  const end = (): void => ended.abort();
  child.once('disconnect', end);
  try {
    const messages = on(child, 'message', { signal: ended.signal });
    tell({ kind: 'task', task });
    for await (const [message] of messages as AsyncIterable<readonly [FromProcess<Answer>]>) {
      if (message.kind === 'answers') return message;
      if (message.kind === 'asks') tell(await replied(message.question, reply));
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

async function replied(question: string, reply: Reply): Promise<ToProcess<never>> {
  try {
    return { kind: 'reply', text: await reply(question) };
  } catch (cause) {
    return { kind: 'no reply', reason: cause instanceof Error ? cause.message : String(cause) };
  }
}
