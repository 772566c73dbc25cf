/**
 * $validate: what is right and wrong with a resource, nothing being written. https://hl7.org/fhir/R4/resource-operation-validate.html
 *
 * The answer is 200 with an OperationOutcome, whatever the verdict; 400 is for what cannot be read as a resource at all.
 */
import type { ValidateOptions } from '../../profiles/validate.ts';
import { isResourceType } from '../../resources/definition.ts';
import { FhirError, type Issue, invalid, issue, operationOutcome } from '../../resources/outcome.ts';
import type { AnyResource, JsonObject, ParametersParameter, ResourceType } from '../../resources/types.ts';
import type { Context, FhirRequest, FhirResponse } from '../interaction/interaction.ts';
import type { Validation } from '../validation.ts';
import { located } from './locate.ts';
import { defineOperation, type Operation } from './operation.ts';
import { referredTo } from './referred.ts';
import { requireVisible, resourceIn } from './visible.ts';

const MODES = ['create', 'update', 'delete', 'profile'] as const;
type Mode = (typeof MODES)[number];

const isMode = (text: string): text is Mode => (MODES as readonly string[]).includes(text);

/** The request with the resource that it carries inside Parameters, where a body of type Parameters is itself what is to be looked at. */
function wrapped(request: FhirRequest): FhirRequest {
  const { body, type } = request;
  if (body?.resourceType !== 'Parameters' || type !== 'Parameters') return request;
  const list = Array.isArray(body.parameter) ? (body.parameter as readonly (ParametersParameter | null)[]) : [];
  if (list.some((each) => each?.name === 'resource' && each.resource)) return request;
  return { ...request, body: { resourceType: 'Parameters', parameter: [{ name: 'resource', resource: body }] } };
}

/** FHIRPath of the resource in the text that was sent; undefined where it is the whole text. */
function placeOf({ body }: FhirRequest, resource: AnyResource): string | undefined {
  if (body?.resourceType !== 'Parameters' || body === resource || !Array.isArray(body.parameter)) return undefined;
  const at = (body.parameter as readonly (ParametersParameter | null)[]).findIndex((each) => each?.name === 'resource');
  return `Parameters.parameter[${at}].resource`;
}

function modeOf(text: string | undefined): Mode | undefined {
  if (text === undefined || isMode(text)) return text;
  throw invalid(`The parameter mode is "${text}"; expected one of ${MODES.join(', ')}`, { expression: 'http.mode' });
}

/** What the request says about the resource that its content contradicts. */
function addressIssues(resource: AnyResource, { type, id }: FhirRequest, mode: Mode | undefined): readonly Issue[] {
  if (resource.resourceType !== type)
    return [
      issue('structure', `The resource is a ${resource.resourceType}, and the path says ${type}`, {
        rule: 'validate-type',
      }),
    ];
  const expression = `${resource.resourceType}.id`;
  if (mode === 'update' && id !== undefined && resource.id !== id)
    return [
      issue(
        'value',
        `An update of ${type}/${id} has the id "${id}"; found ${resource.id ? `"${resource.id}"` : 'none'}`,
        {
          expression,
          rule: 'validate-id',
        },
      ),
    ];
  if (mode === 'update' && id === undefined && resource.id === undefined)
    return [issue('required', 'An update has an id, and this resource has none', { expression, rule: 'validate-id' })];
  return [];
}

async function deletionOutcome(type: ResourceType, id: string | undefined, context: Context): Promise<FhirResponse> {
  if (id === undefined)
    throw invalid(`mode=delete asks about a resource that is stored: POST ${type}/[id]/$validate?mode=delete`, {
      expression: 'http.mode',
    });
  const { version } = await requireVisible(type, id, context);
  const sentence = `${type}/${id}, version ${version}, can be deleted`;
  return { status: 200, body: operationOutcome([issue('informational', sentence, { severity: 'information' })]) };
}

/** The resource to look at: the one that came, otherwise the one at the address. */
async function subject(
  given: AnyResource | undefined,
  { type, id }: FhirRequest,
  context: Context,
): Promise<AnyResource> {
  if (given && !isResourceType(given.resourceType))
    throw invalid(`resourceType is ${JSON.stringify(given.resourceType)}, which is no resource type of FHIR R4`, {
      expression: 'Parameters.parameter.resource',
    });
  if (given) return given;
  if (type && id) return resourceIn(await requireVisible(type, id, context));
  throw invalid('$validate needs a resource: as the body, or as the parameter resource of Parameters', {
    expression: 'http.resource',
  });
}

export function validateOperation({ validate, answered }: Validation): Operation {
  const operation = defineOperation(
    {
      code: 'validate',
      canonical: 'http://hl7.org/fhir/OperationDefinition/Resource-validate',
      title: 'Validate a resource',
      description:
        'Everything that is wrong or remarkable with a resource, by R4, by the profiles that it claims, by those that this installation requires, and by those that are asked for.',
      resource: ['Resource'],
      system: false,
      type: true,
      instance: true,
      affectsState: false,
      parameter: {
        resource: {
          type: 'Resource',
          min: 0,
          max: '1',
          documentation:
            'What is validated; may be the body itself. On an instance it may be left out: then what is stored',
        },
        mode: { type: 'code', min: 0, max: '1', documentation: 'create, update, delete or profile' },
        mustSupport: {
          type: 'boolean',
          min: 0,
          max: '1',
          documentation: 'Tell also which elements that a profile marks as mustSupport are absent',
        },
        profile: { type: 'uri', min: 0, max: '*', documentation: 'The canonical of a profile to validate against' },
      },
      result: { name: 'return', type: 'OperationOutcome', documentation: 'What was found' },
    },
    async ({ input, request }, context) => {
      const mode = modeOf(input.mode);
      if (mode === 'delete') return deletionOutcome(request.type as ResourceType, request.id, context);
      const resource = await subject(input.resource, request, context);
      const options: ValidateOptions = {
        profiles: input.profile,
        mustSupport: input.mustSupport ?? false,
        ...(mode ? { mode } : {}),
        unknownExtension: 'error',
        resolve: await referredTo(resource as unknown as JsonObject, context),
      };
      const issues = [
        ...addressIssues(resource, request, mode),
        ...(await answered(() => validate(resource, options))),
      ];
      return { status: 200, body: operationOutcome(located(issues, request.source, placeOf(request, resource))) };
    },
  );
  return {
    spec: operation.spec,
    run: (request, context) => {
      if (request.body === undefined && request.id === undefined && !request.query.has('mode'))
        throw new FhirError(400, [
          issue(
            'required',
            `The body is empty; expected a ${request.type}, or Parameters with one as the parameter resource`,
          ),
        ]);
      return operation.run(wrapped(request), context);
    },
  };
}
