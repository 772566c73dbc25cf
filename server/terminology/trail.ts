/** The value sets that are being looked into, outermost first: one that includes itself ends in words. */
import { unprocessable } from '../../resources/outcome.ts';
import type { ValueSet } from '../../resources/types.ts';

export type Trail = readonly ValueSet[];

/** Deeper than any real chain of value sets. */
const DEEPEST = 30;

/** @throws FhirError 422, when the value set is in the trail already or it is too deep */
export function nestedTrail(trail: Trail, valueSet: ValueSet): Trail {
  const name = valueSet.url ?? 'the value set';
  if (trail.includes(valueSet) || trail.some(({ url }) => url !== undefined && url === valueSet.url))
    throw unprocessable(
      `${name} includes itself: ${[...trail, valueSet].map(({ url }) => url ?? '?').join(' includes ')}`,
      {
        rule: 'value-set-cycle',
      },
    );
  if (trail.length >= DEEPEST)
    throw unprocessable(`${name} lies more than ${DEEPEST} value sets deep`, { rule: 'value-set-cycle' });
  return [...trail, valueSet];
}
