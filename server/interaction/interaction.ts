/**
 * The values that a request passes through: FhirRequest in, FhirResponse out, with no HTTP library in sight. A Bundle entry becomes
 * a FhirRequest too, so that an entry can do what a request can and no more. https://hl7.org/fhir/R4/http.html
 */
import type { Issue } from '../../resources/outcome.ts';
import type { AnyResource, ResourceType } from '../../resources/types.ts';
import type { IndexRows } from '../search/index-table.ts';
import type { SearchContext } from '../search/query.ts';
import type { ParameterRegistry } from '../search/registry.ts';
import type { Scope } from '../search/restrict.ts';
import type { Reader, Session, Store } from '../store/store.ts';
import type { Reactions } from '../transaction/react.ts';

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
  /** Without a wish, a single interaction answers with the resource and a Bundle entry without. */
  readonly return?: 'minimal' | 'representation' | 'OperationOutcome';
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
  /** `/Patient/1/Observation`: only what is in this compartment. */
  readonly compartment?: { readonly type: ResourceType; readonly id: string };
  /** No id: the query selects the resource to be changed. */
  readonly conditional?: boolean;
  /** The name of an operation without `$`. */
  readonly operation?: string;
  /** By GET or HEAD: nothing may change. */
  readonly isSafe?: boolean;
  /** Search and result parameters; those that steer the format (`_format`, `_pretty`) are taken out before. */
  readonly query: URLSearchParams;
  readonly conditions: Conditions;
  readonly prefer: Prefer;
  readonly body?: AnyResource;
  readonly patch?: PatchDocument;
  /** The body of an operation whose input is no resource, as it was sent: GraphQL. */
  readonly document?: { readonly mediaType: string; readonly text: string };
  /** The text that the body was read from, for operations that say where in it something stands. */
  readonly source?: { readonly text: string; readonly format: 'json' | 'xml' };
  /** FHIRPath of the place that the request came from when it is a Bundle entry: `Bundle.entry[3]`. */
  readonly entry?: string;
}

export interface FhirResponse {
  readonly status: number;
  /** A resource, or the stored JSON text of one, which is sent as it is. */
  readonly body?: AnyResource | StoredJson;
  /** An answer that is no resource, such as a report for people; it is sent as it is, whatever the client accepts. */
  readonly document?: {
    readonly mediaType: 'application/json' | 'text/plain' | 'text/html';
    readonly text: string;
  };
  /** Of a body that is JSON but no resource: it is sent in this form whatever the client accepts. */
  readonly mediaType?: 'application/json';
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

export interface Limits {
  /** Entries of a batch or transaction. */
  readonly bundleEntries: number;
  /** Bytes of a request body. */
  readonly bodyBytes: number;
  /** `_count` when none is given, and at most. */
  readonly defaultCount: number;
  readonly maximumCount: number;
}

/** Who asks, for logs and the transaction log; `anonymous` while no authorization is configured. */
export interface Caller {
  readonly name: string;
}

/** What an interaction may use. Time and ids come in here, so that a test can fix them. */
export interface Context {
  readonly store: Store;
  /** Where reads go: the store, or the transaction that a Bundle runs in. */
  readonly reader: Reader;
  /** The transaction under way, when there is one. */
  readonly session?: Session;
  readonly caller: Caller;
  readonly limits: Limits;
  /** What searches need beside the reader. */
  readonly search: Omit<SearchContext, 'reader'>;
  /** The search parameters, which change while the server runs. */
  readonly registry: ParameterRegistry;
  /** Whether `_explain` is answered. */
  readonly explains: boolean;
  /** What the caller may see and do. */
  readonly scope: Scope;
  /** The base URL of this server without a slash at the end. */
  readonly baseUrl: string;
  readonly newId: () => string;
  /** Index rows of a resource under the search parameters in force. */
  readonly indexRows: (resource: AnyResource) => IndexRows;
  /** Errors and warnings of a resource about to be written. */
  readonly validate: (resource: AnyResource) => readonly Issue[];
  /** Rules that follow from changes. */
  readonly reactions: Reactions;
  readonly dispatch: (request: FhirRequest, context: Context) => Promise<FhirResponse>;
}

export interface Interaction {
  readonly code: InteractionCode;
  /** The query parameters it knows; any other is refused. `any` where the interaction judges for itself. */
  readonly parameters: readonly string[] | 'any';
  handle(request: FhirRequest, context: Context): Promise<FhirResponse>;
}
