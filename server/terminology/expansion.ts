/**
 * The codes of a value set: what its includes hold, without what its excludes hold; or its stored expansion where a code system that the compose
 * needs is not here. https://hl7.org/fhir/R4/valueset.html#compositions
 */
import { FhirError, issue, unprocessable } from '../../resources/outcome.ts';
import type {
  ValueSet,
  ValueSetComposeInclude,
  ValueSetComposeIncludeConcept,
  ValueSetExpansionContains,
} from '../../resources/types.ts';
import { type Concept, type Concepts, isFoundBy } from './concepts.ts';
import { isInInclude } from './membership.ts';
import { requireSystem, requireValueSet, type Terminology } from './terminology.ts';
import { nestedTrail, type Trail } from './trail.ts';

export interface Entry {
  readonly system: string;
  readonly version?: string;
  readonly concept: Concept;
}

export interface Expansion {
  readonly entries: readonly Entry[];
  /** Why there may be codes that are not listed. */
  readonly incomplete: readonly string[];
  /** The code systems and value sets that were used, with their versions. */
  readonly used: ReadonlySet<string>;
}

export interface ExpansionOptions {
  /** Words that the code, display or a designation holds. */
  readonly text?: string;
  readonly activeOnly: boolean;
}

/** More are of no use to a client, and a value set of all of SNOMED CT would take the memory of the server. */
export const MOST_CODES = 50_000;

interface State extends ExpansionOptions {
  readonly terminology: Terminology;
  readonly trail: Trail;
  readonly incomplete: Set<string>;
  readonly used: Set<string>;
}

const keyOf = ({ system, concept }: Entry): string => `${system}|${concept.code}`;

/** @throws FhirError 404 when something that is needed is not here, 422 when it cannot be listed, includes itself or is too large */
export async function expansionOf(
  valueSet: ValueSet,
  terminology: Terminology,
  options: ExpansionOptions,
): Promise<Expansion> {
  const state: State = { ...options, terminology, trail: [], incomplete: new Set(), used: new Set() };
  const entries = await expand(valueSet, state);
  return { entries, incomplete: [...state.incomplete], used: state.used };
}

async function expand(valueSet: ValueSet, state: State): Promise<readonly Entry[]> {
  const inside: State = { ...state, trail: nestedTrail(state.trail, valueSet) };
  if (valueSet.url) state.used.add(versioned(valueSet.url, valueSet.version));
  if (!valueSet.compose?.include?.length) {
    if (valueSet.expansion) return storedEntries(valueSet, inside);
    throw unprocessable(`The value set ${valueSet.url ?? ''} has neither a compose nor an expansion`);
  }
  try {
    return await composed(valueSet, inside);
  } catch (error) {
    if (error instanceof FhirError && error.status === 404 && valueSet.expansion?.contains)
      return storedEntries(valueSet, inside);
    throw error;
  }
}

async function composed({ compose }: ValueSet, state: State): Promise<readonly Entry[]> {
  const inside: State = { ...state, activeOnly: state.activeOnly || compose?.inactive === false };
  const found = new Map<string, Entry>();
  for (const include of compose?.include ?? []) {
    for (const entry of await included(include, inside)) if (!found.has(keyOf(entry))) found.set(keyOf(entry), entry);
    requireFew(found.size);
  }
  for (const exclude of compose?.exclude ?? [])
    for (const [key, { system, concept }] of [...found])
      if ((await isInInclude(exclude, system, concept.code, state.terminology, state.trail)).kind === 'yes')
        found.delete(key);
  return [...found.values()];
}

function requireFew(count: number): void {
  if (count <= MOST_CODES) return;
  throw new FhirError(422, [
    issue('too-costly', `The expansion has more than ${MOST_CODES} codes; narrow it with the parameter filter`, {
      rule: 'expansion-too-large',
    }),
  ]);
}

