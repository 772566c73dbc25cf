/**
 * The Observations that a scored response leads to: one for each answer, the total with its severity, and the panel that holds them. Pure, with ids
 * that follow from the response. https://hl7.org/fhir/R4/observation.html#obsgrouping, https://hl7.org/fhir/uv/sdc/extraction.html#observation-based-extraction
 */
import type { DerivedObservation } from '../observation/restated.ts';
import { derivedId } from '../reaction.ts';
import { parseReference } from '../reference.ts';
import type { CodeableConcept, Observation, ObservationComponent, QuestionnaireResponse, Reference } from '../types.ts';
import type { Counted } from './counted.ts';
import { codingOf, type Instrument, type InstrumentCode, type InstrumentItem } from './instrument.ts';
import type { Score, ScoredAnswer } from './score.ts';

/** What an Observation is of a response: the panel, the total, or the answer to the item of that code. */
type Part = 'panel' | 'total' | InstrumentItem['code'];

/** The id of an Observation that follows from a response. */
export const observationId = ({ name }: Instrument, part: Part, responseId: string): string =>
  derivedId('score', name, part, responseId);

/** The ids of all Observations that may follow from a response to the instrument. */
export const observationIds = (instrument: Instrument, responseId: string): readonly string[] =>
  ['total', 'panel', ...instrument.items.map(({ code }) => code)].map((part) =>
    observationId(instrument, part, responseId),
  );

const concept = (code: InstrumentCode, text = code.display): CodeableConcept => ({ coding: [codingOf(code)], text });

export const survey: CodeableConcept = {
  coding: [
    {
      system: 'http://terminology.hl7.org/CodeSystem/observation-category',
      code: 'survey',
      display: 'Survey',
    },
  ],
};

const absent = (text: string): CodeableConcept => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'unknown', display: 'Unknown' }],
  text,
});

/** What the score has to say beside its value: what is missing, not understood, or stated otherwise. */
export function remarks(instrument: Instrument, score: Score): readonly { text: string; path: string }[] {
  const { missing, unknown, total, submittedTotal, submittedTotalPath = 'QuestionnaireResponse' } = score;
  const found: { text: string; path: string }[] = [];
  if (missing.length > 0) found.push({ text: missingText(instrument, score), path: 'QuestionnaireResponse.item' });
  for (const each of unknown)
    found.push({ text: `${each.linkId} is not understood: ${each.found}; it is not counted`, path: each.path });
  if (submittedTotal !== undefined && submittedTotal !== total)
    found.push({
      text:
        total === undefined
          ? `The response states a total of ${submittedTotal}, but it is incomplete and has none`
          : `The response states a total of ${submittedTotal}; its answers add up to ${total}, which is what counts`,
      path: submittedTotalPath,
    });
  return found;
}

const missingText = ({ items, title }: Instrument, { missing }: Score): string =>
  `${title} has no total: ${missing.length} of ${items.length} items have no answer that counts (${missing
    .map(({ code, text }) => `${code} ${text.en}`)
    .join('; ')})`;

const SUBJECTS: readonly string[] = ['Patient', 'Group', 'Device', 'Location'];
const PERFORMERS: readonly string[] = [
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'CareTeam',
  'Patient',
  'RelatedPerson',
];

/** Whether the reference may stand where these types are allowed; what it points to is not always told. */
function isTo(reference: Reference | undefined, types: readonly string[]): reference is Reference {
  const parsed = reference?.reference === undefined ? undefined : parseReference(reference.reference);
  return (
    reference !== undefined &&
    parsed?.kind !== 'contained' &&
    (parsed?.kind !== 'literal' || types.includes(parsed.type))
  );
}

/** `dateTime` with a time is an instant too. */
const isInstant = (text: string | undefined): text is string => text?.includes('T') ?? false;

/** What every Observation that follows from a response says of the circumstances. `otherwise` is when, for a response that does not say it. */
export function circumstances(response: QuestionnaireResponse, otherwise: string) {
  const { id, meta, subject, encounter, authored, author, basedOn } = response;
  return {
    ...(meta?.security ? { meta: { security: meta.security } } : {}),
    ...(basedOn ? { basedOn } : {}),
    category: [survey],
    ...(isTo(subject, SUBJECTS) ? { subject } : {}),
    ...(encounter ? { encounter } : {}),
    effectiveDateTime: authored ?? otherwise,
    issued: isInstant(authored) ? authored : otherwise,
    ...(isTo(author, PERFORMERS) ? { performer: [author] } : {}),
    ...(isTo(author, ['Device']) && author.reference ? { device: author } : {}),
    derivedFrom: [{ reference: `QuestionnaireResponse/${id}` }],
  } satisfies Partial<Observation>;
}

function totalValue({ toldAs }: Instrument, { total, band }: Score): Partial<Observation> | undefined {
  if (total === undefined) return undefined;
  if (toldAs === 'band') return band ? { valueCodeableConcept: concept(band) } : undefined;
  return {
    valueQuantity: { value: total, unit: '{score}', system: 'http://unitsofmeasure.org', code: '{score}' },
    ...(band ? { interpretation: [concept(band)] } : {}),
  };
}

const component = ({ item, option }: ScoredAnswer): ObservationComponent => ({
  code: concept(item, item.text.en),
  valueCodeableConcept: concept(option),
});

/**
 * The total, the answers that count and the panel, in this order; final or amended as the response is. `otherwise` is the instant for a response
 * that does not say when it was authored.
 */
export function observationsOf(form: Counted, otherwise: string): readonly DerivedObservation[] {
  const { instrument, response, score } = form;
  const { id: responseId = '', status } = response;
  const { meta, ...common } = circumstances(response, otherwise);
  const make = (part: Part, content: Pick<Observation, 'code'> & Partial<Observation>): DerivedObservation => ({
    resourceType: 'Observation',
    id: observationId(instrument, part, responseId),
    ...(meta ? { meta } : {}),
    status: status === 'amended' ? 'amended' : 'final',
    ...common,
    ...content,
  });
  const reason = score.missing.length > 0 ? { dataAbsentReason: absent(missingText(instrument, score)) } : {};
  const notes = remarks(instrument, score).map(({ text }) => ({ text }));
  const total = make('total', {
    code: concept(instrument.total),
    ...totalValue(instrument, score),
    ...reason,
    ...(notes.length > 0 ? { note: notes } : {}),
  });
  const answers = score.answers.map(({ item, option }) =>
    make(item.code, { code: concept(item, item.text.en), valueCodeableConcept: concept(option) }),
  );
  const panel = make('panel', {
    code: concept(instrument.panel),
    ...reason,
    hasMember: [...answers, total].map(({ id }) => ({ reference: `Observation/${id}` })),
    ...(score.unscored.length > 0 ? { component: score.unscored.map(component) } : {}),
  });
  return [total, ...answers, panel];
}
