/**
 * What a codec reads, as data: for readers that are no program, such as the SQL of the report views. It says the same as `decode`, and a test holds
 * the two together (test/server/view/law.test.ts).
 */
import type { Codec } from './codec.ts';
import type { Condition } from './condition.ts';
import type { Element } from './element.ts';
import type { Json } from './json.ts';

export type Reading =
  /** A primitive as it stands. */
  | { readonly kind: 'text' | 'boolean' | 'integer' | 'decimal' }
  /** A date, dateTime or instant. */
  | { readonly kind: 'day' | 'moment' | 'instant' }
  /** The texts of a list. */
  | { readonly kind: 'texts' }
  /** A code, a Coding or a CodeableConcept with a word in the table of the codec. */
  | { readonly kind: 'code' | 'coding' | 'concept' }
  /** A CodeableConcept by its first coding and its text. */
  | { readonly kind: 'any-concept' }
  | { readonly kind: 'reference'; readonly type: string }
  /** A Reference to one of several types, by our words for them. */
  | { readonly kind: 'party'; readonly types: Readonly<Record<string, string>> }
  /** An object by the fields of the codec. */
  | { readonly kind: 'record' }
  /** The items that fit, each by the codec of the items. */
  | { readonly kind: 'list'; readonly where: Json; readonly condition?: Condition }
  /** The first of several properties that has a value; under a name where it is a primitive. */
  | { readonly kind: 'choice'; readonly alternatives: readonly Alternative[] }
  /** What another codec reads further down. */
  | { readonly kind: 'below'; readonly element: Element; readonly codec: Codec<unknown> }
  | { readonly kind: 'derived'; readonly from: Derivation };

export interface Alternative {
  readonly kind: string;
  readonly property: string;
  readonly codec: Codec<unknown>;
  readonly under?: string;
}

/** What follows from several elements by a rule of its own. */
export type Derivation =
  /** The name to call somebody by, from a list of HumanNames. */
  | { readonly rule: 'name' }
  /** The answer to an item of the PHQ-9, by its LOINC code. */
  | { readonly rule: 'phq9-answer'; readonly item: string }
  | { readonly rule: 'phq9-score'; readonly of: 'complete' | 'total' | 'severity' | 'safety' };
