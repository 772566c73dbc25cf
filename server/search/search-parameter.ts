/**
 * The search parameters in force: those of R4 (and later of packages and our own), one for each pair of resource type and code,
 * with the number that stands for it in the index tables. https://hl7.org/fhir/R4/searchparameter.html
 */
import type { ResourceType } from '../../resources/types.ts';

export type SearchParameterType =
  | 'number'
  | 'date'
  | 'string'
  | 'token'
  | 'reference'
  | 'composite'
  | 'quantity'
  | 'uri'
  | 'special';

export interface SearchParameter {
  /**
   * Stands for (resource type, code) in the index tables; given by the store, stable for the life of the database. An alias has the
   * number of the parameter whose rows it reads; 0 for parameters that are columns of `resource` (`_id`, `_lastUpdated`).
   */
  readonly number: number;
  readonly resource: ResourceType;
  readonly code: string;
  readonly type: SearchParameterType;
  readonly url: string;
  readonly description: string;
  /** FHIRPath of the values; absent for parameters that are not found in rows of their own: `_id`, `_lastUpdated`, `_text`, `_content`. */
  readonly expression?: string;
  /** The FHIR types that the expression can select; absent when they are not known beforehand. */
  readonly valueTypes?: readonly string[] | undefined;
  /** Of a `code`, whose system is not written: that of the binding, so that `system|code` finds it. */
  readonly impliedSystem?: string;
  /** For references: the types that may be referred to, never empty. Empty for all other parameters. */
  readonly targets: readonly ResourceType[];
  /**
   * For `patient` of `subject` and the like: the parameter whose rows it reads, narrowed to `targets`; it stores nothing itself.
   */
  readonly alias?: SearchParameter;
  /** For composites: the parameters of the components, with the FHIRPath that leads from the composite's element to each value. */
  readonly components?: readonly { readonly param: SearchParameter; readonly expression: string }[];
  /** For `_text` and `_content`, where full text search is offered: the engine that answers. */
  readonly fullText?: 'sqlite' | 'postgres';
  /** `filling` while a background job indexes what was stored before the parameter was known: not searchable yet. */
  readonly status: 'active' | 'filling';
  /** While `filling`: how many resources have been indexed, of how many. */
  readonly progress?: () => Progress;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** `40 % of 120,000 resources` */
export function progressText({ done, total }: Progress): string {
  const percent = total === 0 ? 100 : Math.min(99, Math.floor((100 * done) / total));
  return `${percent} % of ${total.toLocaleString('en')} resources`;
}
