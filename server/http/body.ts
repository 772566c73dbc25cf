/** The bytes of a request as a resource, a patch document or a form. */
import { isResourceType } from '../../resources/definition.ts';
import { decodeUtf8, parseJson } from '../../resources/json.ts';
import { badStructure, invalid, unsupportedMediaType } from '../../resources/outcome.ts';
import type { AnyResource, JsonValue } from '../../resources/types.ts';
import { readXml } from '../../resources/xml.ts';
import type { FhirRequest } from '../interaction/interaction.ts';
import type { Route } from '../route.ts';
import { bodyFormat, mediaTypeOf } from './negotiate.ts';

export type RequestBody = Pick<FhirRequest, 'body' | 'patch' | 'source' | 'document'> & {
  readonly form?: URLSearchParams;
};

/** What the operation graphql reads beside Parameters. http://hl7.org/fhir/R4/graphql.html#invoking */
const GRAPHQL: ReadonlySet<string> = new Set(['application/graphql', 'application/json']);

/** Operations that say where in the text something stands. */
const LOCATES: ReadonlySet<string> = new Set(['validate']);

/** Said of a JSON value in messages. */
function kindOf(value: JsonValue): string {
  return value === null
    ? 'null'
    : Array.isArray(value)
      ? 'an array'
      : typeof value === 'object'
        ? 'an object'
        : `a ${typeof value}`;
}

/** A JSON value that is a resource of R4. @throws FhirError structure */
export function resourceFrom(value: JsonValue): AnyResource {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw badStructure(`The body is ${kindOf(value)}; expected a resource: a JSON object with a resourceType`);
  const { resourceType } = value as Record<string, unknown>;
  if (resourceType === undefined) throw badStructure('The body has no resourceType', { expression: 'resourceType' });
  if (!isResourceType(resourceType))
    throw badStructure(`resourceType is ${JSON.stringify(resourceType)}, which is no resource type of FHIR R4`, {
      expression: 'resourceType',
    });
  return value as unknown as AnyResource;
}

function patchFrom(format: string, text: string): RequestBody {
  if (format === 'json-patch') return { patch: { kind: 'json', operations: parseJson(text) } };
  const parameters = format === 'xml' ? readXml(text) : resourceFrom(parseJson(text));
  if (parameters.resourceType !== 'Parameters')
    throw invalid(`The body of a patch is a ${parameters.resourceType}; expected Parameters in FHIRPath Patch form`);
  return { patch: { kind: 'fhirpath', parameters } };
}

/** What came in its own media type becomes a Binary. https://hl7.org/fhir/R4/binary.html#rest */
function binaryFrom(
  bytes: Uint8Array,
  contentType: string,
  route: Route,
  securityContext: string | undefined,
): RequestBody {
  return {
    body: {
      resourceType: 'Binary',
      ...(route.id ? { id: route.id } : {}),
      contentType,
      ...(securityContext ? { securityContext: { reference: securityContext } } : {}),
      data: Buffer.from(bytes).toString('base64'),
    },
  };
}

/** Reads the body of a request to `route`. @throws FhirError 400 or 415 */
export function readBody(
  bytes: Uint8Array,
  headers: { readonly contentType?: string | undefined; readonly securityContext?: string | undefined },
  route: Route,
): RequestBody {
  if (bytes.length === 0) return {};
  const format = bodyFormat(headers.contentType);
  const mediaType = mediaTypeOf(headers.contentType ?? '');
  if (route.operation === 'lint') return { document: { mediaType, text: decodeUtf8(bytes) } };
  if (route.operation === 'graphql' && GRAPHQL.has(mediaType))
    return { document: { mediaType, text: decodeUtf8(bytes) } };
  const isSearch = route.interaction === 'search-type' || route.interaction === 'search-system';
  if (format === 'form') {
    if (isSearch) return { form: new URLSearchParams(decodeUtf8(bytes)) };
    if (route.type !== 'Binary')
      throw unsupportedMediaType(
        'A form is read by _search only; expected application/fhir+json or application/fhir+xml',
      );
  }
  if (isSearch)
    throw unsupportedMediaType(
      `${headers.contentType} is not read by _search; expected application/x-www-form-urlencoded`,
    );
  if (route.interaction === 'patch' && format !== 'other' && format !== 'form')
    return patchFrom(format, decodeUtf8(bytes));
  if (format === 'json' || format === 'xml') {
    const text = decodeUtf8(bytes);
    const body = format === 'json' ? resourceFrom(parseJson(text)) : readXml(text);
    return { body, ...(LOCATES.has(route.operation ?? '') ? { source: { text, format } } : {}) };
  }
  if (route.type === 'Binary' && (route.interaction === 'create' || route.interaction === 'update'))
    return binaryFrom(bytes, headers.contentType ?? '', route, headers.securityContext);
  const expected =
    route.interaction === 'patch'
      ? 'application/json-patch+json, application/fhir+json or application/fhir+xml'
      : 'application/fhir+json or application/fhir+xml';
  throw unsupportedMediaType(`Content-Type: ${headers.contentType} is not read here; expected ${expected}`, {
    expression: 'http.Content-Type',
  });
}
