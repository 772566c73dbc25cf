/**
 * Our intake questionnaire as rules read it: which response is one, and its answers by linkId. The form itself is
 * profiles/throughline/Questionnaire/intake.json. https://hl7.org/fhir/R4/questionnaireresponse.html
 */
import { patientOf, searchValue } from '../patient-reference.ts';
import { DISTANT_PAST, intervalOf } from '../primitive.ts';
import { BASE } from '../publication.ts';
import type { Facts } from '../reaction.ts';
import { parseCanonical } from '../reference.ts';
import type {
  AnyResource,
  Coding,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
  QuestionnaireResponseItemAnswer,
} from '../types.ts';

export const INTAKE = `${BASE}/Questionnaire/intake`;

/** The code system of its answers. */
export const INTAKE_ANSWER = `${BASE}/CodeSystem/intake`;

export const responsesToIntake = `QuestionnaireResponse?questionnaire=${searchValue(INTAKE)}`;

const COUNTS: readonly string[] = ['completed', 'amended'];

/** What is answered, by linkId; the first answer that is there counts where only one can. */
export class Answers {
  readonly response: QuestionnaireResponse;
  readonly #byLinkId = new Map<string, QuestionnaireResponseItemAnswer[]>();

  constructor(response: QuestionnaireResponse) {
    this.response = response;
    this.#add(response.item ?? []);
  }

  #add(items: readonly QuestionnaireResponseItem[]): void {
    for (const { linkId, answer = [], item = [] } of items) {
      if (answer.length > 0) this.#byLinkId.set(linkId, [...(this.#byLinkId.get(linkId) ?? []), ...answer]);
      this.#add(item);
      for (const { item: below = [] } of answer) this.#add(below);
    }
  }

  #all(linkId: string): readonly QuestionnaireResponseItemAnswer[] {
    return this.#byLinkId.get(linkId) ?? [];
  }

  boolean(linkId: string): boolean | undefined {
    return this.#all(linkId).find(({ valueBoolean }) => valueBoolean !== undefined)?.valueBoolean;
  }

  integer(linkId: string): number | undefined {
    return this.#all(linkId).find(({ valueInteger }) => valueInteger !== undefined)?.valueInteger;
  }

  /** Without spaces around it; undefined when nothing is left. */
  text(linkId: string): string | undefined {
    const text = this.#all(linkId)
      .find(({ valueString }) => valueString !== undefined)
      ?.valueString?.trim();
    return text === '' ? undefined : text;
  }

  codings(linkId: string): readonly Coding[] {
    return this.#all(linkId).flatMap(({ valueCoding }) => valueCoding ?? []);
  }
}

/** The answers of a response to the intake that counts: completed or amended. */
export function intakeIn(image: AnyResource | undefined): Answers | undefined {
  const response = image as unknown as QuestionnaireResponse | undefined;
  if (!response?.questionnaire || !COUNTS.includes(response.status)) return undefined;
  return parseCanonical(response.questionnaire).url === INTAKE ? new Answers(response) : undefined;
}

/** The day of the answers, or that of `instant` where they do not say it. */
export const dayOf = ({ response }: Answers, instant: string): string => (response.authored ?? instant).slice(0, 10);

/** Whether no intake of the same client that counts is of a later time. */
export async function isLatest(answers: Answers, facts: Facts): Promise<boolean> {
  const { id } = answers.response;
  const patient = patientOf(answers.response as unknown as AnyResource);
  if (!patient) return false;
  const all = await facts.find(`${responsesToIntake}&subject=${searchValue(patient)}`);
  const time = timeOf(answers);
  return all.every((other) => {
    const known = other.id === id ? undefined : intakeIn(other);
    return known === undefined || timeOf(known) <= time;
  });
}

/** When it was answered, or else last written, in milliseconds. */
function timeOf({ response: { authored, meta } }: Answers): number {
  const time = authored ?? meta?.lastUpdated;
  return (time === undefined ? undefined : intervalOf(time)?.low) ?? DISTANT_PAST;
}
