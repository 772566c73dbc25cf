/**
 * The PHQ-9 series of a client: for each screening the QuestionnaireResponse and the Observation of its total, and a Flag while
 * an answer about self-harm is recent. https://hl7.org/fhir/R4/questionnaireresponse.html
 */
import type { AnswerOption, InstrumentItem } from '../../resources/questionnaire-response/instrument.ts';
import { observationId, observationsOf } from '../../resources/questionnaire-response/observations.ts';
import { phq9 } from '../../resources/questionnaire-response/phq9.ts';
import { score } from '../../resources/questionnaire-response/score.ts';
import type {
  Flag,
  Observation,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
  Reference,
} from '../../resources/types.ts';
import { dateOf, momentOf } from './calendar.ts';
import { coding, concept } from './coding.ts';
import { idOf, patientReference, randomFor, referenceTo, type Screening, type Story } from './story.ts';

/** The moment of a screening: soon after the visit began at which it was answered, and the number of that visit. */
function occasion({ visits }: Story, { number, day }: Screening): { moment: string; visit: number } {
  const visit = visits.find(({ screening }) => screening === number);
  return { moment: momentOf(day, (visit?.minute ?? 540) + 10), visit: visit?.number ?? 1 };
}

const item = ({ code, text }: InstrumentItem, answer: AnswerOption | undefined): QuestionnaireResponseItem => ({
  linkId: `/${code}`,
  text: text.en,
  answer: answer ? [{ valueCoding: coding('loinc', answer.code, answer.display) }] : [],
});

/** How hard the problems make life, which follows the total loosely. */
const difficulty = (total: number): number => (total >= 20 ? 3 : total >= 14 ? 2 : total >= 6 ? 1 : 0);

function response(story: Story, screening: Screening): QuestionnaireResponse {
  const random = randomFor(story, `phq9-${screening.number}`);
  const { moment, visit } = occasion(story, screening);
  const items = phq9.items.map((each, at) => item(each, each.options[screening.answers[at] ?? 0]));
  if (screening.total > 0)
    items.push(...phq9.unscored.map((each) => item(each, each.options[difficulty(screening.total)])));
  return {
    resourceType: 'QuestionnaireResponse',
    id: idOf(story, 'phq9', screening.number),
    questionnaire: phq9.canonicals[0],
    status: random.chance(0.03) ? 'amended' : 'completed',
    subject: patientReference(story),
    encounter: referenceTo(story, 'Encounter', 'encounter', visit),
    authored: moment,
    author: random.chance(0.3) ? story.team.coordinator.practitioner : patientReference(story),
    source: patientReference(story),
    item: items,
  };
}

/** The total, as the rule of scoring makes it, under the same id: whether rules are on or off, there is one. */
function total(story: Story, screening: Screening): Observation[] {
  const answered = response(story, screening);
  const form = { instrument: phq9, response: answered, score: score(phq9, answered) };
  return observationsOf(form, answered.authored ?? '').slice(0, 1);
}

/** A reference to the total of a screening. */
export const totalReference = (story: Story, { number }: Screening): Reference => ({
  reference: `Observation/${observationId(phq9, 'total', idOf(story, 'phq9', number))}`,
});

export const phq9Series = (story: Story): (QuestionnaireResponse | Observation)[] =>
  story.screenings.flatMap((screening) => [response(story, screening), ...total(story, screening)]);

const selfHarmItem = phq9.items.findIndex(({ code }) => code === phq9.safety?.item);

/** Whether the item about self-harm was answered with anything but "not at all". */
export const raisesSafety = ({ answers }: Screening): boolean =>
  (answers[selfHarmItem] ?? 0) >= (phq9.safety?.from ?? 1);

/** A safety flag stands for this many days after the last answer that raised it. */
const safetyDays = 45;

/** One Flag that spans the answers about self-harm: active while the last is recent, inactive after that. */
export function safetyFlag(story: Story): Flag[] {
  const raising = story.screenings.filter(raisesSafety);
  const [first, last] = [raising[0], raising.at(-1)];
  if (!first || !last) return [];
  const lapses = last.day + safetyDays;
  const active = !story.deceased && lapses > story.end;
  return [
    {
      resourceType: 'Flag',
      id: idOf(story, 'safety'),
      meta: { security: [coding('actCode', 'PSY', 'psychiatry disorder information sensitivity')] },
      status: active ? 'active' : 'inactive',
      category: [concept('flagCategory', 'safety', 'Safety')],
      code: concept('snomed', '6471006', 'Suicidal thoughts (finding)', 'Thoughts of self-harm reported in the PHQ-9'),
      subject: patientReference(story),
      period: { start: dateOf(first.day), ...(active ? {} : { end: dateOf(Math.min(lapses, story.end)) }) },
      encounter: referenceTo(story, 'Encounter', 'encounter', occasion(story, first).visit),
      author: story.team.coordinator.practitioner,
    },
  ];
}
