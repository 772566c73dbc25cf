/** FhirRequests and FhirResponses as messages between processes: resources as JSON text, so that no digit is lost. */
import { parseJson, stringifyJson } from '../../resources/json.ts';
import { FhirError, type Issue } from '../../resources/outcome.ts';
import type { AnyResource } from '../../resources/types.ts';
import { type FhirRequest, type FhirResponse, isStoredJson, type PatchDocument } from '../interaction/interaction.ts';

/** A request or response with its resources and patches as JSON text. */
interface WireRequest extends Omit<FhirRequest, 'query' | 'body' | 'patch'> {
  readonly query: string;
  readonly body?: string;
  readonly patch?: { readonly kind: PatchDocument['kind']; readonly json: string };
}
interface WireResponse extends Omit<FhirResponse, 'body'> {
  readonly body?: string;
}
interface WireFailure {
  readonly status: number;
  readonly issues: readonly Issue[];
  readonly headers: Readonly<Record<string, string>>;
}

/** From a process that serves reads to the one that writes. */
export interface RequestMessage {
  readonly kind: 'request';
  readonly number: number;
  readonly request: WireRequest;
}

/** The answer. Without response or failure something unforeseen happened; the writer's log says what. */
export interface ResponseMessage {
  readonly kind: 'response';
  readonly number: number;
  readonly response?: WireResponse;
  readonly failure?: WireFailure;
}

export type Message = RequestMessage | ResponseMessage;

const resource = (json: string): AnyResource => parseJson(json) as unknown as AnyResource;

export function wireRequest({ query, body, patch, ...rest }: FhirRequest): WireRequest {
  const document = patch?.kind === 'json' ? patch.operations : patch?.parameters;
  return {
    ...rest,
    query: query.toString(),
    ...(body ? { body: stringifyJson(body) } : {}),
    ...(patch ? { patch: { kind: patch.kind, json: stringifyJson(document) } } : {}),
  };
}

export function requestFrom({ query, body, patch, ...rest }: WireRequest): FhirRequest {
  return {
    ...rest,
    query: new URLSearchParams(query),
    ...(body === undefined ? {} : { body: resource(body) }),
    ...(patch ? { patch: patchFrom(patch) } : {}),
  };
}

const patchFrom = ({ kind, json }: NonNullable<WireRequest['patch']>): PatchDocument =>
  kind === 'json' ? { kind, operations: parseJson(json) } : { kind, parameters: resource(json) };

export function wireResponse({ body, ...rest }: FhirResponse): WireResponse {
  return { ...rest, ...(body ? { body: isStoredJson(body) ? body.json : stringifyJson(body) } : {}) };
}

export function responseFrom({ body, ...rest }: WireResponse): FhirResponse {
  return { ...rest, ...(body === undefined ? {} : { body: { json: body } }) };
}

export const wireFailure = ({ status, issues, headers }: FhirError): WireFailure => ({ status, issues, headers });

export const failureFrom = ({ status, issues, headers }: WireFailure): FhirError =>
  new FhirError(status, issues, { headers });
