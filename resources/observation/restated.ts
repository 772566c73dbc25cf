/** An Observation that is derived again: amended once it has said something else before. https://hl7.org/fhir/R4/valueset-observation-status.html */
import { isDeepStrictEqual } from 'node:util';
import type { Derived } from '../reaction.ts';
import type { Observation } from '../types.ts';

export type DerivedObservation = Observation & { readonly id: string };

/** The Observation that is wanted, with the status that follows from the one that is there. */
export const restated = (wanted: DerivedObservation, current: Observation | undefined): Derived => ({
  kind: 'put',
  resource: { ...wanted, status: statusOf(wanted, current) },
});

export const enteredInError = (observation: DerivedObservation): Derived => ({
  kind: 'put',
  resource: { ...observation, status: 'entered-in-error' },
});

function statusOf(wanted: Observation, current: Observation | undefined): Observation['status'] {
  if (!current || wanted.status === 'amended') return wanted.status;
  return current.status === 'final' && isSame(current, wanted) ? 'final' : 'amended';
}

function isSame(a: Observation, b: Observation): boolean {
  const plain = ({ meta: _meta, ...elements }: Observation) => JSON.parse(JSON.stringify(elements)) as unknown;
  return isDeepStrictEqual(plain(a), plain(b));
}
