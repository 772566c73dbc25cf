/**
 * Operations, declared once: from a definition come the route, the parsed input, the OperationDefinition that is served and the entry in the
 * CapabilityStatement. https://hl7.org/fhir/R4/operations.html
 */

import { nearest } from '../../resources/nearest.ts';
import { FhirError, methodNotAllowed, notSupported } from '../../resources/outcome.ts';
import { type Input, type ParameterSpecs, readInput } from '../../resources/parameters.ts';
import type {
  AnyResource,
  OperationDefinition,
  OperationDefinitionParameter,
  ResourceType,
} from '../../resources/types.ts';
import type { Context, FhirRequest, FhirResponse, Interaction } from '../interaction/interaction.ts';

export interface OperationSpec<P extends ParameterSpecs = ParameterSpecs> {
  /** The name without `$`. */
  readonly code: string;
  /** The canonical URL of HL7's definition that it carries out; our own when absent. */
  readonly canonical?: string;
  readonly title: string;
  readonly description: string;
  /** The types it is for; `Resource` means all. */
  readonly resource: readonly (ResourceType | 'Resource')[];
  readonly system: boolean;
  readonly type: boolean;
  readonly instance: boolean;
  /** Whether it may change something: then GET is refused. */
  readonly affectsState: boolean;
  /** For one that changes something: GET is not refused; it changes nothing and tells how far the work is. */
  readonly progressByGet?: boolean;
  /** Whether it is also for a past version: `Patient/1/_history/2/$meta`. */
  readonly version?: boolean;
  readonly parameter: P;
  /** What comes back; absent where nothing does. */
  readonly result?: OperationResult | readonly OperationResult[];
}

/** A thing that an operation returns. `type` is a FHIR data type, or `Resource` or a resource type. */
export interface OperationResult {
  readonly name: string;
  readonly type: string;
  readonly documentation: string;
  /** Of one that is not always there. */
  readonly min?: 0 | 1;
}

/** A call: where it came in and with what. */
export interface OperationCall<P extends ParameterSpecs> {
  readonly type?: ResourceType;
  readonly id?: string;
  readonly input: Input<P>;
  readonly request: FhirRequest;
}

export interface Operation {
  readonly spec: OperationSpec;
  run(request: FhirRequest, context: Context): Promise<FhirResponse>;
}

export function defineOperation<const P extends ParameterSpecs>(
  spec: OperationSpec<P>,
  handler: (call: OperationCall<P>, context: Context) => Promise<FhirResponse>,
): Operation {
  return {
    spec,
    run(request, context) {
      const { type, id, query, body } = request;
      const input = readInput(spec.code, spec.parameter, query, body);
      return handler({ ...(type ? { type } : {}), ...(id ? { id } : {}), input, request }, context);
    },
  };
}

/** Whether the operation is for resources of `type`. */
export const isFor = ({ spec }: Operation, type: ResourceType): boolean =>
  spec.resource.includes(type) || spec.resource.includes('Resource');

/** Whether the operation is there at the level of the request. */
function isAt(operation: Operation, { type, id, versionId }: FhirRequest): boolean {
  const { spec } = operation;
  const level = versionId ? spec.version : id ? spec.instance : type ? spec.type : spec.system;
  return level === true && (!type || isFor(operation, type));
}

const levelOf = ({ type, id, versionId }: FhirRequest): string =>
  versionId ? `a past version of a ${type}` : id ? `a ${type}` : type ? `the type ${type}` : 'the system';

function unknown(request: FhirRequest, operations: readonly Operation[]) {
  const here = operations.filter((operation) => isAt(operation, request)).map(({ spec }) => spec.code);
  const elsewhere = operations.some(({ spec }) => spec.code === request.operation);
  const near = nearest(request.operation ?? '', here);
  const offered = here.length > 0 ? `; there are ${here.map((code) => `$${code}`).join(', ')}` : '';
  const hint = elsewhere ? ', though elsewhere' : near ? `; did you mean $${near}?` : offered;
  return notSupported(`There is no operation $${request.operation} on ${levelOf(request)}${hint}`);
}

/** The interaction that carries out any of `operations`. */
export function operationInteraction(operations: readonly Operation[]): Interaction {
  return {
    code: 'operation',
    parameters: 'any',
    async handle(request, context) {
      const operation = operations.find((each) => each.spec.code === request.operation && isAt(each, request));
      if (!operation) throw unknown(request, operations);
      if (operation.spec.affectsState && request.isSafe && !operation.spec.progressByGet)
        throw methodNotAllowed(`$${operation.spec.code} changes something, so it is called by POST`, ['POST']);
      return operation.run(request, context);
    },
  };
}

/** The id under which the definition of an operation is served: `Patient-everything`, `Resource-meta`, as HL7 has them. */
export const definitionId = ({ code, resource: [first] }: OperationSpec): string => (first ? `${first}-${code}` : code);

/** The canonical URL of the definition. */
export const definitionUrl = (spec: OperationSpec, baseUrl: string): string =>
  spec.canonical ?? `${baseUrl}/OperationDefinition/${definitionId(spec)}`;

/** The definition that is served at `OperationDefinition/[id]`. */
export function operationDefinition(spec: OperationSpec, baseUrl: string): OperationDefinition {
  return {
    resourceType: 'OperationDefinition',
    id: definitionId(spec),
    url: definitionUrl(spec, baseUrl),
    name: spec.code.replaceAll(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase()),
    title: spec.title,
    status: 'active',
    kind: 'operation',
    description: spec.description,
    affectsState: spec.affectsState,
    code: spec.code,
    resource: [...spec.resource],
    system: spec.system,
    type: spec.type,
    instance: spec.instance,
    parameter: [...inParameters(spec.parameter), ...(spec.result ? [spec.result].flat().map(outParameter) : [])],
  };
}

const ALLOWED_TYPE = 'http://hl7.org/fhir/StructureDefinition/operationdefinition-allowed-type';

const inParameters = (specs: ParameterSpecs): OperationDefinitionParameter[] =>
  Object.entries(specs).map(([name, { min, max, type, documentation, part, allowed }]) => ({
    ...(allowed ? { extension: allowed.map((valueUri) => ({ url: ALLOWED_TYPE, valueUri })) } : {}),
    name,
    use: 'in',
    min,
    max,
    documentation,
    ...(part ? { part: inParameters(part) } : { type: type as 'string' }),
  }));

const outParameter = ({ name, type, documentation, min = 1 }: OperationResult) => ({
  name,
  use: 'out' as const,
  min,
  max: '1',
  documentation,
  type: type as 'string',
});

/** `read` that also knows the definitions of the operations: what is stored under the same id comes first. */
export function withDefinitions(read: Interaction, operations: readonly Operation[]): Interaction {
  return {
    ...read,
    async handle(request, context) {
      try {
        return await read.handle(request, context);
      } catch (error) {
        const isUnknown = request.type === 'OperationDefinition' && error instanceof FhirError && error.status === 404;
        const found = isUnknown && operations.find(({ spec }) => definitionId(spec) === request.id);
        if (!found) throw error;
        return { status: 200, body: operationDefinition(found.spec, context.baseUrl) as unknown as AnyResource };
      }
    },
  };
}
