/** A compiled document: a tree of what is to be read, with arguments and directives as plain values. */
import type { FieldNode } from 'graphql';
import type { ResourceType } from '../../../resources/types.ts';
import type { Shape } from './directive.ts';
import type { Navigation } from './navigation.ts';
import type { SearchArguments } from './search-arguments.ts';

/** What a field reads. */
export type Use =
  | { readonly kind: 'element'; readonly navigation: Navigation }
  /** `resource` of a Reference; `types` are those that are let through. */
  | { readonly kind: 'reference'; readonly optional: boolean; readonly types?: ReadonlySet<string> }
  | { readonly kind: 'read'; readonly type: ResourceType; readonly id: string }
  | { readonly kind: 'search'; readonly search: SearchArguments; readonly wantsTotal: boolean }
  /** `__typename`, `resourceType`, and what connections and edges have. */
  | { readonly kind: 'member' };

export interface Field {
  readonly kind: 'field';
  readonly name: string;
  /** The name in the answer. */
  readonly key: string;
  readonly use: Use;
  readonly shape: Shape;
  readonly selections: readonly Selection[];
  readonly node: FieldNode;
}

/** What is only read of objects of one of the types; of all when `types` is absent. */
export interface On {
  readonly kind: 'on';
  readonly types?: ReadonlySet<string>;
  readonly selections: readonly Selection[];
}

export type Selection = Field | On;

/** Whether two fields of one name in the answer read the same, so that what is selected below them is taken together. */
export const isSameField = (a: Field, b: Field): boolean =>
  a.name === b.name && (a.use.kind === 'reference' || useText(a) === useText(b));

const useText = ({ use, shape }: Field): string =>
  JSON.stringify([use, shape], (_, value: unknown) => (value instanceof Set ? [...value] : value));
