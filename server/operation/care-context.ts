/**
 * Patient/[id]/$care-context: what a specialist needs to know of a client in one request, as a searchset with an ETag. An operation of ours: plans with
 * goals and the latest measures of these, the team, problems, flags, open tasks, next appointments, instrument totals, the last hand-off.
 */
import { createHash } from 'node:crypto';
import { bundleJson, type JsonEntry } from '../../resources/bundle.ts';
import { stringifyJson } from '../../resources/json.ts';
import { type Issue, issue, operationOutcome } from '../../resources/outcome.ts';
import type { ParameterSpecs } from '../../resources/parameters.ts';
import { interval } from '../../resources/primitive.ts';
import { subset } from '../../resources/subset.ts';
import type { AnyResource, Goal, Observation, ResourceType } from '../../resources/types.ts';
import type { Context, FhirResponse } from '../interaction/interaction.ts';
import { parseQuery } from '../search/parse.ts';
import { restrict } from '../search/restrict.ts';
import { search } from '../search/search.ts';
import { keyOf, type StoredVersion, txAt } from '../store/store.ts';
import { type Section, sections } from './care-context/section.ts';
import { defineOperation } from './operation.ts';
import { requireVisible, resourceIn, searchContextOf } from './visible.ts';

const parameter = {
  _since: {
    type: 'instant',
    min: 0,
    max: '1',
    documentation: 'Only resources that were written at or after this instant',
  },
  _elements: {
    type: 'string',
    min: 0,
    max: '1',
    documentation: 'Only these elements of each resource, separated by commas, and those that it must have',
  },
} as const satisfies ParameterSpecs;

/** So many resources of a section come at most, where it is not about the last or next few. */
const MOST = 200;

const cut = (type: ResourceType): Issue =>
  issue('too-costly', `There are more than ${MOST} resources ${type}; a search for them gives all`, {
    severity: 'warning',
    expression: type,
  });

/** One section: its matches and what comes along. */
async function read(section: Section, patient: string, today: string, context: Context) {
  const { type, parameters, only } = section;
  const query = new URLSearchParams({ patient: `Patient/${patient}` });
  for (const [name, value] of parameters(today)) query.append(name, value);
  const isChosen = query.has('_count');
  if (!isChosen) query.set('_count', String(MOST));
  const parsed = parseQuery({ type, query, handling: 'strict' }, searchContextOf(context));
  const restricted = restrict({ ...parsed, total: 'none' }, context.scope);
  const { matches, includes, links } = await search(restricted, searchContextOf(context));
  const isCut = !isChosen && links.some(({ relation }) => relation === 'next');
  return {
    matches: only ? matches.filter((version) => only(resourceIn(version))) : matches,
    includes,
    issues: isCut ? [cut(type)] : [],
  };
}

/** How many measures of goals are followed, and how far back their last values are looked for. */
const [MOST_MEASURES, MOST_VALUES] = [20, 200];

/** The last value of each measure that a target of a goal names. */
async function measures(goals: readonly StoredVersion[], patient: string, today: string, context: Context) {
  const codes = new Set(
    goals.flatMap((version) =>
      ((resourceIn(version) as unknown as Goal).target ?? []).flatMap(({ measure }) =>
        (measure?.coding ?? []).flatMap(({ system, code }) =>
          system && code && isPlain(code) ? [`${system}|${code}`] : [],
        ),
      ),
    ),
  );
  if (codes.size === 0) return [];
  const code = [...codes].slice(0, MOST_MEASURES).join(',');
  const section: Section = {
    type: 'Observation',
    parameters: () => [
      ['code', code],
      ['_sort', '-date'],
      ['_count', String(MOST_VALUES)],
    ],
  };
  const seen = new Set<string>();
  const { matches } = await read(section, patient, today, context);
  return matches.filter((version) => {
    const key = JSON.stringify((resourceIn(version) as unknown as Observation).code?.coding?.[0]?.code);
    return !seen.has(key) && seen.add(key);
  });
}

/** What means something else in the value of a parameter is in no code of a terminology that is measured by. */
const isPlain = (code: string): boolean => /^[\w.-]+$/.test(code);

const types: readonly ResourceType[] = [...new Set(sections.map(({ type }) => type))];

