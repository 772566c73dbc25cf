/**
 * A code system as the terminology operations see it, whether its content is a CodeSystem resource, a grammar, or rows of the database.
 * https://hl7.org/fhir/R4/codesystem.html
 */
import type { ValueSetComposeIncludeFilter } from '../../resources/types.ts';

/** A name of a concept beside its display. */
export interface Designation {
  readonly language?: string;
  readonly use?: { readonly system?: string; readonly code?: string; readonly display?: string };
  readonly value: string;
}

export interface ConceptProperty {
  readonly code: string;
  /** `Coding`, `code`, `string`, `boolean`, `integer`, `decimal` or `dateTime`. */
  readonly type: string;
  readonly value: unknown;
}

export interface Concept {
  readonly code: string;
  readonly display?: string;
  readonly definition?: string;
  readonly designations: readonly Designation[];
  readonly properties: readonly ConceptProperty[];
  /** Codes directly above. */
  readonly parents: readonly string[];
  /** Only there to group others; not to be chosen. */
  readonly abstract: boolean;
  readonly inactive: boolean;
}

export type ConceptFilter = ValueSetComposeIncludeFilter;

/** What is asked of a code system: concepts that pass every filter and whose names hold the words of `text`. */
export interface Selection {
  readonly filters: readonly ConceptFilter[];
  readonly text?: string;
  readonly activeOnly: boolean;
  /** One more is given when there are more. */
  readonly limit: number;
}

export interface Concepts {
  readonly url: string;
  readonly version?: string;
  readonly name: string;
  readonly title?: string;
  /** Why it is not the whole system; absent when it is. */
  readonly incomplete?: string;
  find(code: string): Promise<Concept | undefined>;
  /** In the order of the system. @throws FhirError when it cannot be listed, or a filter is not understood */
  select(selection: Selection): Promise<readonly Concept[]>;
  /** Whether a concept of the system passes a filter. @throws FhirError when it is not understood */
  passes(concept: Concept, filter: ConceptFilter): Promise<boolean>;
  /** Whether `code` is `ancestor` or lies below it. */
  isA(code: string, ancestor: string): Promise<boolean>;
  /** The code and all above it. */
  ancestors(code: string): Promise<readonly string[]>;
  /** The code and all below it, at most `limit` and one more. */
  descendants(code: string, limit: number): Promise<readonly string[]>;
  /** The codes directly below. */
  children(code: string): Promise<readonly string[]>;
}

/** Whether a name holds every word of `text`, in any order, whatever the case. */
export function hasWords(names: readonly (string | undefined)[], text: string | undefined): boolean {
  if (text === undefined) return true;
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return names.some((name) => name !== undefined && words.every((word) => name.toLowerCase().includes(word)));
}

/** Whether the concept is found by `text`: by its code, display or a designation. */
export const isFoundBy = ({ code, display, designations }: Concept, text: string | undefined): boolean =>
  hasWords([code, display, ...designations.map(({ value }) => value)], text);
