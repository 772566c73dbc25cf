/** Starts a baseline in a process of its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Baseline {
  readonly port: number;
  readonly pid: number;
  stop(): void;
}

/** `content`: path and body of what it answers. */
export async function startBaseline(
  name: 'bare-http' | 'stock-express' | 'bare-socket',
  content: readonly (readonly [path: string, body: string])[],
): Promise<Baseline> {
  const child = fork(fileURLToPath(new URL(`${name}.ts`, import.meta.url)), {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  child.send(content);
  const [port] = (await once(child, 'message')) as [number];
  return { port, pid: child.pid ?? 0, stop: () => void child.kill() };
}
