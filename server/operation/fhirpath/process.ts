/** The process that evaluates: a task in, the JSON text of its results or what went wrong out. */
import { fhirpathLibrary } from '../../../resources/fhirpath.ts';
import { stringifyJson } from '../../../resources/json.ts';
import { OutOfTime, TimeBudget } from '../../../resources/time-budget.ts';
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

function answer(task: Task): Answer {
  try {
    const text = new TimeBudget(LONGEST_MS, LONGEST_MS).run(() => stringifyJson(evaluate(task)));
    if (text.length <= MOST_CHARACTERS) return { kind: 'results', text };
    return { kind: 'too costly', reason: `its results have ${text.length} characters` };
  } catch (cause) {
    if (cause instanceof OutOfTime) return { kind: 'too costly', reason: cause.message };
    // fhirpath.js throws text too.
    return { kind: 'failed', reason: cause instanceof Error ? cause.message : String(cause) };
  }
}

fhirpathLibrary();
workApart(answer);
