/**
 * The model as an API: routes of `/care` to records and lists. Everything underneath is FHIR: the same search, validation, versions and transactions,
 * so a write on one side is seen on the other at once.
 */
import { mappings } from '../../mappings/index.ts';
import { isObject } from '../../mappings/json.ts';
import type { Mapping } from '../../mappings/mapping.ts';
import { decodeUtf8, parseJson, stringifyJson } from '../../resources/json.ts';
import { nearest } from '../../resources/nearest.ts';
import { badStructure, FhirError, methodNotAllowed, notFound, unsupportedMediaType } from '../../resources/outcome.ts';
import { isId } from '../../resources/primitive.ts';
import type { AnyResource, Bundle } from '../../resources/types.ts';
import type { FhirResponse } from '../interaction/interaction.ts';
import { pageOf, searchOf } from './list.ts';
import { mergePatch } from './merge-patch.ts';
import type { CareRequest, CareResponse, Dispatch } from './message.ts';
import { openApi } from './openapi.ts';
import { problemResponse } from './problem.ts';
import {
  createRecord,
  deleteRecord,
  historyOf,
  readRecord,
  searchRecords,
  updateRecord,
  type Versioned,
} from './record.ts';

export interface CareOptions {
  /** The public address of `/care`, without a slash at the end. */
  readonly baseUrl: string;
  readonly dispatch: Dispatch;
}

export type Care = (request: CareRequest) => Promise<CareResponse>;

const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };
const byPlural = new Map(mappings.map((mapping) => [mapping.plural, mapping]));

/** The API. Failures that a client can understand are answered; others are thrown. */
export function careApi(options: CareOptions): Care {
  return async (request) => {
    try {
      return await answer(request, options);
    } catch (error) {
      if (error instanceof FhirError) return problemResponse(error);
      throw error;
    }
  };
}

async function answer(request: CareRequest, options: CareOptions): Promise<CareResponse> {
  const [name, id, history, versionId, ...rest] = segmentsOf(request.path);
  if (name === undefined) return contents(request, options);
  if (name === 'openapi.json' && id === undefined) return get(request, () => ok(openApi(options.baseUrl)));
  const mapping = byPlural.get(name);
  if (!mapping) throw unknownName(name);
  if (id === undefined) return ofList(mapping, request, options);
  if (!isId(id)) throw notFound(`"${id}" is no id: an id is 1 to 64 letters, digits, "-" and "."`);
  if (history === undefined) return ofRecord(mapping, id, request, options);
  if (history !== 'history' || rest.length > 0) throw notFound(`There is nothing at ${request.path}`);
  if (versionId !== undefined)
    return get(request, async () => recordResponse(await readRecord(mapping, id, options.dispatch, { versionId })));
  return get(request, () => ofHistory(mapping, id, request, options));
}

function unknownName(name: string): FhirError {
  const near = nearest(name, [...byPlural.keys()]);
  return notFound(
    `There are no ${name} here; ${near ? `did you mean ${near}?` : `there are ${[...byPlural.keys()].join(', ')}`}`,
  );
}

/** @throws FhirError 404 for a path that is no path */
function segmentsOf(path: string): readonly string[] {
  try {
    return path
      .split('/')
      .filter((each) => each !== '')
      .map(decodeURIComponent);
  } catch (cause) {
    throw notFound(`There is nothing at ${path}`, { cause });
  }
}

const isRead = ({ method }: CareRequest): boolean => method === 'GET' || method === 'HEAD';

async function get(request: CareRequest, make: () => CareResponse | Promise<CareResponse>): Promise<CareResponse> {
  if (!isRead(request)) throw methodNotAllowed(`${request.method} is not possible at ${request.path}`, ['GET', 'HEAD']);
  return make();
}

const contents = (request: CareRequest, { baseUrl }: CareOptions): Promise<CareResponse> =>
  get(request, () =>
    ok({
      openapi: `${baseUrl}/openapi.json`,
      records: mappings.map(({ plural, title, doc }) => ({ title, doc, url: `${baseUrl}/${plural}` })),
    }),
  );

async function ofList(
  mapping: Mapping,
  request: CareRequest,
  { baseUrl, dispatch }: CareOptions,
): Promise<CareResponse> {
  if (isRead(request))
    return ok(pageOf(mapping, await searchRecords(mapping, searchOf(mapping, request.query), dispatch), baseUrl));
  if (request.method !== 'POST')
    throw methodNotAllowed(`${request.method} is not possible at ${request.path}`, ['GET', 'HEAD', 'POST']);
  const made = await createRecord(mapping, await jsonOf(request, ['application/json']), dispatch);
  return recordResponse(made, { Location: `${baseUrl}/${mapping.plural}/${made.model?.id}` });
}

