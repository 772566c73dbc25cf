/** Is a code in a value set? Found out code by code, so that also value sets that cannot be listed answer. */
import { FhirError, notFound, unprocessable } from '../../resources/outcome.ts';
import type { ValueSet, ValueSetComposeInclude, ValueSetExpansionContains } from '../../resources/types.ts';
import type { Concept } from './concepts.ts';
import { requireSystem, requireValueSet, type Terminology } from './terminology.ts';
import { nestedTrail, type Trail } from './trail.ts';

export type Member =
  | { readonly kind: 'no' }
  | { readonly kind: 'yes'; readonly system: string; readonly display?: string; readonly concept?: Concept };

const NO: Member = { kind: 'no' };

/**
 * Whether the value set holds the code. Without a system any system of the value set counts.
 * @throws FhirError 404 when something that decides is not here, 422 when the value set includes itself
 */
export async function membership(
  valueSet: ValueSet,
  system: string | undefined,
  code: string,
  terminology: Terminology,
  trail: Trail = [],
): Promise<Member> {
  const inside = nestedTrail(trail, valueSet);
  if (!valueSet.compose?.include?.length) {
    if (valueSet.expansion) return inExpansion(valueSet, system, code);
    throw unprocessable(`The value set ${valueSet.url ?? ''} has neither a compose nor an expansion`);
  }
  try {
    const found = await inAny(valueSet.compose.include, system, code, terminology, inside);
    if (found.kind === 'no') return found;
    const excluded = await inAny(valueSet.compose.exclude ?? [], found.system, code, terminology, inside);
    if (excluded.kind === 'yes') return NO;
    return valueSet.compose.inactive === false && found.concept?.inactive ? NO : found;
  } catch (error) {
    if (error instanceof FhirError && error.status === 404 && valueSet.expansion?.contains)
      return inExpansion(valueSet, system, code);
    throw error;
  }
}

/** The first include that holds it; what cannot be told of one is told when no other holds it. */
async function inAny(
  includes: readonly ValueSetComposeInclude[],
  system: string | undefined,
  code: string,
  terminology: Terminology,
  trail: Trail,
): Promise<Member> {
  let doubt: unknown;
  for (const include of includes) {
    try {
      const found = await isInInclude(include, system, code, terminology, trail);
      if (found.kind === 'yes') return found;
    } catch (error) {
      if (!(error instanceof FhirError) || error.status !== 404) throw error;
      doubt ??= error;
    }
  }
  if (doubt) throw doubt;
  return NO;
}

/** Whether the code is in the system part of an include and in each of its value sets. */
export async function isInInclude(
  include: ValueSetComposeInclude,
  system: string | undefined,
  code: string,
  terminology: Terminology,
  trail: Trail,
): Promise<Member> {
  let member: Member = NO;
  if (include.system !== undefined) {
    if (system !== undefined && system !== include.system) return NO;
    member = await inSystemPart(include, include.system, code, terminology);
    if (member.kind === 'no') return NO;
  }
  for (const canonical of include.valueSet ?? []) {
    const asked = member.kind === 'yes' ? member.system : system;
    const found = await membership(requireValueSet(terminology, canonical), asked, code, terminology, trail);
    if (found.kind === 'no') return NO;
    if (member.kind === 'no') member = found;
  }
  return member;
}

async function inSystemPart(
  { concept: listed, filter = [], version }: ValueSetComposeInclude,
  url: string,
  code: string,
  terminology: Terminology,
): Promise<Member> {
  const canonical = version ? `${url}|${version}` : url;
  if (listed) {
    const entry = listed.find((each) => each.code === code);
    if (!entry) return NO;
    const concept = await (await terminology.system(canonical))?.find(code);
    return { kind: 'yes', system: url, display: entry.display ?? concept?.display, ...(concept ? { concept } : {}) };
  }
  const system = await requireSystem(terminology, canonical);
  const concept = await system.find(code);
  if (!concept) {
    if (system.incomplete)
      throw notFound(`Whether ${url} has the code ${code} cannot be told: ${system.incomplete}`, {
        rule: 'code-system-incomplete',
      });
    return NO;
  }
  for (const each of filter) if (!(await system.passes(concept, each))) return NO;
  return { kind: 'yes', system: url, display: concept.display, concept };
}

function inExpansion({ expansion }: ValueSet, system: string | undefined, code: string): Member {
  const open: ValueSetExpansionContains[] = [...(expansion?.contains ?? [])];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.code === code && !next.abstract && (system === undefined || next.system === system))
      return { kind: 'yes', system: next.system ?? '', display: next.display };
    open.push(...(next.contains ?? []));
  }
  return NO;
}