/** A type that the caller may see nothing of is told, not passed over. */
const withheld = ({ scope }: Context): readonly Issue[] =>
  types
    .filter((type) => scope(type, 'search-type').kind === 'nothing')
    .map((type) =>
      issue('suppressed', `The scopes of this caller leave out ${type}`, { severity: 'warning', expression: type }),
    );

interface Gathered {
  readonly matches: ReadonlyMap<string, StoredVersion>;
  readonly includes: ReadonlyMap<string, StoredVersion>;
  readonly issues: readonly Issue[];
}

async function gathered(focus: StoredVersion, today: string, context: Context): Promise<Gathered> {
  const parts = await Promise.all(sections.map((section) => read(section, focus.id, today, context)));
  const includes = parts.flatMap((part) => part.includes);
  const all = parts.flatMap((part) => part.matches);
  const goals = [...all, ...includes].filter(({ type }) => type === 'Goal');
  const matches = new Map(
    [focus, ...all, ...(await measures(goals, focus.id, today, context))].map((version) => [keyOf(version), version]),
  );
  return {
    matches,
    issues: parts.flatMap((part) => part.issues),
    includes: new Map(
      includes.flatMap((version) => (matches.has(keyOf(version)) ? [] : [[keyOf(version), version] as const])),
    ),
  };
}

/** The same for the same versions, seen in the same way. */
const tagOf = (versions: readonly StoredVersion[], view: readonly (string | undefined)[]): string =>
  createHash('sha256')
    .update(JSON.stringify([versions.map((version) => [keyOf(version), version.version]), view]))
    .digest('hex')
    .slice(0, 32);

const hasTag = (header: string | undefined, tag: string): boolean =>
  (header ?? '').split(',').some((each) => /^(?:W\/)?"([^"]*)"$/.exec(each.trim())?.[1] === tag);

export const careContext = defineOperation(
  {
    code: 'care-context',
    title: 'What a specialist needs to know of a client',
    description:
      'Active plans with goals and the latest measures of these, the care team with names and telecom, active problems, flags, open tasks, next appointments, totals of instruments, and the last hand-off. With an ETag for If-None-Match.',
    resource: ['Patient'],
    system: false,
    type: false,
    instance: true,
    affectsState: false,
    parameter,
    result: {
      name: 'return',
      type: 'Bundle',
      documentation: 'A searchset: what belongs to the client, and what that refers to',
    },
  },
  async ({ id = '', input: { _since: since, _elements: elements }, request }, context): Promise<FhirResponse> => {
    const focus = await requireVisible('Patient', id, context);
    const today = new Date().toISOString().slice(0, 10);
    const { matches, includes, issues: found } = await gathered(focus, today, context);
    const issues = [...withheld(context), ...found];
    const from = since === undefined ? 0 : txAt(interval(since).low);
    const isAsked = ({ tx }: StoredVersion) => tx >= from;
    const [own, other] = [[...matches.values()].filter(isAsked), [...includes.values()].filter(isAsked)];
    const tag = tagOf([...own, ...other], [since, elements, ...issues.map(({ diagnostics }) => diagnostics)]);
    if (hasTag(request.conditions.ifNoneMatch, tag)) return { status: 304, versionId: tag };
    const names = elements?.split(',').map((name) => name.trim());
    const entry =
      (mode: 'match' | 'include') =>
      (version: StoredVersion): JsonEntry => ({
        fullUrl: `${context.baseUrl}/${version.type}/${version.id}`,
        resource: names ? stringifyJson(subset(resourceIn(version), { elements: names })) : (version.content ?? ''),
        search: { mode },
      });
    const outcome: JsonEntry[] =
      issues.length > 0
        ? [{ resource: stringifyJson(operationOutcome(issues) as AnyResource), search: { mode: 'outcome' } }]
        : [];
    const link = [
      { relation: 'self', url: `${context.baseUrl}/Patient/${id}/$care-context${selfQuery(request.query)}` },
    ];
    const entries = [...own.map(entry('match')), ...other.map(entry('include')), ...outcome];
    return {
      status: 200,
      versionId: tag,
      body: { json: bundleJson({ type: 'searchset', total: own.length, link }, entries) },
    };
  },
);

const selfQuery = (query: URLSearchParams): string => (query.size > 0 ? `?${query}` : '');
