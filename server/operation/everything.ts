/**
 * Patient/$everything and Encounter/$everything: a record with all that it refers to, in pages that do not move.
 * https://hl7.org/fhir/R4/patient-operation-everything.html, https://hl7.org/fhir/R4/encounter-operation-everything.html
 *
 * `_type` and `_since` choose from the record; they do not change what belongs to it: `_type=Practitioner` gives those who took part.
 */
import { bundleJson, type JsonEntry } from '../../resources/bundle.ts';
import { badValue, invalid } from '../../resources/outcome.ts';
import type { ParameterSpecs } from '../../resources/parameters.ts';
import { readInput } from '../../resources/parameters.ts';
import { interval } from '../../resources/primitive.ts';
import type { ResourceType } from '../../resources/types.ts';
import type { Context, FhirResponse } from '../interaction/interaction.ts';
import { and } from '../search/expression.ts';
import { resourceTypeNamed } from '../search/parse-criterion.ts';
import { keyOf, type StoredVersion, txAt } from '../store/store.ts';
import { asks } from './criteria.ts';
import { openPlace, type Place, type Position, sealPlace } from './everything/place.ts';
import { type Compartment, coreOf, type RecordOf } from './everything/record.ts';
import { contentsOf, type Supporting, supportingResources } from './everything/supporting.ts';
import { defineOperation } from './operation.ts';
import { queryOf, requireVisible, searchContextOf } from './visible.ts';
import { readAll, readPage } from './walk.ts';

/** What is asked for; the same on every page. */
interface Request {
  readonly record: RecordOf;
  readonly types?: ReadonlySet<ResourceType>;
  readonly since?: string;
  readonly count: number;
  /** The transaction in whose state the record is read. */
  readonly tx: number;
  /** The parameters, for the links. */
  readonly query: string;
}

interface Page {
  readonly core: readonly StoredVersion[];
  readonly supporting: readonly StoredVersion[];
  readonly next?: Place['position'];
}

const common = {
  _since: {
    type: 'instant',
    min: 0,
    max: '1',
    documentation: 'Only resources that were written at or after this instant',
  },
  _type: {
    type: 'code',
    min: 0,
    max: '*',
    documentation: 'Only resources of these types, separated by commas; what belongs to the record stays the same',
  },
  _count: {
    type: 'integer',
    min: 0,
    max: '1',
    documentation: 'Resources to a page. Without it a page has as many as the server allows',
  },
  _page: { type: 'string', min: 0, max: '1', documentation: 'In links of this server only: where a page begins' },
} as const satisfies ParameterSpecs;

const careDates = {
  start: { type: 'date', min: 0, max: '1', documentation: 'Care from this date on' },
  end: { type: 'date', min: 0, max: '1', documentation: 'Care up to this date' },
} as const satisfies ParameterSpecs;

interface Input {
  readonly start?: string | undefined;
  readonly end?: string | undefined;
  readonly _since: string | undefined;
  readonly _type: readonly string[];
  readonly _count: number | undefined;
}

function countOf(count: number | undefined, { limits }: Context): number {
  if (count !== undefined && count < 1)
    throw badValue(`_count=${count} is no size of a page; expected 1 or more`, { expression: 'http._count' });
  return Math.min(count ?? limits.maximumCount, limits.maximumCount);
}

function queryOfInput({ start, end, _since, _type, _count }: Input): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ start, end, _since, _count }))
    if (value !== undefined) query.set(name, String(value));
  if (_type.length > 0) query.set('_type', _type.join(','));
  return query.toString();
}

function requestOf(record: { type: Compartment; id?: string }, input: Input, tx: number, context: Context): Request {
  const { start, end, _since: since, _type, _count } = input;
  if (start !== undefined && end !== undefined && interval(start).low >= interval(end).high)
    throw badValue(`start=${start} is after end=${end}: no care lies between them`, { expression: 'http.start' });
  const types = _type.flatMap((names) => names.split(',')).map((name) => resourceTypeNamed(name.trim()));
  return {
    record: { ...record, ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) },
    ...(types.length > 0 ? { types: new Set(types) } : {}),
    ...(since === undefined ? {} : { since }),
    count: countOf(_count, context),
    tx,
    query: queryOfInput(input),
  };
}

const isAsked = ({ types, since }: Request, { type, tx }: { type: ResourceType; tx: number }): boolean =>
  (!types || types.has(type)) && (since === undefined || tx >= txAt(interval(since).low));

/** The part of the core that is asked for. */
function askedCore({ record, types, since }: Request, context: Context) {
  const search = searchContextOf(context);
  return coreOf(record, search)
    .filter(({ type }) => !types || types.has(type))
    .map((each) =>
      since === undefined
        ? each
        : { ...each, expression: and([each.expression, asks(each.type, '_lastUpdated', `ge${since}`, search)]) },
    );
}

/** The patient or encounter, then the rest of its core. */
async function* wholeCore(
  { record, tx, count }: Request,
  focus: StoredVersion | undefined,
  context: Context,
): AsyncGenerator<readonly StoredVersion[]> {
  if (focus) yield [focus];
  const pageSize = Math.max(count, context.limits.maximumCount);
  yield* readAll(queryOf(coreOf(record, searchContextOf(context)), pageSize), tx, context);
}

/** The same without reading, where a page holds all of it. */
async function* known(core: readonly StoredVersion[]): AsyncGenerator<readonly StoredVersion[]> {
  yield core;
}

