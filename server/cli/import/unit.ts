/**
 * What is carried out as one: a resource, or a batch or transaction. Other Bundles are lists, whose entries are units, or are resources
 * themselves (document, message). https://hl7.org/fhir/R4/valueset-bundle-type.html
 */
import { isResourceType } from '../../../resources/definition.ts';
import { decodeUtf8, parseJson } from '../../../resources/json.ts';
import { badStructure, badValue, FhirError, invalid } from '../../../resources/outcome.ts';
import { isId } from '../../../resources/primitive.ts';
import type { AnyResource, Bundle, BundleEntry, JsonObject, JsonValue } from '../../../resources/types.ts';
import { readXml } from '../../../resources/xml.ts';
import type { Fragment } from './fragment.ts';

/** Where a unit stands in its source; units come in this order. */
export interface Place {
  readonly record: number;
  /** The entry of a list, counted from 1; 0 when the record is the unit. */
  readonly part: number;
  readonly line: number;
}

export type Unit = { readonly place: Place; readonly bytes: number } & (
  | { readonly kind: 'resource'; readonly resource: AnyResource; readonly fullUrl?: string }
  | { readonly kind: 'bundle'; readonly bundle: Bundle }
  | { readonly kind: 'unreadable'; readonly error: FhirError }
);

/** `Patient/1`; undefined for what gets its id from the server. */
export const keyOfResource = ({ resourceType, id }: AnyResource): string | undefined =>
  id === undefined ? undefined : `${resourceType}/${id}`;

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const kindOf = (value: JsonValue | undefined): string =>
  value === undefined ? 'nothing' : value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;

const quoted = (value: JsonValue): string => JSON.stringify(value).slice(0, 80);

/** @throws FhirError structure or value, when it could not be addressed */
function resourceFrom(value: JsonValue | undefined): AnyResource {
  if (!isObject(value)) throw badStructure(`Expected a resource, found ${kindOf(value)}`);
  const { resourceType, id } = value;
  if (resourceType === undefined) throw badStructure('There is no resourceType');
  if (!isResourceType(resourceType))
    throw badStructure(`resourceType is ${quoted(resourceType)}, which is no resource type of FHIR R4`);
  if (id !== undefined && !(typeof id === 'string' && isId(id)))
    throw badValue(`id is ${quoted(id)}; expected 1 to 64 letters, digits, "-" and "."`);
  return value as unknown as AnyResource;
}

/** One failure told of a part, so that it does not stop the others. */
function unreadable(place: Place, error: unknown, bytes = 0): Unit {
  if (!(error instanceof FhirError)) throw error;
  return { kind: 'unreadable', place, bytes, error };
}

/** The newest version of each resource in a history, which comes newest first; what is deleted stays away. */
function newestOf(entries: readonly BundleEntry[]): readonly BundleEntry[] {
  const seen = new Set<string>();
  return entries.filter(({ resource, request, fullUrl }) => {
    const key = (resource && keyOfResource(resource as unknown as AnyResource)) ?? request?.url ?? fullUrl ?? '';
    const isNewest = !seen.has(key);
    seen.add(key);
    return isNewest && request?.method !== 'DELETE';
  });
}

/** An entry of a list as a unit; none for an outcome of a search and for an entry without a resource. */
function entryUnit(entry: BundleEntry, place: Place, bytes: number): readonly Unit[] {
  if (!isObject(entry as unknown as JsonValue))
    return [unreadable(place, badStructure('The entry is no object'), bytes)];
  if (entry.search?.mode === 'outcome' || entry.resource === undefined) return [];
  try {
    const resource = resourceFrom(entry.resource as unknown as JsonValue);
    const fullUrl = typeof entry.fullUrl === 'string' ? { fullUrl: entry.fullUrl } : {};
    return [{ kind: 'resource', place, bytes, resource, ...fullUrl }];
  } catch (error) {
    return [unreadable(place, error, bytes)];
  }
}

function listUnits(entries: readonly BundleEntry[], place: Place, bytes: number): readonly Unit[] {
  const share = Math.ceil(bytes / Math.max(1, entries.length));
  return entries.flatMap((entry, index) => entryUnit(entry, { ...place, part: index + 1 }, share));
}

function bundleUnits(bundle: Bundle, place: Place, bytes: number): readonly Unit[] {
  const entries = (bundle.entry ?? []) as readonly BundleEntry[];
  if (!Array.isArray(entries)) throw badStructure('Bundle.entry must be an array', { expression: 'Bundle.entry' });
  switch (bundle.type) {
    case 'batch':
    case 'transaction':
      return [{ kind: 'bundle', place, bytes, bundle }];
    case 'document':
    case 'message':
      return [{ kind: 'resource', place, bytes, resource: bundle as unknown as AnyResource }];
    case 'collection':
    case 'searchset':
      return listUnits(entries, place, bytes);
    case 'history':
      return listUnits(newestOf(entries), place, bytes);
    case 'batch-response':
    case 'transaction-response':
      throw invalid(`A Bundle of type ${bundle.type} is an answer; there is nothing in it to import`);
    default:
      throw invalid(`Bundle.type is ${quoted(bundle.type ?? null)}, which is no type of Bundle in FHIR R4`);
  }
}

function valueUnits(value: JsonValue, place: Place, bytes: number, holdsBundles: boolean): readonly Unit[] {
  if (Array.isArray(value))
    return listUnits(
      value.map((resource) => ({ resource }) as unknown as BundleEntry),
      place,
      bytes,
    );
  const resource = resourceFrom(value);
  if (resource.resourceType === 'Bundle' && !holdsBundles)
    return bundleUnits(resource as unknown as Bundle, place, bytes);
  return [{ kind: 'resource', place, bytes, resource }];
}

/** The units in a fragment; what cannot be read is a unit too. */
export function unitsOf(fragment: Fragment, isXml: boolean, holdsBundles: boolean): readonly Unit[] {
  const { record, part, line, bytes, problem } = fragment;
  const place = { record, part, line };
  try {
    if (!bytes) throw invalid(problem ?? 'There is nothing to read');
    const text = decodeUtf8(bytes);
    const value = isXml ? (readXml(text) as unknown as JsonValue) : parseJson(text);
    return part > 0
      ? entryUnit(value as unknown as BundleEntry, place, bytes.length)
      : valueUnits(value, place, bytes.length, holdsBundles);
  } catch (error) {
    return [unreadable(place, error, bytes?.length)];
  }
}
