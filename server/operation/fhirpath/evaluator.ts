/** Expressions of clients, evaluated in the process that keeps limits of time and of memory (../apart). */
import { tooLarge, unprocessable } from '../../../resources/outcome.ts';
import { apart, MOST_MB } from '../apart/parent.ts';
import type { Task } from './evaluate.ts';
import type { Answer } from './process.ts';

export interface Evaluator {
  /**
   * The results as JSON text: an array of parameters.
   * @throws FhirError 422 when the expression fails, 413 when it takes too long or too much, 503 when too many wait
   */
  evaluate(task: Task): Promise<string>;
}

/** One process for all that this one serves: whoever may send an expression to one operation may send it to another. */
export const clientExpressions: Evaluator = evaluator();

function evaluator(): Evaluator {
  // Its name ends as that of this module does: .ts under the tests, .js when built.
  const file = new URL(import.meta.url.endsWith('.ts') ? 'process.ts' : 'process.js', import.meta.url);
  const expressions = apart<Task, Answer>(file, 'expressions');
  return {
    async evaluate(task) {
      const answer = (await expressions.run(task)) ?? OUT_OF_MEMORY;
      const place = { expression: 'http.expression' };
      switch (answer.kind) {
        case 'results':
          return answer.text;
        case 'failed':
          throw unprocessable(`The expression cannot be evaluated: ${answer.reason.slice(0, 500)}`, place);
        case 'too costly':
          throw tooLarge(`The expression is too costly on this resource: ${answer.reason}`, place);
      }
    },
  };
}

const OUT_OF_MEMORY: Answer = { kind: 'too costly', reason: `it takes more than ${MOST_MB} MB of memory` };
