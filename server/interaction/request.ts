/** What interactions ask of a FhirRequest before they act. */
import { invalid } from '../../resources/outcome.ts';
import type { AnyResource, ResourceType } from '../../resources/types.ts';
import type { FhirRequest } from './interaction.ts';

/** The type and id that the route guarantees. */
export function addressed({ type, id }: FhirRequest): { type: ResourceType; id: string } {
  if (!type || !id) throw new Error('the route gives a type and an id');
  return { type, id };
}

/** The type that the route guarantees. */
export function typed({ type }: FhirRequest): ResourceType {
  if (!type) throw new Error('the route gives a type');
  return type;
}

/** The body, which must be a resource of the type in the path. @throws FhirError invalid */
export function resourceOf(request: FhirRequest): AnyResource {
  const { body } = request;
  const type = typed(request);
  if (!body) throw invalid(`The body is empty; expected a ${type}`);
  if (body.resourceType !== type)
    throw invalid(`The body is a ${body.resourceType}; expected a ${type}, as the path says`, {
      expression: 'resourceType',
    });
  return body;
}
