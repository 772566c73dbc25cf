/**
 * history of an instance, a type and the system: versions newest first, with `_count`, `_since` and `_at`.
 * https://hl7.org/fhir/R4/http.html#history
 *
 * Further pages are asked for by the place of the last entry (`_before`), so that versions written in between move nothing.
 */
import { type BundleHead, bundleJson, type JsonEntry } from '../../resources/bundle.ts';
import { badValue, FhirError, notFound } from '../../resources/outcome.ts';
import { interval } from '../../resources/primitive.ts';
import { type HistoryPosition, type HistoryScope, instantOf, type StoredVersion, txAt } from '../store/store.ts';
import type { Context, FhirRequest, FhirResponse, Interaction, InteractionCode } from './interaction.ts';

/** Instants of `_since` and `_at` as transaction numbers. */
function instantParameter(request: FhirRequest, name: string): { from: number; to: number } | undefined {
  const text = request.query.get(name);
  if (text === null || text === '') return undefined;
  try {
    const { low, high } = interval(text);
    return { from: txAt(low), to: txAt(high) };
  } catch (cause) {
    if (!(cause instanceof FhirError)) throw cause;
    throw badValue(`${name}=${text} is no date or instant, such as 2024-05-01 or 2024-05-01T10:00:00Z`, {
      expression: `http.${name}`,
      cause,
    });
  }
}

function countParameter(request: FhirRequest, { limits }: Context): number {
  const text = request.query.get('_count');
  if (text === null || text === '') return limits.defaultCount;
  if (!/^\d{1,9}$/.test(text))
    throw badValue(`_count=${text} is no number of entries; expected 0 or more`, { expression: 'http._count' });
  return Math.min(Number(text), limits.maximumCount);
}

function positionParameter(request: FhirRequest): HistoryPosition | undefined {
  const text = request.query.get('_before');
  if (text === null) return undefined;
  const match = /^([0-9a-z]{1,11})-([0-9a-z]{1,11})$/.exec(text);
  if (!match?.[1] || !match[2])
    throw badValue(`_before=${text} is no place in a history; follow the "next" link of a page instead`, {
      expression: 'http._before',
    });
  return { tx: Number.parseInt(match[1], 36), rid: Number.parseInt(match[2], 36) };
}

const statusOf = ({ method, version }: StoredVersion): string =>
  method === 'DELETE' ? '204' : version === 1 || method === 'POST' ? '201' : '200';

function entryOf(version: StoredVersion, { baseUrl }: Context): JsonEntry {
  const address = `${version.type}/${version.id}`;
  return {
    fullUrl: `${baseUrl}/${address}`,
    ...(version.content === null ? {} : { resource: version.content }),
    request: { method: version.method, url: version.method === 'POST' ? version.type : address },
    response: {
      status: statusOf(version),
      etag: `W/"${version.version}"`,
      lastModified: instantOf(version.tx),
      location: `${address}/_history/${version.version}`,
    },
  };
}

function pathOf({ type, id }: HistoryScope): string {
  return [type, id, '_history'].filter((part) => part !== undefined).join('/');
}

function links(request: FhirRequest, scope: HistoryScope, next: StoredVersion | undefined, context: Context) {
  const url = (query: URLSearchParams) => {
    const text = query.toString();
    return `${context.baseUrl}/${pathOf(scope)}${text ? `?${text}` : ''}`;
  };
  const self = { relation: 'self', url: url(request.query) };
  if (!next) return [self];
  const query = new URLSearchParams(request.query);
  query.set('_before', `${next.tx.toString(36)}-${next.rid.toString(36)}`);
  return [self, { relation: 'next', url: url(query) }];
}

/** An empty history of one resource means that it was never known, unless the parameters left nothing over. */
async function requireKnown({ type, id }: HistoryScope, { reader }: Context): Promise<void> {
  if (type && id && !(await reader.read(type, id))) throw notFound(`${type}/${id} is not known`);
}

async function history(request: FhirRequest, context: Context): Promise<FhirResponse> {
  const scope: HistoryScope = {
    ...(request.type ? { type: request.type } : {}),
    ...(request.id ? { id: request.id } : {}),
  };
  const count = countParameter(request, context);
  const since = instantParameter(request, '_since');
  const current = instantParameter(request, '_at');
  const before = positionParameter(request);
  const versions = await context.reader.history(scope, {
    count: count + 1,
    ...(since ? { since: since.from } : {}),
    ...(current ? { current } : {}),
    ...(before ? { before } : {}),
  });
  if (versions.length === 0) await requireKnown(scope, context);
  const page = versions.slice(0, count);
  const isWhole = scope.id !== undefined && !since && !current;
  const head: BundleHead = {
    type: 'history',
    ...(isWhole ? { total: await context.reader.historyTotal(scope) } : {}),
    link: links(request, scope, versions.length > count ? page.at(-1) : undefined, context),
  };
  return {
    status: 200,
    body: {
      json: bundleJson(
        head,
        page.map((version) => entryOf(version, context)),
      ),
    },
  };
}

const historyInteraction = (code: InteractionCode): Interaction => ({
  code,
  parameters: ['_count', '_since', '_at', '_before'],
  handle: history,
});

export const historyInstance = historyInteraction('history-instance');
export const historyType = historyInteraction('history-type');
export const historySystem = historyInteraction('history-system');
