/** FhirRequest to FhirResponse: the one door for HTTP requests, Bundle entries and tests. */
import { nearest } from '../resources/nearest.ts';
import { FhirError, issue, notSupported } from '../resources/outcome.ts';
import type { Context, FhirRequest, FhirResponse, Interaction, InteractionCode } from './interaction/interaction.ts';

import type { Operation } from './operation/operation.ts';

export type Interactions = ReadonlyMap<InteractionCode, Interaction>;

const WRITES: ReadonlySet<InteractionCode> = new Set(['create', 'update', 'patch', 'delete', 'batch', 'transaction']);

/** Whether a request may change something, so that a process which only reads has to pass it on. */
export const writes = (request: FhirRequest, operations: readonly Operation[]): boolean =>
  request.interaction === 'operation'
    ? operations.some((operation) => operation.spec.affectsState && operation.spec.code === request.operation)
    : WRITES.has(request.interaction);

/** Query parameters that an interaction does not know are refused. https://hl7.org/fhir/R4/search.html#errors */
function refuseUnknownParameters(request: FhirRequest, { code, parameters }: Interaction): void {
  if (parameters === 'any' || request.conditional || request.query.size === 0) return;
  const unknown = [...new Set(request.query.keys())].filter((name) => !parameters.includes(name));
  if (unknown.length === 0) return;
  const accepted = parameters.length > 0 ? `it takes ${parameters.join(', ')}` : 'it takes none';
  throw new FhirError(
    400,
    unknown.map((name) => {
      const near = nearest(name, parameters);
      const hint = near ? `; did you mean ${near}?` : '';
      return issue('not-supported', `The ${code} interaction has no parameter ${name}: ${accepted}${hint}`, {
        expression: `http.${name}`,
      });
    }),
  );
}

/** The function that carries out any FhirRequest with the interactions that are registered. */
export function dispatcher(interactions: Interactions) {
  return async (request: FhirRequest, context: Context): Promise<FhirResponse> => {
    const interaction = interactions.get(request.interaction);
    if (!interaction) throw notSupported(`This server does not have the interaction ${request.interaction}`);
    refuseUnknownParameters(request, interaction);
    return interaction.handle(request, context);
  };
}
