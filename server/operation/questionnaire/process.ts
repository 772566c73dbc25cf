/**
 * The process that works on forms: a task in, questions out, and the JSON text of the result or what went wrong. It ends with the process that
 * started it.
 */
import { layered, packagedDefinitions } from '../../../profiles/source.ts';
import { throughlineDefinitions } from '../../../profiles/throughline.ts';
import { fhirpathLibrary } from '../../../resources/fhirpath.ts';
import { stringifyJson } from '../../../resources/json.ts';
import { sentDefinitions } from './definitions.ts';
import { extract } from './extract/extract.ts';
import { workOf } from './form-work.ts';
import type { FromProcess, Task, ToProcess } from './message.ts';
import { populate } from './populate/populate.ts';

const tell = (message: FromProcess): void => void process.send?.(message);

let answer: ((message: ToProcess) => void) | undefined;

/** One question at a time. @throws Error with the reason when nothing is found */
function ask(query: string): Promise<string> {
  return new Promise((resolve, reject) => {
    answer = (message) => {
      if (message.kind === 'found') resolve(message.text);
      else reject(new Error(message.kind === 'not found' ? message.reason : 'another task came'));
    };
    tell({ kind: 'asks', query });
  });
}

async function carryOut(task: Task): Promise<void> {
  try {
    const source = layered(sentDefinitions(task.definitions), throughlineDefinitions(), packagedDefinitions());
    const work = workOf(task, source, ask);
    const result = task.kind === 'populate' ? await populate(task, work) : await extract(task, work);
    tell({ kind: 'done', text: stringifyJson(result) });
  } catch (cause) {
    tell({ kind: 'failed', reason: cause instanceof Error ? cause.message : String(cause) });
  }
}

process.on('message', (message: ToProcess) => {
  if (message.kind === 'task') void carryOut(message.task);
  else answer?.(message);
});
// Ctrl-C reaches every process of a terminal: the server finishes what it has begun, and this ends with it.
process.on('SIGINT', () => undefined);
fhirpathLibrary();
tell({ kind: 'ready' });