/** What one include holds: the codes that are in its system part and in each of its value sets. */
async function included(include: ValueSetComposeInclude, state: State): Promise<readonly Entry[]> {
  const [first, ...others] = include.valueSet ?? [];
  if (first === undefined) return systemEntries(include, state);
  let entries = await expand(requireValueSet(state.terminology, first), state);
  for (const other of others) {
    const keys = new Set((await expand(requireValueSet(state.terminology, other), state)).map(keyOf));
    entries = entries.filter((entry) => keys.has(keyOf(entry)));
  }
  if (include.system === undefined) return entries;
  const part = { ...include, valueSet: undefined };
  const kept: Entry[] = [];
  for (const entry of entries)
    if ((await isInInclude(part, entry.system, entry.concept.code, state.terminology, state.trail)).kind === 'yes')
      kept.push(entry);
  return kept;
}

async function systemEntries(include: ValueSetComposeInclude, state: State): Promise<readonly Entry[]> {
  const { system: url, version, concept: listed, filter = [] } = include;
  if (url === undefined) throw unprocessable('An include of the value set has neither a system nor a value set');
  const canonical = version ? `${url}|${version}` : url;
  if (listed) {
    const system = await state.terminology.system(canonical);
    if (system) note(system, state);
    return listedEntries(listed, url, version, system, state);
  }
  const system = await requireSystem(state.terminology, canonical);
  note(system, state);
  if (system.incomplete) state.incomplete.add(system.incomplete);
  const concepts = await system.select({ ...selectionOf(state), filters: filter, limit: MOST_CODES });
  return concepts.map((concept) => ({ system: url, ...(version ? { version } : {}), concept }));
}

const selectionOf = ({ text, activeOnly }: State) => ({ ...(text === undefined ? {} : { text }), activeOnly });
const versioned = (url: string, version: string | undefined): string => (version ? `${url}|${version}` : url);
const note = ({ url, version }: Concepts, { used }: State): void => void used.add(versioned(url, version));

/** Codes that the value set lists itself. Where the system is here whole, it says which of them exist. */
async function listedEntries(
  listed: readonly ValueSetComposeIncludeConcept[],
  url: string,
  version: string | undefined,
  system: Concepts | undefined,
  { text, activeOnly }: State,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const { code, display, designation = [] } of listed) {
    const known = await system?.find(code);
    if (!known && system && !system.incomplete) continue;
    const concept: Concept = {
      ...(known ?? BARE),
      code,
      display: display ?? known?.display,
      designations: [...designation, ...(known?.designations ?? [])],
    };
    if ((activeOnly && concept.inactive) || !isFoundBy(concept, text)) continue;
    entries.push({ system: url, ...(version ? { version } : {}), concept });
  }
  return entries;
}

const BARE: Concept = { code: '', designations: [], properties: [], parents: [], abstract: false, inactive: false };

const TOO_COSTLY = 'http://hl7.org/fhir/StructureDefinition/valueset-toocostly';

/** What a stored expansion lists. */
function storedEntries({ url, expansion }: ValueSet, { text, activeOnly, incomplete }: State): readonly Entry[] {
  const entries: Entry[] = [];
  let count = 0;
  const open: { contains: ValueSetExpansionContains; parent?: string }[] = [...(expansion?.contains ?? [])]
    .reverse()
    .map((contains) => ({ contains }));
  for (let next = open.pop(); next; next = open.pop()) {
    const { contains, parent } = next;
    count++;
    for (const child of [...(contains.contains ?? [])].reverse())
      open.push({ contains: child, ...(contains.code ? { parent: contains.code } : {}) });
    if (contains.code === undefined) continue;
    const concept: Concept = {
      code: contains.code,
      display: contains.display,
      designations: contains.designation ?? [],
      properties: [],
      parents: parent === undefined ? [] : [parent],
      abstract: contains.abstract ?? false,
      inactive: contains.inactive ?? false,
    };
    if ((activeOnly && concept.inactive) || !isFoundBy(concept, text)) continue;
    entries.push({
      system: contains.system ?? '',
      ...(contains.version ? { version: contains.version } : {}),
      concept,
    });
  }
  const cut =
    (expansion?.total !== undefined && expansion.total > count) ||
    expansion?.extension?.some((each) => each.url === TOO_COSTLY);
  if (cut) incomplete.add(`only part of the expansion of ${url ?? 'the value set'} is available here`);
  return entries;
}
