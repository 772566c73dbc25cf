/**
 * The definitions of a package mean each other: a profile of version 6.1.0 is built on the extensions, value sets and profiles of 6.1.0, also
 * when 7.0.0 is installed beside it. So canonicals without a version that the package itself defines get the version that it has there.
 * https://hl7.org/fhir/R4/references.html#canonical
 */
import type { JsonObject, JsonValue } from '../../resources/types.ts';

/** The version of each canonical URL of a package. */
export type Canonicals = ReadonlyMap<string, string>;

export function canonicalsOf(resources: readonly object[]): Canonicals {
  return new Map(
    (resources as readonly JsonObject[]).flatMap(({ url, version }) =>
      typeof url === 'string' && typeof version === 'string' ? [[url, version] as const] : [],
    ),
  );
}

/** The elements of definitions that hold canonicals by which other definitions are looked up. */
const CANONICAL = new Set(['baseDefinition', 'profile', 'targetProfile', 'valueSet']);

/** The resource without narrative, without the snapshot of a profile that has a differential, and with its canonicals pinned. */
export function pinned(resource: object, own: Canonicals): JsonObject {
  const { text: _narrative, snapshot, ...rest } = resource as JsonObject;
  const isDerived = rest.derivation === 'constraint' && rest.differential !== undefined;
  return pinObject(isDerived || snapshot === undefined ? rest : { ...rest, snapshot }, own);
}

function pinObject(value: JsonObject, own: Canonicals): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      CANONICAL.has(name) ? pinCanonicals(each, own) : pin(each, own),
    ]),
  );
}

function pin(value: JsonValue | undefined, own: Canonicals): JsonValue | undefined {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((each) => pin(each, own) as JsonValue);
  return typeof value === 'object' && value !== null ? pinObject(value as JsonObject, own) : value;
}

function pinCanonicals(value: JsonValue | undefined, own: Canonicals): JsonValue | undefined {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((each) => pinCanonicals(each, own) as JsonValue);
  const version = typeof value === 'string' ? own.get(value) : undefined;
  return version === undefined ? pin(value, own) : `${String(value)}|${version}`;
}
