/**
 * Observation-based population: the newest value of a code within a period. https://hl7.org/fhir/uv/sdc/populate.html#observation-based-population
 */
import { asObject } from '../../../../profiles/assertion.ts';
import { answerOf } from '../../../../profiles/questionnaire/answers-of.ts';
import { convertUnit } from '../../../../profiles/questionnaire/compare.ts';
import type { Extended } from '../../../../profiles/questionnaire/expression.ts';
import { called, choiceOf, type FormItem, objectsOf, typeName } from '../../../../profiles/questionnaire/form.ts';
import { searchValue } from '../../../../resources/patient-reference.ts';
import type { AnyResource, QuestionnaireResponseItemAnswer } from '../../../../resources/types.ts';
import { extensionValues, sdc } from '../extension.ts';
import { type FormWork, reasonOf } from '../form-work.ts';
import { matchesIn } from '../query.ts';

// Those without a value of the right type are passed over.
const LOOKED_AT = 20;

/** The answer; undefined when the form does not ask for one, or there is none. */
export async function observed(
  item: FormItem,
  inherited: readonly Extended[],
  subject: string,
  work: FormWork,
): Promise<QuestionnaireResponseItemAnswer | undefined> {
  const period = inherited.flatMap((place) => extensionValues(place, sdc('observationLinkPeriod')))[0];
  const codes = objectsOf(item.definition.code).flatMap(([{ system, code }]) =>
    typeof code === 'string' ? [`${typeof system === 'string' ? searchValue(system) : ''}%7C${searchValue(code)}`] : [],
  );
  if (period === undefined || codes.length === 0 || item.definition.repeats === true) return undefined;
  const from = earlier(work.now, asObject(period));
  if (from === undefined) {
    work.tell(
      'value',
      item.path,
      `${called(item)} is not populated: its observationLinkPeriod is no duration that is known`,
    );
    return undefined;
  }
  const query = `Observation?subject=${searchValue(subject)}&code=${codes.join(',')}&status=final,amended,corrected&date=ge${from}&_sort=-date&_count=${LOOKED_AT}`;
  try {
    for (const observation of matchesIn(await work.find(query))) {
      const answer = answerIn(observation, item, subject, work);
      if (answer) return answer;
    }
  } catch (cause) {
    work.tell('processing', item.path, `${called(item)} is not populated from Observations: ${reasonOf(cause)}`);
  }
  return undefined;
}

function answerIn(
  observation: AnyResource,
  item: FormItem,
  subject: string,
  { form, source }: FormWork,
): QuestionnaireResponseItemAnswer | undefined {
  // Of somebody or something else: the heart rate of the child is not that of the mother.
  const isOfAnother = objectsOf(observation.focus).some(([{ reference }]) => reference !== subject);
  const held = isOfAnother ? undefined : choiceOf(observation, 'value');
  if (!held) return undefined;
  const converted = answerOf({ value: held.value, type: typeName(held.type) }, { item, form, source });
  return 'answer' in converted ? converted.answer : undefined;
}

/** The day that lies a duration before an instant. */
function earlier(now: string, duration: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const { value, code, unit } = duration ?? {};
  const days = typeof value === 'number' ? convertUnit(value, String(code ?? unit ?? ''), 'd') : undefined;
  const at = days === undefined || days < 0 ? Number.NaN : Date.parse(now) - days * 86_400_000;
  const date = new Date(Math.max(at, Date.UTC(1, 0, 1)));
  return Number.isNaN(at) ? undefined : date.toISOString().slice(0, 10);
}
