/**
 * The values that a request passes through: FhirRequest in, FhirResponse out, with no HTTP library in sight. A Bundle entry becomes
 * a FhirRequest too, so that an entry can do what a request can and no more. https://hl7.org/fhir/R4/http.html
 */
import type { Issue } from '../../resources/outcome.ts';
import type { AnyResource, ResourceType } from '../../resources/types.ts';

/** Codes of https://hl7.org/fhir/R4/valueset-type-restful-interaction.html and system-restful-interaction. */
export type InteractionCode =
  | 'read'
  | 'vread'
  | 'update'
  | 'patch'
  | 'delete'
  | 'create'
  | 'search-type'
  | 'search-system'
  | 'history-instance'
  | 'history-type'
  | 'history-system'
  | 'transaction'
  | 'batch'
  | 'capabilities'
  | 'operation';

/** The conditional headers, or their fields in `Bundle.entry.request`. https://hl7.org/fhir/R4/http.html#concurrency */
export interface Conditions {
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
  readonly ifModifiedSince?: string;
  readonly ifNoneExist?: string;
}

/** `Prefer`: https://hl7.org/fhir/R4/http.html#ops and search.html#errors */
export interface Prefer {
  readonly return: 'minimal' | 'representation' | 'OperationOutcome';
  readonly handling: 'strict' | 'lenient';
}

/** A patch document as it was sent: RFC 6902 operations, or a Parameters resource in FHIRPath Patch form. */
export type PatchDocument =
  | { readonly kind: 'json'; readonly operations: unknown }
  | { readonly kind: 'fhirpath'; readonly parameters: AnyResource };

export interface FhirRequest {
  readonly interaction: InteractionCode;
  readonly type?: ResourceType;
  readonly id?: string;
  readonly versionId?: string;
  /** The name of an operation without `$`. */
  readonly operation?: string;
  /** Search and result parameters; those that steer the format (`_format`, `_pretty`) are taken out before. */
  readonly query: URLSearchParams;
  readonly conditions: Conditions;
  readonly prefer: Prefer;
  readonly body?: AnyResource;
  readonly patch?: PatchDocument;
  /** FHIRPath of the place that the request came from when it is a Bundle entry: `Bundle.entry[3]`. */
  readonly entry?: string;
}

export interface FhirResponse {
  readonly status: number;
  /** A resource, or the stored JSON text of one, which is sent as it is. */
  readonly body?: AnyResource | StoredJson;
  /** Address relative to the base: `Patient/1/_history/2`. */
  readonly location?: string;
  readonly versionId?: string;
  /** Milliseconds since the epoch. */
  readonly lastModified?: number;
  /** Warnings and information that belong in an OperationOutcome beside or instead of the body. */
  readonly issues?: readonly Issue[];
}

/** JSON text that is served without being parsed. */
export interface StoredJson {
  readonly json: string;
}

export function isStoredJson(body: AnyResource | StoredJson): body is StoredJson {
  return 'json' in body && typeof body.json === 'string' && !('resourceType' in body);
}
