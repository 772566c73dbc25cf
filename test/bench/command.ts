/** A command of the built program in a process of its own, with its time and its memory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { residentMb } from './process-figures.ts';

const main = fileURLToPath(new URL('../../dist/server/main.js', import.meta.url));

/** Between two looks at the memory. */
const LOOK_MS = 250;

export interface Ran {
  readonly seconds: number;
  /** Megabytes, in the order of time. */
  readonly residentMb: readonly number[];
}

/** Runs `throughline` with arguments in a folder. @throws Error with what it said when it does not exit with 0 */
export async function runCommand(args: readonly string[], folder: string): Promise<Ran> {
  const started = performance.now();
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production', RULES: 'off' },
  });
  const said: string[] = [];
  child.stderr?.on('data', (chunk) => said.push(String(chunk)));
  const looks: number[] = [];
  const timer = setInterval(() => looks.push(residentMb(child.pid ?? 0)), LOOK_MS);
  const [code] = (await once(child, 'exit').finally(() => clearInterval(timer))) as [number | null];
  if (code !== 0) throw new Error(`throughline ${args.join(' ')} ended with ${code}. It said:\n${said.join('')}`);
  return { seconds: (performance.now() - started) / 1000, residentMb: looks };
}
