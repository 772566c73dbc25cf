/**
 * Text as string search compares it: without case, accents, punctuation and superfluous white space.
 * https://hl7.org/fhir/R4/search.html#string
 */

const ACCENTS = /\p{M}/gu;
// Marks that join or part words and sentences. Others (% _ * & @ # /) carry meaning of their own and are compared.
const PUNCTUATION = /[\p{Pd}\p{Ps}\p{Pe}\p{Pi}\p{Pf}'"`´.,:;!?¡¿…·]/gu;
const SPACES = /[\s\u0085]+/gu;
const PLAIN = /^[a-z0-9]*$/;

/** Folding twice is folding once. Letters that no decomposition takes apart (ß, ø, ł) are written as their usual transcription. */
export function fold(text: string): string {
  if (PLAIN.test(text)) return text;
  return spaced(letters(text).replace(PUNCTUATION, ''));
}

/** The other reading of punctuation: `Smith-Jones` is `smith jones` here and `smithjones` in `fold`. */
export function foldApart(text: string): string {
  if (PLAIN.test(text)) return text;
  return spaced(letters(text).replace(PUNCTUATION, ' '));
}

/** The words of a text, folded, one space between them: letters and digits only, so nothing in them means anything to a full text engine. */
export function wordsOf(text: string): string {
  return spaced(letters(text).replace(/[^\p{L}\p{N}]+/gu, ' '));
}

const transcriptions: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

const letters = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .replace(/[ßæœøłđðþı]/g, (letter) => transcriptions[letter] ?? letter);

const spaced = (text: string): string => text.replace(SPACES, ' ').trim();
