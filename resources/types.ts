/**
 * The R4 wire types, named once for the whole project. Everything here comes from @types/fhir; a resource whose type is
 * not known at compile time is an `AnyResource`, whose elements are `unknown` until they are looked at.
 */
import type { FhirResource, Meta } from 'fhir/r4.js';

export type * from 'fhir/r4.js';

/** The name of a resource type, for example `Patient`. Checked at the border by `isResourceType` of definition.ts. */
export type ResourceType = FhirResource['resourceType'];

/** Any JSON value as `json.ts` reads it. */
export type JsonValue = string | number | boolean | null | JsonObject | readonly JsonValue[];
export interface JsonObject {
  readonly [name: string]: JsonValue | undefined;
}

/** A resource of any type, read as plain JSON. */
export interface AnyResource {
  readonly resourceType: ResourceType;
  readonly id?: string;
  readonly meta?: Meta;
  readonly [element: string]: unknown;
}
