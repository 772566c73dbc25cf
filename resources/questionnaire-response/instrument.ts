/**
 * A scored questionnaire as data: its codes, its items with what each answer is worth, the bands of its total. A further instrument is one
 * more value of this type; scoring (score.ts), the Questionnaire (questionnaire.ts) and what follows from a total are read from it.
 */

/** A code of LOINC, or of the system that is named, with its display. */
export interface InstrumentCode {
  readonly system?: string;
  readonly code: string;
  readonly display: string;
}

/** English, and Spanish where the published instrument has it. */
export interface Wording {
  readonly en: string;
  readonly es?: string;
}

export interface AnswerOption extends InstrumentCode {
  readonly text: Wording;
  /** Points; absent for an answer that is not scored. */
  readonly weight?: number;
  /** Further codes of the same answer, and further wordings that partners send. */
  readonly aliases?: readonly string[];
}

export interface InstrumentItem extends InstrumentCode {
  readonly text: Wording;
  readonly options: readonly AnswerOption[];
  /** Words that no other item of the instrument holds: how an item is known by a text that is worded a little differently. */
  readonly phrases: readonly string[];
  readonly help?: Wording;
}

export interface Band extends InstrumentCode {
  /** The least and the greatest total of the band. */
  readonly from: number;
  readonly to: number;
}

export interface Instrument {
  /** Also the id of its Questionnaire: `phq-9`. */
  readonly name: string;
  readonly title: string;
  /** Canonical URLs of its Questionnaires without version; the first is that of ours. */
  readonly canonicals: readonly string[];
  /** Version of our Questionnaire. */
  readonly version: string;
  readonly panel: InstrumentCode;
  readonly total: InstrumentCode;
  /** What comes before the items. */
  readonly lead: Wording;
  /** The scored items, in the order of the instrument. All of them answered: the form is complete. */
  readonly items: readonly InstrumentItem[];
  /** Items that are asked and never counted. */
  readonly unscored: readonly InstrumentItem[];
  /** From the least total to the greatest, without gaps. */
  readonly bands: readonly Band[];
  /** An answer to this item (its code) of at least so many points asks for a safety follow-up, whatever the total. */
  readonly safety?: { readonly item: string; readonly from: number };
  /** A total of at least `from` asks for the instrument `to` (its canonical). */
  readonly stepUp?: { readonly from: number; readonly to: string };
  /** The result is told as the code of its band; otherwise as the number of points. */
  readonly toldAs?: 'band';
  /** Screened for social needs: the total that is a positive screening. */
  readonly positive?: { readonly from: number };
  readonly copyright: string;
  readonly description: string;
}

export const LOINC = 'http://loinc.org';

/** A code with its system, as a FHIR Coding. */
export const codingOf = ({ system = LOINC, code, display }: InstrumentCode): InstrumentCode & { system: string } => ({
  system,
  code,
  display,
});

/** The least and greatest total that an instrument can have. */
export function rangeOf({ items }: Instrument): { readonly low: number; readonly high: number } {
  const weights = items.map(({ options }) => options.map(({ weight = 0 }) => weight));
  return {
    low: weights.reduce((sum, each) => sum + Math.min(...each), 0),
    high: weights.reduce((sum, each) => sum + Math.max(...each), 0),
  };
}

/** The band of a total; undefined outside the range of the instrument. */
export const bandOf = ({ bands }: Instrument, total: number): Band | undefined =>
  bands.find(({ from, to }) => total >= from && total <= to);
