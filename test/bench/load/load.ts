/** The load generator, in a process of its own so that it takes no time from the server or the harness. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { KindResult, LoadResult, Plan } from './plan.ts';

export interface LoadGenerator {
  /** @throws Error when a connection breaks, or an answer says that the request failed */
  run(plan: Plan): Promise<LoadResult>;
  /** A plan of one kind. */
  runKind(plan: Plan): Promise<KindResult>;
  stop(): void;
}

function requireSuccess({ kinds }: LoadResult): void {
  for (const { name, failures } of kinds)
    if (Object.keys(failures).length > 0)
      throw new Error(`"${name}" was answered with failures, by status: ${JSON.stringify(failures)}`);
}

export function loadGenerator(): LoadGenerator {
  const worker = fork(fileURLToPath(new URL('worker.ts', import.meta.url)), { serialization: 'advanced' });

  async function run(plan: Plan): Promise<LoadResult> {
    worker.send(plan);
    const [message] = (await once(worker, 'message')) as [{ result?: LoadResult; error?: string }];
    if (!message.result) throw new Error(`The load generator failed: ${message.error}`);
    requireSuccess(message.result);
    return message.result;
  }

  return {
    run,
    async runKind(plan) {
      const [kind] = (await run(plan)).kinds;
      if (!kind) throw new Error('a plan of one kind has one result');
      return kind;
    },
    stop: () => void worker.kill(),
  };
}
