/** Forms populated and extracted in the process that keeps limits of memory (../apart): their authors write expressions. */
import { tooLarge } from '../../../resources/outcome.ts';
import { apart, MOST_MB, type Reply } from '../apart/parent.ts';
import type { Answer, Task } from './message.ts';

export interface Forms {
  /**
   * The result of a task as JSON text; `reply` answers the searches of the form.
   * @throws FhirError 413 when it takes too much, 503 when too many wait
   */
  run(task: Task, reply: Reply): Promise<string>;
}

export function forms(): Forms {
  // Its name ends as that of this module does: .ts under the tests, .js when built.
  const file = new URL(import.meta.url.endsWith('.ts') ? 'process.ts' : 'process.js', import.meta.url);
  const process = apart<Task, Answer>(file, 'forms');
  return {
    async run(task, reply) {
      const answer = await process.run(task, reply);
      if (!answer) throw tooLarge(`The form is too costly: its expressions take more than ${MOST_MB} MB of memory`);
      // What is wrong with a form is among its issues.
      if (answer.kind === 'failed') throw new Error(`a form cannot be worked on: ${answer.reason}`);
      return answer.text;
    },
  };
}
