/** Who closes a safety follow-up says what was done: history keeps who wrote it and when, and without words nobody knows why. It is closed either way. */
import { issue } from '../outcome.ts';
import { searchValue } from '../patient-reference.ts';
import type { Reaction } from '../reaction.ts';
import type { Task } from '../types.ts';
import { careTasks, isOpen, SYSTEM } from './care-task.ts';

export const closing: Reaction = {
  name: 'safety-closing',
  on: `Task?code=${searchValue(SYSTEM)}|${careTasks.safety.code}`,
  async derive({ type, id, before, after }) {
    const [former, task] = [before, after] as unknown as (Task | undefined)[];
    if (!former || !isOpen(former) || (task && isOpen(task))) return [];
    const noted = (task?.note?.length ?? 0) > (former.note?.length ?? 0);
    if (task?.statusReason || task?.output || noted) return [];
    const text = `${type}/${id}, a safety follow-up, is closed without a word on what was done: expected statusReason, output or a further note`;
    return [
      {
        kind: 'issue',
        issue: issue('business-rule', text, {
          severity: 'warning',
          expression: 'Task.statusReason',
          rule: 'safety-closing',
        }),
      },
    ];
  },
};
