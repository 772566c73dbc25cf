/** patch: JSON Patch and FHIRPath Patch. https://hl7.org/fhir/R4/http.html#patch */
import { invalid } from '../../resources/outcome.ts';
import type { AnyResource, Parameters } from '../../resources/types.ts';
import { applyFhirPathPatch } from '../transaction/patch/fhirpath-patch.ts';
import { applyJsonPatch } from '../transaction/patch/json-patch.ts';
import { transactOne } from '../transaction/transact.ts';
import type { FhirRequest, Interaction } from './interaction.ts';
import { versionConditions } from './precondition.ts';
import { addressed } from './request.ts';
import { writeResponse } from './response.ts';

/** The function from a resource to the patched resource that the request's document describes. */
export function patchOf({ patch: document }: FhirRequest): (before: AnyResource) => AnyResource {
  if (!document)
    throw invalid('The body is no patch; expected RFC 6902 operations or a Parameters resource in FHIRPath Patch form');
  return document.kind === 'json'
    ? (before) => applyJsonPatch(before, document.operations)
    : (before) => applyFhirPathPatch(before, document.parameters as unknown as Parameters);
}

export const patch: Interaction = {
  code: 'patch',
  parameters: [],
  async handle(request, context) {
    const after = patchOf(request);
    const { ifMatch } = versionConditions(request);
    const change = { kind: 'update', ...addressed(request), after, method: 'PATCH', ifMatch } as const;
    return writeResponse(request, await transactOne(change, context));
  },
};
