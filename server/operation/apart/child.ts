/** The other side of parent.ts: takes tasks one after another and answers each. It ends with the process that started it. */
import type { FromProcess, ToProcess } from './message.ts';

/** Asks the process that started this one. @throws Error with its reason */
export type Ask = (question: string) => Promise<string>;

/** Says `ready`, and does `work` on each task that comes. */
export function workApart<Task, Answer>(work: (task: Task, ask: Ask) => Answer | Promise<Answer>): void {
  const tell = (message: FromProcess<Answer>): void => void process.send?.(message);
  let hear: ((message: ToProcess<Task>) => void) | undefined;
  const ask: Ask = (question) =>
    new Promise((resolve, reject) => {
      hear = (message) => {
        if (message.kind === 'reply') resolve(message.text);
        else reject(new Error(message.kind === 'no reply' ? message.reason : 'another task came'));
      };
      tell({ kind: 'asks', question });
    });
  process.on('message', async (message: ToProcess<Task>) => {
    if (message.kind === 'task') tell({ kind: 'answers', answer: await work(message.task, ask) });
    else hear?.(message);
  });
  // Ctrl-C reaches every process of a terminal: the server finishes what it has begun, and this ends with it.
  process.on('SIGINT', () => undefined);
  tell({ kind: 'ready' });
}