async function ofRecord(
  mapping: Mapping,
  id: string,
  request: CareRequest,
  { dispatch }: CareOptions,
): Promise<CareResponse> {
  const { ifMatch, ifNoneMatch } = request;
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return recordResponse(
        await readRecord(mapping, id, dispatch, { conditions: ifNoneMatch === undefined ? {} : { ifNoneMatch } }),
      );
    case 'PUT': {
      const value = await jsonOf(request, ['application/json']);
      return recordResponse(await updateRecord(mapping, id, () => value, ifMatch, dispatch));
    }
    case 'PATCH': {
      const patch = await jsonOf(request, ['application/merge-patch+json', 'application/json']);
      if (!isObject(patch))
        throw badStructure('A merge-patch is a JSON object with the fields that change; null takes a field away');
      return recordResponse(
        await updateRecord(mapping, id, (present) => mergePatch(present, patch), ifMatch, dispatch),
      );
    }
    case 'DELETE':
      return { status: (await deleteRecord(mapping, id, ifMatch, dispatch)).status, headers: {} };
    default:
      throw methodNotAllowed(`${request.method} is not possible at ${request.path}`, [
        'GET',
        'HEAD',
        'PUT',
        'PATCH',
        'DELETE',
      ]);
  }
}

async function ofHistory(
  mapping: Mapping,
  id: string,
  request: CareRequest,
  { baseUrl, dispatch }: CareOptions,
): Promise<CareResponse> {
  const names: Readonly<Record<string, string>> = { limit: '_count', page: '_before' };
  const query = new URLSearchParams(
    [...request.query].map(([name, value]): [string, string] => [names[name] ?? name, value]),
  );
  const bundle = await historyOf(mapping, id, query, dispatch);
  const next = bundle.link?.find(({ relation }) => relation === 'next')?.url;
  const page = next === undefined ? null : new URL(next).searchParams.get('_before');
  const items = (bundle.entry ?? []).map((entry) => versionOf(mapping, entry));
  if (items.length > 0 && items.every((item) => item === undefined))
    throw notFound(`There is no record ${id} among ${mapping.plural}`);
  const more =
    page === null
      ? {}
      : { next: `${baseUrl}/${mapping.plural}/${id}/history?${new URLSearchParams([['page', page]])}` };
  return ok({ items: items.filter((item) => item !== undefined), ...more });
}

/** An entry of a history as a version; undefined when it is of another kind of record. */
function versionOf(
  mapping: Mapping,
  { resource, request, response }: NonNullable<Bundle['entry']>[number],
): object | undefined {
  const each = resource as unknown as AnyResource | undefined;
  if (each && !mapping.accepts(each)) return undefined;
  return {
    version: /"(.*)"/.exec(response?.etag ?? '')?.[1],
    updated: response?.lastModified,
    change: request?.method === 'DELETE' ? 'deleted' : response?.status.startsWith('201') ? 'created' : 'updated',
    ...(each ? { record: mapping.decode(each) } : {}),
  };
}

/** The JSON of the body. @throws FhirError 415, 400 */
async function jsonOf(request: CareRequest, types: readonly string[]): Promise<unknown> {
  const type = (request.contentType ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!types.includes(type))
    throw unsupportedMediaType(`Content-Type: ${type} is not read here; expected ${types.join(' or ')}`);
  return parseJson(decodeUtf8(await request.body()));
}

const ok = (value: unknown): CareResponse => ({ status: 200, headers: JSON_TYPE, body: stringifyJson(value) });

function recordResponse({ response, model }: Versioned, more: Readonly<Record<string, string>> = {}): CareResponse {
  const headers = { ...versionHeaders(response), ...more };
  if (model === undefined) return { status: response.status, headers };
  return { status: response.status, headers: { ...headers, ...JSON_TYPE }, body: stringifyJson(model) };
}

function versionHeaders({ versionId, lastModified }: FhirResponse): Readonly<Record<string, string>> {
  return {
    ...(versionId === undefined ? {} : { ETag: `W/"${versionId}"` }),
    ...(lastModified === undefined ? {} : { 'Last-Modified': new Date(lastModified).toUTCString() }),
  };
}
