/** create. https://hl7.org/fhir/R4/http.html#create */
import { check, transactOne } from '../transaction/transact.ts';
import type { Interaction } from './interaction.ts';
import { resourceOf } from './request.ts';
import { writeResponse } from './response.ts';

export const create: Interaction = {
  code: 'create',
  parameters: [],
  async handle(request, context) {
    const resource = resourceOf(request);
    const issues = check(resource, context);
    const outcome = await transactOne({ kind: 'create', resource, id: context.newId() }, context);
    return { ...writeResponse(request, outcome), issues };
  },
};
