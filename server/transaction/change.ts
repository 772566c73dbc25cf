/** The unit of writing: a create, update or delete of one resource; and what came of a list of them. */
import type { Issue } from '../../resources/outcome.ts';
import type { AnyResource, ResourceType } from '../../resources/types.ts';
import type { Method, StoredVersion } from '../store/store.ts';

export type Change = (
  | {
      readonly kind: 'create';
      readonly resource: AnyResource;
      /** The id it gets; made by the server unless a Bundle had to know it before. */
      readonly id: string;
    }
  | {
      readonly kind: 'update';
      readonly id: string;
      /** The content after the change, computed from the version before it, so that a patch is a change too. */
      readonly after: AnyResource | ((before: AnyResource) => AnyResource);
      readonly type: ResourceType;
      /** The version that must be current, from `If-Match`. */
      readonly ifMatch?: number | undefined;
      /** `If-None-Match: *`: only when nothing is there. */
      readonly ifAbsent?: boolean;
      readonly method: Extract<Method, 'PUT' | 'PATCH'>;
    }
  | { readonly kind: 'delete'; readonly type: ResourceType; readonly id: string; readonly ifMatch?: number | undefined }
) & {
  /** The Bundle entry it came from (`Bundle.entry[3]`), for messages. */
  readonly entry?: string | undefined;
};

/** What one Change did. `unchanged`: a deletion of what was not there. */
export interface Outcome {
  readonly kind: 'created' | 'updated' | 'deleted' | 'unchanged';
  readonly version?: StoredVersion;
  /** What the rules that followed have to say about it. */
  readonly issues?: readonly Issue[];
}

/** The outcomes in the order of the changes. */
export interface Commit {
  readonly tx: number;
  readonly outcomes: readonly Outcome[];
}
