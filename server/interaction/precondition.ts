/** Conditional headers: versions in `If-Match`, `If-None-Match`, dates in `If-Modified-Since`. https://hl7.org/fhir/R4/http.html#cread */
import { badValue, preconditionFailed } from '../../resources/outcome.ts';
import { millisecondsOf, type StoredVersion } from '../store/store.ts';
import type { Conditions, FhirRequest } from './interaction.ts';

const ETAG = /^(?:W\/)?"([^"]*)"$|^([A-Za-z0-9\-.]+)$/;

/** The version that an entity tag names: `W/"3"`, and `"3"` and `3` as many clients send it. @throws FhirError value */
function versionOf(tag: string, header: string): string {
  const match = ETAG.exec(tag.trim());
  const version = match?.[1] ?? match?.[2];
  if (version === undefined)
    throw badValue(`${header}: ${tag} is no entity tag; expected the ETag of a version, such as W/"3"`, {
      expression: `http.${header}`,
    });
  return version;
}

/** What `If-Match` and `If-None-Match: *` ask of the version that a write replaces. */
export function versionConditions({ conditions }: FhirRequest): { ifMatch?: number; ifAbsent?: boolean } {
  const { ifMatch, ifNoneMatch } = conditions;
  const ifAbsent = ifNoneMatch?.trim() === '*' ? { ifAbsent: true } : {};
  if (ifMatch === undefined) return ifAbsent;
  const version = versionOf(ifMatch, 'If-Match');
  if (!/^[1-9]\d{0,9}$/.test(version))
    throw preconditionFailed(`If-Match: no version of this server is "${version}"`, { expression: 'http.If-Match' });
  return { ...ifAbsent, ifMatch: Number(version) };
}

/** Whether the client has this version already, so that 304 answers a read. `If-None-Match` overrules `If-Modified-Since` (RFC 9110 13.1.3). */
export function isNotModified(version: StoredVersion, conditions: Conditions): boolean {
  if (conditions.ifNoneMatch !== undefined)
    return (
      conditions.ifNoneMatch.trim() === '*' ||
      conditions.ifNoneMatch.split(',').some((tag) => versionOf(tag, 'If-None-Match') === String(version.version))
    );
  if (conditions.ifModifiedSince === undefined) return false;
  const since = Date.parse(conditions.ifModifiedSince);
  if (Number.isNaN(since))
    throw badValue(
      `If-Modified-Since: ${conditions.ifModifiedSince} is no HTTP date, such as Sat, 29 Oct 2022 19:43:31 GMT`,
      {
        expression: 'http.If-Modified-Since',
      },
    );
  // HTTP dates have no fractions of a second.
  return Math.floor(millisecondsOf(version.tx) / 1000) * 1000 <= since;
}
