/** The server in a process of its own, from the sources, so that a trial can kill it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Exit {
  /** Null when a signal ended it. */
  readonly code: number | null;
  /** What it wrote to standard error. */
  readonly said: string;
}

export interface ServerProcess {
  readonly port: number;
  /** Sends a signal. */
  signal(name: NodeJS.Signals): void;
  readonly exit: Promise<Exit>;
}

const main = fileURLToPath(new URL('../../server/main.ts', import.meta.url));

/** Settings that this process was started with must not reach the server under test. */
const SETTINGS =
  /^(PORT|HOST|DATABASE_URL|BASE_URL|WORKERS|LOG_LEVEL|[A-Z]+_ABOVE|MAX_[A-Z_]+|DEFAULT_COUNT|CORS_ORIGINS|OWN_DEFINITIONS)$/;

function spawned(options: readonly string[], environment: NodeJS.ProcessEnv): ChildProcess {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SETTINGS.test(name)));
  return spawn(process.execPath, ['--import', 'tsx', main, 'serve', ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...inherited, ...environment },
  });
}

function exitOf(child: ChildProcess, said: readonly string[]): Promise<Exit> {
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said: said.join('\n') })));
}

/** Starts a server on a free port. @throws Error with what it said when it does not serve */
export async function startServer(database: string, options: readonly string[] = []): Promise<ServerProcess> {
  const child = spawned(['--port', '0', '--database', database, ...options], {});
  const said: string[] = [];
  const exit = exitOf(child, said);
  const port = await new Promise<number>((resolve, reject) => {
    if (!child.stderr) return;
    createInterface(child.stderr).on('line', (line) => {
      said.push(line);
      const found = /^Throughline serves .*?:(\d+)\/fhir/.exec(line)?.[1];
      if (found) resolve(Number(found));
    });
    exit.then((ended) => reject(new Error(`The server did not start:\n${ended.said}`)), reject);
  });
  return { port, signal: (name) => void child.kill(name), exit };
}

/** Starts a server that is expected to end by itself; when it serves instead, it is ended, and its exit has no code. */
export function refusedStart(options: readonly string[], environment: NodeJS.ProcessEnv): Promise<Exit> {
  const child = spawned(options, { PORT: '0', ...environment });
  const said: string[] = [];
  const exit = exitOf(child, said);
  if (child.stderr)
    createInterface(child.stderr).on('line', (line) => {
      said.push(line);
      if (line.startsWith('Throughline serves')) child.kill('SIGKILL');
    });
  return exit;
}
