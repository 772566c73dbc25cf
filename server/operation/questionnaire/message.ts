/** Tasks of the process for forms, and what it answers. Resources travel as JSON text, which keeps the digits of decimals. */
import type { Issue } from '../../../resources/outcome.ts';
import type { BundleEntry } from '../../../resources/types.ts';

/** A resource that an expression knows by name. */
export interface Named {
  readonly name: string;
  /** JSON texts. */
  readonly content: readonly string[];
}

interface FormTask {
  /** JSON text of the Questionnaire. */
  readonly questionnaire: string;
  /** JSON texts of the definitions that it draws on and that R4 and we do not have. */
  readonly definitions: readonly string[];
  /** An instant. */
  readonly now: string;
}

export interface PopulateTask extends FormTask {
  readonly kind: 'populate';
  /** JSON text of a Reference. */
  readonly subject?: string;
  readonly contexts: readonly Named[];
  /** Whether what is stored here may be asked for. */
  readonly isLocal: boolean;
}

export interface ExtractTask extends FormTask {
  readonly kind: 'extract';
  /** JSON text of the QuestionnaireResponse. */
  readonly response: string;
  /** Whether the Observations of the response come from elsewhere: the rules of its instrument. */
  readonly isScored: boolean;
  /** Of this server, without a slash at the end. */
  readonly baseUrl: string;
}

/** What extraction gives, as JSON. */
export interface Extracted {
  readonly entry: readonly BundleEntry[];
  readonly issues: readonly Issue[];
}

export type Task = PopulateTask | ExtractTask;

export type Answer =
  | { readonly kind: 'done'; readonly text: string }
  | { readonly kind: 'failed'; readonly reason: string };
