/**
 * $meta, $meta-add and $meta-delete: profiles, tags and security labels. https://hl7.org/fhir/R4/resource-operation-meta.html
 *
 * R4 lets a server change labels without a new version. This one makes a version: what a version said stays said, and whoever follows
 * the history or a subscription learns that a label changed. Labels that are there already (or are not) change nothing.
 */
import { invalid, notFound } from '../../resources/outcome.ts';
import type { AnyResource, Coding, JsonObject, Meta, ResourceType } from '../../resources/types.ts';
import type { Context, FhirRequest, FhirResponse } from '../interaction/interaction.ts';
import { versionConditions } from '../interaction/precondition.ts';
import { addressed } from '../interaction/request.ts';
import { versionHeaders } from '../interaction/response.ts';
import { labelsInUse } from '../search/labels.ts';
import type { Session, StoredVersion } from '../store/store.ts';
import { apply } from '../transaction/transact.ts';
import { defineOperation } from './operation.ts';
import { parametersWith } from './result.ts';
import { requireVisible, resourceIn, searchContextOf } from './visible.ts';

type Labels = Pick<Meta, 'profile' | 'tag' | 'security'>;

const metaResult = { name: 'return', type: 'Meta', documentation: 'The profiles, tags and security labels' } as const;

const answer = (meta: Meta | undefined): AnyResource =>
  parametersWith('return', 'Meta', (meta ?? {}) as unknown as JsonObject);

const answerOfVersion = (version: StoredVersion): FhirResponse => ({
  status: 200,
  ...versionHeaders(version),
  body: answer(resourceIn(version).meta),
});

async function pastVersion({ versionId = '', ...request }: FhirRequest, context: Context): Promise<StoredVersion> {
  const { type, id } = addressed(request);
  await requireVisible(type, id, context);
  const version = /^[1-9]\d{0,9}$/.test(versionId)
    ? await context.reader.vread(type, id, Number(versionId))
    : undefined;
  if (!version || version.content === null) throw notFound(`${type}/${id} has no version ${versionId}`);
  return version;
}

export const meta = defineOperation(
  {
    code: 'meta',
    canonical: 'http://hl7.org/fhir/OperationDefinition/Resource-meta',
    title: 'Profiles, tags and security labels',
    description:
      'The profiles, tags and security labels of a resource or of one of its versions; of a type or of the whole system, those that are in use.',
    resource: ['Resource'],
    system: true,
    type: true,
    instance: true,
    version: true,
    affectsState: false,
    parameter: {},
    result: metaResult,
  },
  async ({ type, id, request }, context) => {
    if (request.versionId) return answerOfVersion(await pastVersion(request, context));
    if (type && id) return answerOfVersion(await requireVisible(type, id, context));
    return { status: 200, body: answer(await labelsInUse(type, context.scope, searchContextOf(context))) };
  },
);

/** A tag or label is its system and code; version and display do not tell it from another. */
const sameCoding =
  ({ system, code }: Coding) =>
  (other: Coding): boolean =>
    other.system === system && other.code === code;

function codings(given: Meta, name: 'tag' | 'security'): readonly Coding[] {
  const list: unknown = given[name] ?? [];
  const isCoding = (each: unknown) => typeof each === 'object' && each !== null && !Array.isArray(each);
  if (!Array.isArray(list) || !list.every(isCoding))
    throw invalid(`meta.${name} must be an array of Codings`, { expression: `Meta.${name}` });
  const empty = (list as Coding[]).findIndex(({ system, code }) => system === undefined && code === undefined);
  if (empty >= 0)
    throw invalid(`meta.${name}[${empty}] has neither system nor code, by which it would be told from others`, {
      expression: `Meta.${name}[${empty}]`,
    });
  return list as Coding[];
}

/** The labels that the caller names. @throws FhirError 400, when there are none or they are malformed */
function labelsOf(given: JsonObject): Required<Labels> {
  const profile: unknown = given.profile ?? [];
  if (!Array.isArray(profile) || !profile.every((each) => typeof each === 'string'))
    throw invalid('meta.profile must be an array of canonical URLs', { expression: 'Meta.profile' });
  const [tag, security] = [codings(given as Meta, 'tag'), codings(given as Meta, 'security')];
  if (profile.length + tag.length + security.length === 0)
    throw invalid('meta has no profile, tag or security; expected at least one of them', { expression: 'Meta' });
  return { profile, tag: [...tag], security: [...security] };
}

