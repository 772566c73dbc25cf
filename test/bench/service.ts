/** The built server in a process of its own, started as an operator does, with its log going nowhere. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Service {
  readonly port: number;
  readonly pid: number;
  /** From the start of the process to the end of the first answer of `/metadata`. */
  readonly startMs: number;
  /** Asks it to stop and waits. @throws Error when it does not exit with 0 */
  stop(): Promise<void>;
}

const main = fileURLToPath(new URL('../../dist/server/main.js', import.meta.url));

/** The port in the line that the server prints when it serves; what it says later is passed on. @throws Error with what it said instead */
function portOf(child: ChildProcess): Promise<number> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    let serves = false;
    if (child.stderr)
      createInterface(child.stderr).on('line', (line) => {
        if (serves) console.error(`server: ${line}`);
        said.push(line);
        const port = /^Throughline serves .*?:(\d+)\/fhir/.exec(line)?.[1];
        serves ||= port !== undefined;
        if (port) resolve(Number(port));
      });
    child.once('exit', () => reject(new Error(`The server did not start. It said:\n${said.join('\n')}`)));
  });
}

/** `node` options go before the program: `--cpu-prof`; `set` is added to the environment: `{ RULES: 'off' }`. */
export async function startService(
  database: string,
  node: readonly string[] = [],
  set: Readonly<Record<string, string>> = {},
): Promise<Service> {
  const started = performance.now();
  const child = spawn(process.execPath, [...node, main, 'serve', '--port', '0', '--database', database], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production', ...set },
  });
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const port = await portOf(child);
  const answer = await fetch(`http://127.0.0.1:${port}/fhir/metadata`);
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`/metadata is answered with ${answer.status}`);
  const startMs = performance.now() - started;
  let stopping = false;
  child.once('exit', (code, signal) => {
    if (!stopping) console.error(`server: ended by itself with ${signal ?? code}`);
  });
  return {
    port,
    pid: child.pid ?? 0,
    startMs,
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      const [code] = await ended;
      if (code !== 0) throw new Error(`The server exited with ${code}`);
    },
  };
}
