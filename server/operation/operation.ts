/**
 * Operations, declared once: from a definition come the route, the parsed input, the OperationDefinition that is served and the entry in the
 * CapabilityStatement. https://hl7.org/fhir/R4/operations.html
 */

import { nearest } from '../../resources/nearest.ts';
import { methodNotAllowed, notSupported } from '../../resources/outcome.ts';
import { type Input, type ParameterSpecs, readInput } from '../../resources/parameters.ts';
import type { OperationDefinition, ResourceType } from '../../resources/types.ts';
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
  readonly parameter: P;
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

/** Whether the operation is there at the level of the request. */
function isAt({ spec }: Operation, { type, id }: FhirRequest): boolean {
  const level = id ? spec.instance : type ? spec.type : spec.system;
  return level && (!type || spec.resource.includes(type) || spec.resource.includes('Resource'));
}

const levelOf = ({ type, id }: FhirRequest): string => (id ? `a ${type}` : type ? `the type ${type}` : 'the system');

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
      if (operation.spec.affectsState && request.isSafe)
        throw methodNotAllowed(`$${operation.spec.code} changes something, so it is called by POST`, ['POST']);
      return operation.run(request, context);
    },
  };
}

/** The id under which the definition of an operation of ours is served. */
export const definitionId = ({ code, resource, system }: OperationSpec): string =>
  system ? code : `${resource[0] ?? 'Resource'}-${code}`;

/** The definition that is served at `OperationDefinition/[id]`. */
export function operationDefinition(spec: OperationSpec, baseUrl: string): OperationDefinition {
  return {
    resourceType: 'OperationDefinition',
    id: definitionId(spec),
    url: spec.canonical ?? `${baseUrl}/OperationDefinition/${definitionId(spec)}`,
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
    parameter: Object.entries(spec.parameter).map(([name, { min, max, type, documentation }]) => ({
      name,
      use: 'in',
      min,
      max,
      documentation,
      type: type as 'string',
    })),
  };
}