/** The labels of a Meta with each list changed; a list that becomes empty is absent. */
function relabelled(
  before: Meta | undefined,
  change: <T>(list: readonly T[], isSame: (one: T) => (other: T) => boolean, name: keyof Labels) => readonly T[],
): Meta {
  const sameText = (one: string) => (other: string) => one === other;
  const { profile = [], tag = [], security = [], ...rest } = before ?? {};
  const lists = {
    profile: [...change(profile, sameText, 'profile')],
    security: [...change(security, sameCoding, 'security')],
    tag: [...change(tag, sameCoding, 'tag')],
  };
  return { ...rest, ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)) };
}

const countOf = ({ profile = [], tag = [], security = [] }: Labels): number =>
  profile.length + tag.length + security.length;

function added(before: Meta | undefined, labels: Required<Labels>): Meta {
  return relabelled(before, (list, isSame, name) => {
    const given = labels[name] as readonly unknown[] as typeof list;
    const all = [...list];
    for (const each of given) if (!all.some(isSame(each))) all.push(each);
    return all;
  });
}

function removed(before: Meta | undefined, labels: Required<Labels>): Meta {
  return relabelled(before, (list, isSame, name) => {
    const given = labels[name] as readonly unknown[] as typeof list;
    return list.filter((each) => !given.some(isSame(each)));
  });
}

/** Adding and removing change the number of labels, or nothing. */
const isSameAs = (before: Meta | undefined, after: Meta): boolean => countOf(before ?? {}) === countOf(after);

async function relabel(
  request: FhirRequest,
  change: (before: Meta | undefined) => Meta,
  context: Context,
): Promise<FhirResponse> {
  const { type, id } = addressed(request);
  const { ifMatch } = versionConditions(request);
  const current = await requireVisible(type, id, context);
  const before = resourceIn(current).meta;
  if (isSameAs(before, change(before)) && (ifMatch === undefined || ifMatch === current.version))
    return answerOfVersion(current);
  const after = (resource: AnyResource): AnyResource => ({ ...resource, meta: change(resource.meta) });
  const run = (session: Session) =>
    apply([{ kind: 'update', type, id, after, method: 'PATCH', ifMatch }], session, context);
  const { outcomes } = await (context.session ? run(context.session) : context.store.transact(run));
  const version = outcomes[0]?.version;
  if (!version) throw new Error('a resource whose labels were changed has a version');
  return answerOfVersion(version);
}

const changing = (code: 'meta-add' | 'meta-delete', title: string, description: string, documentation: string) =>
  ({
    code,
    canonical: `http://hl7.org/fhir/OperationDefinition/Resource-${code}`,
    title,
    description,
    resource: ['Resource'] as readonly (ResourceType | 'Resource')[],
    system: false,
    type: false,
    instance: true,
    affectsState: true,
    parameter: { meta: { type: 'Meta', min: 1, max: '1', documentation } },
    result: metaResult,
  }) as const;

export const metaAdd = defineOperation(
  changing(
    'meta-add',
    'Add profiles, tags and security labels',
    'Adds labels to a resource. Those it has already, by system and code or by URL, are left as they are.',
    'The profiles, tags and security labels to add; anything else in it is not looked at',
  ),
  async ({ input, request }, context) => {
    const labels = labelsOf(input.meta);
    return relabel(request, (before) => added(before, labels), context);
  },
);

export const metaDelete = defineOperation(
  changing(
    'meta-delete',
    'Delete profiles, tags and security labels',
    'Takes labels away from a resource. Those it does not have, by system and code or by URL, are passed over.',
    'The profiles, tags and security labels to delete; anything else in it is not looked at',
  ),
  async ({ input, request }, context) => {
    const labels = labelsOf(input.meta);
    return relabel(request, (before) => removed(before, labels), context);
  },
);
