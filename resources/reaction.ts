/**
 * A Reaction: a rule of the domain that follows from a change, in the same transaction. It is declared with the search that it reacts to and derives
 * further resources from what changed and what is known. It may run again for the same change, so what it derives has ids that follow from
 * the change, not from chance. ARCHITECTURE, "Reactions".
 */
import { createHash } from 'node:crypto';
import type { Issue } from './outcome.ts';
import type { AnyResource, ResourceType } from './types.ts';

/** The two images of a change: `before` is absent for what is new, `after` for what is deleted. */
export interface Images {
  readonly before?: AnyResource | undefined;
  readonly after?: AnyResource | undefined;
}

/** A change as a reaction sees it. */
export interface Reacting {
  readonly type: ResourceType;
  readonly id: string;
  readonly before?: AnyResource;
  readonly after?: AnyResource;
  /** When the transaction happens: `meta.lastUpdated` of all that it writes. */
  readonly instant: string;
}

/** What a reaction may ask, as the transaction sees it. */
export interface Facts {
  /** The current content; undefined when it does not exist or is deleted. */
  get(type: ResourceType, id: string): Promise<AnyResource | undefined>;
  /** The matches of a search without chains (`Observation?subject=Patient/1&code=44261-6`), in no particular order, all of them. */
  find(search: string): Promise<readonly AnyResource[]>;
}

/**
 * What follows: a resource as it shall be, with its id, or a deletion; one that is so already changes nothing. Or an issue to tell the client whose
 * change it was.
 */
export type Derived =
  | { readonly kind: 'put'; readonly resource: AnyResource & { readonly id: string } }
  | { readonly kind: 'issue'; readonly issue: Issue }
  | { readonly kind: 'delete'; readonly type: ResourceType; readonly id: string };

export interface Reaction {
  /** Stable; stands in messages, configuration and provenance. */
  readonly name: string;
  /** The search that a changed resource must match, before or after: `QuestionnaireResponse?status=completed,amended`. No chains. */
  readonly on: string;
  /** What of that is looked at, where no search can say it: told from the images alone, before anything is locked or asked. */
  concerns?(images: Images): boolean;
  /**
   * The search that finds what time alone makes due, on `day` (2026-11-21), or since `since`; undefined when nothing can have become due. The rule looks at
   * each of these as it is, `before` and `after` the same, as often as it is asked: what it has said once it does not say again.
   */
  sweep?(day: string, since?: string): string | undefined;
  derive(change: Reacting, facts: Facts): Promise<readonly Derived[]>;
}

/** An id that follows from what it is derived from: the same parts give the same id. */
export const derivedId = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);
