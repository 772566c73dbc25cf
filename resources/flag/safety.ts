/**
 * Safety: an answer about self-harm above "not at all" opens a Flag and a stat Task for the coordinator, whatever the total, unless they are open.
 * Only a person closes them: a later answer of "not at all" is noted on the Task. https://hl7.org/fhir/R4/flag.html
 */
import { patientOf, searchValue } from '../patient-reference.ts';
import { type Counted, counted, responsesTo } from '../questionnaire-response/counted.ts';
import { type ScoredAnswer, safetyAnswer } from '../questionnaire-response/score.ts';
import { type Derived, derivedId, type Facts, type Reacting, type Reaction } from '../reaction.ts';
import { careTasks, hoursAfter, isAbout, isOpen, newTask, noted, tasksOf } from '../task/care-task.ts';
import type { Flag } from '../types.ts';

const { safety: followUp } = careTasks;

const SAFETY = { system: 'http://terminology.hl7.org/CodeSystem/flag-category', code: 'safety', display: 'Safety' };
const SUICIDAL_THOUGHTS = { system: 'http://snomed.info/sct', code: '6471006', display: 'Suicidal thoughts (finding)' };
const DETAIL = 'http://hl7.org/fhir/StructureDefinition/flag-detail';

/** `dueHours`: so soon the Task has to be done. */
export const safety = ({ dueHours }: { readonly dueHours: number }): Reaction => ({
  name: 'safety',
  on: responsesTo((instrument) => instrument.safety !== undefined),
  async derive(change, facts) {
    const { type, id, before, after } = change;
    const patient = patientOf(after ?? before);
    if (!patient) return [];
    const tasks = await tasksOf(patient, followUp, facts);
    const open = tasks.find(isOpen);
    const form = await counted(after, facts);
    const answer = form && safetyAnswer(form.instrument, form.score);
    if (!form || !answer)
      return open && (form || isAbout(open, type, id)) ? noted(open, change, otherwise(form, change)) : [];
    if (tasks.some((task) => isAbout(task, type, id)) && !(await wasNegative(change, facts))) return [];
    const flag = (await hasOpenFlag(patient, facts)) ? [] : [newFlag(form, patient, change)];
    const text = answerText(answer, form);
    if (open) return [...flag, ...noted(open, change, text)];
    const task = await newTask(followUp, patient, change, facts, {
      priority: 'stat',
      description: `${text} Speak with the client today.`,
      focus: { reference: `${type}/${id}` },
      ...(form.response.encounter ? { encounter: form.response.encounter } : {}),
      reasonCode: { text },
      restriction: { period: { start: change.instant, end: hoursAfter(change.instant, dueHours) } },
    });
    return [...flag, task];
  },
});

const answerText = ({ item, option }: ScoredAnswer, { instrument, response }: Counted): string =>
  `${instrument.title}${dayOf(response.authored)}: "${item.text.en}" (${item.code}) was answered "${option.display}".`;

const dayOf = (authored: string | undefined): string => (authored ? ` of ${authored.slice(0, 10)}` : '');

/** What is noted about a response that raises no concern, or no longer. */
function otherwise(form: Counted | undefined, { type, id, after }: Reacting): string {
  if (!form)
    return `${type}/${id} ${after ? 'no longer counts' : 'was deleted'}. A person decides what that means here.`;
  const { instrument, response, score } = form;
  const answer = score.answers.find(({ item }) => item.code === instrument.safety?.item);
  return `${instrument.title}${dayOf(response.authored)}: item ${instrument.safety?.item} was ${
    answer ? `answered "${answer.option.display}"` : 'not answered'
  }. This stays open until a person closes it.`;
}

/** A response that raised no concern and now does is a new cause, even where a Task knows it. */
async function wasNegative({ before }: Reacting, facts: Facts): Promise<boolean> {
  const former = await counted(before, facts);
  return former !== undefined && safetyAnswer(former.instrument, former.score) === undefined;
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

const newFlag = ({ response }: Counted, patient: string, { type, id, after, instant }: Reacting): Derived => ({
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
