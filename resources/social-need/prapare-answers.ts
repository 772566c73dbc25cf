/**
 * The answers of a response to PRAPARE. A question is known by the code that the stored Questionnaire gives it, or else by the end of its linkId, as in
 * `/93042-0/71802-3`. https://hl7.org/fhir/R4/questionnaireresponse.html
 */
import { issue } from '../outcome.ts';
import { searchValue } from '../patient-reference.ts';
import { questionnaireOf } from '../questionnaire-response/counted.ts';
import { codesByLinkId } from '../questionnaire-response/identify-item.ts';
import { LOINC } from '../questionnaire-response/instrument.ts';
import { readAnswer } from '../questionnaire-response/read-answer.ts';
import { answeredItems } from '../questionnaire-response/score.ts';
import type { Derived, Facts } from '../reaction.ts';
import { parseCanonical } from '../reference.ts';
import type { AnyResource, Coding, QuestionnaireResponse } from '../types.ts';
import type { Domain } from './domain.ts';
import { PRAPARE, type PrapareQuestion, prapareQuestions, UNANSWERED } from './prapare.ts';

export const responsesToPrapare = `QuestionnaireResponse?questionnaire=${PRAPARE.map(searchValue).join(',')}`;

/** What was answered to a question: what is understood, and whether all of it is. */
interface Given {
  readonly question: PrapareQuestion;
  readonly codings: Coding[];
  isDoubted: boolean;
}

export interface PrapareAnswers {
  readonly response: QuestionnaireResponse;
  readonly given: ReadonlyMap<string, Readonly<Given>>;
  /** A warning for each answer that is not understood. */
  readonly unknown: readonly Derived[];
}

/** Whatever its status. */
export const isPrapare = (image: AnyResource | undefined): boolean => {
  const { questionnaire } = (image as unknown as QuestionnaireResponse | undefined) ?? {};
  return questionnaire !== undefined && PRAPARE.includes(parseCanonical(questionnaire).url);
};

/** The answers of a response that counts: completed or amended. */
export async function prapareIn(image: AnyResource | undefined, facts: Facts): Promise<PrapareAnswers | undefined> {
  if (!isPrapare(image)) return undefined;
  const response = image as unknown as QuestionnaireResponse;
  if (response.status !== 'completed' && response.status !== 'amended') return undefined;
  const codes = codesByLinkId(await questionnaireOf(response, facts));
  const given = new Map<string, Given>();
  const unknown: Derived[] = [];
  for (const { item, path } of answeredItems(response.item ?? [], 'QuestionnaireResponse')) {
    const question = questionOf([...(codes.get(item.linkId) ?? []), lastPart(item.linkId)]);
    if (!question) continue;
    const known = given.get(question.item.code) ?? { question, codings: [], isDoubted: false };
    given.set(question.item.code, known);
    for (const [at, answer] of (item.answer ?? []).entries()) {
      const read = readAnswer(question.item, answer);
      if ('option' in read) {
        const display = answer.valueCoding?.display;
        known.codings.push({ system: LOINC, code: read.option.code, ...(display ? { display } : {}) });
        continue;
      }
      known.isDoubted = true;
      unknown.push(notUnderstood(item.linkId, read.found, `${path}.answer[${at}]`));
    }
  }
  return { response, given, unknown };
}

const questionOf = (codes: readonly string[]): PrapareQuestion | undefined =>
  prapareQuestions.find(({ item }) => codes.includes(item.code));

const lastPart = (linkId: string): string => linkId.slice(linkId.lastIndexOf('/') + 1);

const notUnderstood = (linkId: string, found: string, expression: string): Derived => ({
  kind: 'issue',
  issue: issue('business-rule', `${linkId} is not understood: ${found}; no need is read from it`, {
    severity: 'warning',
    expression,
    rule: 'social-need',
  }),
});

/** The question that tells of a need, with the answers that say it is there; undefined when nothing is said of it. */
export function toldOf({ code }: Domain, { given }: PrapareAnswers) {
  for (const { question, codings, isDoubted } of given.values()) {
    if (![...question.needs.values()].includes(code)) continue;
    const positive = codings.filter((coding) => question.needs.get(coding.code ?? '') === code);
    if (positive.length > 0) return { question: question.item.code, positive };
    const isAnswered = codings.some((coding) => !UNANSWERED.includes(coding.code ?? ''));
    return isAnswered && !isDoubted ? { question: question.item.code, positive } : undefined;
  }
  return undefined;
}
