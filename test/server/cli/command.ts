/** The commands as their user runs them: a process of their own, in a folder of their own. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Databases, databasesAt } from '../../databases.ts';
import { postgresServer } from '../../store-under-test.ts';

const MAIN = fileURLToPath(new URL('../../../server/main.ts', import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly ended: Promise<Ended>;
  /** Writes to standard input, which stays open. */
  write(text: string): void;
  end(): void;
  /** Resolves when stderr contains `text`. */
  says(text: string): Promise<void>;
  interrupt(): void;
}

export interface RunOptions {
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts `throughline` with arguments. */
export function start(args: readonly string[], { folder, environment = {} }: RunOptions): Running {
  const child = spawn(process.execPath, ['--import', TSX, MAIN, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, ...environment },
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
    for (const listener of listeners) listener();
  });
  // A command that has ended takes no more input.
  child.stdin.on('error', () => undefined);
  return {
    ended: new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    }),
    write: (text) => void child.stdin.write(text),
    end: () => void child.stdin.end(),
    says: (text) =>
      new Promise((resolve) => {
        const look = () => {
          if (!stderr.includes(text)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
      }),
    interrupt: () => void child.kill('SIGINT'),
  };
}

/** Runs `throughline` with arguments to its end. */
export async function throughline(args: readonly string[], options: RunOptions, input = ''): Promise<Ended> {
  const running = start(args, options);
  running.write(input);
  running.end();
  return running.ended;
}

/** A folder that is removed after `use`. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-cli-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** SQLite always, PostgreSQL when TEST_POSTGRES_URL names one. */
export const databasesUnderTest = (): readonly Databases[] =>
  ['sqlite', ...(postgresServer ? [postgresServer] : [])].map(databasesAt);
