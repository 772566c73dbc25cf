/** A plan with its goals, its team, the problems that it addresses and what it asks for, as they were at a moment. */
import { gone, notFound, tooLarge } from '../../../resources/outcome.ts';
import { parseReference } from '../../../resources/reference.ts';
import type { AnyResource, CarePlan, Reference, RequestGroup, RequestGroupAction } from '../../../resources/types.ts';
import type { Context } from '../../interaction/interaction.ts';
import { isLocal, match } from '../../search/match.ts';
import { type Identity, keyOf, millisecondsOf, type StoredVersion } from '../../store/store.ts';
import { readVisible, resourceIn } from '../visible.ts';
import type { Moment } from './moment.ts';

export interface Seen {
  readonly version: StoredVersion;
  readonly resource: AnyResource;
}

export interface PlanState {
  /** Absent where the plan was not there yet, or was deleted. */
  readonly plan?: Seen;
  /** By `Goal/1`, the plan included, in the order in which the plan names them. */
  readonly all: ReadonlyMap<string, Seen>;
}

/** Resources of one plan. A plan that refers to more is none that people read. */
const MOST = 500;

/** @throws FhirError 404 or 410, when the caller may not know of the plan at all */
export async function requireKnown(id: string, context: Context): Promise<void> {
  const version = await context.reader.read('CarePlan', id);
  const seesAll = context.scope('CarePlan', 'read').kind === 'all';
  if (version?.content === null && !seesAll) throw gone(`CarePlan/${id} was deleted`);
  if (!version || (!seesAll && (await readVisible('CarePlan', [id], context)).length === 0))
    throw notFound(`CarePlan/${id} is not known`);
}

export async function stateAt(id: string, { tx }: Moment, context: Context): Promise<PlanState> {
  const plan = await seenAt({ type: 'CarePlan', id }, tx, context);
  if (!plan) return { all: new Map() };
  const named = identitiesIn(plan.resource as unknown as CarePlan, context);
  const first = await all(named, tx, context);
  const inside = first.flatMap(({ resource }) => optionsIn(resource, context));
  const seen = [...first, ...(await all(inside, tx, context))];
  return { plan, all: new Map([plan, ...seen].map((each) => [keyOf(each.version), each])) };
}

async function all(identities: readonly Identity[], tx: number, context: Context): Promise<readonly Seen[]> {
  const distinct = [...new Map(identities.map((each) => [keyOf(each), each])).values()];
  if (distinct.length > MOST)
    throw tooLarge(`The plan refers to ${distinct.length} resources; their past is told of ${MOST} at most`);
  const seen = await Promise.all(distinct.map((each) => seenAt(each, tx, context)));
  return seen.flatMap((each) => each ?? []);
}

/** What was current then, if the caller may see it as it was and as it is. */
async function seenAt({ type, id }: Identity, tx: number, context: Context): Promise<Seen | undefined> {
  const scope = context.scope(type, 'read');
  if (scope.kind === 'nothing') return undefined;
  const version = await context.reader.readAt(type, id, tx);
  if (!version || version.content === null) return undefined;
  const resource = resourceIn(version);
  if (scope.kind === 'all') return { version, resource };
  const candidate = { type, id, lastUpdated: millisecondsOf(version.tx), rows: context.indexRows(resource) };
  // A scope that asks about other resources asks it of the present.
  if (isLocal(scope) && !match(scope, candidate)) return undefined;
  return (await readVisible(type, [id], context)).length > 0 ? { version, resource } : undefined;
}

const identitiesIn = (plan: CarePlan, context: Context): readonly Identity[] => {
  const { goal = [], careTeam = [], addresses = [], activity = [] } = plan;
  const references = [...goal, ...careTeam, ...addresses, ...activity.flatMap(({ reference }) => reference ?? [])];
  return references.flatMap((each) => identityOf(each, context) ?? []);
};

/** What people choose among in a RequestGroup. */
function optionsIn(resource: AnyResource, context: Context): readonly Identity[] {
  if (resource.resourceType !== 'RequestGroup') return [];
  const inside = ({ resource: one, action = [] }: RequestGroupAction): readonly Reference[] => [
    ...(one ? [one] : []),
    ...action.flatMap(inside),
  ];
  const { action = [] } = resource as unknown as RequestGroup;
  return action.flatMap(inside).flatMap((each) => identityOf(each, context) ?? []);
}

/** What is on this server; a reference to a version is to the resource, whose state depends on the moment. */
export function identityOf({ reference = '' }: Reference, { baseUrl }: Pick<Context, 'baseUrl'>): Identity | undefined {
  const parsed = parseReference(reference);
  const isHere = parsed?.kind === 'literal' && (parsed.base === undefined || parsed.base === baseUrl);
  return isHere ? { type: parsed.type, id: parsed.id } : undefined;
}
