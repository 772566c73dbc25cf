/** What was not written and why, a JSON line each: where it stands, which resource it is, the status and the issues; never its content. */
import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { sentenceOf } from '../sentence.ts';
import type { Failure } from './carry-out.ts';
import type { Source } from './sources.ts';

export interface FailureFile {
  add(source: Source, failures: readonly Failure[]): void;
  /** Removes the file when there is nothing in it; true when something is, also from before a resumption. */
  close(): boolean;
}

interface Line {
  readonly source: string;
  readonly line: number;
  readonly status: number;
}

const isLine = (value: unknown): value is Line =>
  typeof value === 'object' && value !== null && 'source' in value && 'line' in value && 'status' in value;

/** Another file of that name is not ours to empty. */
function requireOurs(path: string): void {
  let text: string;
  try {
    if (statSync(path).size === 0) return;
    text = readFileSync(path, 'utf8');
  } catch {
    return;
  }
  let first: unknown;
  try {
    first = JSON.parse(text.slice(0, text.indexOf('\n')));
  } catch {
    first = undefined;
  }
  if (!isLine(first))
    throw new Error(`${path} exists and is not a list of failures; name another file with --failures`);
}

/** @throws Error with a sentence when the file cannot be written */
export function openFailureFile(path: string, resume: boolean): FailureFile {
  requireOurs(path);
  let file: number;
  try {
    file = openSync(path, resume ? 'a' : 'w', 0o600);
  } catch (cause) {
    throw new Error(`The list of failures cannot be written: ${sentenceOf(cause)}; name another file with --failures`, {
      cause,
    });
  }
  return {
    add(source, failures) {
      for (const { place, type, id, status, issues } of failures) {
        const entry = place.part > 0 ? { entry: place.part } : {};
        const value = { source: source.name, line: place.line, ...entry, type, id, status, issues };
        writeSync(file, `${JSON.stringify(value)}\n`);
      }
    },
    close() {
      closeSync(file);
      const isEmpty = statSync(path).size === 0;
      if (isEmpty) rmSync(path);
      return !isEmpty;
    },
  };
}
