/**
 * The CapabilityStatement, derived from what is registered: interactions, types, formats, limits, search parameters, operations.
 * https://hl7.org/fhir/R4/capabilitystatement.html
 */
import { resourceTypes } from '../resources/definition.ts';
import { stringifyJson } from '../resources/json.ts';
import type { CapabilityStatement, CapabilityStatementRestResource, ResourceType } from '../resources/types.ts';
import type { Interactions } from './dispatch.ts';
import type { FhirResponse, Interaction, InteractionCode, Limits } from './interaction/interaction.ts';
import { definitionUrl, isFor, type Operation } from './operation/operation.ts';

/** The interactions that a type declares, in the specification's order; the rest are the system's. */
const TYPE_LEVEL = [
  'read',
  'vread',
  'update',
  'patch',
  'delete',
  'history-instance',
  'history-type',
  'create',
  'search-type',
] as const satisfies readonly InteractionCode[];

/** What the registries say; the statement says nothing else. */
export interface Registered {
  readonly interactions: Interactions;
  readonly baseUrl: string;
  readonly limits: Limits;
  readonly version: string;
  /** When the server started: the date of the statement. */
  readonly date: string;
  /** What the search side declares for a type: parameters, includes, conditional interactions. */
  readonly searchOf: (type: ResourceType) => Partial<CapabilityStatementRestResource>;
  readonly operations: readonly Operation[];
  /** The canonicals of the profiles on a type that resources can be validated against, R4's own left out. */
  readonly profilesOf: (type: ResourceType) => readonly string[];
  /** The canonicals of the implementation guides that are installed. */
  readonly guides: readonly string[];
}

const operationEntries = (operations: readonly Operation[], baseUrl: string) =>
  operations.map(({ spec }) => ({ name: spec.code, definition: definitionUrl(spec, baseUrl) }));

function resourceEntry(
  type: ResourceType,
  { interactions, searchOf, operations, baseUrl, profilesOf }: Registered,
): CapabilityStatementRestResource {
  const own = operations.filter((each) => isFor(each, type) && (each.spec.type || each.spec.instance));
  const profiles = profilesOf(type);
  return {
    type,
    ...(profiles.length > 0 ? { supportedProfile: [...profiles] } : {}),
    interaction: TYPE_LEVEL.filter((code) => interactions.has(code)).map((code) => ({ code })),
    versioning: 'versioned-update',
    readHistory: interactions.has('history-instance'),
    updateCreate: interactions.has('update'),
    conditionalRead: 'full-support',
    ...searchOf(type),
    operation: operationEntries(own, baseUrl),
  };
}

function systemInteractions({ interactions }: Registered) {
  // `batch` carries out transactions too: one interaction of ours, two of the specification.
  const codes = [
    ...(interactions.has('batch') ? (['transaction', 'batch'] as const) : []),
    ...(['search-system', 'history-system'] as const).filter((code) => interactions.has(code)),
  ];
  return codes.map((code) => ({ code }));
}

/** The statement as a resource. */
export function capabilityStatement(registered: Registered): CapabilityStatement {
  const { baseUrl, limits, version, date, guides } = registered;
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date,
    kind: 'instance',
    software: { name: 'Throughline', version },
    implementation: { description: 'Throughline FHIR R4 server', url: baseUrl },
    fhirVersion: '4.0.1',
    ...(guides.length > 0 ? { implementationGuide: [...guides] } : {}),
    format: ['application/fhir+json', 'application/fhir+xml', 'json', 'xml'],
    patchFormat: ['application/json-patch+json', 'application/fhir+json', 'application/fhir+xml'],
    rest: [
      {
        mode: 'server',
        documentation: `A batch or transaction has at most ${limits.bundleEntries} entries, a body at most ${limits.bodyBytes} bytes, a page at most ${limits.maximumCount} entries.`,
        resource: resourceTypes().map((type) => resourceEntry(type, registered)),
        interaction: systemInteractions(registered),
        operation: operationEntries(
          registered.operations.filter(({ spec }) => spec.system),
          baseUrl,
        ),
      },
    ],
  };
}

/** The capabilities interaction. `mode=full` is what there is. The statement is made once for each state of the registries. */
export function capabilities(registered: () => Registered): Interaction {
  let made: { readonly from: Registered; readonly json: string } | undefined;
  return {
    code: 'capabilities',
    parameters: ['mode'],
    async handle(): Promise<FhirResponse> {
      const from = registered();
      if (made?.from !== from) made = { from, json: stringifyJson(capabilityStatement(from)) };
      return { status: 200, body: { json: made.json } };
    },
  };
}
