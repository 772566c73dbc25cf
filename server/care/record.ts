/** One record: read, create, update, patch, delete and its history, each by the FHIR interaction of the same name. */

import { isObject, type Json, same } from '../../mappings/json.ts';
import type { Mapping } from '../../mappings/mapping.ts';
import type { Base } from '../../mappings/model.ts';
import type { FieldError } from '../../mappings/schema.ts';
import { parseJson } from '../../resources/json.ts';
import { conflict, FhirError, notFound } from '../../resources/outcome.ts';
import type { AnyResource, Bundle } from '../../resources/types.ts';
import { type Conditions, type FhirRequest, type FhirResponse, isStoredJson } from '../interaction/interaction.ts';
import type { Dispatch } from './message.ts';
import { breaksSchema, CareError } from './problem.ts';

/** A record with what HTTP says of its version. */
export interface Versioned {
  readonly response: FhirResponse;
  readonly resource?: AnyResource;
  readonly model?: Base;
}

const request = (
  interaction: FhirRequest['interaction'],
  mapping: Mapping,
  more: Partial<FhirRequest> = {},
): FhirRequest => ({
  interaction,
  type: mapping.type,
  query: new URLSearchParams(),
  conditions: {},
  prefer: { return: 'representation', handling: 'strict' },
  ...more,
});

/** The body of a response as a value. */
export function bodyOf({ body }: FhirResponse): unknown {
  if (body === undefined) return undefined;
  return isStoredJson(body) ? parseJson(body.json) : body;
}

function versioned(mapping: Mapping, response: FhirResponse): Versioned {
  const resource = bodyOf(response) as AnyResource | undefined;
  return resource === undefined ? { response } : { response, resource, model: mapping.decode(resource) };
}

/** @throws FhirError 404, 410; a resource that is of another kind is not found here */
export async function readRecord(
  mapping: Mapping,
  id: string,
  dispatch: Dispatch,
  more: { readonly versionId?: string; readonly conditions?: Conditions } = {},
): Promise<Versioned> {
  const interaction = more.versionId === undefined ? 'read' : 'vread';
  const found = versioned(mapping, await dispatch(request(interaction, mapping, { id, isSafe: true, ...more })));
  if (found.resource && !mapping.accepts(found.resource))
    throw notFound(`There is no record ${id} among ${mapping.plural}`);
  return found;
}

export async function createRecord(mapping: Mapping, value: unknown, dispatch: Dispatch): Promise<Versioned> {
  const errors = mapping.check(value);
  if (errors.length > 0) throw breaksSchema(errors);
  const { id: _, ...model } = value as Base;
  return write(mapping, 'create', mapping.encode(model), {}, dispatch);
}

/** Times that a write is tried again because another came between reading and writing, when the client named no version. */
const TRIES = 8;

/**
 * Writes what `change` makes of the present record. What the model does not say stays; errors of fields that do not change are not held against the
 * writer. @throws FhirError 412 when If-Match names another version, 422 by field
 */
export async function updateRecord(
  mapping: Mapping,
  id: string,
  change: (present: Base) => unknown,
  ifMatch: string | undefined,
  dispatch: Dispatch,
): Promise<Versioned> {
  for (let tries = 1; ; tries += 1) {
    const { response, resource, model } = await readRecord(mapping, id, dispatch);
    if (!resource || !model) throw notFound(`There is no record ${id} among ${mapping.plural}`);
    const value = change(model);
    const errors = mapping.check(value).filter((error) => !isOld(error, model as Json, value));
    if (errors.length > 0) throw breaksSchema(errors);
    const next = mapping.put(resource, { ...(value as Base), id });
    const conditions = { ifMatch: ifMatch ?? `W/"${response.versionId}"` };
    try {
      return await write(mapping, 'update', next, { id, conditions }, dispatch);
    } catch (error) {
      const isOvertaken = error instanceof FhirError && error.status === 412 && ifMatch === undefined;
      if (!isOvertaken) throw error;
      if (tries >= TRIES)
        throw conflict(`${mapping.plural}/${id} changes too often to be written; try again`, { cause: error });
    }
  }
}

/** Whether an error lies in a field that is as it was. */
function isOld({ field }: FieldError, before: Json, value: unknown): boolean {
  const name = /^[^.[]*/.exec(field)?.[0] ?? '';
  return name !== '' && isObject(value) && same(before[name], value[name]) && (name in before || !(name in value));
}

async function write(
  mapping: Mapping,
  interaction: 'create' | 'update',
  resource: AnyResource,
  more: Partial<FhirRequest>,
  dispatch: Dispatch,
): Promise<Versioned> {
  try {
    return versioned(mapping, await dispatch(request(interaction, mapping, { body: resource, ...more })));
  } catch (error) {
    throw error instanceof FhirError ? new CareError(error, { mapping, resource }) : error;
  }
}

export async function deleteRecord(
  mapping: Mapping,
  id: string,
  ifMatch: string | undefined,
  dispatch: Dispatch,
): Promise<FhirResponse> {
  await readRecord(mapping, id, dispatch);
  return dispatch(request('delete', mapping, { id, conditions: ifMatch === undefined ? {} : { ifMatch } }));
}

/** Versions, the newest first. */
export async function historyOf(
  mapping: Mapping,
  id: string,
  query: URLSearchParams,
  dispatch: Dispatch,
): Promise<Bundle> {
  return bodyOf(await dispatch(request('history-instance', mapping, { id, query, isSafe: true }))) as Bundle;
}

export async function searchRecords(mapping: Mapping, query: URLSearchParams, dispatch: Dispatch): Promise<Bundle> {
  return bodyOf(await dispatch(request('search-type', mapping, { query, isSafe: true }))) as Bundle;
}
