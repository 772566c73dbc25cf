/** Whom a definition is applied to, by whom and when: the client with team and problems, the encounter, the practitioner, the organization. */
import { badValue, unprocessable } from '../../../resources/outcome.ts';
import { parseReference } from '../../../resources/reference.ts';
import type { AnyResource, CareTeam, Condition, Encounter, JsonValue, ResourceType } from '../../../resources/types.ts';
import type { Context } from '../../interaction/interaction.ts';
import { requireVisible, resourceIn } from '../visible.ts';
import { matchesIn } from '../x-fhir-query/found.ts';
import { dayOf, workingDaysAfter } from './dates.ts';
import { type Evaluation, evaluationOn, type Variables } from './evaluation.ts';

/** The parameters of $apply that say it, as references. */
export interface Who {
  readonly subject: readonly string[];
  readonly encounter: string | undefined;
  readonly practitioner: string | undefined;
  readonly organization: string | undefined;
}

export interface Situation {
  /** `Patient/1` */
  readonly subject: string;
  readonly encounter?: string;
  readonly practitioner?: string;
  readonly organization?: string;
  /** Active ones, in the order of their ids. */
  readonly teams: readonly CareTeam[];
  /** Those that are active. */
  readonly conditions: readonly Condition[];
  /** The instant of the application. */
  readonly now: string;
  /** The day from which the plan counts: today, or the day of the discharge from the stay that the encounter is. */
  readonly start: string;
  readonly variables: Variables;
  readonly evaluation: Evaluation;
  /** By canonical URL, looked up once. */
  readonly definitions: Map<string, Promise<AnyResource>>;
  readonly context: Context;
}

/** Classes of encounters that are a stay. https://terminology.hl7.org/ValueSet-v3-ActEncounterCode.html */
const STAYS: readonly string[] = ['IMP', 'ACUTE', 'NONAC', 'OBSENC', 'SS'];
const MOST_WORKING_DAYS = 30;

/** @throws FhirError 400 for a reference of another kind, 404 when it is to nothing here, 422 when it is to more than one client */
export async function situationOf(who: Who, context: Context): Promise<Situation> {
  const [subject, another] = who.subject;
  if (subject === undefined || another !== undefined)
    throw unprocessable(`subject came ${who.subject.length} times; a plan is applied to one client`, {
      expression: 'http.subject',
    });
  const [patient, encounter, practitioner, organization] = await Promise.all([
    referred('subject', subject, ['Patient'], context),
    referred('encounter', who.encounter, ['Encounter'], context),
    referred('practitioner', who.practitioner, ['Practitioner', 'PractitionerRole'], context),
    referred('organization', who.organization, ['Organization'], context),
  ]);
  if (!patient) throw new Error('a subject is required');
  const evaluation = evaluationOn(patient.resource, context);
  const [teams, conditions] = await Promise.all([
    all<CareTeam>(`CareTeam?patient=${patient.reference}&status=active&_sort=_id`, evaluation),
    all<Condition>(`Condition?patient=${patient.reference}&clinical-status=active,recurrence,relapse`, evaluation),
  ]);
  const now = new Date().toISOString();
  const start = dischargeOf(encounter?.resource as unknown as Encounter | undefined) ?? dayOf(now);
  const known: readonly (readonly [string, unknown])[] = [
    ['subject', patient.resource],
    ['patient', patient.resource],
    ['encounter', encounter?.resource],
    ['practitioner', practitioner?.resource],
    ['organization', organization?.resource],
    ['today', dayOf(now)],
    ['start', start],
    ['workingDays', workingDaysAfter(start, MOST_WORKING_DAYS)],
  ];
  return {
    subject: patient.reference,
    ...(encounter ? { encounter: encounter.reference } : {}),
    ...(practitioner ? { practitioner: practitioner.reference } : {}),
    ...(organization ? { organization: organization.reference } : {}),
    teams,
    conditions,
    now,
    start,
    // What was not given is known to expressions too, as nothing.
    variables: new Map(known.map(([name, value]) => [name, (value ?? []) as JsonValue])),
    evaluation,
    definitions: new Map(),
    context,
  };
}

async function all<T>(query: string, { found }: Evaluation): Promise<readonly T[]> {
  return matchesIn(await found(query)) as readonly unknown[] as readonly T[];
}

interface Referred {
  readonly reference: string;
  readonly resource: AnyResource;
}

async function referred(
  name: string,
  text: string | undefined,
  types: readonly ResourceType[],
  context: Context,
): Promise<Referred | undefined> {
  if (text === undefined) return undefined;
  const parsed = parseReference(text);
  const isHere =
    parsed?.kind === 'literal' && (parsed.base === undefined || parsed.base === context.baseUrl) && !parsed.version;
  if (!isHere || !types.includes(parsed.type))
    throw badValue(`${name}=${text} is no reference that is possible here; expected ${types.join('/[id] or ')}/[id]`, {
      expression: `http.${name}`,
    });
  const version = await requireVisible(parsed.type, parsed.id, context);
  return { reference: `${parsed.type}/${parsed.id}`, resource: resourceIn(version) };
}

function dischargeOf(encounter: Encounter | undefined): string | undefined {
  const isStay = encounter?.class?.code !== undefined && STAYS.includes(encounter.class.code);
  return isStay && encounter.period?.end ? dayOf(encounter.period.end) : undefined;
}
