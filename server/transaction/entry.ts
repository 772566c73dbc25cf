/** One entry of a batch or transaction as a FhirRequest, so that it can do what a request can and no more. */

import { parseJson } from '../../resources/json.ts';
import { atEntry, badStructure, badValue, FhirError, invalid, issue } from '../../resources/outcome.ts';
import type { AnyResource, Binary, Bundle, BundleEntry } from '../../resources/types.ts';
import type { Conditions, Context, FhirRequest, PatchDocument } from '../interaction/interaction.ts';
import { route } from '../route.ts';

export interface Entry {
  readonly index: number;
  /** FHIRPath: `Bundle.entry[3]`. */
  readonly path: string;
  readonly method: string;
  readonly fullUrl?: string;
  readonly request: FhirRequest;
}

/** The part of an entry's URL behind the base, and its query. @throws FhirError value, for a URL of another server */
function targetOf(url: string, baseUrl: string): { path: string; query: URLSearchParams } {
  const relative = url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length + 1) : url.replace(/^\//, '');
  if (/^[a-z][a-z0-9+.-]*:/i.test(relative))
    throw badValue(`request.url is ${url}; expected an address relative to ${baseUrl}`, { expression: 'http.url' });
  const mark = relative.indexOf('?');
  return mark < 0
    ? { path: relative, query: new URLSearchParams() }
    : { path: relative.slice(0, mark), query: new URLSearchParams(relative.slice(mark + 1)) };
}

/** A JSON Patch comes in a Binary, a FHIRPath Patch as a Parameters resource. https://hl7.org/fhir/R4/http.html#jsonpatch */
function patchDocument(resource: AnyResource | undefined): PatchDocument {
  if (resource?.resourceType === 'Parameters') return { kind: 'fhirpath', parameters: resource };
  if (resource?.resourceType === 'Binary') {
    const { contentType, data } = resource as unknown as Binary;
    const isJsonPatch = typeof contentType === 'string' && contentType.startsWith('application/json-patch+json');
    if (isJsonPatch && typeof data === 'string')
      return { kind: 'json', operations: parseJson(Buffer.from(data, 'base64').toString('utf8')) };
  }
  throw invalid(
    'The resource of a PATCH entry must be a Binary of application/json-patch+json or a Parameters resource in FHIRPath Patch form',
  );
}

/** `value` as text. @throws FhirError structure, when it is something else */
function textOf(value: unknown, name: string): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw badStructure(`${name} must be text`, { expression: `http.${name}` });
}

function conditionsOf({ request }: BundleEntry): Conditions {
  return {
    ifMatch: textOf(request?.ifMatch, 'request.ifMatch'),
    ifNoneMatch: textOf(request?.ifNoneMatch, 'request.ifNoneMatch'),
    ifModifiedSince: textOf(request?.ifModifiedSince, 'request.ifModifiedSince'),
    ifNoneExist: textOf(request?.ifNoneExist, 'request.ifNoneExist'),
  };
}

function requestOf(
  entry: BundleEntry,
  path: string,
  method: string,
  { baseUrl }: Context,
  bundle: FhirRequest,
): FhirRequest {
  const { url } = entry.request ?? {};
  if (typeof url !== 'string') throw invalid('request.url is missing', { expression: 'http.url' });
  const target = targetOf(url, baseUrl);
  const { conditional, ...named } = route(method, target.path);
  if (named.interaction === 'batch' || named.interaction === 'capabilities')
    throw invalid(`${method} ${url} is not possible in an entry`, { expression: 'http.url' });
  const body = entry.resource as unknown as AnyResource | undefined;
  return {
    ...named,
    ...(conditional ? { conditional } : {}),
    query: target.query,
    conditions: conditionsOf(entry),
    prefer: bundle.prefer,
    entry: path,
    ...(named.interaction === 'patch' ? { patch: patchDocument(body) } : body ? { body } : {}),
  };
}

function entryOf(entry: BundleEntry, index: number, context: Context, bundle: FhirRequest): Entry {
  const path = `Bundle.entry[${index}]`;
  try {
    const method = entry.request?.method;
    if (typeof method !== 'string') throw invalid('request.method is missing', { expression: 'http.method' });
    const request = requestOf(entry, path, method, context, bundle);
    const fullUrl = textOf(entry.fullUrl, 'fullUrl');
    return { index, path, method, ...(fullUrl ? { fullUrl } : {}), request };
  } catch (error) {
    throw error instanceof FhirError ? atEntry(error, path) : error;
  }
}

/** The entries of a Bundle. An entry that cannot be understood is a FhirError in its place. */
export function entriesOf(bundle: Bundle, request: FhirRequest, context: Context): readonly (Entry | FhirError)[] {
  const entries: unknown = bundle.entry ?? [];
  if (!Array.isArray(entries)) throw invalid('Bundle.entry must be an array', { expression: 'Bundle.entry' });
  const { bundleEntries } = context.limits;
  if (entries.length > bundleEntries)
    throw new FhirError(413, [
      issue(
        'too-long',
        `The Bundle has ${entries.length} entries; this server takes at most ${bundleEntries} (MAX_BUNDLE_ENTRIES)`,
        {
          expression: 'Bundle.entry',
        },
      ),
    ]);
  return entries.map((entry: unknown, index) => {
    try {
      if (entry === null || typeof entry !== 'object') throw invalid(`Bundle.entry[${index}] is no object`);
      return entryOf(entry as BundleEntry, index, context, request);
    } catch (error) {
      if (error instanceof FhirError) return error;
      throw error;
    }
  });
}
