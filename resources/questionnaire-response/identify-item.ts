/**
 * Which item of an instrument an item of a response answers: by the code that its Questionnaire gives it, by a code in its definition or
 * linkId, by its text in English or Spanish, and last by its number. What fits two items fits none.
 */
import type { Questionnaire, QuestionnaireItem, QuestionnaireResponseItem } from '../types.ts';
import type { Instrument, InstrumentItem } from './instrument.ts';
import { plain } from './words.ts';

export type Identified =
  | { readonly kind: 'item'; readonly item: InstrumentItem; readonly scored: boolean }
  | { readonly kind: 'total' }
  | { readonly kind: 'none' };

const NONE: Identified = { kind: 'none' };

/** The question of an item by its linkId, for one instrument and (when it is at hand) the Questionnaire that was answered. */
export function identifier(
  instrument: Instrument,
  questionnaire?: Questionnaire,
): (item: QuestionnaireResponseItem) => Identified {
  const all = [...instrument.items, ...instrument.unscored];
  const codes = new Map<string, Identified>(
    all.map((item) => [item.code, { kind: 'item', item, scored: instrument.items.includes(item) }]),
  );
  codes.set(instrument.total.code, { kind: 'total' });
  const texts = new Map(
    all.flatMap((item) =>
      [item.text.en, item.text.es, item.display].flatMap((text) =>
        text === undefined ? [] : [[plain(text), item.code] as const],
      ),
    ),
  );
  const phrases = all.flatMap((item) => item.phrases.map((phrase) => [plain(phrase), item.code] as const));
  const asked = codesByLinkId(questionnaire);

  const byToken = (text: string | undefined): Identified | undefined => {
    for (const token of text?.split(/[/.#_:?=&|]/) ?? []) {
      const found = codes.get(token);
      if (found) return found;
    }
    return undefined;
  };
  const byText = (text: string | undefined): Identified | undefined => {
    if (text === undefined || text.length > LONGEST_TEXT) return undefined;
    const words = plain(text);
    const exact = texts.get(words);
    if (exact !== undefined) return codes.get(exact);
    if (/\btotal score\b|\bpuntaje total\b|\bpuntuacion total\b/.test(words)) return { kind: 'total' };
    const found = new Set(phrases.filter(([phrase]) => words.includes(phrase)).map(([, code]) => code));
    const [only] = found;
    return found.size === 1 && only !== undefined ? codes.get(only) : undefined;
  };
  const byNumber = (linkId: string): Identified | undefined => {
    const number = NUMBER.exec(linkId.slice(-LONGEST_NUMBER))?.[1];
    const item = number === undefined ? undefined : instrument.items[Number(number) - 1];
    return item && codes.get(item.code);
  };

  return ({ linkId, definition, text }) => {
    for (const code of asked.get(linkId) ?? []) {
      const found = codes.get(code);
      if (found) return found;
    }
    // A text that is there and says something else is believed before a number is.
    return byToken(definition) ?? byToken(linkId) ?? byText(text) ?? (text ? undefined : byNumber(linkId)) ?? NONE;
  };
}

const LONGEST_TEXT = 1000;
const LONGEST_NUMBER = 24;
/** `1`, `q1`, `Q-1`, `phq9-q1`, `H1/T1/Q1`: the number at the end, after nothing or a separator, with or without the word for an item. */
const NUMBER = /(?:^|[/._-])(?:q|item|question)?[._-]?([1-9])$/i;

/** The codes of each question of a Questionnaire by linkId. */
function codesByLinkId(questionnaire: Questionnaire | undefined): ReadonlyMap<string, readonly string[]> {
  const codes = new Map<string, readonly string[]>();
  const add = (items: readonly QuestionnaireItem[]): void => {
    for (const { linkId, code, item } of items) {
      codes.set(
        linkId,
        (code ?? []).flatMap((each) => (each.code === undefined ? [] : [each.code])),
      );
      add(item ?? []);
    }
  };
  add(questionnaire?.item ?? []);
  return codes;
}
