/** Writing for parts of this program that keep tables of their own beside the resources: both in one transaction, by the rules of a request. */
import type { Issue } from '../../resources/outcome.ts';
import type { AnyResource } from '../../resources/types.ts';
import type { Session } from '../store/store.ts';
import type { Change, Commit } from './change.ts';

export interface Writing {
  readonly session: Session;
  /** What is only worth a warning. @throws FhirError 422, with every issue */
  check(resource: AnyResource): Promise<readonly Issue[]>;
  /** Carries out the changes and what follows from them; once in a transaction. @throws FhirError 409, 412, 422 */
  apply(changes: readonly Change[]): Promise<Commit>;
}

/** As `Store.transact`: when `work` throws nothing remains, and it may run again from the start. */
export type Transact = <T>(work: (writing: Writing) => Promise<T>) => Promise<T>;
