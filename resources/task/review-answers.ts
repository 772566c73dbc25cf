/**
 * A form that the client has answered is looked at: a Task for the coordinator, unless a rule of the form sees to it (a PHQ-9 has its score, its review and
 * its safety follow-up, the Hunger Vital Sign its referral, a low satisfaction its recovery). https://hl7.org/fhir/R4/questionnaireresponse.html
 */
import { patientIn, patientOf } from '../patient-reference.ts';
import { counted, instrumentOf } from '../questionnaire-response/counted.ts';
import { hungerVitalSign } from '../questionnaire-response/hunger-vital-sign.ts';
import { phq2 } from '../questionnaire-response/phq2.ts';
import { phq9 } from '../questionnaire-response/phq9.ts';
import { satisfaction } from '../questionnaire-response/satisfaction.ts';
import type { Facts, Reaction } from '../reaction.ts';
import type { AnyResource, QuestionnaireResponse, Task } from '../types.ts';
import { cancelled, clientTasks, dueIn, isOpen, newTask, noted, tasksAbout } from './care-task.ts';

const { answers: look } = clientTasks;
const SEEN_TO: readonly string[] = [phq9, phq2, hungerVitalSign].map(({ name }) => name);
const COUNTS: readonly string[] = ['completed', 'amended'];

const responseIn = (image: AnyResource | undefined): QuestionnaireResponse | undefined =>
  image as unknown as QuestionnaireResponse | undefined;

/** Whether the client has answered it (source, or author), it counts, and no other rule is made for it. */
function asksForLook(image: AnyResource | undefined): boolean {
  const response = responseIn(image);
  const patient = patientOf(image);
  if (!response || !patient || !COUNTS.includes(response.status)) return false;
  if (patientIn(response.source) !== patient && patientIn(response.author) !== patient) return false;
  return !SEEN_TO.includes(instrumentOf(image)?.name ?? '');
}

/** `dueDays`: so soon the answers are looked at. `recoveryTotal`: a satisfaction of so many points or less is seen to by the recovery. */
export const reviewAnswers = (settings: { readonly dueDays: number; readonly recoveryTotal: number }): Reaction => ({
  name: 'review-answers',
  on: 'QuestionnaireResponse?status=completed,amended',
  concerns: ({ before, after }) => asksForLook(before) || asksForLook(after),
  async derive(change, facts) {
    const { id, instant, before, after } = change;
    const patient = patientOf(after ?? before);
    if (!patient) return [];
    const focus = `QuestionnaireResponse/${id}`;
    const open = before ? (await tasksAbout(focus, [look], facts)).find(isOwn) : undefined;
    if (!asksForLook(after)) return open ? [cancelled(open, instant, 'The answers were taken back')] : [];
    if (asksForLook(before) && isSaidAlready(before, after)) return [];
    if (open) return noted(open, change, 'The answers were changed');
    if (await isSeenTo(after, settings.recoveryTotal, facts)) return [];
    const { questionnaire } = responseIn(after) ?? {};
    return [
      await newTask(look, patient, change, facts, {
        priority: 'routine',
        description: `The client has answered ${instrumentOf(after)?.title ?? questionnaire ?? 'a form'}: look at the answers.`,
        focus: { reference: focus },
        requester: { reference: patient },
        ...dueIn(instant, settings.dueDays),
      }),
    ];
  },
});

/** Not one that another rule has asked for, which says why. */
const isOwn = (task: Task): boolean => isOpen(task) && !task.reasonCode;

const isSaidAlready = (before: AnyResource | undefined, after: AnyResource | undefined): boolean =>
  JSON.stringify(responseIn(before)?.item) === JSON.stringify(responseIn(after)?.item);

/** An incomplete instrument has its Task to complete it, a low satisfaction its recovery; one of 19 or more says that all is well. */
async function isSeenTo(image: AnyResource | undefined, recoveryTotal: number, facts: Facts): Promise<boolean> {
  const form = await counted(image, facts);
  if (!form) return false;
  const { total, band } = form.score;
  if (total === undefined) return true;
  return form.instrument === satisfaction && (total <= recoveryTotal || band?.code === 'satisfied');
}
