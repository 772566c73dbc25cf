/** The FhirError that `act` throws. */
import { strict as assert } from 'node:assert';
import { FhirError } from '../../../../resources/outcome.ts';

export function failure(act: () => unknown): FhirError {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof FhirError, `expected a FhirError, got ${error instanceof Error ? error.stack : error}`);
    return error;
  }
  return assert.fail('expected a failure');
}
