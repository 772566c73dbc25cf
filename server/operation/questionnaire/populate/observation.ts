/**
 * Observation-based population: the newest value of a code within a period. https://hl7.org/fhir/uv/sdc/populate.html#observation-based-population
 */
import { asObject } from '../../../../profiles/assertion.ts';
import { answersOf } from '../../../../profiles/questionnaire/answers-of.ts';
import { convertUnit } from '../../../../profiles/questionnaire/compare.ts';
import type { Extended } from '../../../../profiles/questionnaire/expression.ts';
import { called, choiceOf, type FormItem, objectsOf, typeName } from '../../../../profiles/questionnaire/form.ts';
import { searchValue } from '../../../../resources/patient-reference.ts';
import type { AnyResource, QuestionnaireResponseItemAnswer } from '../../../../resources/types.ts';
import { matchesIn } from '../../x-fhir-query/found.ts';
import { extensionValues, sdc } from '../extension.ts';
import { type FormWork, reasonOf } from '../form-work.ts';

// Those without a value of the right type are passed over.
const LOOKED_AT = 20;

/** An Observation that an item is bound to: its components and members are what the items below it are populated from. */
export interface Bound {
  /** Components and members, as far as they are known. */
  readonly parts: readonly AnyResource[];
}

export interface Observed {
  readonly answer?: QuestionnaireResponseItemAnswer;
  /** For the items below; absent where the Observation has no parts. */
  readonly bound?: Bound;
}

const NOTHING: Observed = {};

/** What the newest Observation of the codes of an item says, when the form asks for it. `bound` is that of what the item stands in. */
export async function observed(
  item: FormItem,
  inherited: readonly Extended[],
  subject: string,
  bound: Bound | undefined,
  work: FormWork,
): Promise<Observed> {
  const period = inherited.flatMap((place) => extensionValues(place, sdc('observationLinkPeriod')))[0];
  const codes = objectsOf(item.definition.code).map(([code]) => code);
  if (period === undefined || codes.length === 0 || item.definition.repeats === true) return NOTHING;
  const from = earlier(work.now, asObject(period));
  if (from === undefined) {
    work.tell(
      'value',
      item.path,
      `${called(item)} is not populated: its observationLinkPeriod is no duration that is known`,
    );
    return NOTHING;
  }
  try {
    const found = bound
      ? bound.parts.filter((part) => hasCode(part, codes))
      : matchesIn(await work.find(searchFor(codes, subject, from)));
    if (item.type === 'group') return found[0] ? boundTo(found[0], work) : NOTHING;
    for (const observation of found) {
      const answer = answerIn(observation, item, subject, work);
      if (answer) return { answer, ...(await boundTo(observation, work)) };
    }
  } catch (cause) {
    work.tell('processing', item.path, `${called(item)} is not populated from Observations: ${reasonOf(cause)}`);
  }
  return NOTHING;
}

type Code = Readonly<Record<string, unknown>>;

function searchFor(codes: readonly Code[], subject: string, from: string): string {
  const tokens = codes.flatMap(({ system, code }) =>
    typeof code === 'string' ? [`${typeof system === 'string' ? searchValue(system) : ''}%7C${searchValue(code)}`] : [],
  );
  return `Observation?subject=${searchValue(subject)}&code=${tokens.join(',')}&status=final,amended,corrected&date=ge${from}&_sort=-date&_count=${LOOKED_AT}`;
}

const hasCode = ({ code }: AnyResource, codes: readonly Code[]): boolean =>
  objectsOf(asObject(code)?.coding).some(([coding]) =>
    codes.some((each) => each.code === coding.code && each.system === coding.system),
  );

// Members of a panel; each is read by itself.
const MOST_MEMBERS = 50;

async function boundTo(observation: AnyResource, work: FormWork): Promise<Observed> {
  // A component has a code and a value, as an Observation has.
  const components = objectsOf(observation.component).map(([component]) => component as unknown as AnyResource);
  const members: AnyResource[] = [];
  for (const [{ reference }] of objectsOf(observation.hasMember).slice(0, MOST_MEMBERS))
    if (typeof reference === 'string') members.push(await work.find(reference));
  const counting = members.filter(({ status }) => status === 'final' || status === 'amended' || status === 'corrected');
  const parts = [...components, ...counting];
  return parts.length > 0 ? { bound: { parts } } : NOTHING;
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
  return answersOf([{ value: held.value, type: typeName(held.type) }], { item, form, source }).answers[0];
}

/** The day that lies a duration before an instant. */
function earlier(now: string, duration: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const { value, code, unit } = duration ?? {};
  const days = typeof value === 'number' ? convertUnit(value, String(code ?? unit ?? ''), 'd') : undefined;
  const at = days === undefined || days < 0 ? Number.NaN : Date.parse(now) - days * 86_400_000;
  const date = new Date(Math.max(at, Date.UTC(1, 0, 1)));
  return Number.isNaN(at) ? undefined : date.toISOString().slice(0, 10);
}
