/**
 * $enact: puts a plan into force. PlanDefinition/[id]/$enact applies the definition and stores what it gives; CarePlan/$enact stores a plan that $apply
 * gave and people have made theirs. One transaction: the plan, its goals and its requests, linked to each other. Operations of ours.
 */
import { badValue, conflict } from '../../resources/outcome.ts';
import { derivedId } from '../../resources/reaction.ts';
import type { AnyResource, CarePlan, PlanDefinition } from '../../resources/types.ts';
import type { Context, FhirResponse } from '../interaction/interaction.ts';
import { locationOf, versionHeaders } from '../interaction/response.ts';
import type { Session, StoredVersion } from '../store/store.ts';
import { apply, check } from '../transaction/transact.ts';
import { definitionNamed } from './apply/definitions.ts';
import { enactment, provenanceOf } from './apply/enacted.ts';
import { appliedPlan } from './apply/plan.ts';
import { situationFor, whoParameters } from './apply.ts';
import { defineOperation } from './operation.ts';

const parameters = {
  status: {
    type: 'code',
    min: 0,
    max: '1',
    documentation: 'active (the default): plan, goals and requests are in force. draft: they are stored as proposals',
  },
  key: {
    type: 'string',
    min: 0,
    max: '1',
    documentation:
      'A text of the caller for this call: when it comes again, what was stored the first time is the answer',
  },
} as const;

const result = { name: 'return', type: 'CarePlan', documentation: 'The plan as stored' } as const;

interface Wish {
  readonly status: string | undefined;
  readonly key: string | undefined;
}

async function enacted(
  carePlan: CarePlan,
  { status = 'active', key }: Wish,
  who: string | undefined,
  context: Context,
): Promise<FhirResponse> {
  if (status !== 'active' && status !== 'draft')
    throw badValue(`status=${status} is not possible here; expected active or draft`, { expression: 'http.status' });
  const subject = carePlan.subject.reference ?? '';
  const made = new Map<string, string>();
  const idOf = (local: string): string => {
    const id =
      made.get(local) ??
      (key === undefined ? context.newId() : derivedId('enact', context.caller.name, key, subject, local));
    made.set(local, id);
    return id;
  };
  const changes = enactment(carePlan, idOf, status === 'active');
  for (const change of changes) if (change.kind === 'create') check(change.resource, context);
  const run = async (session: Session): Promise<FhirResponse> => {
    const before = await enactedBefore(idOf(''), session);
    if (before) return answer(200, before);
    const now = new Date().toISOString();
    const provenance =
      who === undefined
        ? []
        : [{ kind: 'create', id: idOf('provenance '), resource: provenanceOf(changes, carePlan, who, now) } as const];
    const { outcomes } = await apply([...changes, ...provenance], session, context);
    const version = outcomes[0]?.version;
    if (!version) throw new Error('a plan that was created has a version');
    return { ...answer(201, version), issues: outcomes.flatMap(({ issues = [] }) => issues) };
  };
  return context.session ? run(context.session) : context.store.transact(run);
}

/** What the same key led to. @throws FhirError 409, when it was deleted since */
async function enactedBefore(id: string, session: Session): Promise<StoredVersion | undefined> {
  await session.serialize([`enact ${id}`]);
  const before = await session.read('CarePlan', id);
  if (before?.content === null)
    throw conflict(`CarePlan/${id}, which this key led to, was deleted; another key makes another plan`, {
      expression: 'http.key',
    });
  return before;
}

const answer = (status: 200 | 201, version: StoredVersion): FhirResponse => ({
  status,
  ...versionHeaders(version),
  location: locationOf(version),
  body: { json: version.content ?? '' },
});

const common = { code: 'enact', system: false, affectsState: true, result } as const;

export const planEnact = defineOperation(
  {
    ...common,
    title: 'Put a plan definition into force',
    description:
      'Applies a plan definition to a client, as $apply does, and stores the care plan, its goals and its requests in one transaction.',
    resource: ['PlanDefinition'],
    type: false,
    instance: true,
    parameter: { ...whoParameters, ...parameters },
  },
  async ({ id = '', input }, context) => {
    const definition = await definitionNamed('PlanDefinition', id, context);
    const situation = await situationFor(input, context);
    const carePlan = await appliedPlan(definition as unknown as PlanDefinition, situation);
    return enacted(carePlan, input, situation.practitioner ?? situation.organization, context);
  },
);

export const carePlanEnact = defineOperation(
  {
    ...common,
    title: 'Put a proposed plan into force',
    description:
      'Stores a care plan and the goals and requests that it contains, each as a resource of its own and linked to the others, in one transaction.',
    resource: ['CarePlan'],
    type: true,
    instance: false,
    parameter: {
      carePlan: {
        type: 'CarePlan',
        min: 1,
        max: '1',
        documentation: 'The plan, as PlanDefinition/$apply gave it and as people have changed it',
      },
      ...parameters,
    },
  },
  async ({ input }, context) => {
    const resource = input.carePlan as unknown as AnyResource;
    if (resource.resourceType !== 'CarePlan')
      throw badValue(`carePlan is a ${resource.resourceType}; expected a CarePlan`, { expression: 'http.carePlan' });
    check(resource, context);
    const carePlan = resource as unknown as CarePlan;
    return enacted(carePlan, input, carePlan.author?.reference, context);
  },
);
