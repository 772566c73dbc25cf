/**
 * What a profile asserts, as data: a tree over the elements that it says something about, with everything that it inherits from other
 * profiles and without what the base type says anyway. Printable: golden files of our own profiles hold it.
 */
import type { JsonObject } from '../resources/types.ts';
import type { BindingRule, ConstraintRule } from './type-rules.ts';

export interface TypeAssertion {
  /** A FHIR type name. */
  readonly code: string;
  /** The value conforms to one of these. */
  readonly profiles?: readonly string[];
  /** The resource that the Reference (or canonical) points to conforms to one of these. */
  readonly targetProfiles?: readonly string[];
  readonly aggregation?: readonly ('contained' | 'referenced' | 'bundled')[];
  readonly versioning?: 'either' | 'independent' | 'specific';
}

export interface Discriminator {
  readonly type: 'value' | 'exists' | 'pattern' | 'type' | 'profile' | 'position';
  /** The restricted FHIRPath of the specification: `$this`, `code.coding`, `extension('...').value`, `resolve()`. */
  readonly path: string;
}

export interface SlicingAssertion {
  readonly discriminators: readonly Discriminator[];
  readonly rules: 'open' | 'closed' | 'openAtEnd';
  readonly ordered: boolean;
}

/** What a profile asks of a Narrative. */
export interface NarrativeAssertion {
  /** Languages, or `_yes`, `_no`, `_resource`. */
  readonly languages?: readonly string[];
  /** Each part says whether it is boilerplate, generated or original. */
  readonly source?: boolean;
}

export interface ElementAssertion {
  /** `Patient.identifier:mrn.system` */
  readonly id: string;
  /** The element's name, without `[x]`; the type for the root. */
  readonly name: string;
  readonly sliceName?: string;
  readonly min?: number;
  /** Absent when not limited. */
  readonly max?: number;
  readonly types?: readonly TypeAssertion[];
  /** A value of the element's type that the element must equal, or contain. */
  readonly fixed?: unknown;
  readonly pattern?: unknown;
  readonly minValue?: unknown;
  readonly maxValue?: unknown;
  readonly maxLength?: number;
  readonly binding?: BindingRule;
  readonly constraints?: readonly ConstraintRule[];
  readonly narrative?: NarrativeAssertion;
  readonly mustSupport?: boolean;
  /** A primitive that may not be an extension only (an element of R5, by its extension in R4). */
  readonly mustHaveValue?: boolean;
  readonly slicing?: SlicingAssertion;
  readonly slices?: readonly ElementAssertion[];
  readonly children?: readonly ElementAssertion[];
}

export interface ProfileAssertion {
  readonly url: string;
  readonly version?: string;
  /** The type that the profile constrains. */
  readonly type: string;
  readonly root: ElementAssertion;
  /** What in the definition could not be understood; a resource cannot be held to it. */
  readonly problems: readonly string[];
}

/** The sub-element of an assertion by name. */
export const childOf = (assertion: ElementAssertion, name: string): ElementAssertion | undefined =>
  assertion.children?.find((child) => child.name === name);

export const asObject = (value: unknown): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
