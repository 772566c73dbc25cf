/** The search parameters as they change while the server runs, as interactions and operations see them. */
import type { ResourceType } from '../../resources/types.ts';
import type { Session } from '../store/store.ts';
import type { Progress } from './search-parameter.ts';

/** A SearchParameter that a transaction wrote or deleted. */
export interface ChangedParameter {
  readonly id: string;
  /** The Bundle entry it came from (`Bundle.entry[3]`), for messages. */
  readonly entry?: string;
}

export interface ParameterState extends Progress {
  readonly type: ResourceType;
  readonly code: string;
  readonly url: string;
  readonly status: 'active' | 'filling' | 'rebuilding' | 'dropping';
}

export interface ParameterRegistry {
  /**
   * Judges the SearchParameters that the transaction wrote, and has those in force that should be, from its commit on.
   * @throws FhirError 422 when one cannot be carried out; 409 when one is gone that others are made of
   */
  changed(changed: readonly ChangedParameter[], session: Session): Promise<void>;
  /** Every parameter that has index rows, and how far they are. */
  states(): Promise<readonly ParameterState[]>;
  /** Begins to make the index rows of active parameters anew; searches go on meanwhile. */
  rebuild(type: ResourceType | undefined, codes: readonly string[]): Promise<void>;
}
