/** The process that evaluates: a task in, the JSON text of its results or what went wrong out. */
import { createContext, Script } from 'node:vm';
import { fhirpathLibrary } from '../../../resources/fhirpath.ts';
import { stringifyJson } from '../../../resources/json.ts';
import { workApart } from '../apart/child.ts';
import { evaluate, type Task } from './evaluate.ts';

export type Answer =
  | { readonly kind: 'results'; readonly text: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'too costly'; readonly reason: string };

/** What one evaluation may take, in milliseconds. */
const LONGEST_MS = 2_000;
// Longer answers are of no use to a person, and take memory of the process that sends them.
const MOST_CHARACTERS = 5_000_000;

// The script is there for its time limit: it ends whatever runs inside it, regular expressions included.
const timed = new Script('run()');

function answer(task: Task): Answer {
  try {
    const context = createContext({ run: () => stringifyJson(evaluate(task)) });
    const text = timed.runInContext(context, { timeout: LONGEST_MS }) as string;
    if (text.length <= MOST_CHARACTERS) return { kind: 'results', text };
    return { kind: 'too costly', reason: `its results have ${text.length} characters` };
  } catch (cause) {
    // fhirpath.js throws text too.
    if (typeof cause !== 'object') return { kind: 'failed', reason: String(cause) };
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      return { kind: 'too costly', reason: `it takes more than ${LONGEST_MS / 1000} s` };
    return { kind: 'failed', reason: message };
  }
}

fhirpathLibrary();
workApart(answer);
