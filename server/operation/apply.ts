/**
 * PlanDefinition/$apply and ActivityDefinition/$apply: a protocol of the practice for one client, personalised: what applies by what is known of the
 * client, with dates, people of the team and problems. Nothing is stored; $enact does that.
 * https://hl7.org/fhir/R4/plandefinition-operation-apply.html, https://hl7.org/fhir/R4/activitydefinition-operation-apply.html
 */
import { badValue, invalid } from '../../resources/outcome.ts';
import type { ParameterSpecs } from '../../resources/parameters.ts';
import type {
  ActivityDefinition,
  AnyResource,
  JsonObject,
  PlanDefinition,
  ResourceType,
} from '../../resources/types.ts';
import type { Context } from '../interaction/interaction.ts';
import { check } from '../transaction/transact.ts';
import { appliedActivity } from './apply/activity.ts';
import { definitionNamed } from './apply/definitions.ts';
import { appliedPlan } from './apply/plan.ts';
import { situationOf } from './apply/situation.ts';
import { defineOperation } from './operation.ts';

const reference = (documentation: string) => ({ type: 'string', min: 0, max: '1', documentation }) as const;
const setting = (documentation: string) => ({ type: 'CodeableConcept', min: 0, max: '1', documentation }) as const;

/** Who, for whom and where; the same for plans and activities. */
export const whoParameters = {
  subject: { type: 'string', min: 1, max: '*', documentation: 'The client: Patient/[id]. One, here' },
  encounter: reference(
    'The encounter in whose context it is applied. From a stay in hospital that ended, days count from its end',
  ),
  practitioner: reference('Who applies it: author and requester of what it gives'),
  organization: reference('The organization that applies it'),
  userType: setting('The type of the user; known to expressions as %userType'),
  userLanguage: setting('The language of the user; known to expressions as %userLanguage'),
  userTaskContext: setting('The task of the user; known to expressions as %userTaskContext'),
  setting: setting('The setting; known to expressions as %setting'),
  settingContext: setting('More on the setting; known to expressions as %settingContext'),
} as const satisfies ParameterSpecs;

const definition = (type: ResourceType) =>
  ({
    type,
    min: 0,
    max: '1',
    documentation: 'The definition, when it is applied without being stored: for the type, not for an instance',
  }) as const;

/** The values of whoParameters. */
export interface WhoInput {
  readonly subject: readonly string[];
  readonly encounter: string | undefined;
  readonly practitioner: string | undefined;
  readonly organization: string | undefined;
  readonly userType: JsonObject | undefined;
  readonly userLanguage: JsonObject | undefined;
  readonly userTaskContext: JsonObject | undefined;
  readonly setting: JsonObject | undefined;
  readonly settingContext: JsonObject | undefined;
}

/** The situation, in which expressions know the parameters that say more of the user by their names. */
export async function situationFor(input: WhoInput, context: Context) {
  const situation = await situationOf(input, context);
  const { userType, userLanguage, userTaskContext, setting, settingContext } = input;
  const more = Object.entries({ userType, userLanguage, userTaskContext, setting, settingContext });
  return {
    ...situation,
    variables: new Map([...situation.variables, ...more.map(([name, value]) => [name, value ?? []] as const)]),
  };
}

/** The definition of the instance, or the one that came along. @throws FhirError 400 when it is none of both, or both */
export async function givenDefinition(
  type: ResourceType,
  name: string,
  id: string | undefined,
  given: JsonObject | undefined,
  context: Context,
): Promise<AnyResource> {
  if (id !== undefined) {
    if (given)
      throw invalid(`${name} is for ${type}/$apply; on an instance the definition is known`, {
        expression: `http.${name}`,
      });
    return definitionNamed(type, id, context);
  }
  if (!given) throw invalid(`${type}/$apply needs the parameter ${name}`, { expression: `http.${name}` });
  const resource = given as unknown as AnyResource;
  if (resource.resourceType !== type)
    throw badValue(`${name} is a ${resource.resourceType}; expected a ${type}`, { expression: `http.${name}` });
  check(resource, context);
  return resource;
}

const common = { code: 'apply', system: false, type: true, instance: true, affectsState: false } as const;

export const planApply = defineOperation(
  {
    ...common,
    canonical: 'http://hl7.org/fhir/OperationDefinition/PlanDefinition-apply',
    title: 'Apply a plan definition',
    description:
      'The care plan that a plan definition gives for a client: a draft that contains goals and requests. Nothing is stored; $enact stores it.',
    resource: ['PlanDefinition'],
    parameter: { planDefinition: definition('PlanDefinition'), ...whoParameters },
    result: { name: 'return', type: 'CarePlan', documentation: 'The care plan, status draft and intent proposal' },
  },
  async ({ id, input }, context) => {
    const plan = await givenDefinition('PlanDefinition', 'planDefinition', id, input.planDefinition, context);
    const carePlan = await appliedPlan(plan as unknown as PlanDefinition, await situationFor(input, context));
    const body = carePlan as unknown as AnyResource;
    check(body, context);
    return { status: 200, body };
  },
);

export const activityApply = defineOperation(
  {
    ...common,
    canonical: 'http://hl7.org/fhir/OperationDefinition/ActivityDefinition-apply',
    title: 'Apply an activity definition',
    description: 'The request that an activity definition gives for a client, as a draft. Nothing is stored.',
    resource: ['ActivityDefinition'],
    parameter: { activityDefinition: definition('ActivityDefinition'), ...whoParameters },
    result: { name: 'return', type: 'Resource', documentation: 'The request, of the kind that the definition names' },
  },
  async ({ id, input }, context) => {
    const given = await givenDefinition(
      'ActivityDefinition',
      'activityDefinition',
      id,
      input.activityDefinition,
      context,
    );
    const body = await appliedActivity(given as unknown as ActivityDefinition, await situationFor(input, context));
    check(body, context);
    return { status: 200, body };
  },
);
