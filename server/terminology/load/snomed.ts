/**
 * SNOMED CT as a snapshot in Release Format 2: concepts, the preferred English term of each, and the inferred is-a relationships.
 * https://hl7.org/fhir/R4/snomedct.html
 */
import { delimitedRows } from './delimited.ts';
import { findFile, type ReleaseFile, requireFile } from './files.ts';
import type { Release, ReleaseItem } from './release.ts';

const TABS = { separator: '\t', quoted: false } as const;
const [IS_A, SYNONYM, FULLY_SPECIFIED, PREFERRED] = [
  '116680003',
  '900000000000013009',
  '900000000000003001',
  '900000000000548007',
];

export function snomedRelease(files: readonly ReleaseFile[], version: string): Release {
  const concepts = requireFile(files, /sct2_Concept_Snapshot_.*\.txt$/, 'sct2_Concept_Snapshot file');
  const descriptions = requireFile(files, /sct2_Description_Snapshot-en.*\.txt$/, 'sct2_Description_Snapshot-en file');
  const relationships = requireFile(files, /sct2_Relationship_Snapshot_.*\.txt$/, 'sct2_Relationship_Snapshot file');
  const language = findFile(files, /der2_cRefset_LanguageSnapshot-en.*\.txt$/);
  return {
    url: 'http://snomed.info/sct',
    version,
    title: 'SNOMED CT',
    async *items() {
      const preferred = language ? await preferredDescriptions(language) : undefined;
      const terms = await termsOf(descriptions, preferred);
      yield* conceptItems(concepts, terms);
      // id effectiveTime active moduleId sourceId destinationId relationshipGroup typeId ...
      for await (const [, , active, , code = '', parent = '', , type] of delimitedRows(relationships.read(), TABS))
        if (active === '1' && type === IS_A) yield { kind: 'parent', code, parent };
    },
  };
}

/** The descriptions that a language reference set prefers: id effectiveTime active moduleId refsetId referencedComponentId acceptabilityId */
async function preferredDescriptions(file: ReleaseFile): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const [, , active, , , description = '', acceptability] of delimitedRows(file.read(), TABS))
    if (active === '1' && acceptability === PREFERRED) found.add(description);
  return found;
}

/** The name of each concept: its preferred synonym, otherwise any, otherwise the fully specified name. */
async function termsOf(
  file: ReleaseFile,
  preferred: ReadonlySet<string> | undefined,
): Promise<ReadonlyMap<string, string>> {
  const best = new Map<string, { readonly term: string; readonly rank: number }>();
  // id effectiveTime active moduleId conceptId languageCode typeId term caseSignificanceId
  for await (const [id = '', , active, , concept = '', , type, term = ''] of delimitedRows(file.read(), TABS)) {
    if (active !== '1') continue;
    const rank = type === SYNONYM ? (preferred?.has(id) ? 3 : 2) : type === FULLY_SPECIFIED ? 1 : 0;
    if (rank > (best.get(concept)?.rank ?? 0)) best.set(concept, { term, rank });
  }
  return new Map([...best].map(([concept, { term }]) => [concept, term]));
}

/** id effectiveTime active moduleId definitionStatusId */
async function* conceptItems(file: ReleaseFile, terms: ReadonlyMap<string, string>): AsyncGenerator<ReleaseItem> {
  for await (const [code = '', , active] of delimitedRows(file.read(), TABS))
    if (/^\d+$/.test(code)) yield { kind: 'concept', code, display: terms.get(code) ?? '', active: active === '1' };
}
