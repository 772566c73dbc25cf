/** update, with update-as-create by an id of the client's. https://hl7.org/fhir/R4/http.html#update */
import { check, transactOne } from '../transaction/transact.ts';
import type { Interaction } from './interaction.ts';
import { versionConditions } from './precondition.ts';
import { addressed, identifiedResourceOf } from './request.ts';
import { writeResponse } from './response.ts';

export const update: Interaction = {
  code: 'update',
  parameters: [],
  async handle(request, context) {
    const after = identifiedResourceOf(request);
    const issues = check(after, context);
    const change = {
      kind: 'update',
      ...addressed(request),
      after,
      method: 'PUT',
      ...versionConditions(request),
    } as const;
    const outcome = await transactOne(change, context);
    return { ...writeResponse(request, outcome), issues };
  },
};
