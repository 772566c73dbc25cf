/**
 * Safety: an answer about self-harm above "not at all" opens a Flag and a stat Task for the coordinator, whatever the total, unless they are open.
 * Only a person closes them: a later answer of "not at all" is noted on the Task. https://hl7.org/fhir/R4/flag.html
 */
import { responsesToIntake } from '../intake/intake.ts';
import { patientOf, searchValue } from '../patient-reference.ts';
import { type Derived, derivedId, type Facts, type Reacting, type Reaction } from '../reaction.ts';
import { careTasks, hoursAfter, isAbout, isOpen, newTask, noted, tasksOf } from '../task/care-task.ts';
import type { Flag } from '../types.ts';
import { responsesWithSafety, type SafetyForm, safetyIn } from './safety-form.ts';

const { safety: followUp } = careTasks;

const SAFETY = { system: 'http://terminology.hl7.org/CodeSystem/flag-category', code: 'safety', display: 'Safety' };
const SUICIDAL_THOUGHTS = { system: 'http://snomed.info/sct', code: '6471006', display: 'Suicidal thoughts (finding)' };
const DETAIL = 'http://hl7.org/fhir/StructureDefinition/flag-detail';

/** The two triggers of the rule: instruments with an item about self-harm, and the intake. `dueHours`: so soon the Task has to be done. */
export const safety = ({ dueHours }: { readonly dueHours: number }): readonly Reaction[] =>
  [responsesWithSafety, responsesToIntake].map((on) => ({
    name: 'safety',
    on,
    derive: (change, facts) => derive(change, facts, dueHours),
  }));

async function derive(change: Reacting, facts: Facts, dueHours: number): Promise<readonly Derived[]> {
  const { type, id, before, after, instant } = change;
  const patient = patientOf(after ?? before);
  if (!patient) return [];
  const form = await safetyIn(after, facts);
  const tasks = await tasksOf(patient, followUp, facts);
  const open = tasks.find(isOpen);
  if (!form?.concern)
    return open && (form || isAbout(open, type, id)) ? noted(open, change, otherwise(form, change)) : [];
  if (tasks.some((task) => isAbout(task, type, id)) && !(await wasNegative(change, facts))) return [];
  const flag = (await hasOpenFlag(patient, facts)) ? [] : [newFlag(form, patient, change)];
  const text = form.concern;
  if (open) return [...flag, ...noted(open, change, text)];
  const task = await newTask(followUp, patient, change, facts, {
    priority: 'stat',
    description: `${text} Speak with the client today.`,
    focus: { reference: `${type}/${id}` },
    ...(form.response.encounter ? { encounter: form.response.encounter } : {}),
    reasonCode: { text },
    restriction: { period: { start: instant, end: hoursAfter(instant, dueHours) } },
  });
  return [...flag, task];
}

/** What is noted about a response that raises no concern, or no longer. */
function otherwise(form: SafetyForm | undefined, { type, id, after }: Reacting): string {
  if (form) return `${form.told} This stays open until a person closes it.`;
  return `${type}/${id} ${after ? 'no longer counts' : 'was deleted'}. A person decides what that means here.`;
}

/** A response that raised no concern and now does is a new cause, even where a Task knows it. */
async function wasNegative({ before }: Reacting, facts: Facts): Promise<boolean> {
  const former = await safetyIn(before, facts);
  return former !== undefined && former.concern === undefined;
}

async function hasOpenFlag(patient: string, facts: Facts): Promise<boolean> {
  const flags = (await facts.find(`Flag?subject=${searchValue(patient)}`)) as unknown as readonly Flag[];
  return flags.some(
    ({ status, category = [] }) =>
      status === 'active' &&
      category.some(({ coding = [] }) =>
        coding.some(({ system, code }) => system === SAFETY.system && code === SAFETY.code),
      ),
  );
}

const newFlag = ({ response }: SafetyForm, patient: string, { type, id, after, instant }: Reacting): Derived => ({
  kind: 'put',
  resource: {
    resourceType: 'Flag',
    id: derivedId('safety-flag', patient, id, after?.meta?.versionId ?? ''),
    ...(after?.meta?.security ? { meta: { security: after.meta.security } } : {}),
    extension: [{ url: DETAIL, valueReference: { reference: `${type}/${id}` } }],
    status: 'active',
    category: [{ coding: [SAFETY] }],
    code: { coding: [SUICIDAL_THOUGHTS], text: 'Thoughts of self-harm reported in a questionnaire' },
    subject: { reference: patient },
    period: { start: response.authored ?? instant },
    ...(response.encounter ? { encounter: response.encounter } : {}),
  },
});
