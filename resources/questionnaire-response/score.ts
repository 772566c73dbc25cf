/**
 * The score of a response to an instrument, computed from its answers and never believed from the response. A form with an item missing,
 * or answered in a way that is not understood, has no total: it would come out too low.
 */
import type { Questionnaire, QuestionnaireResponse, QuestionnaireResponseItem } from '../types.ts';
import { identifier } from './identify-item.ts';
import { type AnswerOption, type Band, bandOf, type Instrument, type InstrumentItem } from './instrument.ts';
import { readAnswer } from './read-answer.ts';

export interface ScoredAnswer {
  readonly item: InstrumentItem;
  readonly option: AnswerOption;
  /** FHIRPath of the answer: `QuestionnaireResponse.item[0].answer[0]`. */
  readonly path: string;
}

/** An answer that is not understood, or an item that the instrument does not have. */
export interface UnknownAnswer {
  readonly linkId: string;
  /** The item of the instrument, when that much is known. */
  readonly item?: InstrumentItem;
  readonly path: string;
  /** What was found, as the object of a sentence: `the text 'maybe'`. */
  readonly found: string;
}

export interface Score {
  /** The sum of the points; absent while anything is missing. */
  readonly total?: number;
  readonly band?: Band;
  /** One for each scored item that has been understood, in the order of the instrument. */
  readonly answers: readonly (ScoredAnswer & { readonly points: number })[];
  /** Every answer that was understood, also those that contradict one another. */
  readonly given: readonly ScoredAnswer[];
  /** Answers to the items that are not counted. */
  readonly unscored: readonly ScoredAnswer[];
  /** Scored items without an answer that counts, in the order of the instrument. */
  readonly missing: readonly InstrumentItem[];
  readonly unknown: readonly UnknownAnswer[];
  /** The total that the response itself states, right or wrong, and where. */
  readonly submittedTotal?: number;
  readonly submittedTotalPath?: string;
}

/**
 * Scores the answers of a response, whatever its status: whether an answer counts (entered-in-error, in-progress) is for the caller.
 * `questionnaire` is the one that was answered, when it is known: the codes of its items tell which is which.
 */
export function score(instrument: Instrument, response: QuestionnaireResponse, questionnaire?: Questionnaire): Score {
  const identify = identifier(instrument, questionnaire);
  const given = new Map<string, ScoredAnswer[]>();
  const unknown: UnknownAnswer[] = [];
  let submitted: { readonly total: number; readonly path: string } | undefined;

  for (const { item, path } of answeredItems(response.item ?? [], 'QuestionnaireResponse')) {
    const identified = identify(item);
    if (identified.kind === 'total') {
      const total = totalOf(item);
      if (total !== undefined) submitted = { total, path };
      continue;
    }
    if (identified.kind === 'none') {
      unknown.push({ linkId: item.linkId, path, found: `an item that is none of ${instrument.title}` });
      continue;
    }
    for (const [at, answer] of (item.answer ?? []).entries()) {
      const read = readAnswer(identified.item, answer);
      const answerPath = `${path}.answer[${at}]`;
      if ('found' in read)
        unknown.push({ linkId: item.linkId, item: identified.item, path: answerPath, found: read.found });
      else append(given, identified.item.code, { item: identified.item, option: read.option, path: answerPath });
    }
  }

  const one = (item: InstrumentItem): ScoredAnswer | undefined => {
    const all = given.get(item.code) ?? [];
    const [first] = all;
    if (!first || all.every(({ option }) => option.code === first.option.code)) return first;
    unknown.push({ linkId: item.code, item, path: first.path, found: `${all.length} answers that differ` });
    return undefined;
  };
  const answers = instrument.items.flatMap((item) => {
    const answer = one(item);
    const points = answer?.option.weight;
    return answer && points !== undefined && !isDoubted(item, unknown) ? [{ ...answer, points }] : [];
  });
  const missing = instrument.items.filter((item) => !answers.some((answer) => answer.item === item));
  const total = missing.length === 0 ? answers.reduce((sum, { points }) => sum + points, 0) : undefined;
  const band = total === undefined ? undefined : bandOf(instrument, total);
  return {
    ...(total === undefined ? {} : { total }),
    ...(band ? { band } : {}),
    answers,
    given: [...given.values()].flat(),
    unscored: instrument.unscored.flatMap((item) => one(item) ?? []),
    missing,
    unknown,
    ...(submitted ? { submittedTotal: submitted.total, submittedTotalPath: submitted.path } : {}),
  };
}

/** One good answer beside one that is not understood is no answer. */
const isDoubted = (item: InstrumentItem, unknown: readonly UnknownAnswer[]): boolean =>
  unknown.some((each) => each.item === item);

/**
 * The answer that asks for a safety follow-up: in a complete form or not, and also when another answer to the item contradicts it.
 * An answer to the item that is not understood stands in `unknown`.
 */
export function safetyAnswer({ safety }: Instrument, { given }: Score): ScoredAnswer | undefined {
  return safety && given.find(({ item, option }) => item.code === safety.item && (option.weight ?? 0) >= safety.from);
}

/** The canonical of the instrument that a total asks for next: the PHQ-9 after a PHQ-2 of 3. */
export const nextInstrument = ({ stepUp }: Instrument, { total }: Score): string | undefined =>
  stepUp && total !== undefined && total >= stepUp.from ? stepUp.to : undefined;

interface Placed {
  readonly item: QuestionnaireResponseItem;
  readonly path: string;
}

/** The items that have an answer, at any depth: in groups and under answers. */
export function answeredItems(items: readonly QuestionnaireResponseItem[], path: string): readonly Placed[] {
  return items.flatMap((item, at) => {
    const here = `${path}.item[${at}]`;
    const below = (item.answer ?? []).flatMap((answer, index) =>
      answeredItems(answer.item ?? [], `${here}.answer[${index}]`),
    );
    const self = item.answer && item.answer.length > 0 ? [{ item, path: here }] : [];
    return [...self, ...answeredItems(item.item ?? [], here), ...below];
  });
}

function totalOf({ answer }: QuestionnaireResponseItem): number | undefined {
  const [first] = answer ?? [];
  const { valueInteger, valueDecimal, valueQuantity, valueString } = first ?? {};
  const text = valueString?.trim();
  return (
    valueInteger ??
    valueDecimal ??
    valueQuantity?.value ??
    (text !== undefined && /^\d{1,4}$/.test(text) ? Number(text) : undefined)
  );
}

function append(map: Map<string, ScoredAnswer[]>, key: string, answer: ScoredAnswer): void {
  const list = map.get(key);
  if (list) list.push(answer);
  else map.set(key, [answer]);
}