/** The page that begins at `position`: what is left of the core, and then what comes along. */
async function pageAt(
  position: Position,
  request: Request,
  focus: StoredVersion | undefined,
  context: Context,
): Promise<Page> {
  const { record, tx, count } = request;
  const core: StoredVersion[] = position.stage === 'start' && focus && isAsked(request, focus) ? [focus] : [];
  if (position.stage !== 'supporting') {
    const after = position.stage === 'core' ? position.after : 0;
    const room = count - core.length;
    if (room === 0) return { core, supporting: [], next: { stage: 'core', after } };
    const { versions, more } = await readPage(queryOf(askedCore(request, context), room), tx, after, context);
    core.push(...versions);
    const last = versions.at(-1);
    if (more && last) return { core, supporting: [], next: { stage: 'core', after: last.rid } };
  }
  const isWhole = position.stage === 'start' && !request.types && request.since === undefined;
  const read = isWhole ? known(core) : wholeCore(request, focus, context);
  const all = await supportingResources(record, read, tx, context);
  const after = position.stage === 'supporting' ? position.after : '';
  const rest = all.filter((each) => keyOf(each) > after && isAsked(request, each));
  const some = rest.slice(0, count - core.length);
  return {
    core,
    supporting: await contentsOf(record, some, tx, context),
    ...(some.length < rest.length ? { next: { stage: 'supporting', after: lastKey(some, after) } } : {}),
  };
}

const lastKey = (some: readonly Supporting[], after: string): string => {
  const last = some.at(-1);
  return last ? keyOf(last) : after;
};

function answer(request: Request, position: Position, page: Page, context: Context): FhirResponse {
  const { record, query, tx } = request;
  const path = `${record.type}${record.id === undefined ? '' : `/${record.id}`}/$everything`;
  const linkTo = (relation: string, at: Position) => {
    const text =
      at.stage === 'start'
        ? query
        : `_page=${sealPlace({ type: record.type, id: record.id, query, tx, position: at }, context.search.pageKey)}`;
    return { relation, url: `${context.baseUrl}/${path}${text ? `?${text}` : ''}` };
  };
  const entry =
    (mode: 'match' | 'include') =>
    (version: StoredVersion): JsonEntry => ({
      fullUrl: `${context.baseUrl}/${keyOf(version)}`,
      resource: version.content ?? '',
      search: { mode },
    });
  const isWhole = position.stage === 'start' && !page.next;
  const head = {
    type: 'searchset' as const,
    ...(isWhole ? { total: page.core.length } : {}),
    link: [linkTo('self', position), ...(page.next ? [linkTo('next', page.next)] : [])],
  };
  const entries = [...page.core.map(entry('match')), ...page.supporting.map(entry('include'))];
  return { status: 200, body: { json: bundleJson(head, entries) } };
}

/** The patient or encounter as it was at `tx`, if the caller may see it now. @throws FhirError 404 or 410 */
async function focusOf(
  { type, id }: { readonly type: Compartment; readonly id?: string },
  tx: number,
  context: Context,
): Promise<StoredVersion | undefined> {
  if (id === undefined) return undefined;
  const current = await requireVisible(type, id, context);
  return current.tx <= tx ? current : context.reader.readAt(type, id, tx);
}

async function everything(
  record: { readonly type: Compartment; readonly id?: string },
  specs: ParameterSpecs,
  input: Input & { readonly _page: string | undefined },
  isAlone: boolean,
  context: Context,
): Promise<FhirResponse> {
  const { type, id } = record;
  const { _page, ...first } = input;
  if (_page === undefined) {
    const tx = context.session?.tx ?? (await context.reader.settled());
    const focus = await focusOf(record, Number.MAX_SAFE_INTEGER, context);
    const request = requestOf(record, first, tx, context);
    const position: Position = { stage: 'start' };
    return answer(request, position, await pageAt(position, request, focus, context), context);
  }
  if (!isAlone)
    throw invalid('A page link stands alone; other parameters cannot be added to it', { expression: 'http._page' });
  const { query, tx, position } = openPlace(_page, type, id, context.search.pageKey);
  const again = readInput('everything', specs, new URLSearchParams(query), undefined) as unknown as Input;
  const request = requestOf(record, again, tx, context);
  const focus = await focusOf(record, tx, context);
  return answer(request, position, await pageAt(position, request, focus, context), context);
}

const result = {
  name: 'return',
  type: 'Bundle',
  documentation: 'A searchset: the record with search mode match, what it refers to with search mode include',
} as const;

const patientParameters = { ...careDates, ...common } as const;

export const patientEverything = defineOperation(
  {
    code: 'everything',
    canonical: 'http://hl7.org/fhir/OperationDefinition/Patient-everything',
    title: 'The record of a patient',
    description:
      'The patient, everything in the compartment of the patient, tasks and devices of the patient, and what those refer to. For the type: of all patients that the caller may see.',
    resource: ['Patient'],
    system: false,
    type: true,
    instance: true,
    affectsState: false,
    parameter: patientParameters,
    result,
  },
  async ({ id, input, request }, context) =>
    everything(
      { type: 'Patient', ...(id === undefined ? {} : { id }) },
      patientParameters,
      input,
      request.query.size <= 1 && !request.body,
      context,
    ),
);

export const encounterEverything = defineOperation(
  {
    code: 'everything',
    canonical: 'http://hl7.org/fhir/OperationDefinition/Encounter-everything',
    title: 'The record of an encounter',
    description:
      'The encounter, everything in its compartment, tasks of the encounter, and what those refer to, the patient among them.',
    resource: ['Encounter'],
    system: false,
    type: false,
    instance: true,
    affectsState: false,
    parameter: common,
    result,
  },
  async ({ id, input, request }, context) =>
    everything(
      { type: 'Encounter', ...(id === undefined ? {} : { id }) },
      common,
      input,
      request.query.size <= 1 && !request.body,
      context,
    ),
);
