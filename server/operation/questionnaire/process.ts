/** The process that works on forms: a task in, searches out, and the JSON text of the result or what went wrong. */
import { layered, packagedDefinitions } from '../../../profiles/source.ts';
import { throughlineDefinitions } from '../../../profiles/throughline.ts';
import { fhirpathLibrary } from '../../../resources/fhirpath.ts';
import { stringifyJson } from '../../../resources/json.ts';
import { type Ask, workApart } from '../apart/child.ts';
import { sentDefinitions } from './definitions.ts';
import { extract } from './extract/extract.ts';
import { workOf } from './form-work.ts';
import type { Answer, Task } from './message.ts';
import { populate } from './populate/populate.ts';

async function answer(task: Task, ask: Ask): Promise<Answer> {
  try {
    const source = layered(sentDefinitions(task.definitions), throughlineDefinitions(), packagedDefinitions());
    const work = workOf(task, source, ask);
    const result = task.kind === 'populate' ? await populate(task, work) : await extract(task, work);
    return { kind: 'done', text: stringifyJson(result) };
  } catch (cause) {
    return { kind: 'failed', reason: cause instanceof Error ? cause.message : String(cause) };
  }
}

fhirpathLibrary();
workApart(answer);
