/**
 * A Provenance about a version of a plan, a goal or a care team is about one that exists: a signature under a version that was never there would look like
 * one. https://hl7.org/fhir/R4/provenance-definitions.html#Provenance.target
 */
import { FhirError, type Issue, issue } from '../outcome.ts';
import type { Facts, Reaction } from '../reaction.ts';
import { parseReference } from '../reference.ts';
import type { AnyResource, Provenance, ResourceType } from '../types.ts';

const SIGNED: readonly ResourceType[] = ['CarePlan', 'Goal', 'CareTeam'];

export const signedVersion: Reaction = {
  name: 'signed-version',
  on: 'Provenance',
  async derive({ before, after }, facts) {
    const known = new Set(targetsOf(before));
    const wrong: Issue[] = [];
    for (const [at, target] of targetsOf(after).entries())
      if (!known.has(target)) wrong.push(...(await missing(target, at, facts)));
    if (wrong.length > 0) throw new FhirError(422, wrong);
    return [];
  },
};

const targetsOf = (resource: AnyResource | undefined): readonly string[] =>
  ((resource as Provenance | undefined)?.target ?? []).map(({ reference = '' }) => reference);

/** An issue when the version is not there. A reference to another server is not known to be wrong. */
async function missing(reference: string, at: number, facts: Facts): Promise<readonly Issue[]> {
  const parsed = parseReference(reference);
  if (parsed?.kind !== 'literal' || parsed.base !== undefined || parsed.version === undefined) return [];
  const { type, id, version } = parsed;
  if (!SIGNED.includes(type)) return [];
  const current = (await facts.get(type, id))?.meta?.versionId;
  // Versions count from 1 without gaps.
  if (current !== undefined && /^[1-9]\d{0,9}$/.test(version) && Number(version) <= Number(current)) return [];
  const found = current === undefined ? `${type}/${id} is not here` : `its version is ${current}`;
  const text = `Provenance.target[${at}] is about version ${version} of ${type}/${id}, but ${found}`;
  return [issue('not-found', text, { expression: `Provenance.target[${at}].reference`, rule: 'signed-version' })];
}
