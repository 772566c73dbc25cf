/**
 * Which item of an instrument an item of a response answers: by the code that its Questionnaire gives it, by a code in its definition or
 * linkId, by its text in English or Spanish, and last by its number. What fits two items fits none.
 */
import type { Questionnaire, QuestionnaireItem, QuestionnaireResponseItem } from '../types.ts';
import type { Instrument, InstrumentItem } from './instrument.ts';
import { plain } from './words.ts';

export type Identified =
  | { readonly kind: 'item'; readonly item: InstrumentItem }
  | { readonly kind: 'total' }
  | { readonly kind: 'none' };

const NONE: Identified = { kind: 'none' };

/** The question of an item by its linkId, for one instrument and (when it is at hand) the Questionnaire that was answered. */
export function identifier(
  instrument: Instrument,
  questionnaire?: Questionnaire,
): (item: QuestionnaireResponseItem) => Identified {
  const words = wordsOf(instrument);
  const asked = codesByLinkId(questionnaire);
  return ({ linkId, definition, text }) => {
    for (const code of asked.get(linkId) ?? []) {
      const found = words.codes.get(code);
      if (found) return found;
    }
    // A text that is there and says something else is believed before a number is.
    return (
      byCode(words, definition) ??
      byCode(words, linkId) ??
      byText(words, text) ??
      (text ? undefined : byNumber(instrument, linkId)) ??
      NONE
    );
  };
}

/** The codes, texts and phrases by which the items of an instrument are known. */
interface Words {
  readonly codes: ReadonlyMap<string, Identified>;
  readonly texts: ReadonlyMap<string, Identified>;
  readonly phrases: readonly (readonly [phrase: string, item: Identified])[];
}

const known = new WeakMap<Instrument, Words>();

function wordsOf(instrument: Instrument): Words {
  const before = known.get(instrument);
  if (before) return before;
  const all = [...instrument.items, ...instrument.unscored].map((item) => ({ kind: 'item', item }) as const);
  const words: Words = {
    codes: new Map<string, Identified>([
      ...all.map((each) => [each.item.code, each] as const),
      [instrument.total.code, { kind: 'total' }],
    ]),
    texts: new Map(
      all.flatMap((each) =>
        [each.item.text.en, each.item.text.es, each.item.display].flatMap((text) =>
          text === undefined ? [] : [[plain(text), each] as const],
        ),
      ),
    ),
    phrases: all.flatMap((each) => each.item.phrases.map((phrase) => [plain(phrase), each] as const)),
  };
  known.set(instrument, words);
  return words;
}

function byCode({ codes }: Words, text: string | undefined): Identified | undefined {
  if (text === undefined || text.length > LONGEST_TEXT) return undefined;
  const whole = codes.get(text.startsWith('/') ? text.slice(1) : text);
  if (whole) return whole;
  const found = [...codes].filter(([code]) => holdsWord(text, code));
  return found.length === 1 ? found[0]?.[1] : undefined;
}

function byText({ texts, phrases }: Words, text: string | undefined): Identified | undefined {
  if (text === undefined || text.length > LONGEST_TEXT) return undefined;
  const words = plain(text);
  const exact = texts.get(words);
  if (exact) return exact;
  if (/\btotal score\b|\bpuntaje total\b|\bpuntuacion total\b/.test(words)) return { kind: 'total' };
  const found = new Set(phrases.flatMap(([phrase, item]) => (words.includes(phrase) ? [item] : [])));
  return found.size === 1 ? [...found][0] : undefined;
}

function byNumber(instrument: Instrument, linkId: string): Identified | undefined {
  const number = NUMBER.exec(linkId.slice(-LONGEST_NUMBER))?.[1];
  const item = number === undefined ? undefined : instrument.items[Number(number) - 1];
  return item && { kind: 'item', item };
}

/** Whether a text holds a word that is not part of a longer one: `44250-9` in `/44249-1/44250-9` and in `phq9-44250-9`. */
function holdsWord(text: string, word: string): boolean {
  const at = text.indexOf(word);
  return at >= 0 && !/[A-Za-z0-9]$/.test(text.slice(0, at)) && !/^[A-Za-z0-9]/.test(text.slice(at + word.length));
}

const LONGEST_TEXT = 1000;
const LONGEST_NUMBER = 24;
/** `1`, `q1`, `Q-1`, `phq9-q1`, `H1/T1/Q1`: the number at the end, after nothing or a separator, with or without the word for an item. */
const NUMBER = /(?:^|[/._-])(?:q|item|question)?[._-]?([1-9])$/i;

/** The codes of each question of a Questionnaire by linkId. */
export function codesByLinkId(questionnaire: Questionnaire | undefined): ReadonlyMap<string, readonly string[]> {
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
