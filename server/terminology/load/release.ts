/** A code system as a release of its publisher has it: concepts, hierarchy and properties, one after another. */

export type ReleaseItem =
  | { readonly kind: 'concept'; readonly code: string; readonly display: string; readonly active: boolean }
  | { readonly kind: 'parent'; readonly code: string; readonly parent: string }
  | { readonly kind: 'property'; readonly code: string; readonly property: string; readonly value: string };

export interface Release {
  readonly url: string;
  readonly version: string;
  readonly title: string;
  items(): AsyncGenerator<ReleaseItem>;
}
