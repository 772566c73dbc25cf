/**
 * CarePlan/[id]/$diff: what has changed in a plan, its goals, its team, its problems and its activities between two versions or times, as FHIRPath Patches
 * and in words, and who signed which version. CarePlan/[id]/$as-of: all of that as it was. Operations of ours.
 */
import { bundleJson, type JsonEntry } from '../../resources/bundle.ts';
import { badValue, notFound } from '../../resources/outcome.ts';
import type { AnyResource, ParametersParameter } from '../../resources/types.ts';
import type { Context } from '../interaction/interaction.ts';
import { instantOf, keyOf } from '../store/store.ts';
import { defineOperation } from './operation.ts';
import { wordsOn } from './plan-history/author.ts';
import { type ChangedResource, changesBetween, type Written } from './plan-history/changed.ts';
import { type Moment, momentOf, now, ofVersion } from './plan-history/moment.ts';
import { type SignOff, signOffsOf } from './plan-history/signed.ts';
import { type PlanState, requireKnown, type Seen, stateAt } from './plan-history/state.ts';

const common = { resource: ['CarePlan'], system: false, type: false, instance: true, affectsState: false } as const;

const moment = (documentation: string) => ({ type: 'string', min: 0, max: '1', documentation }) as const;

/** The version before the current one; the current one where there is none before. */
async function previous(id: string, context: Context): Promise<Moment> {
  const current = await context.reader.read('CarePlan', id);
  return ofVersion(id, Math.max(1, (current?.version ?? 1) - 1), context);
}

const identitiesIn = (...states: readonly PlanState[]) => [
  ...new Map(states.flatMap(({ all }) => [...all].map(([key, { version }]) => [key, version] as const))).values(),
];

export const planDiff = defineOperation(
  {
    ...common,
    code: 'diff',
    title: 'What has changed in a plan',
    description:
      'What has changed in a plan, its goals, its team, the problems it addresses and its activities between two versions or times: as FHIRPath Patches and in words, by whom and when, and which version each reviewer signed.',
    parameter: {
      from: moment(
        'A version of the plan, or a time: a day is its beginning. Without it, the version before the current one',
      ),
      to: moment('A version of the plan, or a time: a day is its end. Without it, now'),
    },
    result: { name: 'return', type: 'Parameters', documentation: 'A parameter change for each resource, and signOff' },
  },
  async ({ id = '', input }, context) => {
    await requireKnown(id, context);
    const from =
      input.from === undefined
        ? await previous(id, context)
        : await momentOf('from', input.from, 'beginning', id, context);
    const to = input.to === undefined ? now() : await momentOf('to', input.to, 'end', id, context);
    if (from.tx > to.tx)
      throw badValue(`from=${input.from} is ${from.instant}, after to=${input.to}, which is ${to.instant}`, {
        expression: 'http.from',
      });
    const [before, after, current] = await Promise.all([from, to, now()].map((each) => stateAt(id, each, context)));
    if (!before || !after || !current) throw new Error('three moments have three states');
    const told = await wordsOn([...identitiesIn(before, after), { type: 'CarePlan', id }], context);
    const changes = await changesBetween(before, after, { from, to }, told, context);
    const signed = await signOffsOf(id, current, told, context);
    const parameter: ParametersParameter[] = [
      { name: 'from', part: momentParts(from, before.plan) },
      { name: 'to', part: momentParts(to, after.plan) },
      ...changes.map(changeParameter),
      ...signed.map(signOffParameter),
    ];
    const body: AnyResource = { resourceType: 'Parameters', parameter };
    return { status: 200, body };
  },
);

/** The time, and the version of the plan that was current then. */
const momentParts = ({ instant }: Moment, plan: Seen | undefined): ParametersParameter[] => [
  { name: 'instant', valueInstant: instant },
  ...(plan ? [{ name: 'version', valueString: String(plan.version.version) }] : []),
];

function changeParameter({
  kind,
  key,
  before,
  after,
  written,
  sentences,
  patch,
}: ChangedResource): ParametersParameter {
  return {
    name: 'change',
    part: [
      { name: 'reference', valueReference: { reference: key } },
      { name: 'kind', valueCode: kind },
      ...(before ? [{ name: 'fromVersion', valueString: String(before.version.version) }] : []),
      ...(after ? [{ name: 'toVersion', valueString: String(after.version.version) }] : []),
      ...sentences.map((valueString) => ({ name: 'words', valueString })),
      ...written.map(writtenPart),
      ...(patch ? [{ name: 'patch', resource: patch }] : []),
    ],
  };
}

const writtenPart = ({ version, who }: Written): ParametersParameter => ({
  name: 'written',
  part: [
    { name: 'version', valueString: String(version.version) },
    { name: 'when', valueInstant: instantOf(version.tx) },
    ...(who ? [{ name: 'who', valueReference: who }] : []),
  ],
});

const signOffParameter = ({
  who,
  recorded,
  version,
  changesSince,
  sentences,
  provenance,
}: SignOff): ParametersParameter => ({
  name: 'signOff',
  part: [
    { name: 'who', valueReference: who },
    { name: 'when', valueInstant: recorded },
    { name: 'version', valueString: String(version) },
    { name: 'changesSince', valueInteger: changesSince },
    ...sentences.map((valueString) => ({ name: 'words', valueString })),
    { name: 'provenance', valueReference: { reference: provenance } },
  ],
});

export const planAsOf = defineOperation(
  {
    ...common,
    code: 'as-of',
    title: 'A plan as it was',
    description:
      'The plan with its goals, its team, the problems it addresses and its activities as they were at a time or when a version of the plan was written.',
    parameter: {
      at: { ...moment('A version of the plan, or a time: a day is its end'), min: 1 },
    },
    result: { name: 'return', type: 'Bundle', documentation: 'A collection: the plan first' },
  },
  async ({ id = '', input }, context) => {
    await requireKnown(id, context);
    const at = await momentOf('at', input.at, 'end', id, context);
    const { plan, all } = await stateAt(id, at, context);
    if (!plan) throw notFound(`CarePlan/${id} was not there at ${at.instant}`);
    const entries = [...all.values()].map(
      ({ version }): JsonEntry => ({
        fullUrl: `${context.baseUrl}/${keyOf(version)}`,
        resource: version.content ?? '',
      }),
    );
    return { status: 200, body: { json: bundleJson({ type: 'collection', timestamp: at.instant }, entries) } };
  },
);
