/**
 * Answers of the newest completed response of the same subject to the same form, for the items that the form marks by an extension of ours: whether an
 * earlier answer may be proposed is for the author to say. Allergies yes, a PHQ-9 no.
 */
import type { Extended } from '../../../../profiles/questionnaire/expression.ts';
import { searchValue } from '../../../../resources/patient-reference.ts';
import { BASE } from '../../../../resources/publication.ts';
import type { QuestionnaireResponse, QuestionnaireResponseItem } from '../../../../resources/types.ts';
import { matchesIn } from '../../x-fhir-query/found.ts';
import { extensionValues } from '../extension.ts';
import { type FormWork, reasonOf } from '../form-work.ts';

export const PREVIOUS_ANSWERS = `${BASE}/StructureDefinition/questionnaire-previous-answers`;

/** A response, an item or an answer of it. */
export interface Previous {
  readonly item?: readonly QuestionnaireResponseItem[];
}

/** By the nearest place that says so. The innermost is first. */
export function isCarriedOver(places: readonly Extended[]): boolean {
  for (const place of places) {
    const [value] = extensionValues(place, PREVIOUS_ANSWERS);
    if (typeof value === 'boolean') return value;
  }
  return false;
}

/** The response, when the form asks for it anywhere and there is one. */
export async function previousOf({ subject }: QuestionnaireResponse, work: FormWork): Promise<Previous | undefined> {
  const { form, tell } = work;
  const { url } = form.questionnaire;
  const places: readonly Extended[] = [form.questionnaire, ...form.all.map(({ definition }) => definition)];
  if (!places.some((place) => isCarriedOver([place])) || url === undefined || subject?.reference === undefined)
    return undefined;
  const query = `QuestionnaireResponse?subject=${searchValue(subject.reference)}&questionnaire=${searchValue(url)}&status=completed,amended&_sort=-authored&_count=1`;
  try {
    return matchesIn(await work.find(query))[0] as unknown as QuestionnaireResponse | undefined;
  } catch (cause) {
    tell('processing', 'Questionnaire', `Earlier answers cannot be searched for: ${reasonOf(cause)}`);
    return undefined;
  }
}
