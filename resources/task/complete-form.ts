/**
 * An incomplete form makes a Task to complete it, and a screening that asks for a longer form one to answer that. A complete response closes the Task,
 * and one that is taken back cancels the Task that it made.
 */
import { patientOf, searchValue } from '../patient-reference.ts';
import { type Counted, counted, responsesTo } from '../questionnaire-response/counted.ts';
import { instrumentFor } from '../questionnaire-response/index.ts';
import { type Instrument, LOINC } from '../questionnaire-response/instrument.ts';
import { nextInstrument } from '../questionnaire-response/score.ts';
import type { Derived, Facts, Reacting, Reaction } from '../reaction.ts';
import type { Observation, Task } from '../types.ts';
import { cancelled, careTasks, completed, isOpen, newTask, tasksOf } from './care-task.ts';

const { completeForm: complete } = careTasks;

export const completeForm: Reaction = {
  name: 'complete-form',
  on: responsesTo(),
  async derive(change, facts) {
    const { type, id, before, after, instant } = change;
    const patient = patientOf(after ?? before);
    if (!patient) return [];
    const tasks = await tasksOf(patient, complete, facts);
    const open = tasks.filter(isOpen);
    const reference = `${type}/${id}`;
    const form = await counted(after, facts);
    const asked = form && (await asksFor(form, patient, facts));
    const done = form?.score.total === undefined ? undefined : form.instrument;
    const closed = open.flatMap((task): Derived[] => {
      if (done && asks(task) === done)
        return [completed(task, instant, { type: { text: 'response' }, valueReference: { reference } })];
      const isObsolete = task.focus?.reference === reference && asks(task) !== asked;
      return isObsolete ? [cancelled(task, instant, 'The response that asked for it was taken back or changed')] : [];
    });
    if (!form || !asked || open.some((task) => asks(task) === asked)) return closed;
    const isKnown = tasks.some((task) => task.focus?.reference === reference && asks(task) === asked);
    if (isKnown && (await askedBefore(change, patient, facts)) === asked) return closed;
    const text =
      asked === form.instrument
        ? `The response has no total: ${form.score.missing.length} items have no answer that counts`
        : `${form.instrument.title} asks for it with a total of ${form.score.total}`;
    const task = await newTask(complete, patient, change, facts, {
      priority: 'asap',
      description: `Complete the ${asked.title}`,
      focus: { reference },
      reasonCode: { text },
      input: [{ type: { text: 'questionnaire' }, valueCanonical: asked.canonicals[0] }],
    });
    return [...closed, task];
  },
};

/** The instrument that is asked for after a response: the same one when it is incomplete, the longer one after a positive screening. */
async function asksFor(form: Counted, patient: string, facts: Facts): Promise<Instrument | undefined> {
  const { instrument, response, score } = form;
  if (score.total === undefined) return instrument;
  const next = instrumentFor(nextInstrument(instrument, score));
  return next && !(await isAnswered(next, patient, response.authored, facts)) ? next : undefined;
}

const askedBefore = async ({ before }: Reacting, patient: string, facts: Facts): Promise<Instrument | undefined> => {
  const former = await counted(before, facts);
  return former && asksFor(former, patient, facts);
};

/** Whether there is a total of the instrument from the day of `since` or later. */
async function isAnswered(
  { total }: Instrument,
  patient: string,
  since: string | undefined,
  facts: Facts,
): Promise<boolean> {
  if (since === undefined) return false;
  const code = `${searchValue(total.system ?? LOINC)}|${total.code}`;
  const search = `Observation?subject=${searchValue(patient)}&code=${code}&status=final,amended&date=ge${since.slice(0, 10)}`;
  return ((await facts.find(search)) as unknown as readonly Observation[]).some((each) => !each.dataAbsentReason);
}

/** The instrument that a Task asks for. */
const asks = ({ input = [] }: Task): Instrument | undefined =>
  instrumentFor(input.find(({ valueCanonical }) => valueCanonical !== undefined)?.valueCanonical);
