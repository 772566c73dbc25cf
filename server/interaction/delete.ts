/** delete: a tombstone is written, every version stays. https://hl7.org/fhir/R4/http.html#delete */
import { transactOne } from '../transaction/transact.ts';
import type { Interaction } from './interaction.ts';
import { versionConditions } from './precondition.ts';
import { addressed } from './request.ts';
import { writeResponse } from './response.ts';

export const remove: Interaction = {
  code: 'delete',
  parameters: [],
  async handle(request, context) {
    const { ifMatch } = versionConditions(request);
    const outcome = await transactOne({ kind: 'delete', ...addressed(request), ifMatch }, context);
    return writeResponse(request, outcome);
  },
};
