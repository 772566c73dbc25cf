/**
 * A proposed plan as the resources that carry it out: what it contains gets a life of its own, and from a proposal becomes a plan. Every element of
 * these is free to change afterwards.
 */
import { unprocessable } from '../../../resources/outcome.ts';
import { mapReferences } from '../../../resources/reference.ts';
import type { AnyResource, CarePlan, Provenance } from '../../../resources/types.ts';
import type { Change } from '../../transaction/change.ts';

/** What the statuses become when the plan is in force; a prescription and an appointment take somebody else's word. */
const IN_FORCE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  CarePlan: { status: 'active', intent: 'plan' },
  Goal: { lifecycleStatus: 'active' },
  RequestGroup: { status: 'active', intent: 'plan' },
  Task: { status: 'requested', intent: 'plan' },
  ServiceRequest: { status: 'active', intent: 'plan' },
  DeviceRequest: { status: 'active', intent: 'plan' },
  NutritionOrder: { status: 'active', intent: 'plan' },
  SupplyRequest: { status: 'active' },
  CommunicationRequest: { status: 'active' },
  MedicationRequest: {},
  Appointment: {},
};

/** Statuses of what is proposed; anything else somebody has decided already. */
const PROPOSED: readonly unknown[] = ['draft', 'proposed', 'proposal', undefined];

/**
 * The changes that store the plan and what it contains, the plan first.
 * @param idOf the id of a resource by its id in the plan; of the plan itself by the empty text
 * @throws FhirError 422, when the plan contains something that has no life of its own
 */
export function enactment(plan: CarePlan, idOf: (local: string) => string, isActive: boolean): readonly Change[] {
  const { contained = [], ...alone } = plan;
  const inside = contained as unknown as readonly AnyResource[];
  for (const [at, { resourceType, id }] of inside.entries())
    if (id === undefined || !Object.hasOwn(IN_FORCE, resourceType))
      throw unprocessable(
        `CarePlan.contained[${at}] is a ${resourceType}${id === undefined ? ' without an id' : ''}; this server stores ${Object.keys(IN_FORCE).slice(1).join(', ')} beside a plan, each with an id`,
        { expression: `CarePlan.contained[${at}]` },
      );
  const addresses = new Map(inside.map(({ resourceType, id = '' }) => [`#${id}`, `${resourceType}/${idOf(id)}`]));
  const settled = (resource: AnyResource, local: string): Change => {
    const { id: _local, ...elements } = mapReferences(resource, (text) => addresses.get(text) ?? text);
    return {
      kind: 'create',
      id: idOf(local),
      resource: isActive ? inForce(elements as AnyResource) : (elements as AnyResource),
    };
  };
  return [settled(alone as unknown as AnyResource, ''), ...inside.map((each) => settled(each, each.id ?? ''))];
}

/** An option of a RequestGroup stays one until somebody chooses it. */
function inForce(resource: AnyResource): AnyResource {
  if (resource.intent === 'option') return resource;
  const wanted = Object.entries(IN_FORCE[resource.resourceType] ?? {});
  const changed = wanted.filter(([name]) => PROPOSED.includes(resource[name]));
  return { ...resource, ...Object.fromEntries(changed) };
}

/** Who made all this, of what. */
export function provenanceOf(changes: readonly Change[], plan: CarePlan, who: string, now: string): AnyResource {
  const targets = changes.flatMap((change) =>
    change.kind === 'create' ? [{ reference: `${change.resource.resourceType}/${change.id}` }] : [],
  );
  const provenance: Provenance = {
    resourceType: 'Provenance',
    target: targets,
    recorded: now,
    activity: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-DataOperation', code: 'CREATE', display: 'create' }],
    },
    agent: [
      {
        type: {
          coding: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type',
              code: 'author',
              display: 'Author',
            },
          ],
        },
        who: { reference: who },
      },
    ],
    ...(plan.instantiatesCanonical
      ? {
          entity: plan.instantiatesCanonical.map((uri) => ({
            role: 'derivation',
            what: { identifier: { system: 'urn:ietf:rfc:3986', value: uri } },
          })),
        }
      : {}),
  };
  return provenance as unknown as AnyResource;
}
