/** A Task that waited for a coordinator does not say so any more once it has an owner. https://hl7.org/fhir/R4/task.html */
import { searchValue } from '../patient-reference.ts';
import type { Reaction } from '../reaction.ts';
import type { AnyResource, Task } from '../types.ts';
import { type StoredTask, SYSTEM, WAITS } from './care-task.ts';

const waits = (image: AnyResource | undefined): boolean => {
  const task = image as unknown as Task | undefined;
  return task?.owner !== undefined && task.businessStatus?.text === WAITS;
};

export const takenUp: Reaction = {
  name: 'taken-up',
  on: `Task?code=${searchValue(SYSTEM)}|`,
  concerns: ({ after }) => waits(after),
  async derive({ after }) {
    const { businessStatus: _waits, ...task } = after as unknown as StoredTask;
    return [{ kind: 'put', resource: task }];
  },
};
