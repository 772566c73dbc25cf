/** What a response says about self-harm: an instrument by its safety item, our intake by its question about harm. */
import { intakeIn } from '../intake/intake.ts';
import { type Counted, counted, responsesTo } from '../questionnaire-response/counted.ts';
import { type ScoredAnswer, safetyAnswer } from '../questionnaire-response/score.ts';
import type { Facts } from '../reaction.ts';
import type { AnyResource, QuestionnaireResponse } from '../types.ts';

export interface SafetyForm {
  readonly response: QuestionnaireResponse;
  /** A sentence about the answer that asks for a follow-up; absent when none does. */
  readonly concern?: string;
  /** A sentence about the answer when it asks for nothing. */
  readonly told: string;
}

export const responsesWithSafety = responsesTo((instrument) => instrument.safety !== undefined);

/** Undefined for a response that does not count, or asks nothing about self-harm. */
export async function safetyIn(image: AnyResource | undefined, facts: Facts): Promise<SafetyForm | undefined> {
  const intake = intakeIn(image);
  if (intake) {
    const { response } = intake;
    const harm = intake.boolean('risk.harm');
    const told = `Intake${dayOf(response.authored)}: thoughts of hurting themselves or someone else`;
    if (harm) return { response, concern: `${told} were answered "Yes".`, told };
    return { response, told: `${told} were ${harm === undefined ? 'not answered' : 'answered "No"'}.` };
  }
  const form = await counted(image, facts);
  if (!form?.instrument.safety) return undefined;
  const answer = safetyAnswer(form.instrument, form.score);
  const told = toldOf(form);
  return { response: form.response, told, ...(answer ? { concern: answerText(answer, form) } : {}) };
}

const dayOf = (authored: string | undefined): string => (authored ? ` of ${authored.slice(0, 10)}` : '');

const answerText = ({ item, option }: ScoredAnswer, { instrument, response }: Counted): string =>
  `${instrument.title}${dayOf(response.authored)}: "${item.text.en}" (${item.code}) was answered "${option.display}".`;

function toldOf({ instrument, response, score }: Counted): string {
  const answer = score.answers.find(({ item }) => item.code === instrument.safety?.item);
  return `${instrument.title}${dayOf(response.authored)}: item ${instrument.safety?.item} was ${
    answer ? `answered "${answer.option.display}"` : 'not answered'
  }.`;
}
