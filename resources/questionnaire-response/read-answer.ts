/**
 * Which answer of an item's list a value of a response is: a LOINC answer, a local code that is the number of points, a coding with its
 * weight in either extension form, an integer, a decimal, or the text of the list in English or Spanish. Nothing else is guessed.
 */
import type { Extension, QuestionnaireResponseItemAnswer } from '../types.ts';
import { type AnswerOption, type InstrumentItem, LOINC } from './instrument.ts';
import { plain } from './words.ts';

/** The two extensions by which a code carries its points: R4's, and the one that R5 and SDC use in its place. */
export const WEIGHTS = [
  'http://hl7.org/fhir/StructureDefinition/itemWeight',
  'http://hl7.org/fhir/StructureDefinition/ordinalValue',
] as const;

/** The option; or, as text, what was found instead. */
export type ReadAnswer = { readonly option: AnswerOption } | { readonly found: string };

export function readAnswer(item: InstrumentItem, answer: QuestionnaireResponseItemAnswer): ReadAnswer {
  const { valueCoding, valueInteger, valueDecimal, valueString } = answer;
  if (valueCoding) {
    const { system, code, display } = valueCoding;
    const named = item.options.find((option) => code !== undefined && codesOf(option).includes(code));
    if (named && (system === undefined || system === (named.system ?? LOINC))) return { option: named };
    // An answer of LOINC that is not in the list is another answer, whatever its display says.
    const option =
      system === LOINC
        ? undefined
        : (byPoints(item, weightOf(valueCoding.extension) ?? weightOf(answer.extension)) ??
          byText(item, code) ??
          byText(item, display));
    return option ? { option } : { found: `the code ${system ?? '(no system)'}|${code ?? '(no code)'}` };
  }
  if (valueInteger !== undefined) return pointsOr(item, valueInteger, 'integer');
  if (valueDecimal !== undefined) return pointsOr(item, valueDecimal, 'decimal');
  if (valueString !== undefined) {
    const option = byText(item, valueString);
    return option ? { option } : { found: `the text '${valueString.slice(0, 80)}'` };
  }
  const [name] = Object.keys(answer).filter((key) => key.startsWith('value'));
  return { found: name === undefined ? 'no value' : `a ${name}` };
}

const codesOf = ({ code, aliases = [] }: AnswerOption): readonly string[] => [code, ...aliases];

function weightOf(extensions: readonly Extension[] | undefined): number | undefined {
  return extensions?.find(({ url }) => (WEIGHTS as readonly string[]).includes(url))?.valueDecimal;
}

/** The option that is worth so many points, if there is exactly one. */
function byPoints(item: InstrumentItem, points: number | undefined): AnswerOption | undefined {
  const found = points === undefined ? [] : item.options.filter(({ weight }) => weight === points);
  return found.length === 1 ? found[0] : undefined;
}

function pointsOr(item: InstrumentItem, points: number, type: string): ReadAnswer {
  const option = byPoints(item, points);
  return option ? { option } : { found: `the ${type} ${points}` };
}

/** By a wording of the list, by its code, or by a number of points in digits. */
function byText(item: InstrumentItem, text: string | undefined): AnswerOption | undefined {
  if (text === undefined || text.length > LONGEST_TEXT) return undefined;
  const words = plain(text);
  return wordingsOf(item).get(words) ?? (/^\d$/.test(words) ? byPoints(item, Number(words)) : undefined);
}

const known = new WeakMap<InstrumentItem, ReadonlyMap<string, AnswerOption>>();

/** The options of an item by all that they are called. */
function wordingsOf(item: InstrumentItem): ReadonlyMap<string, AnswerOption> {
  const before = known.get(item);
  if (before) return before;
  const wordings = new Map(
    item.options.flatMap((option) =>
      [...codesOf(option), option.display, option.text.en, option.text.es].flatMap((name) =>
        name === undefined ? [] : [[plain(name), option] as const],
      ),
    ),
  );
  known.set(item, wordings);
  return wordings;
}

const LONGEST_TEXT = 200;
